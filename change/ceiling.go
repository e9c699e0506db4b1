package change

import (
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// ceiling finds out from single pixels where a smoothed score can reach a level at all: a weighted mean is never above the largest of what it
// is made of, and the length of a mean of vectors never above the longest. So most ground need not be smoothed. It belongs to one
// goroutine.
type ceiling struct {
	level float64
	reach int // of the Gaussian
	spots spots
	line  []float32
	rows  pixelRows
}

// pixelRows are what the score would be without its Gaussian.
type pixelRows interface {
	// begin readies it for a window, and gives by how much the score may be above the largest value there; lean is how much of it may
	// be due to what rows leave out.
	begin(w raster.Window, lean float64) (slack float64)
	// fill sets line to the values of the pixels from (x, y) on, 0 where they are not measured. It reports false where it cannot.
	fill(line []float32, t *raster.TilePair, x, y int) bool
}

// newCeiling is for a score and a level, with so many pixels around those that may reach it; nil when the score's ceiling is not known.
func newCeiling(s Scorer, level float32, around int) *ceiling {
	c := &ceiling{level: float64(level)}
	switch s := s.(type) {
	case *gauss:
		r, ok := s.Of.Scorer.(rowScorer)
		if !ok {
			return nil
		}
		line := r.rowWorker()
		if line == nil {
			return nil
		}
		c.reach, c.rows = s.taps.Radius(), scoredRows(line)
	case *forms:
		c.reach, c.rows = s.taps.Radius(), &formRows{of: s}
	case *excess: // less than the forms
		c.reach, c.rows = s.Of.taps.Radius(), &formRows{of: &s.Of}
	}
	if c.rows == nil || c.reach < 1 {
		return nil
	}
	c.spots = spots{reach: c.reach + around, halo: s.Halo()}
	return c
}

// ceilingLean is the part of the level that slack may be before rows are looked at more closely.
const ceilingLean = 8

// windows lists windows of w, which grown by the reach of the Gaussian lies inside the tiles, outside of which the level is not reached. It
// reports false where that cannot be told.
func (c *ceiling) windows(t *raster.TilePair, w raster.Window) ([]raster.Window, bool) {
	in := w.Grow(c.reach)
	level := float32(c.level - c.rows.begin(in, c.level/ceilingLean) - float64(c.level*rounding(c.reach)))
	if !(level > 0) {
		return nil, false
	}
	c.line = raster.Aligned(c.line, in.W)
	c.spots.begin(w)
	for y := in.Y; y < in.MaxY(); y++ {
		if !c.rows.fill(c.line, t, in.X, y) {
			return nil, false
		}
		c.spots.row(c.line, in.X, y, level)
	}
	return c.spots.windows(), true
}

// rounding bounds the relative error of a linear form and of a Gaussian of that reach over it, in float32: half a last digit for each product and
// each sum along rows, columns and their weights, and 16 for the form, its square and the division.
func rounding(reach int) float64 { return float64(16+8*(2*reach+1)) / (1 << 24) }

// scoredRows are the rows of a score that is smoothed as a whole.
type scoredRows rowScoring

func (scoredRows) begin(raster.Window, float64) float64 { return 0 }

func (s scoredRows) fill(line []float32, t *raster.TilePair, x, y int) bool {
	s(line, t, x, y)
	return true
}

// formRows are the rows of forms of which each is smoothed before it is squared, from pixels of uint16.
type formRows struct {
	of     *forms
	pairs  pairs16
	shifts []float32
	step   int // over how many pixels the ramp along rows is taken as even
}

func (f *formRows) begin(w raster.Window, lean float64) float64 {
	f.step = w.W
	for f.lean(f.step) > lean && f.step > spotCell {
		f.step = (f.step + 1) / 2
	}
	far := float64(max(w.X, -w.X, w.MaxX(), -w.MaxX(), w.Y, -w.Y, w.MaxY(), -w.MaxY()))
	size := 0.0 // of all that is added
	for i := range f.of.list {
		g := &f.of.list[i]
		for _, c := range g.coefs {
			size += float64(math.Abs(float64(c)) * math.MaxUint16)
		}
		size += math.Abs(float64(g.shift)) + float64((math.Abs(g.ramp[0])+math.Abs(g.ramp[1]))*far)
	}
	return f.lean(f.step) + float64(size*rounding(f.of.taps.Radius()))
}

// lean is by how much the ramp may raise a score above what it is in the middle of a stretch of so many pixels; under a mask means lean, too.
func (f *formRows) lean(n int) (sum float64) {
	r := float64(f.of.taps.Radius())
	for i := range f.of.list {
		x, y := math.Abs(f.of.list[i].ramp[0]), math.Abs(f.of.list[i].ramp[1])
		sum += float64(x*(float64(float64(n)/2)+1+r)) + float64(y*r)
	}
	return sum
}

func (f *formRows) fill(line []float32, t *raster.TilePair, x, y int) bool {
	if !f.of.differences {
		return false
	}
	for k := 0; k < len(line); k += f.step {
		part := line[k:min(k+f.step, len(line))]
		if !f.pairs.magnitude(part, f.of.list, f.shiftsAt(x+k+len(part)/2, y), t, x+k, y) {
			return false
		}
	}
	if t.Valid != nil {
		kernel.ClearWhere(line, t.MaskRow(x, y, len(line)))
	}
	return true
}

// shiftsAt are the forms' shifts with the ramp at a pixel.
func (f *formRows) shiftsAt(x, y int) []float32 {
	f.shifts = f.shifts[:0]
	for i := range f.of.list {
		g := &f.of.list[i]
		f.shifts = append(f.shifts, float32(float64(g.shift)+float64(g.ramp[0]*float64(x))+float64(g.ramp[1]*float64(y))))
	}
	return f.shifts
}
