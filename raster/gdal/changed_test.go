package gdal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/airbusgeo/godal"
)

func TestChangedWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(20, 20), CreateOptions{}, value, nil)
	s := open(t, path, OpenOptions{})
	r, err := s.Reader() // the handle that Open made
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := s.Changed(); err != nil {
		t.Error(err)
	}
	write(t, path, utm(30, 30), CreateOptions{}, value, nil)
	if err := s.Changed(); err == nil || !strings.HasPrefix(err.Error(), path+": changed while it was being read") {
		t.Errorf("got %v", err)
	}
	if r, err := s.Reader(); err == nil {
		r.Close()
		t.Error("a file that changed was opened again")
	}
}

// TestChanged: size, time and disappearance of the file and of the mask beside it.
func TestChanged(t *testing.T) {
	for what, change := range map[string]func(path, mask string) error{
		"a byte more":  func(path, _ string) error { return os.Truncate(path, 1<<20) },
		"touched":      func(path, _ string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Second)) },
		"gone":         func(path, _ string) error { return os.Remove(path) },
		"mask changed": func(_, mask string) error { return os.Truncate(mask, 1<<20) },
		"mask gone":    func(_, mask string) error { return os.Remove(mask) },
	} {
		path := filepath.Join(t.TempDir(), "a.tif")
		write(t, path, utm(60, 50), CreateOptions{}, value, nil)
		mask := path + ".msk"
		write(t, mask, utm(60, 50), CreateOptions{}, value, nil)
		ds, err := godal.Open(mask, godal.Update())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(ds.SetMetadata("INTERNAL_MASK_FLAGS_1", "2"), ds.Close()); err != nil {
			t.Fatal(err)
		}
		s := open(t, path, OpenOptions{})
		if err := s.Changed(); err != nil {
			t.Fatal(what, err)
		}
		if err := change(path, mask); err != nil {
			t.Fatal(err)
		}
		if err := s.Changed(); err == nil || !strings.Contains(err.Error(), "changed while it was being read; start again") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
