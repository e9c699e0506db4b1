package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// smoother filters planes over measured pixels only (normalised convolution): what is not measured has no weight, and what is measured
// is divided by the weights that were there. The zero value is ready; it belongs to one goroutine.
type smoother struct {
	rows, weights raster.Tile
	window        [][]float32
	ones          raster.Tile
	sum           []float32
}

// smooth fills dst from src, whose window holds dst's grown by the taps' radius and which holds 0 where t is not valid. divisor is
// taps.Weight().
func (s *smoother) smooth(dst, src *raster.Tile, t *raster.TilePair, taps kernel.Taps, divisor float32) {
	w, r := dst.Window, taps.Radius()
	in := w.Grow(r)
	s.filterRows(&s.rows, src, in, taps)
	if t.Valid == nil {
		for y := range w.H {
			out := dst.Data[y*dst.Stride:][:w.W]
			taps.Column(out, s.column(&s.rows, y, r, w.W))
			kernel.Divide(out, divisor)
		}
		return
	}
	s.mask(in, t)
	s.filterRows(&s.weights, &s.ones, in, taps)
	s.sum = raster.Aligned(s.sum, w.W)
	y := 0
	t.EachRow(w, func(_, at, n int) {
		out := dst.Data[y*dst.Stride:][:n]
		taps.Column(out, s.column(&s.rows, y, r, n))
		taps.Column(s.sum, s.column(&s.weights, y, r, n))
		for i, m := range t.Valid[at : at+n] {
			if m == 0 {
				out[i] = 0
			} else {
				out[i] /= s.sum[i]
			}
		}
		y++
	})
}

// filterRows filters the part in of every row of src into dst, which is narrower by the radius on both sides.
func (s *smoother) filterRows(dst, src *raster.Tile, in raster.Window, taps kernel.Taps) {
	r := taps.Radius()
	dst.Shape(raster.Window{X: in.X + r, Y: in.Y, W: in.W - 2*r, H: in.H}, 1)
	from := (in.Y-src.Window.Y)*src.Stride + in.X - src.Window.X
	for y := range in.H {
		taps.Row(dst.Data[y*dst.Stride:][:in.W-2*r], src.Data[from+y*src.Stride:][:in.W])
	}
}

// column gathers the 2r+1 rows around output row y.
func (s *smoother) column(t *raster.Tile, y, r, n int) [][]float32 {
	s.window = s.window[:0]
	for k := range 2*r + 1 {
		s.window = append(s.window, t.Data[(y+k)*t.Stride:][:n])
	}
	return s.window
}

// mask fills ones with 1 where t is valid and 0 elsewhere, over a window.
func (s *smoother) mask(w raster.Window, t *raster.TilePair) {
	s.ones.Shape(w, 1)
	y := 0
	t.EachRow(w, func(_, at, n int) {
		row := s.ones.Data[y*s.ones.Stride:][:n]
		for i, m := range t.Valid[at : at+n] {
			row[i] = float32(m & 1)
		}
		y++
	})
}
