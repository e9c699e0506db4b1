package audit

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"passdiff/cmd/detect/internal/exit"
)

// Log is a log that is open for one more entry: others wait or are refused until it is closed. It belongs to one goroutine.
type Log struct {
	*Chain
	// Step, when there is one, is asked before every change of the disk. Tests stop there.
	Step func(what string) error

	path string
	f    *os.File
}

// Open reads a log, makes it when it is not there, and keeps others from writing it.
func Open(path string) (*Log, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, failed(path, err)
	}
	l := &Log{path: path, f: f}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(exit.Errorf(exit.Output, "%s: another release writes the audit log; try again when it is done", path), l.Close())
	}
	if l.Chain, err = follow(path, f); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Append writes an entry and brings it to the disk. When that fails the log is as it was, or ends with a part of a line that the next Append removes.
func (l *Log) Append(e Entry) error {
	if l.Torn > 0 {
		if err := l.step("cut the audit log"); err != nil {
			return err
		}
		if err := l.f.Truncate(l.size); err != nil {
			return failed(l.path, err)
		}
		e.TornBytes, l.Torn = l.Torn, 0
	}
	e.N, e.Prev = len(l.Entries)+1, l.Head()
	line, err := e.line()
	if err != nil {
		return err
	}
	if err := l.write(line); err != nil {
		return errors.Join(err, l.f.Truncate(l.size))
	}
	l.size += int64(len(line))
	return nil
}

// write writes a line in two parts, so that tests can stop between them.
func (l *Log) write(line []byte) error {
	half := len(line) / 2
	for _, part := range [][]byte{line[:half], line[half:]} {
		if err := l.step("write the audit log"); err != nil {
			return err
		}
		if _, err := l.f.Write(part); err != nil {
			return failed(l.path, err)
		}
	}
	if err := l.step("sync the audit log"); err != nil {
		return err
	}
	if err := l.f.Sync(); err != nil {
		return failed(l.path, err)
	}
	// A log that is new must not lose its name.
	dir, err := os.Open(filepath.Dir(l.path))
	if err != nil {
		return failed(l.path, err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return failed(l.path, err)
	}
	return nil
}

func (l *Log) step(what string) error {
	if l.Step == nil {
		return nil
	}
	return l.Step(what)
}

// Close lets others write.
func (l *Log) Close() error {
	if err := l.f.Close(); err != nil {
		return failed(l.path, err)
	}
	return nil
}
