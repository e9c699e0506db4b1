// Package parallel shares work that is counted among goroutines.
package parallel

import (
	"sync"
	"sync/atomic"
)

// Each calls f with 0 … n−1, as many at once as there are workers, and returns when all are done. Numbers are taken in order.
func Each(workers, n int, f func(i int)) {
	EachWith(workers, n, func() func(int) { return f })
}

// EachWith is Each with a function for each goroutine, which may have memory of its own.
func EachWith(workers, n int, worker func() func(i int)) {
	workers = min(workers, n)
	if workers < 2 {
		f := worker()
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			f := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	all.Wait()
}
