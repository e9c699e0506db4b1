package change

import (
	"bytes"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// Fixed point of the sums over pixels: scores and standardised values are clipped and rounded once, then everything is integers, so
// that sums are the same however the pixels were shared out.
const (
	scoreBits = 16      // the threshold is so many bits long in steps of the score
	scoreClip = 1 << 30 // steps: above 8192 thresholds
	valueUnit = 1 << 12 // steps per robust standard deviation
	valueClip = 1 << 18 // robust standard deviations
)

// scoreUnit is the number of steps per unit of score, a power of two that suits the threshold.
func scoreUnit(threshold float64) float64 {
	_, exp := math.Frexp(threshold)
	return math.Ldexp(1, scoreBits-exp)
}

// DefaultRim is how far around a region, in pixels, its unchanged surroundings are taken for comparison.
const DefaultRim = 5

// edge says what a region's pixels lie against; bits.
type edge uint8

const (
	edgeScene  edge = 1 << iota // the border of the pair's window
	edgeUnseen                  // a pixel that was not measured
	edgeArea                    // a pixel outside the area
)

// sums are fixed-point totals over pixels: changed ones, rim ones, and unseen ones, which would be rim if they were measured. vector
// holds, for each band, the standardised values before inside, after inside, before over the rim, after over the rim.
type sums struct {
	pixels, rim, unseen int64
	score, rimScore     int64
	peak                float32
	edges               edge
	vector              []int64
}

// the four parts of sums.vector for a band count; extractor adds to those inside, and to those over the rim, in one go.
const (
	insideBefore = iota
	insideAfter
	rimBefore
	rimAfter
	parts
)

func (s *sums) add(o *sums) {
	s.pixels += o.pixels
	s.rim += o.rim
	s.unseen += o.unseen
	s.edges |= o.edges
	s.score += o.score
	s.rimScore += o.rimScore
	s.peak = max(s.peak, o.peak)
	for i, v := range o.vector {
		s.vector[i] += v
	}
}

// changedRun is a run of changed pixels with its sums, or a gap: a short run of measured ones that are not, which may turn out to be part of
// a hole.
type changedRun struct {
	raster.Run
	sums
	gap bool
}

// blindRun is a run of pixels that were not measured for one reason (raster.NoData and so on).
type blindRun struct {
	raster.Run
	why uint8
}

// extractor turns scores into runs. It belongs to one goroutine.
type extractor struct {
	threshold float32
	unit      float64 // steps per unit of score
	rim       int
	opening   int
	fill      int           // gaps shorter than that are kept
	area      *raster.Area  // nil for everything
	window    raster.Window // of the pair

	scaled [2][]scaled // gain and shift by band
	marks  marks
	inArea []uint8 // over the score's window, when there is an area
	near   []rimPixel
	values []float32
	fixed  [][]int32 // loaded pixels: before's bands, then after's
}

// scaled standardises values: z = gain·v + shift.
type scaled struct{ gain, shift float32 }

func newExtractor(m *Model, o Options, window raster.Window) *extractor {
	e := &extractor{
		threshold: float32(m.Threshold), unit: scoreUnit(m.Threshold), rim: DefaultRim, opening: o.Opening, fill: o.Fill, area: o.Area, window: window,
	}
	for pass, scales := range [][]Scale{m.Norm.Before, m.Norm.After} {
		for b, s := range scales {
			z := scaled{}
			if m.Norm.usable(b) {
				z.gain, z.shift, _ = s.affine()
			}
			e.scaled[pass] = append(e.scaled[pass], z)
		}
	}
	return e
}

// margin is how far beyond a tile's window scores are needed: a rim pixel of a changed pixel in the window may be nearer to a changed
// pixel outside.
func (e *extractor) margin() int { return 2*e.rim + 2*e.opening }

// blind adds a tile's runs of pixels that are not measured.
func (e *extractor) blind(r *tileRuns, t *raster.TilePair) {
	if t.Valid == nil {
		return
	}
	t.EachRow(t.Out, func(y, at, n int) {
		var why []uint8
		if t.Why != nil {
			why = t.Why[at : at+n]
		}
		eachBlind(t.Valid[at:at+n], why, func(from, to int, why uint8) { r.addBlind(e.area, y, t.Out.X+from, t.Out.X+to, why) })
	})
}

// extract adds the runs of what is marked as changed in a tile. score covers the window grown by the margin.
func (e *extractor) extract(r *tileRuns, score *raster.Tile, t *raster.TilePair) {
	if e.opening > 0 {
		e.marks.open(e.opening)
	}
	if e.area != nil {
		e.clip(score.Window)
	}
	e.inside(r, score, t)
	if len(r.changed) > 0 {
		e.around(r, score, t)
	}
}

// clip leaves only the changed pixels of the area.
func (e *extractor) clip(w raster.Window) {
	if n := w.W * w.H; cap(e.inArea) < n {
		e.inArea = make([]uint8, n)
	}
	e.inArea = e.inArea[:w.W*w.H]
	for y := range w.H {
		in := e.inArea[y*w.W:][:w.W]
		e.area.Mark(in, w.X, w.Y+y)
		for x, v := range e.marks.row(y) {
			if v == changed && in[x] == 0 {
				e.marks.row(y)[x] = ignored
			}
		}
	}
}

func runAt(y, x0, x1 int) raster.Run { return raster.Run{Y: int32(y), X0: int32(x0), X1: int32(x1)} }

// eachBlind calls f with each half-open stretch of 0 bytes of a mask that have one reason; no reasons are NoData.
func eachBlind(mask, why []uint8, f func(from, to int, why uint8)) {
	for i := 0; i < len(mask); {
		k := bytes.IndexByte(mask[i:], 0)
		if k < 0 {
			return
		}
		from := i + k
		i = from
		var reason uint8 = raster.NoData
		if why != nil {
			reason = why[from]
		}
		for i < len(mask) && mask[i] == 0 && (why == nil || why[i] == reason) {
			i++
		}
		f(from, i, reason)
	}
}

// inside adds, with its sums, a run for each stretch of changed pixels in the tile's window, and for each short gap between or beside them.
func (e *extractor) inside(r *tileRuns, score *raster.Tile, t *raster.TilePair) {
	in := score.Window
	t.EachRow(t.Out, func(y, at, n int) {
		marks := e.marks.row(y - in.Y)[t.Out.X-in.X:][:n]
		lo, hi := bytes.IndexByte(marks, changed), bytes.LastIndexByte(marks, changed)+1
		switch {
		case lo < 0 && n >= e.fill:
			return
		case lo < 0:
			lo, hi = 0, n
		}
		if lo < e.fill {
			lo = 0
		}
		if n-hi < e.fill {
			hi = n
		}
		scores := score.Row(0, t.Out.X, y, e.row(n))
		e.load(t, t.Out.X+lo, y, hi-lo)
		for x := lo; x < hi; {
			x0 := x
			if k := bytes.IndexByte(marks[x:hi], changed); k != 0 {
				x = hi
				if k > 0 {
					x = x0 + k
				}
				if x-x0 < e.fill && e.fillable(t, y, at+x0, t.Out.X+x0, x-x0) {
					g := e.run(r, y, t.Out.X+x0, scores[x0:x], x0-lo)
					g.gap = true
					r.changed = append(r.changed, g)
				}
				continue
			}
			for ; x < hi && marks[x] == changed; x++ {
			}
			c := e.run(r, y, t.Out.X+x0, scores[x0:x], x0-lo)
			c.edges = e.edges(t, c.Run, at+x0)
			r.changed = append(r.changed, c)
		}
	})
}

// load standardises the bands of both passes, before's first, of n pixels from (x, y) on, in fixed point.
func (e *extractor) load(t *raster.TilePair, x, y, n int) {
	k := 0
	for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
		for b := range tile.Bands {
			if k == len(e.fixed) {
				e.fixed = append(e.fixed, nil)
			}
			if cap(e.fixed[k]) < n {
				e.fixed[k] = make([]int32, t.Out.W+2*e.margin())
			}
			e.fixed[k] = e.fixed[k][:n]
			z := e.scaled[pass][b]
			kernel.FixedPoint(e.fixed[k], tile.Row(b, x, y, e.row(n)), z.gain, z.shift, valueClip, valueUnit)
			k++
		}
	}
}

// run is the run of row y that begins at column x and has these scores; its pixels are loaded from value from on.
func (e *extractor) run(r *tileRuns, y, x int, scores []float32, from int) changedRun {
	n := len(scores)
	c := changedRun{Run: runAt(y, x, x+n), sums: sums{pixels: int64(n), vector: r.vector(parts * len(e.fixed) / 2)}}
	for _, v := range scores {
		c.peak = max(c.peak, v)
		c.score += steps(v, e.unit)
	}
	for k, values := range e.fixed {
		var sum int64
		for _, v := range values[from : from+n] {
			sum += int64(v)
		}
		c.vector[k] = sum // the first half holds what is inside
	}
	return c
}

// row is room for n values, until it is asked for again.
func (e *extractor) row(n int) []float32 {
	e.values = raster.Aligned(e.values, n)
	return e.values
}

// steps is a score in fixed point, clipped; the unit is a power of two, so that the product is exact.
func steps(v float32, unit float64) int64 {
	return int64(min(float64(float64(v)*unit), scoreClip) + 0.5)
}

// fillable reports whether all pixels of a gap are measured and in the area.
func (e *extractor) fillable(t *raster.TilePair, y, at, x, n int) bool {
	if t.Valid != nil && bytes.IndexByte(t.Valid[at:at+n], 0) >= 0 {
		return false
	}
	return e.area == nil || e.area.Covers(runAt(y, x, x+n))
}

// edges says what a run, whose first pixel lies at offset at of the tiles, shares sides with.
func (e *extractor) edges(t *raster.TilePair, r raster.Run, at int) edge {
	var found edge
	look := func(dx, dy, n int) {
		if t.Valid != nil {
			from := at + dy*t.Before.Stride + dx
			for i, v := range t.Valid[from : from+n] {
				if v == 0 {
					found |= e.edgeAt(int(r.X0)+dx+i, int(r.Y)+dy)
				}
			}
		}
		if e.area != nil && !e.area.Covers(raster.Run{Y: r.Y + int32(dy), X0: r.X0 + int32(dx), X1: r.X0 + int32(dx+n)}) {
			found |= edgeArea
		}
	}
	look(-1, 0, 1)
	look(r.Len(), 0, 1)
	look(0, -1, r.Len())
	look(0, 1, r.Len())
	return found
}

// edgeAt says what kind of edge an unmeasured pixel is.
func (e *extractor) edgeAt(x, y int) edge {
	if e.window.Contains(raster.Window{X: x, Y: y, W: 1, H: 1}) {
		return edgeUnseen
	}
	return edgeScene
}

// findRun is the index of the run that holds pixel (x, y).
func findRun(runs []changedRun, y, x int32) int {
	lo, hi := 0, len(runs)
	for lo < hi {
		mid := (lo + hi) / 2
		if r := &runs[mid]; r.Y < y || r.Y == y && r.X1 <= x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
