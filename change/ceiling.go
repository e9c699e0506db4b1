package change

import (
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// ceiling finds out, from single pixels of uint16, where smoothed forms can reach a level at all: a weighted mean is never above the largest of
// what it is made of, and the length of a vector of means never above the mean of lengths. So most ground need not be smoothed. It
// belongs to one goroutine.
type ceiling struct {
	of     *forms
	level  float32
	spots  spots
	pairs  pairs16
	shifts []float32
	line   []float32
}

// newCeiling is for the evidence of a gate; nil when that is of no kind whose ceiling is known.
func newCeiling(evidence Scorer, gate float32) *ceiling {
	var of *forms
	switch e := evidence.(type) {
	case *forms:
		of = e
	case *excess: // less than the forms
		of = &e.Of
	}
	if of == nil || of.taps == nil || !of.differences {
		return nil
	}
	return &ceiling{of: of, level: gate, spots: spots{reach: of.taps.Radius(), halo: evidence.Halo()}}
}

// windows lists windows of w, which grown by the reach of the Gaussian lies inside the tiles, outside of which the level is not reached. It
// reports false where that cannot be told.
func (c *ceiling) windows(t *raster.TilePair, w raster.Window) ([]raster.Window, bool) {
	in := w.Grow(c.spots.reach)
	// Rows are taken in stretches over which the ramp hardly rises.
	step := in.W
	for c.lean(step) > float64(c.level)/ceilingLean && step > spotCell {
		step = (step + 1) / 2
	}
	level := float32(float64(c.level) - c.lean(step) - c.rounding(in))
	if !(level > 0) {
		return nil, false
	}
	c.line = raster.Aligned(c.line, in.W)
	c.spots.begin(w)
	for y := in.Y; y < in.MaxY(); y++ {
		for x := 0; x < in.W; x += step {
			part := c.line[x:min(x+step, in.W)]
			if !c.pairs.magnitude(part, c.of.list, c.shiftsAt(in.X+x+len(part)/2, y), t, in.X+x, y) {
				return nil, false
			}
		}
		if t.Valid != nil {
			kernel.ClearWhere(c.line, t.MaskRow(in.X, y, in.W))
		}
		c.spots.row(c.line, in.X, y, level)
	}
	return c.spots.windows(), true
}

// ceilingLean is the part of the level that the ramp may take, at most, before rows are cut into stretches.
const ceilingLean = 8

// shiftsAt are the forms' shifts with the ramp at a pixel.
func (c *ceiling) shiftsAt(x, y int) []float32 {
	c.shifts = c.shifts[:0]
	for i := range c.of.list {
		g := &c.of.list[i]
		c.shifts = append(c.shifts, float32(float64(g.shift)+float64(g.ramp[0]*float64(x))+float64(g.ramp[1]*float64(y))))
	}
	return c.shifts
}

// lean is by how much the ramp may raise a score above what it is in the middle of a stretch of so many pixels; under a mask means lean, too.
func (c *ceiling) lean(n int) (sum float64) {
	r := float64(c.spots.reach)
	for i := range c.of.list {
		x, y := math.Abs(c.of.list[i].ramp[0]), math.Abs(c.of.list[i].ramp[1])
		sum += float64(x*(float64(n)/2+1+r)) + float64(y*r)
	}
	return sum
}

// rounding is by how much the rounding of sums of float32 over a window may raise a score: less than 64 halves of a last digit of all that is
// added.
func (c *ceiling) rounding(w raster.Window) (sum float64) {
	far := float64(max(w.X, -w.X, w.MaxX(), -w.MaxX(), w.Y, -w.Y, w.MaxY(), -w.MaxY()))
	for i := range c.of.list {
		g := &c.of.list[i]
		sum += float64((math.Abs(float64(g.coefs[0]))+math.Abs(float64(g.coefs[1])))*math.MaxUint16) + math.Abs(float64(g.shift)) +
			float64((math.Abs(g.ramp[0])+math.Abs(g.ramp[1]))*far)
	}
	return sum * (64.0 / (1 << 24))
}
