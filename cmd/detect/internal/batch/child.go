package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/jobs"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
)

// patience is how long a child that was told to stop may take before it is killed.
const patience = 10 * time.Second

// runOne runs the pair of a task and returns how that ended; progress is told which part of it is done. Errors are those of ctx.
func (b *Batch) runOne(ctx context.Context, lock *os.File, share Share, t Task, progress func(part float64)) (entry, error) {
	if err := os.Remove(b.stateName(t.Pair)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return newEntry(t.Pair).failed("its state cannot be removed: " + exit.Cause(err).Error()), nil
	}
	begun := time.Now()
	end := b.child(ctx, lock, share, t.Pair, progress)
	if err := ctx.Err(); err != nil {
		return entry{}, err
	}
	e := b.settle(t, end)
	e.Machine = machine{Seconds: math.Round(time.Since(begun).Seconds()*1e3) / 1e3, Command: b.command(share, t.Pair), Stderr: end.tail()}
	e.Machine.Directory, _ = os.Getwd() // for a person; "" when it cannot be told
	if e.Status == refused || e.Status == failed {
		b.discard(t.Pair)
		return e, nil
	}
	s := t.now
	s.Entry = e
	var err error
	if s.Files, err = b.files(ctx, t.Pair); err == nil {
		err = writeJSON(b.stateName(t.Pair), s)
	}
	switch {
	case ctx.Err() != nil:
		return entry{}, ctx.Err()
	case err != nil:
		return e.failed(err.Error()), nil
	}
	return e, nil
}

// discard removes what stands there of a pair without a result: outputs that were made of something else, and what a crash left behind.
func (b *Batch) discard(p jobs.Pair) {
	for _, name := range p.Files(b.Dir) {
		os.Remove(name)
	}
	dir, stem := filepath.Split(strings.TrimSuffix(p.Out(b.Dir), "geojson"))
	if err := output.RemoveStale(dir, stem); err != nil {
		b.Report.Warn("%v", err)
	}
}

// arguments are those of the child.
func (b *Batch) arguments(share Share, p jobs.Pair) []string {
	return append([]string{"run", "--overwrite", "--jobs=" + strconv.Itoa(share.Workers)}, p.Args(b.Dir)...)
}

// command is what does in a shell what the child of a pair does.
func (b *Batch) command(share Share, p jobs.Pair) string {
	words := share.environment(b.Env)
	for _, a := range append([]string{b.Name}, b.arguments(share, p)...) {
		words = append(words, report.Quoted(a))
	}
	return strings.Join(words, " ")
}

// ending is how a child ended.
type ending struct {
	code    int    // −1 when a signal ended it, or it was not started
	signal  string // that ended it; "" for none
	failure error  // of starting it
	stderr  listener
}

// child runs detect run for a pair. When ctx ends it is told to stop, and killed when it does not. It holds the lock of the folder, too, so
// that nobody else writes there as long as it lives, and it dies with this process.
func (b *Batch) child(ctx context.Context, lock *os.File, share Share, p jobs.Pair, progress func(part float64)) (end ending) {
	end.stderr.progress = progress
	cmd := exec.CommandContext(ctx, b.Exe, b.arguments(share, p)...)
	cmd.Args[0] = b.Name
	cmd.Args = append(cmd.Args, "--log-format=json")
	cmd.Env = append(b.Env, share.environment(b.Env)...)
	cmd.Stderr = &end.stderr
	cmd.ExtraFiles = []*os.File{lock}
	isolate(cmd)
	cmd.Cancel = func() error { return signalGroup(cmd.Process.Pid, causeOf(ctx)) }
	cmd.WaitDelay = patience
	err := cmd.Run()
	end.code = -1
	if cmd.ProcessState == nil {
		end.failure = err
		return end
	}
	end.code = cmd.ProcessState.ExitCode()
	if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		end.signal = w.Signal().String()
	}
	return end
}

// causeOf is the signal that ended a context, SIGTERM when none did.
func causeOf(ctx context.Context) syscall.Signal {
	var s exit.Signal
	if errors.As(context.Cause(ctx), &s) {
		if n, ok := s.Signal.(syscall.Signal); ok {
			return n
		}
	}
	return syscall.SIGTERM
}

// wantOfMemory is how the Go runtime, its race detector, the C library, GDAL and libtiff say that they got no memory.
var wantOfMemory = regexp.MustCompile(`(?i)out of memory|cannot allocate|can't allocate|failed to allocate|no space for .*(?:buffer|state|array|table)|bad_alloc|pthread_create failed|not enough memory`)

// crash is what the Go runtime says first when it gives up.
var crash = regexp.MustCompile(`(?m)^(?:fatal error|panic|SIG[A-Z]+): .*`)

// nothingThere is a memory fault, which is how a C library that did not look whether it got memory ends.
var nothingThere = regexp.MustCompile(`SIG(SEGV|BUS)|segmentation fault|bus error`)

// crashed is how a child crashed, and what may be behind it.
func (e *ending) crashed(how string) string {
	if nothingThere.MatchString(how) || nothingThere.Match(e.stderr.all()) {
		how += ", perhaps for want of memory: more can be had with --memory"
	}
	return "it crashed: " + how
}

// reason says why a child gave no result, and whether it was the pair's own fault: a child that says so, and does not crash, refuses it.
func (e *ending) reason() (why string, own bool) {
	said := e.message()
	code := exit.Code(e.code)
	switch {
	case e.failure != nil:
		return "it cannot be started: " + e.failure.Error(), false
	case wantOfMemory.Match(e.stderr.all()):
		return "it ran out of the memory that a pair may have; give it more with --memory, and run fewer at once with -j", false
	case e.signal == syscall.SIGKILL.String():
		return "it was killed, perhaps by the system for want of memory; run fewer at once with -j", false
	case e.signal != "":
		return e.crashed(e.signal), false
	case said == "":
		if c := crash.Find(e.stderr.all()); c != nil {
			return e.crashed(string(c)), false
		}
		return fmt.Sprintf("it ended with exit status %d and no message", e.code), false
	}
	return said, code == exit.Input || code == exit.Usage
}

// message is what the child says as its errors, joined.
func (e *ending) message() string {
	var all []string
	for line := range bytes.Lines(e.stderr.all()) {
		var m report.Line
		if json.Unmarshal(line, &m) == nil && m.Level == "error" {
			all = append(all, m.Msg)
		}
	}
	return strings.Join(all, "; ")
}

// mostLines is how much of what a child that crashed said is kept.
const mostLines = 20

// tail is what a child said that is no message: what C libraries and the runtime write.
func (e *ending) tail() []string {
	lines := []string{}
	for line := range bytes.Lines(e.stderr.all()) {
		if line = bytes.TrimRight(line, "\n"); len(line) > 0 && !json.Valid(line) {
			lines = append(lines, string(line))
		}
	}
	return lines[:min(len(lines), mostLines)]
}
