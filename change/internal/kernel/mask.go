package kernel

// ClearWhere sets v[i] to 0 where mask[i] is 0.
func ClearWhere(v []float32, mask []uint8) {
	mask = mask[:len(v)]
	k := vectorClearWhere(v, mask)
	v, mask = v[k:], mask[k:]
	for i, m := range mask {
		if m == 0 {
			v[i] = 0
		}
	}
}

// MaskOnes sets dst[i] to float32(mask[i] & 1): 1 where a mask of 0 and 255 is not 0.
func MaskOnes(dst []float32, mask []uint8) {
	mask = mask[:len(dst)]
	k := vectorMaskOnes(dst, mask)
	dst, mask = dst[k:], mask[k:]
	for i, m := range mask {
		dst[i] = float32(m & 1)
	}
}

// DivideMasked divides v[i] by by[i], or sets it to 0 where mask[i] is 0.
func DivideMasked(v, by []float32, mask []uint8) {
	by, mask = by[:len(v)], mask[:len(v)]
	k := vectorDivideMasked(v, by, mask)
	v, by, mask = v[k:], by[k:], mask[k:]
	for i, m := range mask {
		if m == 0 {
			v[i] = 0
		} else {
			v[i] /= by[i]
		}
	}
}
