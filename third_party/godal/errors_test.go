package godal_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/airbusgeo/godal"
)

// GDAL warns, and goes on, about a creation option it does not know.
const unknownOption = "NO_SUCH_OPTION=1"

func createWithWarning(t *testing.T, opt godal.DatasetCreateOption) (*godal.Dataset, error) {
	path := filepath.Join(t.TempDir(), "a.tif")
	if opt == nil {
		return godal.Create(godal.GTiff, path, 1, godal.Byte, 1, 1, godal.CreationOption(unknownOption))
	}
	return godal.Create(godal.GTiff, path, 1, godal.Byte, 1, 1, godal.CreationOption(unknownOption), opt)
}

func TestWarningsAreErrors(t *testing.T) {
	ds, err := createWithWarning(t, nil)
	if err == nil || ds != nil || !strings.Contains(err.Error(), "NO_SUCH_OPTION") {
		t.Errorf("got %v, %v; want the warning as error", ds, err)
	}
}

func TestErrLoggerDecides(t *testing.T) {
	var seen []godal.ErrorCategory
	ds, err := createWithWarning(t, godal.ErrLogger(func(ec godal.ErrorCategory, code int, msg string) error {
		if ec < godal.CE_Warning {
			return nil
		}
		if code == 0 || msg == "" {
			t.Errorf("message %d %q", code, msg)
		}
		seen = append(seen, ec)
		return nil
	}))
	check(t, err)
	check(t, ds.Close())
	if len(seen) == 0 || seen[0] != godal.CE_Warning {
		t.Errorf("handler saw %v, want a warning first", seen)
	}

	sentinel := errors.New("mine")
	ds, err = createWithWarning(t, godal.ErrLogger(func(ec godal.ErrorCategory, _ int, _ string) error {
		if ec >= godal.CE_Warning {
			return sentinel
		}
		return nil
	}))
	if ds != nil || !errors.Is(err, sentinel) {
		t.Errorf("got %v, %v; want the handler's error", ds, err)
	}
}

func TestSkipWarnings(t *testing.T) {
	ds, err := createWithWarning(t, godal.SkipWarnings)
	check(t, err)
	check(t, ds.Close())
	if _, err := godal.Open("no-such-file.tif", godal.SkipWarnings); err == nil {
		t.Error("failure skipped")
	}
}

type textError string

func (e textError) Error() string { return string(e) }

func TestErrLoggerErrorsAreJoinedInOrder(t *testing.T) {
	n := 0
	_, err := godal.Create(godal.GTiff, filepath.Join(t.TempDir(), "a.tif"), 1, godal.Byte, 1, 1,
		godal.CreationOption(unknownOption, "NOR_THIS=1"),
		godal.ErrLogger(func(ec godal.ErrorCategory, _ int, _ string) error {
			if ec < godal.CE_Warning {
				return nil
			}
			n++
			return textError(fmt.Sprint("message ", n))
		}))
	if err == nil || err.Error() != "message 1\nmessage 2" {
		t.Fatalf("got %v", err)
	}
	var te textError
	if !errors.As(err, &te) || te != "message 1" {
		t.Errorf("errors.As gives %q", te)
	}
}

func TestErrLoggerMaySwallowFailures(t *testing.T) {
	calls := 0
	ds, err := godal.Open("no-such-file.tif", godal.ErrLogger(func(godal.ErrorCategory, int, string) error {
		calls++
		return nil
	}))
	if err != nil || ds == nil || calls == 0 {
		t.Errorf("got %v, %v after %d calls; want a dataset without handle and no error", ds, err, calls)
	}
	if err := ds.Close(); err == nil {
		t.Error("a dataset without handle can be closed")
	}
}

func TestErrLoggerPanicReachesCaller(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wantPanic(t, "handler", func() {
		_, _ = createWithWarning(t, godal.ErrLogger(func(ec godal.ErrorCategory, _ int, _ string) error {
			panic(ec)
		}))
	})
	// The handler is gone from this thread: the default rule holds again.
	if _, err := createWithWarning(t, nil); err == nil {
		t.Error("warning lost after a panic")
	}
}

// debugMessages counts what GDAL says at debug level, which it does only while
// CPL_DEBUG is on.
func debugMessages(t *testing.T, path string, opts ...godal.OpenOption) int {
	t.Helper()
	n := 0
	opts = append(opts, godal.ErrLogger(func(ec godal.ErrorCategory, _ int, msg string) error {
		if ec < godal.CE_Warning {
			n++
			return nil
		}
		return errors.New(msg)
	}))
	ds, err := godal.Open(path, opts...)
	check(t, err)
	check(t, ds.Close())
	return n
}

func TestConfigOptionHoldsForOneCall(t *testing.T) {
	runtime.LockOSThread() // the option is set on this thread, so look on this one
	defer runtime.UnlockOSThread()
	path := writeTIFF(t, nil)
	if n := debugMessages(t, path); n != 0 {
		t.Fatalf("%d debug messages before", n)
	}
	if n := debugMessages(t, path, godal.ConfigOption("CPL_DEBUG=ON", "entry without equals sign")); n == 0 {
		t.Error("option has no effect on its own call")
	}
	if n := debugMessages(t, path); n != 0 {
		t.Errorf("%d debug messages afterwards", n)
	}
}
