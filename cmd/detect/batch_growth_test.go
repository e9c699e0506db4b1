package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/batch"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/jobs"
	"passdiff/cmd/detect/internal/report"
)

// footprint is what a process holds.
type footprint struct {
	goroutines, files int
	heap              uint64
}

// TestBatchGrowth wants a batch of many pairs, 60 or with PASSDIFF_LONG 1000, to hold as little at its end as at its beginning. It runs
// alone, in this process.
func TestBatchGrowth(t *testing.T) {
	n := 60
	if os.Getenv("PASSDIFF_LONG") != "" {
		n = 1000
	}
	f, err := jobs.Read(tinyPairs(t, n), jobs.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var counted counter
	b := batch.Batch{
		Jobs: f, Dir: filepath.Join(t.TempDir(), "out"), Share: batch.Share{Jobs: 2, Workers: 1},
		Exe: exe, Name: "detect", Env: os.Environ(), Program: version, Report: &report.Reporter{Out: &counted},
	}
	begun := time.Now()
	var e *exit.Error
	if err := b.Run(context.Background()); !errors.As(err, &e) || e.Code != exit.Partly {
		t.Fatalf("the batch ends with %v", err)
	}
	all := counted.all
	if len(all) < n {
		t.Fatalf("%d messages of %d pairs", len(all), n)
	}
	t.Logf("%d pairs in %v; after the first tenth and at the end: %+v and %+v", n, time.Since(begun).Round(time.Millisecond), peak(all[:n/10]), peak(all[n-n/10:]))
	first, last := peak(all[:n/3]), peak(all[n-n/3:])
	if last.goroutines > first.goroutines+2 || last.files > first.files+2 || last.heap > first.heap+4<<20+uint64(n)*1024 {
		t.Errorf("it held at most %+v in its first third, and %+v in its last", first, last)
	}
}

// counter measures this process at every message.
type counter struct {
	mu  sync.Mutex
	all []footprint
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	entries, _ := os.ReadDir("/proc/self/fd") // none on other systems, where nothing is counted
	c.all = append(c.all, footprint{runtime.NumGoroutine(), len(entries), m.HeapAlloc})
	return len(p), nil
}

// peak is the most of each.
func peak(all []footprint) (f footprint) {
	for _, one := range all {
		f.goroutines, f.files, f.heap = max(f.goroutines, one.goroutines), max(f.files, one.files), max(f.heap, one.heap)
	}
	return f
}
