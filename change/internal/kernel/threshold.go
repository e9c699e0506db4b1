package kernel

// AnyAtLeast reports whether v[i] ≥ t for any i. NaN never is.
func AnyAtLeast(v []float32, t float32) bool {
	for _, x := range v[vectorBelow(v, t):] {
		if x >= t {
			return true
		}
	}
	return false
}

// MarkAtLeast sets out[i] to 1 where v[i] ≥ t, which NaN never is, else to 0, and reports whether there is a 1.
func MarkAtLeast(out []uint8, v []float32, t float32) (found bool) {
	v = v[:len(out)]
	k, found := vectorMarkAtLeast(out, v, t)
	out, v = out[k:], v[k:]
	for i, x := range v {
		out[i] = 0
		if x >= t {
			out[i], found = 1, true
		}
	}
	return found
}
