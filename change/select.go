package change

import (
	"math"
	"slices"
)

// middle is the median.
func middle(v []float64) float64 { return nth(slices.Clone(v), len(v)/2) }

// Selection looks first at selectSample values, evenly spread: where the value looked for lies among them, give or take selectMargin places
// (4 standard deviations of the median's), it lies among all, and what is not as near to it needs no sorting.
const (
	selectFrom   = 1 << 13 // values from which that pays
	selectSample = 1 << 11
	selectMargin = 90
	selectRoom   = 4 // the share of the values that may be near
)

// nth is the value that has k values before it when v is sorted; v is rearranged.
func nth(v []float64, k int) float64 {
	if len(v) < selectFrom {
		return hoare(v, k)
	}
	sample := make([]float64, selectSample)
	for i := range sample {
		sample[i] = v[i*len(v)/selectSample]
	}
	place := k * selectSample / len(v)
	low, high := hoare(sample, max(place-selectMargin, 0)), hoare(sample, min(place+selectMargin, selectSample-1))
	below, n := 0, 0
	near := make([]float64, len(v)/selectRoom)
	for _, x := range v {
		if n == len(near) {
			return hoare(v, k) // many are equal
		}
		// Bits of signs in place of branches, which no processor foresees here.
		less, more := signBit(x-low), signBit(high-x)
		below += less
		near[n] = x
		n += 1 - (less | more)
	}
	if k < below || k >= below+n {
		return hoare(v, k)
	}
	return hoare(near[:n], k-below)
}

// signBit is 1 of numbers below 0.
func signBit(v float64) int { return int(math.Float64bits(v) >> 63) }

// hoare is nth by Hoare's selection.
func hoare(v []float64, k int) float64 {
	low, high := 0, len(v)-1
	for low < high {
		pivot := v[k]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		if j < k {
			low = i
		}
		if k < i {
			high = j
		}
	}
	return v[k]
}
