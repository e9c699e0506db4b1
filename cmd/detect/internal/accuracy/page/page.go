// Package page fills docs/accuracy.md: it finds the repository and the labelled pairs, and writes what stands between two marks of a page.
package page

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
)

// Root is the folder with go.mod, here or above. Its error carries exit.Usage.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", exit.With(exit.Usage, err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", exit.Errorf(exit.Usage, "%s: lies in no Go module; run this in the repository", dir)
		}
	}
}

// Data is the folder of labelled pairs: PASSDIFF_DATA, else one beside the repository.
func Data(root string) string {
	if data := os.Getenv("PASSDIFF_DATA"); data != "" {
		return data
	}
	return filepath.Join(root, "..", "shared", "data")
}

// Default is the page that is filled.
func Default(root string) string { return filepath.Join(root, "docs", "accuracy.md") }

// Section is what stands between the marks of a name, <!-- name: begin --> and <!-- name: end -->, each at the start of a line.
type Section struct{ Name, Text string }

// Insert returns a page with its sections replaced.
func Insert(page string, sections ...Section) (string, error) {
	for _, s := range sections {
		begin, end := "<!-- "+s.Name+": begin -->\n", "<!-- "+s.Name+": end -->"
		before, rest, ok := strings.Cut(page, begin)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			return "", fmt.Errorf("lacks the lines %s and %s, between which there is something to write", strings.TrimSpace(begin), end)
		}
		page = before + begin + "\n" + s.Text + "\n" + end + after
	}
	return page, nil
}

// Fill replaces sections of the page in a file. An error carries an exit code.
func Fill(path string, sections ...Section) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return exit.With(exit.Input, err)
	}
	filled, err := Insert(string(text), sections...)
	if err != nil {
		return exit.Errorf(exit.Input, "%s: %w", path, err)
	}
	return output.Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, filled)
		return err
	})
}
