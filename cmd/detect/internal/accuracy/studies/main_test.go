package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"passdiff/cmd/detect/internal/accuracy/page"
	"passdiff/cmd/detect/internal/exit"
)

// TestRefused: what the command line or the folders lack, by exit code.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want exit.Code
		says string
	}{
		{[]string{"more"}, exit.Usage, "more"},
		{[]string{"-method", "cva"}, exit.Usage, "-method"},
		{nil, exit.Input, "set PASSDIFF_DATA"},
	} {
		t.Setenv("PASSDIFF_DATA", "/nowhere/pairs")
		err := run(t.Context(), c.args)
		if exit.Of(t.Context(), err) != c.want || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}

// TestPage: the page has the places that are filled, and shows the drawing.
func TestPage(t *testing.T) {
	root, err := page.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page.Default(root))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := page.Insert(string(text), page.Section{Name: "tables"}, page.Section{Name: "limits"}, page.Section{Name: "confidence"}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(root, "docs", curve)); err != nil || !strings.Contains(string(text), "]("+curve+")") {
		t.Errorf("the page shows no %s: %v", curve, err)
	}
}
