package kernel

// number is what pixels are stored as.
type number interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~float32 | ~float64
}

// Floats sets dst[i] to float32(src[i]).
func Floats[T number](dst []float32, src []T) {
	src = src[:len(dst)]
	k := 0
	switch s := any(src).(type) {
	case []uint8:
		k = vectorFloats8(dst, s)
	case []uint16:
		k = vectorFloats16(dst, s)
	case []int16:
		k = vectorFloatsSigned16(dst, s)
	}
	dst, src = dst[k:], src[k:]
	// Four at a time it takes less than half of the time: 0.44 against 1.03 ns a uint16.
	for ; len(src) >= 4 && len(dst) >= 4; dst, src = dst[4:], src[4:] {
		s, d := src[:4:4], dst[:4:4]
		d[0], d[1], d[2], d[3] = float32(s[0]), float32(s[1]), float32(s[2]), float32(s[3])
	}
	for i, v := range src {
		dst[i] = float32(v)
	}
}
