package raster

// unitPixels is how many pixels a decode unit should hold: enough to make a read's overhead vanish, few enough that the units alive
// at once stay small.
const unitPixels = 1 << 18

// lattice cuts the part of a scene inside a window into decode units: whole blocks, grouped when they are small. All coordinates are
// the frame's.
type lattice struct {
	window Window // clips the units
	x0, y0 int    // corner of the unit (0, 0), on the block grid
	w, h   int    // size of an unclipped unit
	nx, ny int
}

// newLattice covers window with units of a scene whose pixel (0, 0) lies at (dx, dy) of the frame.
func newLattice(info Info, dx, dy int, window Window) lattice {
	l := lattice{window: window, w: max(1, info.BlockW), h: max(1, info.BlockH)}
	// Strips are grouped downwards only; small blocks grow to a square.
	if l.w < info.Grid.Width {
		l.w *= max(1, 512/l.w)
	}
	l.h *= max(1, unitPixels/(min(l.w, info.Grid.Width)*l.h))
	if l.w < info.Grid.Width && l.h > l.w {
		blockH := max(1, info.BlockH)
		l.h = max(blockH, l.w/blockH*blockH)
	}
	l.x0 = dx + floorDiv(window.X-dx, l.w)*l.w
	l.y0 = dy + floorDiv(window.Y-dy, l.h)*l.h
	l.nx = ceilDiv(window.MaxX()-l.x0, l.w)
	l.ny = ceilDiv(window.MaxY()-l.y0, l.h)
	return l
}

// unit is the window of unit i, counted in row-major order.
func (l lattice) unit(i int) Window {
	return Window{X: l.x0 + i%l.nx*l.w, Y: l.y0 + i/l.nx*l.h, W: l.w, H: l.h}.Intersect(l.window)
}

// each calls f with the units that share pixels with w, in row-major order.
func (l lattice) each(w Window, f func(i int)) {
	w = w.Intersect(l.window)
	if w.Empty() {
		return
	}
	for iy := (w.Y - l.y0) / l.h; iy <= (w.MaxY()-1-l.y0)/l.h; iy++ {
		for ix := (w.X - l.x0) / l.w; ix <= (w.MaxX()-1-l.x0)/l.w; ix++ {
			f(iy*l.nx + ix)
		}
	}
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func ceilDiv(a, b int) int { return -floorDiv(-a, b) }

// Tiles cuts w into row-major tiles of about tw×th pixels. Cuts lie on multiples of the tile size, moved up and left by shift: a tile
// grown by shift pixels then ends where a row or column of blocks ends, so no block is waited for in vain. Only first and last tiles
// differ in size. Sizes below 1 count as 1.
func Tiles(w Window, tw, th, shift int) []Window {
	xs, ys := cuts(w.X, w.MaxX(), max(1, tw), shift), cuts(w.Y, w.MaxY(), max(1, th), shift)
	out := make([]Window, 0, max(0, len(xs)-1)*max(0, len(ys)-1))
	for j := 1; j < len(ys); j++ {
		for i := 1; i < len(xs); i++ {
			out = append(out, Window{X: xs[i-1], Y: ys[j-1], W: xs[i] - xs[i-1], H: ys[j] - ys[j-1]})
		}
	}
	return out
}

// cuts lists lo, the numbers k·step − shift strictly between, and hi.
func cuts(lo, hi, step, shift int) []int {
	if hi <= lo {
		return nil
	}
	c := []int{lo}
	for k := floorDiv(lo+shift, step) + 1; k*step-shift < hi; k++ {
		// A last cut that leaves less than the shift beyond the last block would only make a sliver.
		if k*step >= hi {
			break
		}
		c = append(c, k*step-shift)
	}
	return append(c, hi)
}
