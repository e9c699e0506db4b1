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
	done := vectorMagnitude16(dst, after, before, a, b, shift)
	sum := dst[done:]
	clear(sum)
	for k, row := range after {
		x, y, a, b, shift := row[done:][:len(sum)], before[k][done:][:len(sum)], a[k], b[k], shift[k]
		for i, v := range x {
			d := float32(a*float32(v)) + float32(b*float32(y[i])) + shift
			sum[i] += float32(d * d)
		}
	}
	for i, v := range sum {
		sum[i] = root(v)
	}
}
