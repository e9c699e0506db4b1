// Package exit holds the exit codes of detect and the errors that carry them.
package exit

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Code is the exit status of the command.
type Code int

// The exit codes, the same for every subcommand.
const (
	Done        Code = 0
	Internal    Code = 1
	Usage       Code = 2
	Partly      Code = 3
	Input       Code = 4
	Output      Code = 5
	Unverified  Code = 7
	Resumable   Code = 75
	Interrupted Code = 130
)

// Table is the exit codes in words, for help texts.
const Table = `Exit status:
  0    done, also when nothing changed or nothing could be observed
  1    internal error
  2    usage
  3    part of the work failed
  4    bad input
  5    output missing, read-only, existing or full, or an I/O error
  7    verification failed
  75   stopped by SIGTERM, resumable
  130  interrupted`

// Error is an error with the exit code that it causes.
type Error struct {
	Code Code
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the error itself.
func (e *Error) Unwrap() error { return e.Err }

// With gives err a code, unless it has one or is nil.
func With(c Code, err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return &Error{c, err}
}

// Errorf makes an error with a code.
func Errorf(c Code, format string, args ...any) error {
	return &Error{c, fmt.Errorf(format, args...)}
}

// Signal is the cause of a context that a signal ended.
type Signal struct{ os.Signal }

func (s Signal) Error() string {
	if s.Signal == os.Interrupt {
		return "interrupted"
	}
	return "stopped by a signal (" + s.Signal.String() + ")"
}

// Of finds the code of an error that ended a command under ctx.
func Of(ctx context.Context, err error) Code {
	var e *Error
	var s Signal
	switch {
	case err == nil:
		return Done
	case errors.As(context.Cause(ctx), &s) && errors.Is(err, context.Canceled):
		if s.Signal == os.Interrupt {
			return Interrupted
		}
		return Resumable
	case errors.As(err, &e):
		return e.Code
	}
	return Internal
}

// Stopped is the error of a command that a signal ended and that leaves something behind.
type Stopped struct {
	// Left says what.
	Left string
}

func (s Stopped) Error() string { return s.Left }

// Is makes it count as the end of a context.
func (Stopped) Is(target error) bool { return target == context.Canceled }
