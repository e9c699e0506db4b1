package register

import (
	"math"

	"passdiff/raster"
)

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
	x, y int // of its first pixel
	n    int
}

func (w window) square() raster.Window { return raster.Window{X: w.x, Y: w.y, W: w.n, H: w.n} }

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
			if w := (window{c, c.Out.X + x, c.Out.Y + y, n}); w.measured() >= leastMeasured*float64(n*n) {
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
	w.chip.EachRow(w.square(), func(_, at, width int) {
		for _, v := range w.chip.Valid[at : at+width] {
			n += int64(v & 1)
		}
	})
	return float64(n)
}

// part is what of the chip is needed for the window: what may be moved into it, and what means around are taken of.
func (w window) part() raster.Window {
	return w.square().Grow(MaxShift + flatBox/2).Intersect(w.chip.Out)
}

// load fills z with both features under the window and a taper, AFTER moved by whole pixels; what lies beyond the part is 0. It reports false
// when one of them holds nothing.
func (w window) load(z plane, taper []float64, f *features, dx, dy int) bool {
	at := w.square()
	before := w.loadOne(z.re, taper, &f.before, at)
	return w.loadOne(z.im, taper, &f.after, at.Shift(dx, dy)) && before
}

func (w window) loadOne(dst, taper []float64, f *feature, at raster.Window) (something bool) {
	clear(dst)
	seen := at.Intersect(f.in)
	for y := seen.Y; y < seen.MaxY(); y++ {
		edge := taper[y-at.Y]
		src := f.v[(y-f.in.Y)*f.in.W+seen.X-f.in.X:][:seen.W]
		out, across := dst[(y-at.Y)*w.n+seen.X-at.X:][:seen.W], taper[seen.X-at.X:][:seen.W]
		for x, v := range src {
			out[x] = float64(float64(edge*across[x]) * float64(v))
			something = something || v != 0
		}
	}
	return something
}

// hann is Hann's taper over the pixels of a window, ½(1 − cos(2π(i+½)/n)).
func hann(t *transform) []float64 {
	n := t.n
	h := make([]float64, n)
	c, s := unit(math.Pi / float64(n))
	for i := range h {
		var co, si float64
		if i < n/2 {
			co, si = t.cos[i], t.sin[i]
		} else {
			co, si = -t.cos[i-n/2], -t.sin[i-n/2]
		}
		h[i] = 0.5 - float64((float64(co*c)-float64(si*s))/2)
	}
	return h
}
