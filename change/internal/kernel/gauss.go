package kernel

import "math"

// Taps are the weights of a symmetric filter: Taps[0] of the centre, Taps[k] of both pixels k away.
type Taps []float32

// Gauss returns the weights exp(−k²/2σ²) for k = 0 … ⌊3σ⌋, not normalised: filters divide by the sum of the weights used.
func Gauss(sigma float64) Taps {
	t := make(Taps, Radius(sigma)+1)
	for k := range t {
		t[k] = float32(Exp(-float64(k*k) / (2 * sigma * sigma)))
	}
	return t
}

// Box returns the weights of a mean over 2r+1 pixels.
func Box(r int) Taps {
	t := make(Taps, r+1)
	for k := range t {
		t[k] = 1
	}
	return t
}

// Radius is the reach of Gauss(sigma) in pixels: ⌊3σ⌋.
func Radius(sigma float64) int { return int(math.Floor(3 * sigma)) }

// Radius is the filter's reach in pixels.
func (t Taps) Radius() int { return len(t) - 1 }

// Row filters along a row: dst[i] = Σ taps·src around src[i+r], where r is the radius; len(src) = len(dst) + 2r.
func (t Taps) Row(dst, src []float32) {
	r := t.Radius()
	if len(src) != len(dst)+2*r {
		panic("kernel: row filter needs the radius on both sides")
	}
	taps := t[1:]
	for i := vectorRow(dst, src, t); i < len(dst); i++ {
		c := i + r
		v := float32(t[0] * src[c])
		for k, w := range taps {
			v += float32(w * (src[c-k-1] + src[c+k+1]))
		}
		dst[i] = v
	}
}

// Column filters across rows: rows holds 2r+1 rows, the one to filter in the middle; dst[i] = Σ taps·rows[…][i].
func (t Taps) Column(dst []float32, rows [][]float32) {
	r := t.Radius()
	if len(rows) != 2*r+1 {
		panic("kernel: column filter needs the radius on both sides")
	}
	for _, row := range rows {
		_ = row[:len(dst)]
	}
	taps := t[1:]
	for i := vectorColumn(dst, rows, t); i < len(dst); i++ {
		v := float32(t[0] * rows[r][i])
		for k, w := range taps {
			v += float32(w * (rows[r-k-1][i] + rows[r+k+1][i]))
		}
		dst[i] = v
	}
}

// Weight is what Row and Column over ones give in turn: the divisor where every pixel counts.
func (t Taps) Weight() float32 {
	r := t.Radius()
	ones := make([]float32, 2*r+1)
	for i := range ones {
		ones[i] = 1
	}
	var v [1]float32
	t.Row(v[:], ones)
	rows := make([][]float32, 2*r+1)
	for i := range rows {
		rows[i] = []float32{v[0]}
	}
	t.Column(v[:], rows)
	return v[0]
}
