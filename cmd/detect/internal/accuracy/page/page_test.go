package page

import (
	"os"
	"path/filepath"
	"testing"

	"passdiff/cmd/detect/internal/exit"
)

const (
	begin = "<!-- tables: begin -->\n"
	end   = "<!-- tables: end -->"
)

func TestInsert(t *testing.T) {
	page := "# Title\n" + begin + "old\n" + end + "rest\n<!-- curve: begin -->\n<!-- curve: end -->\n"
	sections := []Section{{"curve", "bent\n"}, {"tables", "new\n"}}
	once, err := Insert(page, sections...)
	want := "# Title\n" + begin + "\nnew\n\n" + end + "rest\n<!-- curve: begin -->\n\nbent\n\n<!-- curve: end -->\n"
	if once != want || err != nil {
		t.Errorf("%q, %v; want %q", once, err, want)
	}
	if twice, err := Insert(once, sections...); twice != once || err != nil {
		t.Errorf("a second time gives %q, %v", twice, err)
	}
	for _, bad := range []string{"", begin, end, end + begin} {
		if _, err := Insert(bad, Section{"tables", "new\n"}); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// TestFill: a page without the marks stays as it is.
func TestFill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	if err := Fill(path, Section{"tables", "new\n"}); exit.Of(t.Context(), err) != exit.Input {
		t.Errorf("no page: %v", err)
	}
	for _, c := range []struct{ page, want string }{{begin + end, begin + "\nnew\n\n" + end}, {"bare", "bare"}} {
		if err := os.WriteFile(path, []byte(c.page), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Fill(path, Section{"tables", "new\n"})
		if got, _ := os.ReadFile(path); string(got) != c.want || (err != nil) != (c.page == c.want) {
			t.Errorf("%q becomes %q, %v", c.page, got, err)
		}
	}
}

func TestData(t *testing.T) {
	t.Setenv("PASSDIFF_DATA", "/pairs")
	if got := Data("/repository"); got != "/pairs" {
		t.Error(got)
	}
	t.Setenv("PASSDIFF_DATA", "")
	if got := Data("/here/repository"); got != "/here/shared/data" {
		t.Error(got)
	}
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(Default(root)); err != nil {
		t.Error(err)
	}
}
