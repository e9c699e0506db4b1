package kernel

// Share sets dst[i] to float32(float64(v[i]) / whole / unit).
func Share(dst []float32, v []int32, whole, unit float64) {
	v = v[:len(dst)]
	k := vectorShare(dst, v, whole, unit)
	dst, v = dst[k:], v[k:]
	for i, x := range v {
		dst[i] = float32(float64(x) / whole / unit)
	}
}

// ShareOf is Share of wholes that differ: dst[i] = float32(float64(v[i]) / float64(counts[i]) / unit), or 0 where counts[i] ≤ 0.
func ShareOf(dst []float32, v, counts []int32, unit float64) {
	v, counts = v[:len(dst)], counts[:len(dst)]
	i := vectorShareOf(dst, v, counts, unit)
	for ; i < len(dst); i++ {
		dst[i] = 0
		if counts[i] > 0 {
			dst[i] = float32(float64(v[i]) / float64(counts[i]) / unit)
		}
	}
}

// DirectionChange sets dst[i] to float32(float64(diff[i]) / (float64(all[i]) + floor)), of sums as DirectionSums makes them.
func DirectionChange(dst []float32, diff, all []int32, floor float64) {
	diff, all = diff[:len(dst)], all[:len(dst)]
	i := vectorDirectionChange(dst, diff, all, floor)
	for ; i < len(dst); i++ {
		dst[i] = float32(float64(diff[i]) / (float64(all[i]) + floor))
	}
}

// DirectionChangeOf is DirectionChange with a floor of flat for each of the pixels that count: dst[i] = float32(float64(diff[i]) /
// (float64(all[i]) + flat·float64(counts[i]))), or 0 where counts[i] ≤ 0.
func DirectionChangeOf(dst []float32, diff, all, counts []int32, flat float64) {
	diff, all, counts = diff[:len(dst)], all[:len(dst)], counts[:len(dst)]
	i := vectorDirectionChangeOf(dst, diff, all, counts, flat)
	for ; i < len(dst); i++ {
		dst[i] = 0
		if counts[i] > 0 {
			dst[i] = float32(float64(diff[i]) / (float64(all[i]) + float64(flat*float64(counts[i]))))
		}
	}
}
