// Package frugal is for tests of parsers: whatever the bytes, a parser must not take a second or 100 MiB.
package frugal

import (
	"runtime"
	"testing"
	"time"
)

// What a parser may take.
const (
	most      = time.Second
	mostBytes = 100 << 20
)

// Do runs something, and fails the test when it took too much time, or allocated too much memory in all.
func Do(t testing.TB, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	do()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > most || after.TotalAlloc-before.TotalAlloc > mostBytes {
		t.Errorf("took %v and %d bytes", took, after.TotalAlloc-before.TotalAlloc)
	}
}
