package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/frugal"
)

// written is a log of n lines.
func written(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	for i := range n {
		l, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		e := Entry{Event: Released, Time: time.Unix(int64(i), 0), Partner: fmt.Sprint("p", i%2), Sequence: i/2 + 1, IDs: []string{fmt.Sprint("r-", i)}}
		if err := errors.Join(l.Append(e), l.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestChain(t *testing.T) {
	path := written(t, 5)
	c, err := Read(path)
	if err != nil || len(c.Entries) != 5 || len(c.Of("p0")) != 3 || c.Torn != 0 || !c.Has(c.Heads[2]) || c.Has("") {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, err := Read(filepath.Join(t.TempDir(), "none")); err != nil || c.Head() != "" {
		t.Error("a log that is not there is not empty: ", err)
	}
}

// TestEveryByte: whichever byte of a log is changed, or line dropped, doubled or moved, a line is named, and none behind the next.
func TestEveryByte(t *testing.T) {
	data, err := os.ReadFile(written(t, 4))
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
	for i := range data {
		for _, b := range []byte{0, '\n', ' ', data[i] ^ 1} {
			if b == data[i] {
				continue
			}
			changed := bytes.Clone(data)
			changed[i] = b
			line := 1 + bytes.Count(data[:i], []byte("\n"))
			c, err := follow("log", bytes.NewReader(changed))
			var broken *Broken
			switch {
			case err == nil && i == len(data)-1:
				if c.Torn == 0 {
					t.Errorf("the last line feed as %q is not seen", b)
				}
			case err == nil && i >= last:
				// The last line may say something else: only a copy of the head from elsewhere tells.
				if c.Has(sumOfLast(data)) {
					t.Errorf("byte %d as %q leaves the head", i, b)
				}
			case !errors.As(err, &broken) || broken.Line < line || broken.Line > line+1:
				t.Errorf("byte %d of line %d as %q: %v", i, line, b, err)
			}
		}
	}
	lines := strings.SplitAfter(string(data), "\n")[:4]
	for _, c := range []struct {
		order []int
		line  int // 0 for none
	}{{[]int{1, 2, 3}, 1}, {[]int{0, 2, 3}, 2}, {[]int{0, 1, 1, 2, 3}, 3}, {[]int{0, 2, 1, 3}, 2}, {[]int{0, 1, 2}, 0}} {
		text := ""
		for _, i := range c.order {
			text += lines[i]
		}
		_, err := follow("log", strings.NewReader(text))
		var broken *Broken
		if errors.As(err, &broken) != (c.line > 0) || broken != nil && broken.Line != c.line {
			t.Errorf("lines %v: %v", c.order, err)
		}
	}
}

func sumOfLast(data []byte) string {
	c, err := follow("log", bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	return c.Head()
}

// TestTorn: what a stop cut off is removed by the next line, which says so.
func TestTorn(t *testing.T) {
	path := written(t, 2)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"n":3,"prev":`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path)
	if err != nil || l.Torn != 14 {
		t.Fatal(l, err)
	}
	if err := errors.Join(l.Append(Entry{Event: Released}), l.Close()); err != nil {
		t.Fatal(err)
	}
	c, err := Read(path)
	if err != nil || len(c.Entries) != 3 || c.Entries[2].TornBytes != 14 {
		t.Error(c, err)
	}
}

// TestAlone: two releases do not write a log at once.
func TestAlone(t *testing.T) {
	path := written(t, 1)
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var e *exit.Error
	if _, err := Open(path); !errors.As(err, &e) || e.Code != exit.Output {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// FuzzLog wants any log to be read or refused.
func FuzzLog(f *testing.F) {
	data, err := os.ReadFile(written(f, 3))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			c, err := follow("log", bytes.NewReader(data))
			if err == nil && int(c.size)+c.Torn != len(data) {
				t.Errorf("%d bytes are read as %d and %d", len(data), c.size, c.Torn)
			}
		})
	})
}
