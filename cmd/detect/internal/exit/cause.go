package exit

import (
	"errors"
	"io/fs"
	"os"
)

// Cause is what an error of a file is about, without the names in it, which the message has already.
func Cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
