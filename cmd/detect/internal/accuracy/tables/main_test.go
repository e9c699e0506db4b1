package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passdiff/cmd/detect/internal/exit"
)

const tiles = "../../../../../testdata/tiles"

// TestTables fills a page from a folder of one pair, and draws it.
func TestTables(t *testing.T) {
	data, pictures := t.TempDir(), filepath.Join(t.TempDir(), "new")
	if err := os.Mkdir(filepath.Join(data, "tiles_coast"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"before.tif", "after.tif", "truth.tif"} {
		pixels, err := os.ReadFile(filepath.Join(tiles, "coast_"+name))
		if err := errors.Join(err, os.WriteFile(filepath.Join(data, "tiles_coast", name), pixels, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	page := filepath.Join(data, "page.md")
	if err := os.WriteFile(page, []byte("above\n<!-- tables: begin -->\n<!-- tables: end -->\nbelow\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PASSDIFF_DATA", data)
	s, err := parse([]string{"-method", "cva,isfa", "-pictures", pictures, "-page", page})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"above\n<!--", "tables -method cva,isfa`.", "### `detect run --method cva`\n", "### `detect run --method isfa`\n", "| tiles | 1 |", "-->\nbelow\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, name := range []string{"tiles_coast-cva.png", "tiles_coast-isfa.png"} {
		if b, err := os.ReadFile(filepath.Join(pictures, name)); err != nil || !strings.HasPrefix(string(b), "\x89PNG") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChains(t *testing.T) {
	for _, c := range []struct {
		methods, thresholds string
		want                []string
	}{
		{"cva", "", []string{"detect run --method cva"}},
		{"auto,cva", "", []string{"detect run --method auto", "detect run --method cva"}},
		{"cva", "otsu,fixed:4", []string{"detect run --method cva --threshold otsu", "detect run --method cva --threshold fixed:4"}},
	} {
		all, err := chains(c.methods, c.thresholds)
		var got []string
		for _, chain := range all {
			got = append(got, chain.String())
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %q, %v", c.methods, c.thresholds, got, err)
		}
	}
}

// TestRefused: what the command line or the folders lack, by exit code.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		data string
		args []string
		want exit.Code
		says string
	}{
		{"", []string{"-pictures", "pictures"}, exit.Usage, "licences"},
		{"", []string{"-pictures", "."}, exit.Usage, "licences"},
		{"", []string{"-threshold", "otus"}, exit.Usage, "otus"},
		{"", []string{"-method", "avc"}, exit.Usage, "avc"},
		{"", []string{"-fit", "half"}, exit.Usage, "half"},
		{"", []string{"more"}, exit.Usage, "more"},
		{"/nowhere/pairs", nil, exit.Input, "set PASSDIFF_DATA"},
	} {
		t.Setenv("PASSDIFF_DATA", c.data)
		s, err := parse(c.args)
		if err == nil {
			err = s.run(context.Background())
		}
		if exit.Of(t.Context(), err) != c.want || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}
