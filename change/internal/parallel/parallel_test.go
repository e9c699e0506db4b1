package parallel

import (
	"slices"
	"sync/atomic"
	"testing"
)

// TestEach: every number comes once, whatever the number of workers.
func TestEach(t *testing.T) {
	for _, workers := range []int{-1, 0, 1, 2, 7} {
		for _, n := range []int{0, 1, 2, 100} {
			seen := make([]int32, n)
			Each(workers, n, func(i int) { atomic.AddInt32(&seen[i], 1) })
			if slices.ContainsFunc(seen, func(k int32) bool { return k != 1 }) {
				t.Errorf("%d workers, %d numbers: %v", workers, n, seen)
			}
		}
	}
}

// TestEachWith: there are no more functions than workers, and one runs at a time.
func TestEachWith(t *testing.T) {
	var made, sum atomic.Int64
	EachWith(3, 50, func() func(int) {
		made.Add(1)
		own := 0 // the race detector would see it shared
		return func(i int) { own += i; sum.Add(int64(i)) }
	})
	if made.Load() > 3 || sum.Load() != 49*50/2 {
		t.Errorf("%d functions, sum %d", made.Load(), sum.Load())
	}
}
