package raster

import "math"

// Quantiles gives, for each q, the value below which the share q of n values lies: the ⌊q·(n−1)⌋-th in ascending order, counted from 0.
// values calls its argument with all of them, the same each time; none is NaN, and n is above 0 and below 2³². The upper and then the lower
// halves of the values' bits are counted, so that it takes two passes, no copy and no sorting, and does not depend on the order.
func Quantiles(values func(func([]float32)), n int64, qs ...float64) []float64 {
	upper := make([]uint32, 1<<16)
	values(func(v []float32) {
		for _, x := range v {
			upper[ordered(x)>>16]++
		}
	})
	ranks := make([]int64, len(qs)) // rank within the bucket
	buckets := make([]uint32, len(qs))
	table := make([]uint16, 1<<16) // of the buckets looked for, their table among lower, from 1
	lower := [][]uint32{nil}
	for i, q := range qs {
		buckets[i], ranks[i] = bucketOf(upper, Rank(q, n))
		if table[buckets[i]] == 0 {
			table[buckets[i]] = uint16(len(lower))
			lower = append(lower, make([]uint32, 1<<16))
		}
	}
	values(func(v []float32) {
		for _, x := range v {
			o := ordered(x)
			if k := table[o>>16]; k != 0 {
				lower[k][o&0xffff]++
			}
		}
	})
	out := make([]float64, len(qs))
	for i, b := range buckets {
		low, _ := bucketOf(lower[table[b]], ranks[i])
		out[i] = float64(unordered(b<<16 | low))
	}
	return out
}

// Rank is the place, counted from 0, of the value below which the share q of n values in ascending order lies.
func Rank(q float64, n int64) int64 { return int64(q * float64(n-1)) }

// bucketOf finds the bucket that holds the value of a rank, and its rank within.
func bucketOf(counts []uint32, rank int64) (bucket uint32, within int64) {
	for b, c := range counts {
		if rank < int64(c) {
			return uint32(b), rank
		}
		rank -= int64(c)
	}
	return 0, 0
}

// ordered maps floats to integers in the same order; both zeros are equal.
func ordered(x float32) uint32 {
	b := math.Float32bits(x + 0) // −0 + 0 = +0
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

func unordered(o uint32) float32 {
	if o>>31 != 0 {
		return math.Float32frombits(o &^ (1 << 31))
	}
	return math.Float32frombits(^o)
}
