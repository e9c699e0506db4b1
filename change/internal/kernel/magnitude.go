package kernel

// Magnitude16 sets dst to the lengths of change vectors in bands of 16 bits, after[k] and before[k] being rows of band k:
//
//	dst[i] = √ Σ_k ((a_k·after[k][i] + b_k·before[k][i]) + shift_k)²
//
// added in the order of the bands, each product rounded; its bits are those of AddSquaredLinear, band by band, onto 0, and Sqrt.
func Magnitude16(dst []float32, after, before [][]uint16, a, b, shift []float32) {
	n := len(dst)
	before, a, b, shift = before[:len(after)], a[:len(after)], b[:len(after)], shift[:len(after)]
	for k := range after {
		_, _ = after[k][:n], before[k][:n]
	}
	for i := vectorMagnitude16(dst, after, before, a, b, shift); i < n; i++ {
		var sum float32
		for k, row := range after {
			d := float32(a[k]*float32(row[i])) + float32(b[k]*float32(before[k][i])) + shift[k]
			sum += float32(d * d)
		}
		dst[i] = root(sum)
	}
}
