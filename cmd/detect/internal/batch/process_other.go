//go:build !linux

package batch

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"passdiff/cmd/detect/internal/exit"
)

// What follows does without what only Linux has: children outlive a killed batch, have no limit, and nothing keeps two batches apart.

func isolate(*exec.Cmd) {}

func signalGroup(pid int, s syscall.Signal) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Signal(s)
}

func limitData(int64) error { return errors.New("this system has no such limit") }

func lockFolder(_ context.Context, dir string) (*os.File, error) {
	name := filepath.Join(dir, ".lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, exit.Errorf(exit.Output, "%s: cannot be written: %w", name, exit.Cause(err))
	}
	return f, nil
}

func available() int64 { return 0 }
