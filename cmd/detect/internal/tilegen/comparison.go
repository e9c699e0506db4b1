package tilegen

import "fmt"

// Comparison is how a mask raster of detect agrees with a truth raster, over the pixels that both observe.
type Comparison struct {
	// Objects are the 4-connected changed areas of the truth, Found those that the mask touches.
	Objects, Found int
	// Candidates are the 4-connected changed areas of the mask, Real those that touch the truth.
	Candidates, Real int
	// Hit, Missed and False count pixels: changed in both, in the truth only, in the mask only.
	Hit, Missed, False int
}

// Compare compares a mask (0 unchanged, 1 changed, 255 not observed) with a truth raster (0, 1, 255) of the same width; both row-major.
func Compare(mask, truth []uint8, width int) Comparison {
	var c Comparison
	seen := func(i int) bool { return mask[i] != NotObservable && truth[i] != NotObservable }
	found := func(i int) bool { return seen(i) && mask[i] == Changed }
	known := func(i int) bool { return seen(i) && truth[i] == Changed }
	for i := range mask {
		switch {
		case found(i) && known(i):
			c.Hit++
		case found(i):
			c.False++
		case known(i):
			c.Missed++
		}
	}
	c.Objects, c.Found = areas(len(mask), width, known, found)
	c.Candidates, c.Real = areas(len(mask), width, found, known)
	return c
}

// areas counts the 4-connected areas of pixels that are in, and those that touch other.
func areas(n, width int, in, other func(i int) bool) (all, touched int) {
	done := make([]bool, n)
	var stack []int
	for start := range n {
		if done[start] || !in(start) {
			continue
		}
		all++
		touches := false
		done[start], stack = true, append(stack[:0], start)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			touches = touches || other(i)
			for _, k := range [4]int{i - width, i + width, i - 1, i + 1} {
				if k < 0 || k >= n || done[k] || !in(k) || (k == i-1 && i%width == 0) || (k == i+1 && k%width == 0) {
					continue
				}
				done[k], stack = true, append(stack, k)
			}
		}
		if touches {
			touched++
		}
	}
	return all, touched
}

// String says it in two lines.
func (c Comparison) String() string {
	return fmt.Sprintf("found %d of %d known objects; %d of %d candidates touch one\npixels: precision %.3f, recall %.3f",
		c.Found, c.Objects, c.Real, c.Candidates, ratio(c.Hit, c.Hit+c.False), ratio(c.Hit, c.Hit+c.Missed))
}

func ratio(a, b int) float64 { return float64(a) / float64(max(1, b)) }
