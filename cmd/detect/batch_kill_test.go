//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/jobs"
)

// TestBatchKilled kills whole batches at random moments and runs them again, in short 4 times and with PASSDIFF_LONG 30: what stands under
// a final name is whole at any time, and in the end everything is as without a kill.
func TestBatchKilled(t *testing.T) {
	t.Parallel()
	path := tinyPairs(t, 12)
	calm := filepath.Join(t.TempDir(), "calm")
	begun := time.Now()
	if o := (call{}).run(t, "batch", path, "--out", calm, "-q"); o.code != 3 {
		t.Fatalf("the batch ends with %d: %s", o.code, o.stderr)
	}
	whole := time.Since(begun)
	want := batchFiles(t, calm)
	f, err := jobs.Read(path, jobs.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	likeSingleRuns(t, path, calm, f.Pairs, func(name string) bool { return !strings.HasPrefix(name, "job9-") })

	kills := 4
	if os.Getenv("PASSDIFF_LONG") != "" {
		kills = 30
	}
	random := rand.New(rand.NewPCG(1, 2))
	dir := ""
	hit := 0
	for i := range kills {
		if i%3 == 0 { // otherwise kill the one that was killed before again
			dir = filepath.Join(t.TempDir(), "killed")
		}
		cmd := call{}.command(t, "batch", path, "--out", dir, "-q")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.Duration(random.Int64N(int64(whole)))
		time.Sleep(moment)
		if cmd.Process.Signal(syscall.SIGKILL) == nil {
			hit++
		}
		cmd.Wait()
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		for name, content := range batchFiles(t, dir) {
			if want[name] != content {
				t.Fatalf("killed after %v: %s is not what it is in the end", moment, name)
			}
		}
		if i%3 != 2 && i != kills-1 {
			continue
		}
		if o := (call{}).run(t, "batch", path, "--out", dir, "-q"); o.code != 3 {
			t.Fatalf("killed after %v: the next batch ends with %d: %s", moment, o.code, o.stderr)
		}
		if diff := differences(want, batchFiles(t, dir)); diff != "" {
			t.Fatalf("killed after %v: %s", moment, diff)
		}
		noneBegun(t, dir)
	}
	if hit == 0 {
		t.Error("no batch was killed while it ran")
	}
}

// noneBegun wants no temporary files below a folder.
func noneBegun(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, "*", ".*.part-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// slowBatch starts a batch of one pair that takes long, and returns when that has begun.
func slowBatch(t *testing.T) (cmd *exec.Cmd, dir, text string, stderr *strings.Builder) {
	t.Helper()
	dir = t.TempDir()
	p := tile("plain")
	text = "version: 1\njobs:\n  - {id: slow, before: " + p.before + ", after: " + p.after + ", options: {tile: 1, register: off, method: cva}}\n"
	if err := os.WriteFile(filepath.Join(dir, "jobs.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd = call{dir: dir}.command(t, "batch", "jobs.yaml")
	stderr = &strings.Builder{}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() // does nothing when it has ended
		cmd.Wait()
	})
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if left, _ := filepath.Glob(filepath.Join(dir, "jobs.out", "slow-*", ".*.part-*")); len(left) > 0 {
			return cmd, dir, text, stderr
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("the pair has not begun after a minute: %s", stderr.String())
		}
	}
}

// TestBatchOrphans wants the process of a pair to end with a batch that is killed.
func TestBatchOrphans(t *testing.T) {
	t.Parallel()
	cmd, _, _, _ := slowBatch(t)
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if len(tasks) == 0 {
		t.Skip("the kernel does not list children")
	}
	var pids []string
	for _, task := range tasks {
		more, err := os.ReadFile(task)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, strings.Fields(string(more))...)
	}
	if len(pids) == 0 {
		t.Fatal("the batch has no child")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			if err != nil || strings.Contains(string(stat), ") Z ") {
				break
			}
			if time.Since(begun) > 10*time.Second {
				t.Fatalf("process %s lives on: %s", pid, stat)
			}
		}
	}
}

// TestBatchSignals stops batches whose pairs would run long; the same command goes on.
func TestBatchSignals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		code   int
		says   string
	}{{syscall.SIGTERM, 75, "stopped by a signal (terminated)"}, {syscall.SIGINT, 130, "interrupted"}} {
		cmd, dir, text, stderr := slowBatch(t)
		if o := (call{dir: dir}).run(t, "batch", "jobs.yaml", "-q"); o.code != 5 || !strings.Contains(o.stderr, "jobs.out: another batch is running there") {
			t.Errorf("a second batch ends with %d: %s", o.code, o.stderr)
		}
		if err := cmd.Process.Signal(c.signal); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		want := "error: " + c.says + "; 0 of 1 pairs are done, and the same command goes on from there\n"
		if code := cmd.ProcessState.ExitCode(); code != c.code || stderr.String() != want {
			t.Errorf("%v: exit status %d and %q, want %d and %q", c.signal, code, stderr.String(), c.code, want)
		}
		noneBegun(t, filepath.Join(dir, "jobs.out"))
		fast := strings.Replace(text, "tile: 1, ", "", 1)
		if err := os.WriteFile(filepath.Join(dir, "jobs.yaml"), []byte(fast), 0o644); err != nil {
			t.Fatal(err)
		}
		call{dir: dir}.succeed(t, "batch", "jobs.yaml")
	}
}
