package raster

import (
	"iter"
	"math"
	"slices"
)

// What a Tally counts: the whole numbers of 16 bits, with and without a sign.
const (
	tallyLow  = math.MinInt16
	tallyHigh = math.MaxUint16
)

// Tally counts how often each whole number from −32768 to 65535 is among some values, as most sensors deliver no other. Every order statistic
// is then known without looking at the values again.
type Tally struct {
	// N is the number of values.
	N      int64
	counts []uint32 // of tallyLow + i
}

// Count counts fewer than 2³² values, all of which values calls its argument with. It gives nil when one of them is not such a number; −0 is
// none.
func Count(values func(func([]float32))) *Tally {
	t := &Tally{counts: make([]uint32, tallyHigh-tallyLow+1)}
	whole := true
	values(func(v []float32) {
		whole = whole && tallied(t.counts, v)
		t.N += int64(len(v))
	})
	if !whole {
		return nil
	}
	return t
}

// tallied counts, and reports whether it could count all.
func tallied(counts []uint32, v []float32) bool {
	for _, x := range v {
		i := int32(x)
		k := uint(i - tallyLow)
		if math.Float32bits(float32(i)) != math.Float32bits(x) || k >= uint(len(counts)) {
			return false
		}
		counts[k]++
	}
	return true
}

// Quantiles is as of the values.
func (t *Tally) Quantiles(qs ...float64) []float64 {
	out := make([]float64, len(qs))
	for i, q := range qs {
		k, _ := bucketOf(t.counts, Rank(q, t.N))
		out[i] = float64(k) + tallyLow
	}
	return out
}

// Deviation is the value below which the share q of the distances |v − centre| lies; centre is one of the numbers that are counted.
func (t *Tally) Deviation(centre, q float64) float64 {
	middle := int(centre) - tallyLow
	at := func(k int) int64 {
		if k < 0 || k >= len(t.counts) {
			return 0
		}
		return int64(t.counts[k])
	}
	rank := Rank(q, t.N)
	for d := range t.counts {
		n := at(middle + d)
		if d > 0 {
			n += at(middle - d)
		}
		if rank < n {
			return float64(d)
		}
		rank -= n
	}
	return 0
}

// Ascending gives each number that occurs and how often, the least first.
func (t *Tally) Ascending() iter.Seq2[float32, int64] {
	return func(yield func(float32, int64) bool) {
		for k, c := range t.counts {
			if c > 0 && !yield(float32(k+tallyLow), int64(c)) {
				return
			}
		}
	}
}

// Descending is Ascending from the greatest on.
func (t *Tally) Descending() iter.Seq2[float32, int64] {
	return func(yield func(float32, int64) bool) {
		for k, c := range slices.Backward(t.counts) {
			if c > 0 && !yield(float32(k+tallyLow), int64(c)) {
				return
			}
		}
	}
}
