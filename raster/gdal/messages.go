package gdal

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/airbusgeo/godal"
)

// maxWarnings bounds the warnings kept of one scene: a damaged file can give one a block.
const maxWarnings = 32

// warnings are distinct messages in the order they came. It is safe for concurrent use.
type warnings struct {
	mu   sync.Mutex
	list []string
	more bool
}

func (w *warnings) add(format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case slices.Contains(w.list, msg):
	case len(w.list) < maxWarnings:
		w.list = append(w.list, msg)
	default:
		w.more = true
	}
}

func (w *warnings) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := slices.Clone(w.list)
	if w.more {
		list = append(list, "further warnings left out")
	}
	return list
}

// handler makes GDAL's failures errors and collects its warnings, both without the name of the file, which callers put in front.
func (s *Scene) handler(ec godal.ErrorCategory, _ int, msg string) error {
	msg = tidy(msg, s.open)
	switch {
	case ec >= godal.CE_Failure:
		return errors.New(msg)
	case ec == godal.CE_Warning:
		s.warn.add("%s: %s", s.facts.Path, msg)
	}
	return nil
}

// tidy makes one of GDAL's messages part of a line of ours: no line breaks, no full stop, and the file, which GDAL knows as name, not
// named again.
func tidy(msg, name string) string {
	if name != "" {
		for _, n := range []string{name, filepath.Base(name)} {
			for _, quotes := range []string{"`'", "\"\"", "''"} {
				msg = strings.ReplaceAll(msg, quotes[:1]+n+quotes[1:], "the file")
			}
			msg = strings.TrimPrefix(msg, n+": ")
			msg = strings.TrimPrefix(msg, n+", ")
			msg = strings.TrimPrefix(msg, n+":")
		}
		msg = strings.ReplaceAll(msg, name, "the file") // it holds a separator, so it is not part of a word
	}
	return strings.TrimRight(strings.Join(strings.Fields(Public(msg)), " "), ". ")
}

// joined makes one line of what may be several joined errors, without repeats.
func joined(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) > 3 {
		lines = append(lines[:3], "…")
	}
	return strings.Join(lines, "; ")
}
