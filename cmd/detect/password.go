package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"passdiff/cmd/detect/internal/exit"
)

// secrets opens keys. A password comes from a file, a descriptor that is open, or the person at the terminal, never from the command line, which others see. From a
// file or descriptor it is read once, and serves for all keys; at the terminal it is asked for each.
type secrets struct {
	from string
	read []byte
	cmd  *cobra.Command // when it is stopped, nothing is asked for any more
}

// mostPassword is the most bytes of a password.
const mostPassword = 1024

func (s *secrets) flag(cmd *cobra.Command) {
	s.cmd = cmd
	cmd.Flags().StringVar(&s.from, "password", "", "file with the password of the keys that are encrypted, or fd:N for a descriptor that is open (default: asked for at the terminal)")
}

// ask gives the password of a key, a file.
func (s *secrets) ask(key string) (password []byte, err error) {
	if s.from == "" {
		return prompt(s.cmd.Context(), key)
	}
	if s.read == nil {
		s.read, err = readPassword(s.from)
	}
	return s.read, err
}

// readPassword reads a password: the first line. What is no file nor descriptor may be the password itself, and is not told.
func readPassword(from string) ([]byte, error) {
	var f *os.File
	if n, ok := strings.CutPrefix(from, "fd:"); ok {
		fd, err := strconv.ParseUint(n, 10, 16)
		if err != nil {
			return nil, noPassword(errors.New("no descriptor"))
		}
		f = os.NewFile(uintptr(fd), from)
	} else {
		var err error
		if f, err = os.Open(from); err != nil {
			return nil, noPassword(exit.Cause(err))
		}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostPassword+1))
	if err != nil {
		return nil, noPassword(exit.Cause(err))
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 || len(line) > mostPassword {
		return nil, fmt.Errorf("%s holds no password of up to %d bytes", from, mostPassword)
	}
	return line, nil
}

func noPassword(cause error) error {
	return fmt.Errorf("--password: %w; it takes a FILE with the password, or fd:N, not the password itself", cause)
}

// prompt asks the person at the terminal, whatever the standard streams are, until ctx ends. Then the terminal shows again what is typed.
func prompt(ctx context.Context, key string) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, errors.New("there is no terminal to ask at; give --password FILE or fd:N")
	}
	defer tty.Close()
	fd := int(tty.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(tty, "password of %s: ", key); err != nil {
		return nil, err
	}
	defer fmt.Fprintln(tty)
	var line []byte
	read := make(chan error, 1)
	go func() { // it reads until the process ends when nobody answers
		var err error
		line, err = term.ReadPassword(fd)
		read <- err
	}()
	select {
	case err := <-read:
		return line, err
	case <-ctx.Done():
		time.Sleep(10 * time.Millisecond) // a signal may come before ReadPassword has turned the echo off
		return nil, errors.Join(ctx.Err(), term.Restore(fd, state))
	}
}
