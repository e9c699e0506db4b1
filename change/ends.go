package change

import (
	"math"

	"passdiff/raster"
)

// ends are the least and the greatest of some values and those next to them, and how many of the values they are. Where all values are the
// same the next are infinite; where they are two, each is next to the other.
type ends struct {
	low, afterLow, high, beforeHigh  float32
	atLow, pastLow, atHigh, pastHigh int64
}

// endsOf finds the ends in one pass over the values, none of which is NaN.
func endsOf(values func(func([]float32))) ends {
	up, down := float32(math.Inf(1)), float32(math.Inf(-1))
	e := ends{low: up, afterLow: up, high: down, beforeHigh: down}
	values(func(v []float32) {
		for _, x := range v {
			if x <= e.afterLow {
				e.low, e.afterLow, e.atLow, e.pastLow = end(x, x < e.low, e.low, e.afterLow, e.atLow, e.pastLow)
			}
			if x >= e.beforeHigh {
				e.high, e.beforeHigh, e.atHigh, e.pastHigh = end(x, x > e.high, e.high, e.beforeHigh, e.atHigh, e.pastHigh)
			}
		}
	})
	return e
}

// end counts a value that is not inside of the value next to an end; outside says that it lies beyond the end.
func end(x float32, outside bool, first, next float32, n, m int64) (float32, float32, int64, int64) {
	switch {
	case outside:
		return x, first, 1, n
	case x == first:
		return first, next, n + 1, m
	case x == next:
		return first, next, n, m + 1
	}
	return first, x, n, 1
}

// countedEnds are the ends of values that have been counted.
func countedEnds(t *raster.Tally) ends {
	e := ends{afterLow: float32(math.Inf(1)), beforeHigh: float32(math.Inf(-1))}
	for v, n := range t.Ascending() {
		if e.atLow > 0 {
			e.afterLow, e.pastLow = v, n
			break
		}
		e.low, e.atLow = v, n
	}
	for v, n := range t.Descending() {
		if e.atHigh > 0 {
			e.beforeHigh, e.pastHigh = v, n
			break
		}
		e.high, e.atHigh = v, n
	}
	return e
}
