package kernel

import "math"

// Scale sets dst to c·src.
func Scale(dst, src []float32, c float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = c * v
	}
}

// Add adds c to each value.
func Add(v []float32, c float32) {
	for i := range v {
		v[i] += c
	}
}

// AddRamp adds c + slope·x to the value at column x; v begins at column from.
func AddRamp(v []float32, c, slope float32, from int) {
	if slope == 0 {
		Add(v, c)
		return
	}
	for i := range v {
		v[i] += c + float32(slope*float32(from+i))
	}
}

// AddScaled adds c·src to dst.
func AddScaled(dst, src []float32, c float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += float32(c * v)
	}
}

// AddSquare adds the square of v + shift to sum, or subtracts it.
func AddSquare(sum, v []float32, shift float32, minus bool) {
	v = v[:len(sum)]
	if minus {
		for i, x := range v {
			d := x + shift
			sum[i] -= float32(d * d)
		}
		return
	}
	for i, x := range v {
		d := x + shift
		sum[i] += float32(d * d)
	}
}

// Sqrt replaces each value by its square root, rounded exactly, those below 0 by 0. Sums that overflowed count as the largest float32,
// and NaN, which only differences of overflown values give, as 0: results are finite.
func Sqrt(v []float32) {
	for i, x := range v {
		if !(x >= 0 && x <= math.MaxFloat32) {
			if x > 0 {
				x = math.MaxFloat32
			} else {
				x = 0
			}
		}
		v[i] = float32(math.Sqrt(float64(x)))
	}
}
