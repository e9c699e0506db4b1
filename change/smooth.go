package change

import (
	"bytes"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// smoother filters planes over measured pixels only (normalised convolution): what is not measured has no weight, and what is measured
// is divided by the weights that were there. Rows go in from top to bottom and come out as soon as those below them are there, so that
// planes of rows that are computed need not exist. It belongs to one goroutine.
type smoother struct {
	mem *scratch

	taps    kernel.Taps
	divisor float32
	w       raster.Window // of the rows that come out
	t       *raster.TilePair
	y       int // row that went in last

	rows    [][]float32 // of each plane 2r+1, filtered along themselves, row y in place y modulo 2r+1
	weights [][]float32 // the same of 1 where t is measured and 0 elsewhere
	flawed  []bool      // whether a pixel of the row, or within the radius beside it, is not measured
	ones    []float32   // a row of weights without flaw
	sum     []float32   // weights of the row that comes out
	line    []float32
	window  [][]float32
	store   []float32
}

// smooth fills dst from src, whose window holds dst's grown by the taps' radius and which holds 0 where t is not valid. divisor is
// taps.Weight().
func (s *smoother) smooth(dst, src *raster.Tile, t *raster.TilePair, taps kernel.Taps, divisor float32) {
	w, r := dst.Window, taps.Radius()
	s.begin(1, w, t, taps, divisor)
	defer s.end()
	from := (w.Y-r-src.Window.Y)*src.Stride + w.X - r - src.Window.X
	for k := range w.H + 2*r {
		s.next(w.Y - r + k)
		s.put(0, src.Data[from+k*src.Stride:][:w.W+2*r])
		if k >= 2*r {
			s.take(0, dst.Data[(k-2*r)*dst.Stride:][:w.W])
		}
	}
}

// smoothRows is smooth of a plane whose rows are scored as they go in.
func (s *smoother) smoothRows(dst *raster.Tile, score rowScoring, t *raster.TilePair, taps kernel.Taps, divisor float32) {
	w, r := dst.Window, taps.Radius()
	s.begin(1, w, t, taps, divisor)
	defer s.end()
	line := s.mem.values(w.W + 2*r)
	defer s.mem.floats.put(line)
	for y := w.Y - r; y < w.MaxY()+r; y++ {
		s.next(y)
		score(line, t, w.X-r, y)
		s.put(0, line)
		if y >= w.Y+r {
			s.take(0, dst.Data[(y-r-w.Y)*dst.Stride:][:w.W])
		}
	}
}

// begin readies it for so many planes, of which the rows of w come out.
func (s *smoother) begin(planes int, w raster.Window, t *raster.TilePair, taps kernel.Taps, divisor float32) {
	s.taps, s.divisor, s.w, s.t = taps, divisor, w, t
	height := 2*taps.Radius() + 1
	stride := raster.TileValues(raster.Window{W: w.W + 2*taps.Radius(), H: 1})
	n := planes * height
	if t.Valid != nil {
		n += height + 3
	}
	s.store = s.mem.values(n * stride)
	row := func(k int) []float32 { return s.store[k*stride:][:w.W] }
	s.rows, s.weights, s.flawed = s.rows[:0], s.weights[:0], s.flawed[:0]
	for k := range planes * height {
		s.rows = append(s.rows, row(k))
	}
	if t.Valid == nil {
		return
	}
	for k := range height {
		s.weights = append(s.weights, row(planes*height+k))
		s.flawed = append(s.flawed, false)
	}
	s.sum, s.ones = row(n-3), row(n-2)
	s.line = s.store[(n-1)*stride:][:w.W+2*taps.Radius()]
	for i := range s.line {
		s.line[i] = 1
	}
	taps.Row(s.ones, s.line)
}

// end gives its memory back.
func (s *smoother) end() {
	s.mem.floats.put(s.store)
	s.store, s.t = nil, nil
}

// next tells that row y of every plane goes in now.
func (s *smoother) next(y int) {
	s.y = y
	if s.t.Valid == nil {
		return
	}
	k := s.place(y)
	valid := s.valid(y)
	s.flawed[k] = bytes.IndexByte(valid, 0) >= 0
	if !s.flawed[k] {
		copy(s.weights[k], s.ones)
		return
	}
	kernel.MaskOnes(s.line, valid)
	s.taps.Row(s.weights[k], s.line)
}

// valid is the pair's mask in row y, over the columns that go in.
func (s *smoother) valid(y int) []uint8 {
	r := s.taps.Radius()
	return s.t.MaskRow(s.w.X-r, y, s.w.W+2*r)
}

// place is where row y stands among those that are kept.
func (s *smoother) place(y int) int {
	height := 2*s.taps.Radius() + 1
	return (y - s.w.Y + height) % height // w.Y − r is the first
}

// put takes the row of a plane, which holds 0 where it is not measured.
func (s *smoother) put(plane int, line []float32) {
	s.taps.Row(s.rows[plane*(2*s.taps.Radius()+1)+s.place(s.y)], line)
}

// take fills out with the row of a plane a radius above the last one that went in. The first plane is taken first.
func (s *smoother) take(plane int, out []float32) {
	height := 2*s.taps.Radius() + 1
	s.taps.Column(out, s.column(s.rows[plane*height:][:height]))
	if !s.touched() {
		kernel.Divide(out, s.divisor)
		return
	}
	if plane == 0 {
		s.taps.Column(s.sum, s.column(s.weights))
	}
	r := s.taps.Radius()
	kernel.DivideMasked(out, s.sum, s.valid(s.y - r)[r:][:len(out)])
}

// touched reports whether something is not measured among the pixels that the row to come out is made of.
func (s *smoother) touched() bool {
	for _, f := range s.flawed {
		if f {
			return true
		}
	}
	return false
}

// column orders rows from the highest to the lowest.
func (s *smoother) column(rows [][]float32) [][]float32 {
	s.window = s.window[:0]
	first := s.place(s.y + 1)
	s.window = append(append(s.window, rows[first:]...), rows[:first]...)
	return s.window
}
