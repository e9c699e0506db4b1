package kernel

// Index16 is where v first stands in s; −1 when nowhere.
func Index16(s []uint16, v uint16) int {
	for i := vectorDiffer16(s, v); i < len(s); i++ {
		if s[i] == v {
			return i
		}
	}
	return -1
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
