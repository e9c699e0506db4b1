package report

import (
	"os/exec"
	"strings"
	"testing"
)

// TestQuoted has a shell read what was quoted for it.
func TestQuoted(t *testing.T) {
	words := []string{"plain/a-b_c.tif", "", "two words", "it's", `"$HOME"`, "a\nb", "*?[x]", `back\slash`, "ü", "--mmu=100m2", "a;b&c|d"}
	var line strings.Builder
	for _, w := range words {
		line.WriteString(" " + Quoted(w))
	}
	out, err := exec.Command("sh", "-c", `printf '%s\0'`+line.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); strings.Join(got, "\x00") != strings.Join(words, "\x00") {
		t.Errorf("the shell reads %q, want %q", got, words)
	}
}
