package kernel

import "math"

// AddSquaredDifference adds the squared difference of one standardised band to sum:
//
//	d = gainA·after[i] − gainB·before[i] + shift,  sum[i] += d²
func AddSquaredDifference(sum, before, after []float32, gainB, gainA, shift float32) {
	before, after = before[:len(sum)], after[:len(sum)]
	for i, b := range before {
		d := float32(gainA*after[i]) - float32(gainB*b) + shift
		sum[i] += float32(d * d)
	}
}

// Sqrt replaces each value, at least 0, by its square root, rounded exactly. Sums that overflowed count as the largest float32, and NaN,
// which only differences of overflown values give, as 0: results are finite.
func Sqrt(v []float32) {
	for i, x := range v {
		if !(x <= math.MaxFloat32) {
			if x != x {
				x = 0
			} else {
				x = math.MaxFloat32
			}
		}
		v[i] = float32(math.Sqrt(float64(x)))
	}
}
