package kernel

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
