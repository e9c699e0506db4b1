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

// extremes are the ends of every band of both passes.
func (t *Training) extremes() [2][]ends {
	var e [2][]ends
	for b := range t.Bands {
		e[0] = append(e[0], endsOf(t.values(func(c *raster.TilePair) []float32 { return c.Before.Band(b) })))
		e[1] = append(e[1], endsOf(t.values(func(c *raster.TilePair) []float32 { return c.After.Band(b) })))
	}
	return e
}
