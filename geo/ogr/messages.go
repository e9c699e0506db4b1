package ogr

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/airbusgeo/godal"
)

// failuresOnly drops GDAL's warnings.
func failuresOnly(ec godal.ErrorCategory, _ int, msg string) error {
	if ec >= godal.CE_Failure {
		return errors.New(msg)
	}
	return nil
}

// oneLine makes one line of what may be several joined messages, without the file, which callers put in front.
func oneLine(err error, path string) string {
	msg := strings.Join(strings.Fields(err.Error()), " ")
	for _, name := range []string{"`" + plain(path) + "'", plain(path), path} {
		msg = strings.ReplaceAll(msg, name, "the file")
	}
	return strings.TrimRight(msg, ". ")
}

// plain is a name that GDAL cannot take for anything but a file's.
func plain(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return "." + string(filepath.Separator) + path
}
