//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestChangingInputs wants exit 5 and no file from a run whose input becomes another while it is read. The run is stopped when its
// temporary files are there, which is after it looked at its inputs and before it reads them, or when it has written scores, and goes on
// when the input has changed.
func TestChangingInputs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	older := func(path string) error { return os.Chtimes(path, at, at) }
	longer := func(path string) error {
		st, err := os.Stat(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write([]byte{0})
		return errors.Join(err, f.Close(), os.Chtimes(path, st.ModTime(), st.ModTime()))
	}
	for _, c := range []struct {
		name, input string
		change      func(path string) error
		written     int64 // bytes of outputs after which the run is stopped
	}{
		{"other time", "after.tif", older, 0},
		{"other size", "before.tif", longer, 0},
		{"removed", "after.tif", os.Remove, 0},
		{"mask", "clouds.tif", older, 0},
		{"second file of a pass", "more.tif", longer, 0},
		{"other time later", "after.tif", older, 300_000},
		{"removed later", "before.tif", os.Remove, 300_000},
		{"mask later", "clouds.tif", longer, 300_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			p := tile("plain")
			for to, from := range map[string]string{
				"before.tif": p.before, "after.tif": p.after, "more.tif": p.after, "clouds.tif": filepath.Join(tiles, "plain_truth.tif"),
			} {
				data, err := os.ReadFile(from)
				if err := errors.Join(err, os.WriteFile(filepath.Join(dir, to), data, 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			cmd := call{dir: dir}.command(t, "run", "before.tif,before.tif", "after.tif,more.tif", "out.geojson",
				"--after-mask", "clouds.tif", "--mask-values", "7", "--mask-out", "mask.tif", "--score", "score.tif", "-q", "-j", "1", "--tile", "8", "--method", "cva")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill() // does nothing when it has ended
			const begun = 5          // out.geojson, its record and style, mask and score
			for since := time.Now(); ; time.Sleep(time.Millisecond) {
				parts, bytes := partFiles(t, dir)
				if parts == begun && bytes >= c.written {
					break
				}
				if time.Since(since) > time.Minute {
					t.Fatalf("%d temporary files with %d bytes after a minute", parts, bytes)
				}
			}
			if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			if err := c.change(filepath.Join(dir, c.input)); err != nil {
				t.Fatal(err)
			}
			changed := list(t, dir)
			if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			want := "error: " + c.input + ": changed while it was being read; start again when it is complete\n"
			code, said := cmd.ProcessState.ExitCode(), stderr.String() // warnings may come first
			if code != 5 || !strings.HasSuffix(said, want) || strings.Count(said, "error:") != 1 {
				t.Errorf("exit status %d: %q, want %q", code, said, want)
			}
			for name := range changed {
				if strings.HasPrefix(name, ".") && strings.Contains(name, ".part-") {
					delete(changed, name)
				}
			}
			if diff := differences(changed, list(t, dir)); diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
		})
	}
}

// partFiles counts the temporary files in a folder and their bytes.
func partFiles(t *testing.T, dir string) (n int, bytes int64) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, ".*.part-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if st, err := os.Stat(path); err == nil {
			n, bytes = n+1, bytes+st.Size()
		}
	}
	return n, bytes
}
