package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// flagSet is where flags are defined.
type flagSet = *pflag.FlagSet

// passwordOption says where a password comes from: a file, a descriptor that is open, or the person at the terminal. Never the command line, which others see.
type passwordOption struct{ from string }

// mostPassword is the most bytes of a password.
const mostPassword = 1024

func (o *passwordOption) flag(f flagSet, of string) {
	f.StringVar(&o.from, "password", "", "file with the password "+of+", or fd:N for a descriptor that is open (default: asked for at the terminal)")
}

// ask reads the password: the first line.
func (o *passwordOption) ask() ([]byte, error) {
	if o.from == "" {
		return prompt()
	}
	var f *os.File
	if n, ok := strings.CutPrefix(o.from, "fd:"); ok {
		fd, err := strconv.ParseUint(n, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%s is no descriptor such as fd:3", o.from)
		}
		f = os.NewFile(uintptr(fd), o.from)
	} else {
		var err error
		if f, err = os.Open(o.from); err != nil {
			return nil, err
		}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostPassword+1))
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 || len(line) > mostPassword {
		return nil, fmt.Errorf("%s holds no password of up to %d bytes", o.from, mostPassword)
	}
	return line, nil
}

// prompt asks the person at the terminal, whatever the standard streams are.
func prompt() ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, errors.New("there is no terminal to ask at; give --password FILE or fd:N")
	}
	defer tty.Close()
	if _, err := fmt.Fprint(tty, "password: "); err != nil {
		return nil, err
	}
	line, err := term.ReadPassword(int(tty.Fd()))
	fmt.Fprintln(tty)
	return line, err
}
