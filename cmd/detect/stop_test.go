//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A run of the plain pair in tiles of one pixel takes many seconds, because each comes with a halo many times its size. Without registration it
// is soon there.
var slowly = []string{"--tile", "1", "-j", "1", "--register", "off"}

// running is a run of detect in a folder with older outputs.
type running struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	dir    string
	before map[string]string
}

// names of the outputs in the folder.
var outputNames = []string{"out.geojson", "out.geojson.run.json", "mask.tif", "model.json"}

// start begins a slow run and returns when its temporary files are there.
func start(t *testing.T) *running {
	t.Helper()
	r := &running{dir: t.TempDir()}
	for _, name := range outputNames {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte("old "+name+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r.before = list(t, r.dir)
	p := tile("plain")
	args := append([]string{"run", p.before, p.after, "out.geojson", "--mask-out", "mask.tif", "--save-model", "model.json", "--overwrite", "--method", "cva"}, slowly...)
	r.cmd = call{dir: r.dir}.command(t, args...)
	r.cmd.Stderr = &r.stderr
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.cmd.Process.Kill() // does nothing when it has ended
		r.cmd.Wait()
	})
	for begun := time.Now(); len(list(t, r.dir)) < len(r.before)+len(outputNames); time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatalf("no temporary files after a minute: %v", list(t, r.dir))
		}
	}
	return r
}

func list(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := snapshot(dir)
	if err != nil && !os.IsNotExist(err) { // a file may have got its name meanwhile
		t.Fatal(err)
	}
	return files
}

// TestSignals ends runs while they read the sample and while they compare.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		signal os.Signal
		after  time.Duration
		code   int
		says   string
	}{
		{"interrupt at once", os.Interrupt, 0, 130, "error: interrupted; no file was written\n"},
		{"interrupt later", os.Interrupt, 700 * time.Millisecond, 130, "error: interrupted; no file was written\n"},
		{"SIGTERM at once", syscall.SIGTERM, 0, 75, "error: stopped by a signal (terminated); no file was written\n"},
		{"SIGTERM later", syscall.SIGTERM, 700 * time.Millisecond, 75, "error: stopped by a signal (terminated); no file was written\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t)
			time.Sleep(c.after)
			if err := r.cmd.Process.Signal(c.signal); err != nil {
				t.Fatalf("the run was over: %v", err)
			}
			sent := time.Now()
			r.cmd.Wait()
			limit := 5 * time.Second
			if testing.Short() {
				limit = 20 * time.Second // the race detector makes measuring misregistration, which runs to its end, ten times slower
			}
			if took := time.Since(sent); took > limit {
				t.Errorf("it took %v to stop", took)
			}
			if code := r.cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit status %d, want %d", code, c.code)
			}
			if got := r.stderr.String(); got != c.says {
				t.Errorf("message is %q, want %q", got, c.says)
			}
			if diff := differences(r.before, list(t, r.dir)); diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
		})
	}
}

// TestKilled wants a run that had no time to clean up to leave nothing under a final name, and nothing that hinders the next one.
func TestKilled(t *testing.T) {
	t.Parallel()
	r := start(t)
	time.Sleep(300 * time.Millisecond)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatalf("the run was over: %v", err)
	}
	r.cmd.Wait()
	after := list(t, r.dir)
	for name := range after {
		if strings.HasPrefix(name, ".") && strings.Contains(name, ".part-") {
			delete(after, name)
		}
	}
	if diff := differences(r.before, after); diff != "" {
		t.Fatalf("files changed:\n%s", diff)
	}
	p := tile("plain")
	call{dir: r.dir}.succeed(t, "run", p.before, p.after, "out.geojson", "--mask-out", "mask.tif", "--save-model", "model.json", "--overwrite", "--method", "cva")
	for _, name := range outputNames {
		data, err := os.ReadFile(filepath.Join(r.dir, name))
		if err != nil || bytes.HasPrefix(data, []byte("old ")) {
			t.Errorf("%s was not replaced: %v", name, err)
		}
	}
}
