package register

import "passdiff/raster"

// The lattice of windows: squares inside the sample's chips, side by side or, where they do not fill a chip evenly, a little apart.
const (
	// fewWindows is below how many the windows are made smaller.
	fewWindows = 4
	// mostWindows bounds the work; of more, every k-th is taken.
	mostWindows = 36
	// leastMeasured is the share of a window that must be measured.
	leastMeasured = 0.5
)

// windowSizes are the sides of windows in pixels, largest first.
var windowSizes = []int{256, 128, 64}

// window is a square of a chip.
type window struct {
	chip *raster.TilePair
	x, y int // of its first pixel inside the chip's window
	n    int
}

// lattice lists the windows of a sample.
func lattice(s *raster.Sample) []window {
	var all []window
	for _, size := range windowSizes {
		if len(all) >= fewWindows {
			break
		}
		all = all[:0]
		for _, c := range s.Chips {
			all = appendWindows(all, c, size)
		}
	}
	if len(all) <= mostWindows {
		return all
	}
	some := make([]window, mostWindows)
	for i := range some {
		some[i] = all[i*len(all)/mostWindows]
	}
	return some
}

// appendWindows appends the windows of a chip, of that side or of the largest that fits, where enough is measured.
func appendWindows(all []window, c *raster.TilePair, n int) []window {
	for n > min(c.Out.W, c.Out.H) {
		n /= 2
	}
	if n < windowSizes[len(windowSizes)-1] {
		return all
	}
	for _, y := range places(c.Out.H, n) {
		for _, x := range places(c.Out.W, n) {
			if w := (window{c, x, y, n}); w.measured() >= leastMeasured*float64(n*n) {
				all = append(all, w)
			}
		}
	}
	return all
}

// places are the first pixels of as many windows of n pixels as fit into length, spread evenly.
func places(length, n int) []int {
	k := length / n
	if k == 1 {
		return []int{(length - n) / 2}
	}
	p := make([]int, k)
	for i := range p {
		p[i] = i * (length - n) / (k - 1)
	}
	return p
}

// measured is the number of pixels of the window that are measured in both passes.
func (w window) measured() float64 {
	if w.chip.Valid == nil {
		return float64(w.n * w.n)
	}
	var n int64
	in := raster.Window{X: w.chip.Out.X + w.x, Y: w.chip.Out.Y + w.y, W: w.n, H: w.n}
	w.chip.EachRow(in, func(_, at, width int) {
		for _, v := range w.chip.Valid[at : at+width] {
			n += int64(v & 1)
		}
	})
	return float64(n)
}

// load fills z with both features under the window and Hann's taper, AFTER moved by whole pixels; what lies beyond the chip is 0.
func (w window) load(z plane, taper []float64, before, after *feature, dx, dy int) {
	for y := range w.n {
		re, im := z.re[y*w.n:][:w.n], z.im[y*w.n:][:w.n]
		b := before.v[(w.y+y)*before.w+w.x:][:w.n]
		for x, v := range b {
			re[x] = float64(float64(taper[y]*taper[x]) * float64(v))
		}
		clear(im)
		row := w.y + y + dy
		if row < 0 || row >= after.h {
			continue
		}
		a := after.v[row*after.w:][:after.w]
		for x := max(0, -w.x-dx); x < w.n && w.x+x+dx < after.w; x++ {
			im[x] = float64(float64(taper[y]*taper[x]) * float64(a[w.x+x+dx]))
		}
	}
}

// hann is Hann's taper over the pixels of a window, ½(1 − cos(2π(i+½)/n)).
func hann(t *transform) []float64 {
	n := t.n
	h := make([]float64, n)
	c, s := unit(3.141592653589793 / float64(n))
	for i := range h {
		var co, si float64
		if i < n/2 {
			co, si = t.cos[i], t.sin[i]
		} else {
			co, si = -t.cos[i-n/2], -t.sin[i-n/2]
		}
		h[i] = 0.5 - (float64(co*c)-float64(si*s))/2
	}
	return h
}
