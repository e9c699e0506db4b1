package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// smoother filters planes over measured pixels only (normalised convolution): what is not measured has no weight, and what is measured
// is divided by the weights that were there. It belongs to one goroutine.
type smoother struct {
	mem    *scratch
	window [][]float32
	sum    []float32
}

// smooth fills dst from src, whose window holds dst's grown by the taps' radius and which holds 0 where t is not valid. divisor is
// taps.Weight().
func (s *smoother) smooth(dst, src *raster.Tile, t *raster.TilePair, taps kernel.Taps, divisor float32) {
	w, r := dst.Window, taps.Radius()
	in := w.Grow(r)
	rows := s.filterRows(src, in, taps)
	defer s.mem.give(rows)
	if t.Valid == nil {
		for y := range w.H {
			out := dst.Data[y*dst.Stride:][:w.W]
			taps.Column(out, s.column(rows, y, r, w.W))
			kernel.Divide(out, divisor)
		}
		return
	}
	ones := s.mask(in, t)
	weights := s.filterRows(ones, in, taps)
	defer s.mem.give(ones, weights)
	s.sum = raster.Aligned(s.sum, w.W)
	y := 0
	t.EachRow(w, func(_, at, n int) {
		out := dst.Data[y*dst.Stride:][:n]
		taps.Column(out, s.column(rows, y, r, n))
		taps.Column(s.sum, s.column(weights, y, r, n))
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

// filterRows filters the part in of every row of src; the result is narrower by the radius on both sides, and to be given back.
func (s *smoother) filterRows(src *raster.Tile, in raster.Window, taps kernel.Taps) *raster.Tile {
	r := taps.Radius()
	dst := s.mem.tile(raster.Window{X: in.X + r, Y: in.Y, W: in.W - 2*r, H: in.H})
	from := (in.Y-src.Window.Y)*src.Stride + in.X - src.Window.X
	for y := range in.H {
		taps.Row(dst.Data[y*dst.Stride:][:in.W-2*r], src.Data[from+y*src.Stride:][:in.W])
	}
	return dst
}

// column gathers the 2r+1 rows around output row y.
func (s *smoother) column(t *raster.Tile, y, r, n int) [][]float32 {
	s.window = s.window[:0]
	for k := range 2*r + 1 {
		s.window = append(s.window, t.Data[(y+k)*t.Stride:][:n])
	}
	return s.window
}

// mask holds 1 where t is valid and 0 elsewhere, over a window; it is to be given back.
func (s *smoother) mask(w raster.Window, t *raster.TilePair) *raster.Tile {
	ones := s.mem.tile(w)
	y := 0
	t.EachRow(w, func(_, at, n int) {
		row := ones.Data[y*ones.Stride:][:n]
		for i, m := range t.Valid[at : at+n] {
			row[i] = float32(m & 1)
		}
		y++
	})
	return ones
}
