// Package output makes files appear whole or not at all.
//
// Every file of a Set is written under a hidden temporary name beside its own and takes its name in Commit, after its bytes are on the
// disk. Until then an older file of that name stays as it is; Abort removes all that was begun.
package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/exit"
)

// Stdout is the name that stands for standard output.
const Stdout = "-"

// longestBase is how much of a name goes into the temporary one, which may have 255 bytes.
const longestBase = 200

// part is what temporary names have behind that.
const part = ".part-"

// Set is the files of one run. It belongs to one goroutine. Its errors carry exit.Output.
type Set struct {
	// Overwrite allows files of the same names to be replaced.
	Overwrite bool
	// Private keeps files from others than their owner and their group, whatever the umask.
	Private bool

	files []*file
}

type file struct {
	name, temp string
	f          *os.File      // nil when others write to temp
	w          *bufio.Writer // nil when others write to temp
}

// Create begins a file, or standard output for "-". What is written to it is buffered.
func (s *Set) Create(name string) (io.Writer, error) {
	if name == Stdout {
		w := bufio.NewWriterSize(os.Stdout, 1<<16)
		s.files = append(s.files, &file{name: name, w: w})
		return w, nil
	}
	f, err := s.begin(name)
	if err != nil {
		return nil, err
	}
	f.w = bufio.NewWriterSize(f.f, 1<<16)
	return f.w, nil
}

// Reserve begins a file that something else writes: it returns the temporary path, at which an empty file stands.
func (s *Set) Reserve(name string) (string, error) {
	f, err := s.begin(name)
	if err != nil {
		return "", err
	}
	err = f.f.Close()
	f.f = nil
	return f.temp, exit.With(exit.Output, err)
}

func (s *Set) begin(name string) (*file, error) {
	if err := s.check(name); err != nil {
		return nil, err
	}
	dir, base := filepath.Split(name)
	f, err := os.CreateTemp(orDot(dir), "."+base[:min(len(base), longestBase)]+part+"*")
	if err != nil {
		return nil, exit.Errorf(exit.Output, "%s: cannot be written: %w", name, exit.Cause(err))
	}
	// Temporary files are private; an output is as public as the umask says.
	mode := 0o666 &^ fs.FileMode(startMask)
	if s.Private {
		mode &= 0o660
	}
	if err := f.Chmod(mode); err != nil {
		return nil, exit.With(exit.Output, errors.Join(err, f.Close(), os.Remove(f.Name())))
	}
	made := &file{name: name, temp: f.Name(), f: f}
	s.files = append(s.files, made)
	return made, nil
}

// check refuses names that cannot become an output; Create and Reserve do, too.
func (s *Set) check(name string) error {
	info, err := os.Stat(name)
	if link, lerr := os.Lstat(name); errors.Is(err, fs.ErrNotExist) && lerr == nil {
		info, err = link, nil // a link to nothing
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if parent, err := os.Stat(orDot(filepath.Dir(name))); err != nil || !parent.IsDir() {
			return exit.Errorf(exit.Output, "%s: directory %s does not exist; make it first", name, filepath.Dir(name))
		}
		return nil
	case err != nil:
		return exit.Errorf(exit.Output, "%s: cannot be written: %w", name, exit.Cause(err))
	case info.IsDir():
		return exit.Errorf(exit.Output, "%s: is a directory; name a file in it", name)
	case !info.Mode().IsRegular():
		return exit.Errorf(exit.Output, "%s: is not a regular file; use - for standard output", name)
	case !s.Overwrite:
		return exit.Errorf(exit.Output, "%s: exists; use --overwrite to replace it", name)
	}
	return nil
}

// Commit gives every file its name, the one begun last first, after all are on the disk. On an error it stops; Abort then removes the rest.
func (s *Set) Commit() error {
	for _, f := range s.files {
		if err := f.sync(); err != nil {
			return exit.Errorf(exit.Output, "%s: cannot be written: %w", f.label(), exit.Cause(err))
		}
	}
	dirs := map[string]bool{}
	for n := len(s.files); n > 0; n = len(s.files) {
		f := s.files[n-1]
		if f.temp != "" {
			if err := os.Rename(f.temp, f.name); err != nil {
				return exit.Errorf(exit.Output, "%s: cannot be written: %w", f.name, exit.Cause(err))
			}
			dirs[filepath.Dir(f.name)] = true
		}
		s.files = s.files[:n-1]
	}
	for d := range dirs {
		if err := syncPath(d); err != nil {
			return exit.Errorf(exit.Output, "%s: %w", d, exit.Cause(err))
		}
	}
	return nil
}

// Abort removes what was begun and not committed. It does nothing after Commit.
func (s *Set) Abort() {
	for _, f := range s.files {
		if f.f != nil {
			f.f.Close()
		}
		if f.temp != "" {
			os.Remove(f.temp)
		}
	}
	s.files = nil
}

// sync brings a file's bytes to the disk and closes it.
func (f *file) sync() error {
	if f.w != nil {
		if err := f.w.Flush(); err != nil {
			return err
		}
	}
	if f.temp == "" {
		return nil // standard output
	}
	if f.f == nil {
		return syncPath(f.temp)
	}
	err := errors.Join(f.f.Sync(), f.f.Close())
	f.f = nil
	return err
}

// label names a file in messages.
func (f *file) label() string {
	if f.name == Stdout {
		return "standard output"
	}
	return f.name
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func orDot(dir string) string {
	if dir == "" {
		return "."
	}
	return dir
}

// Failed wraps an error of writing to a file of the set.
func Failed(name string, err error) error {
	if err == nil {
		return nil
	}
	f := file{name: name}
	return exit.With(exit.Output, fmt.Errorf("%s: cannot be written: %w", f.label(), exit.Cause(err)))
}

// RemoveStale removes what sets of processes that were killed have left in a folder, of files whose names begin with prefix. Nobody may be
// writing these.
func RemoveStale(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return exit.Errorf(exit.Output, "%s: cannot be read: %w", dir, exit.Cause(err))
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "."+prefix) || !strings.Contains(e.Name(), part) || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return exit.Errorf(exit.Output, "%s: cannot be removed: %w", filepath.Join(dir, e.Name()), exit.Cause(err))
		}
	}
	return nil
}

// Write writes a file whole or not at all, in place of what has the name. Its errors carry exit.Output.
func Write(name string, content func(io.Writer) error) error {
	set := Set{Overwrite: true}
	defer set.Abort()
	w, err := set.Create(name)
	if err != nil {
		return err
	}
	if err := content(w); err != nil {
		return Failed(name, err)
	}
	return set.Commit()
}
