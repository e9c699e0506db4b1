package accuracy

// areas are the 8-connected areas of a raster.
type areas struct {
	of   []int32 // the area of each pixel, from 1 on; 0 for none
	size []int   // pixels by area; size[0] is 0
}

// label finds the areas of the pixels that are in, of n pixels in rows of width.
func label(n, width int, in func(i int) bool) areas {
	a := areas{of: make([]int32, n), size: make([]int, 1)}
	var stack []int
	for start := range n {
		if a.of[start] != 0 || !in(start) {
			continue
		}
		id := int32(len(a.size))
		a.size = append(a.size, 0)
		a.of[start], stack = id, append(stack[:0], start)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			a.size[id]++
			x, y := i%width, i/width
			for ny := max(0, y-1); ny <= y+1 && ny*width < n; ny++ {
				for nx := max(0, x-1); nx <= min(x+1, width-1); nx++ {
					if k := ny*width + nx; a.of[k] == 0 && in(k) {
						a.of[k], stack = id, append(stack, k)
					}
				}
			}
		}
	}
	return a
}

// match counts which areas of the truth and of the mask have pixels in common.
func match(known, found areas) (o Objects) {
	common := map[[2]int32]int{}
	for i, k := range known.of {
		if f := found.of[i]; k != 0 && f != 0 {
			common[[2]int32{k, f}]++
		}
	}
	type state struct{ touched, matched bool }
	ks, fs := make([]state, len(known.size)), make([]state, len(found.size))
	for ids, n := range common { // the order does not matter: flags are only ever set
		k, f := ids[0], ids[1]
		matches := 100*n >= matchPercent*known.size[k] && 100*n >= matchPercent*found.size[f]
		ks[k] = state{true, ks[k].matched || matches}
		fs[f] = state{true, fs[f].matched || matches}
	}
	count := func(sizes []int, states []state, least int) (all, touched, matched int) {
		for i, s := range sizes {
			if i == 0 || s < least {
				continue
			}
			all++
			if states[i].touched {
				touched++
			}
			if states[i].matched {
				matched++
			}
		}
		return all, touched, matched
	}
	o.Known, o.Found, o.FoundMatched = count(known.size, ks, LeastObject)
	o.Detections, o.Real, o.RealMatched = count(found.size, fs, 1)
	return o
}
