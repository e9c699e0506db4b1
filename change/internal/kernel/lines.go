package kernel

import "math"

// Scale sets dst to c·src.
func Scale(dst, src []float32, c float32) {
	src = src[:len(dst)]
	k := vectorScale(dst, src, c)
	dst, src = dst[k:], src[k:]
	for i, v := range src {
		dst[i] = c * v
	}
}

// AddScaled adds c·src to dst.
func AddScaled(dst, src []float32, c float32) {
	src = src[:len(dst)]
	k := vectorAddScaled(dst, src, c)
	dst, src = dst[k:], src[k:]
	for i, v := range src {
		dst[i] += float32(c * v)
	}
}

// AddRamp adds c + slope·x to the value at column x; v begins at column from, which with len(v) is below 2³¹.
func AddRamp(v []float32, c, slope float32, from int) {
	k := vectorAddRamp(v, c, slope, from)
	for i := k; i < len(v); i++ {
		v[i] += c + float32(slope*float32(from+i))
	}
}

// Divide divides each value by c.
func Divide(v []float32, c float32) {
	v = v[vectorDivide(v, c):]
	for i := range v {
		v[i] /= c
	}
}

// Clamp moves values outside −limit … limit to the nearer end, and NaN to the lower.
func Clamp(v []float32, limit float32) {
	v = v[vectorClamp(v, limit):]
	for i, x := range v {
		if !(x > -limit) {
			x = -limit
		}
		v[i] = min(x, limit)
	}
}

// Sqrt replaces each value by its square root, rounded exactly, those below 0 by 0. Sums that overflowed count as the largest float32,
// and NaN, which only differences of overflown values give, as 0: results are finite.
func Sqrt(v []float32) {
	v = v[vectorSqrt(v):]
	for i, x := range v {
		v[i] = root(x)
	}
}

// root is what Sqrt makes of a value.
func root(x float32) float32 {
	if !(x > 0) {
		x = 0
	}
	return float32(math.Sqrt(float64(min(x, math.MaxFloat32))))
}

// AddSquare adds sign·(v + shift)² to sum; sign is 1 or −1.
func AddSquare(sum, v []float32, shift, sign float32) {
	v = v[:len(sum)]
	k := vectorAddSquare(sum, v, shift, sign)
	sum, v = sum[k:], v[k:]
	for i, x := range v {
		d := x + shift
		sum[i] += float32(sign * float32(d*d))
	}
}

// Linear sets dst to a linear form of rows, Σ_k coef[k]·src[k] + shift, added in this order. There is at least one row.
func Linear(dst []float32, src [][]float32, coef []float32, shift float32) {
	long(src, coef, len(dst))
	for i := vectorLinear(dst, src, coef, shift); i < len(dst); i++ {
		dst[i] = form(src, coef, i) + shift
	}
}

// AddSquaredLinear adds sign·(Σ_k coef[k]·src[k] + shift)² to sum; sign is 1 or −1.
func AddSquaredLinear(sum []float32, src [][]float32, coef []float32, shift, sign float32) {
	long(src, coef, len(sum))
	for i := vectorAddSquaredLinear(sum, src, coef, shift, sign); i < len(sum); i++ {
		d := form(src, coef, i) + shift
		sum[i] += float32(sign * float32(d*d))
	}
}

// form is Σ_k coef[k]·src[k][i].
func form(src [][]float32, coef []float32, i int) float32 {
	d := coef[0] * src[0][i]
	for k := 1; k < len(src); k++ {
		d += float32(coef[k] * src[k][i])
	}
	return d
}

// long panics unless there is a row for each coefficient and each has n values.
func long(src [][]float32, coef []float32, n int) {
	if len(src) == 0 || len(src) != len(coef) {
		panic("kernel: linear form needs as many rows as coefficients")
	}
	for _, row := range src {
		_ = row[:n]
	}
}
