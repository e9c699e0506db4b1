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
	switch r {
	case 3:
		row3(dst, src, t)
	default:
		Scale(dst, src[r:r+len(dst)], t[0])
		for k := 1; k <= r; k++ {
			addPair(dst, src[r-k:], src[r+k:], t[k])
		}
	}
}

// Column filters across rows: rows holds 2r+1 rows, the one to filter in the middle; dst[i] = Σ taps·rows[…][i].
func (t Taps) Column(dst []float32, rows [][]float32) {
	r := t.Radius()
	if len(rows) != 2*r+1 {
		panic("kernel: column filter needs the radius on both sides")
	}
	switch r {
	case 3:
		column3(dst, rows, t)
	default:
		Scale(dst, rows[r], t[0])
		for k := 1; k <= r; k++ {
			addPair(dst, rows[r-k], rows[r+k], t[k])
		}
	}
}

func addPair(dst, a, b []float32, w float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] += float32(w * (a[i] + b[i]))
	}
}

// row3 and column3 are the filters of radius 3 (σ = 1) in one pass over the row; each value is the same sum in the same order.
func row3(dst, src []float32, t Taps) {
	t0, t1, t2, t3 := t[0], t[1], t[2], t[3]
	for i := range dst {
		s := src[i : i+7 : i+7]
		v := float32(t0*s[3]) + float32(t1*(s[2]+s[4]))
		v += float32(t2 * (s[1] + s[5]))
		dst[i] = v + float32(t3*(s[0]+s[6]))
	}
}

func column3(dst []float32, rows [][]float32, t Taps) {
	t0, t1, t2, t3 := t[0], t[1], t[2], t[3]
	n := len(dst)
	r0, r1, r2, r3, r4, r5, r6 := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n], rows[4][:n], rows[5][:n], rows[6][:n]
	for i := range dst {
		v := float32(t0*r3[i]) + float32(t1*(r2[i]+r4[i]))
		v += float32(t2 * (r1[i] + r5[i]))
		dst[i] = v + float32(t3*(r0[i]+r6[i]))
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
