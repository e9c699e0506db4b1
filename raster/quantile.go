package raster

import "math"

// Quantiles gives, for each q, the value below which the share q of n values lies: the ⌊q·(n−1)⌋-th in ascending order, counted from 0.
// values calls its argument with all of them, the same each time; none is NaN, and n is above 0. The upper and then the lower halves of
// the values' bits are counted, so that it takes two passes, no copy and no sorting, and does not depend on the order.
func Quantiles(values func(func([]float32)), n int64, qs ...float64) []float64 {
	upper := make([]int64, 1<<16)
	values(func(v []float32) {
		for _, x := range v {
			upper[ordered(x)>>16]++
		}
	})
	ranks := make([]int64, len(qs)) // rank within the bucket
	buckets := make([]uint32, len(qs))
	lower := map[uint32][]int64{}
	for i, q := range qs {
		rank := int64(q * float64(n-1))
		for b := range upper {
			if rank < upper[b] {
				ranks[i], buckets[i] = rank, uint32(b)
				lower[uint32(b)] = make([]int64, 1<<16)
				break
			}
			rank -= upper[b]
		}
	}
	values(func(v []float32) {
		for _, x := range v {
			o := ordered(x)
			if c := lower[o>>16]; c != nil {
				c[o&0xffff]++
			}
		}
	})
	out := make([]float64, len(qs))
	for i := range qs {
		rank := ranks[i]
		for low, c := range lower[buckets[i]] {
			if rank < c {
				out[i] = float64(unordered(buckets[i]<<16 | uint32(low)))
				break
			}
			rank -= c
		}
	}
	return out
}

// ordered maps floats to integers in the same order; both zeros are equal.
func ordered(x float32) uint32 {
	b := math.Float32bits(x + 0) // −0 + 0 = +0
	if b>>31 != 0 {
		return ^b
	}
	return b | 1<<31
}

func unordered(o uint32) float32 {
	if o>>31 != 0 {
		return math.Float32frombits(o &^ (1 << 31))
	}
	return math.Float32frombits(^o)
}
