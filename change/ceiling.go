package change

import (
	"math"

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
	level := float32(float64(c.level) - c.slack(in))
	if !(level > 0) {
		return nil, false
	}
	c.line = raster.Aligned(c.line, in.W)
	c.spots.begin(w)
	for y := in.Y; y < in.MaxY(); y++ {
		c.shifts = c.shifts[:0]
		for i := range c.of.list {
			g := &c.of.list[i]
			c.shifts = append(c.shifts, float32(float64(g.shift)+float64(g.ramp[1]*float64(y))+float64(g.ramp[0]*float64(in.X+in.W/2))))
		}
		if !c.pairs.magnitude(c.line, c.of.list, c.shifts, t, in.X, y) {
			return nil, false
		}
		if t.Valid != nil {
			clearWhere(c.line, t.MaskRow(in.X, y, in.W))
		}
		c.spots.row(c.line, in.X, y, level)
	}
	return c.spots.windows(), true
}

// slack is by how much a score may be above the ceiling over a window: the ramp along rows is taken in their middle, that under a mask may
// lean, and sums of float32 are rounded, by less than 64 halves of a last digit of all that is added.
func (c *ceiling) slack(w raster.Window) float64 {
	far := float64(max(w.X, -w.X, w.MaxX(), -w.MaxX(), w.Y, -w.Y, w.MaxY(), -w.MaxY()))
	r := float64(c.spots.reach)
	var lean, size float64
	for i := range c.of.list {
		g := &c.of.list[i]
		x, y := math.Abs(g.ramp[0]), math.Abs(g.ramp[1])
		lean += float64(x*(float64(w.W)/2+1+r)) + float64(y*r)
		size += float64((math.Abs(float64(g.coefs[0]))+math.Abs(float64(g.coefs[1])))*math.MaxUint16) + math.Abs(float64(g.shift)) + float64((x+y)*far)
	}
	return lean + float64(size*64*(1.0/(1<<24)))
}
