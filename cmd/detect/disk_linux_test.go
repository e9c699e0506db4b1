package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// disk mounts a file system of so many kB of its own.
func disk(t *testing.T, kB int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk,mode=755", kB))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.ENODEV) {
		t.Skipf("a small disk cannot be made: mounting a tmpfs: %v (it needs root)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullDisk gives outputs disks of all sizes up to one that suffices. On every smaller one the run fails with 5 and leaves what was
// there; on none is a file cut short.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	p := tile("coast")
	whole := t.TempDir()
	call{dir: whole}.succeed(t, "run", p.before, p.after, "out.geojson", "--mask-out", "mask.tif", "--save-model", "model.json", "--method", "cva")
	for name, args := range map[string][]string{
		"out.geojson": {"run", p.before, p.after, "DISK/out.geojson", "--record", "rec.run.json", "--overwrite", "--method", "cva"},
		"mask.tif":    {"run", p.before, p.after, "out.geojson", "--mask-out", "DISK/mask.tif", "--overwrite", "--method", "cva"},
		"model.json":  {"run", p.before, p.after, "out.geojson", "--save-model", "DISK/model.json", "--overwrite", "--method", "cva"},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join(whole, name))
			if err != nil {
				t.Fatal(err)
			}
			failed := 0
			for kB := 4; ; kB += max(4, len(want)/1024/3/4*4) { // three steps of whole pages
				small, dir := disk(t, kB), t.TempDir()
				old := filepath.Join(small, name)
				if err := os.WriteFile(old, []byte("old\n"), 0o666); err != nil {
					t.Fatal(err)
				}
				before, beforeDir := list(t, small), list(t, dir)
				args := append([]string{}, args...)
				for i, a := range args {
					args[i] = strings.Replace(a, "DISK", small, 1)
				}
				o := call{dir: dir}.run(t, args...)
				if o.code == 0 {
					if got, err := os.ReadFile(old); err != nil || string(got) != string(want) {
						t.Errorf("%d kB: the file is not the one written elsewhere: %v", kB, err)
					}
					break
				}
				failed++
				if o.code != 5 {
					t.Errorf("%d kB: exit status %d: %s", kB, o.code, o.stderr)
				}
				_, message, _ := strings.Cut("\n"+o.stderr, "\nerror: ")
				file, cause, _ := strings.Cut(message, ": cannot be written: ")
				if filepath.Dir(file) != small || strings.Contains(cause, "/") || !strings.Contains(strings.ToLower(cause), "no space left on device") ||
					strings.Count(o.stderr, "error: ") != 1 || strings.Contains(file, ".part-") {
					t.Errorf("%d kB: message is %q", kB, o.stderr)
				}
				if diff := differences(before, list(t, small)); diff != "" {
					t.Errorf("%d kB: files on the disk changed:\n%s", kB, diff)
				}
				if diff := differences(beforeDir, list(t, dir)); diff != "" {
					t.Errorf("%d kB: files elsewhere changed:\n%s", kB, diff)
				}
			}
			if failed == 0 {
				t.Errorf("no disk was too small")
			}
		})
	}
}

// TestReadOnlyDisk wants 5 for a folder in which nothing can be made, whoever runs the command.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	small := disk(t, 64)
	out := filepath.Join(small, "out.geojson")
	if err := os.WriteFile(out, []byte("old\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	before := list(t, small)
	if err := syscall.Mount("", small, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	p := tile("plain")
	dir := t.TempDir()
	for _, args := range [][]string{
		{"run", p.before, p.after, out, "--overwrite"},
		{"run", p.before, p.after, filepath.Join(small, "new.geojson")},
		{"run", p.before, p.after, "out.geojson", "--mask-out", filepath.Join(small, "mask.tif")},
	} {
		o := call{dir: dir}.run(t, args...)
		if complaint := notOneError(o.stderr); o.code != 5 || complaint != "" || !strings.HasSuffix(o.stderr, ": cannot be written: read-only file system\n") {
			t.Errorf("detect %q ends with %d: %q %s", args, o.code, o.stderr, complaint)
		}
	}
	if diff := differences(before, list(t, small)); diff != "" {
		t.Errorf("files changed:\n%s", diff)
	}
	if left := list(t, dir); len(left) != 1 { // the folder itself
		t.Errorf("left behind: %v", left)
	}
}
