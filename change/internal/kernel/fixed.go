package kernel

// FixedPoint sets dst[i] to v[i]·gain + shift in steps of 1/unit, a power of two, clipped at ±clip, halves rounded away from zero, and 0 where
// that is NaN. clip·unit is below 2³¹.
func FixedPoint(dst []int32, v []float32, gain, shift, clip, unit float32) {
	v = v[:len(dst)]
	k := vectorFixedPoint(dst, v, gain, shift, clip, unit)
	dst, v = dst[k:], v[k:]
	for i, x := range v {
		s := float64(float32(min(max(float32(x*gain)+shift, -clip), clip) * unit)) // exact
		switch {
		case s != s:
			dst[i] = 0
		case s < 0:
			dst[i] = int32(s - 0.5)
		default:
			dst[i] = int32(s + 0.5)
		}
	}
}
