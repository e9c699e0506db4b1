package kernel

// Index16 is where v first stands in s; −1 when nowhere.
func Index16(s []uint16, v uint16) int {
	for i := vectorIndex16(s, v); i < len(s); i++ {
		if s[i] == v {
			return i
		}
	}
	return -1
}

// IndexFloat is where a value equal to v, as 0 and −0 are, first stands in s; −1 when nowhere.
func IndexFloat(s []float32, v float32) int {
	for i := vectorIndexFloat(s, v); i < len(s); i++ {
		if s[i] == v {
			return i
		}
	}
	return -1
}

// IndexNonFinite is where NaN or an infinity first stands in s; −1 when nowhere.
func IndexNonFinite(s []float32) int {
	for i := vectorIndexNonFinite(s); i < len(s); i++ {
		if !finite(s[i]) {
			return i
		}
	}
	return -1
}

// Clear8 sets mask[i] to 0 where plane[i] is v.
func Clear8(mask, plane []uint8, v uint8) {
	mask = mask[:len(plane)]
	k := vectorClear8(mask, plane, v)
	mask, plane = mask[k:], plane[k:]
	for i, x := range plane {
		if x == v {
			mask[i] = 0
		}
	}
}

// Clear16 sets mask[i] to 0 where plane[i] is v.
func Clear16(mask []uint8, plane []uint16, v uint16) {
	mask = mask[:len(plane)]
	k := vectorClear16(mask, plane, v)
	mask, plane = mask[k:], plane[k:]
	for i, x := range plane {
		if x == v {
			mask[i] = 0
		}
	}
}

// ClearFloat sets mask[i] to 0 where plane[i] is equal to v.
func ClearFloat(mask []uint8, plane []float32, v float32) {
	mask = mask[:len(plane)]
	k := vectorClearFloat(mask, plane, v)
	mask, plane = mask[k:], plane[k:]
	for i, x := range plane {
		if x == v {
			mask[i] = 0
		}
	}
}

// ClearNonFinite sets mask[i] to 0 where plane[i] is NaN or infinite.
func ClearNonFinite(mask []uint8, plane []float32) {
	mask = mask[:len(plane)]
	k := vectorClearNonFinite(mask, plane)
	mask, plane = mask[k:], plane[k:]
	for i, x := range plane {
		if !finite(x) {
			mask[i] = 0
		}
	}
}

// finite reports whether x is a number: x−x is not 0 but NaN for infinities.
func finite(x float32) bool { return x-x == 0 }

// And sets dst[i] to a[i] & b[i]; dst may be one of them.
func And(dst, a, b []uint8) {
	a, b = a[:len(dst)], b[:len(dst)]
	k := vectorAnd(dst, a, b)
	dst, a, b = dst[k:], a[k:], b[k:]
	for i := range dst {
		dst[i] = a[i] & b[i]
	}
}
