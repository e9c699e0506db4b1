package change

import (
	"slices"
	"sync"

	"passdiff/raster"
)

// collector restores row order: it gathers the tiles of a row of tiles, joins runs that a cut between tiles parted, and feeds the rows
// to the sweep.
type collector struct {
	window  raster.Window   // of the pair
	rows    raster.Window   // the part of it that is looked at
	windows []raster.Window // of all tiles
	bands   int
	model   *Model
	unit    float64 // steps per unit of score
	keep    float32
	least   int64
	fill    int
	out     Output
	sweep   sweep
	summary Summary

	tiles  []*tileRuns // of the row of tiles at work
	pool   runPool
	scores sync.Pool // of *raster.Tile, for workers to fill
	line   []changedRun
	next   int32 // first row that the sweep has not seen
}

func newCollector(w raster.Window, tiles []raster.Window, m *Model, o Options, out Output) *collector {
	rows := o.rows(w)
	c := &collector{window: w, rows: rows, windows: tiles, next: int32(rows.Y), bands: m.Bands, model: m, unit: scoreUnit(m.Threshold), keep: float32(m.Keep), least: max(1, o.MinPixels), fill: o.Fill, out: out}
	c.sweep = sweep{bands: m.Bands, closed: c.region, seams: newSeams(w, rows, out.Loose), holes: holeSweep{limit: int64(o.Fill)}}
	c.summary.Pixels = rows.Pixels()
	if o.Area != nil {
		c.summary.Pixels = o.Area.Clip(rows).Pixels()
	}
	c.summary.Observed = c.summary.Pixels
	return c
}

// tile adds tile i; tiles come in row-major order.
func (c *collector) tile(i int, r *tileRuns) error {
	if r.score != nil {
		if err := c.out.Score(r.score); err != nil {
			return err
		}
		c.scores.Put(r.score)
		r.score = nil
	}
	c.tiles = append(c.tiles, r)
	if i+1 < len(c.windows) && c.windows[i+1].Y == r.out.Y {
		return nil
	}
	end := r.out.MaxY()
	for y := r.out.Y; y < end; y++ {
		if err := c.row(int32(y)); err != nil {
			return err
		}
	}
	for _, t := range c.tiles { // workers may have them from here on
		c.pool.put(t)
	}
	c.tiles = c.tiles[:0]
	if c.out.Final != nil {
		if err := c.out.Final(int(c.sweep.lowest(int32(end)))); err != nil {
			return err
		}
	}
	if c.out.Progress != nil {
		c.out.Progress(c.summary.Pixels * int64(i+1) / int64(len(c.windows)))
	}
	return nil
}

// scoreTile is a tile for a worker to fill with scores, nil when nobody wants them.
func (c *collector) scoreTile() *raster.Tile {
	if c.out.Score == nil {
		return nil
	}
	if t, ok := c.scores.Get().(*raster.Tile); ok {
		return t
	}
	return new(raster.Tile)
}

// row takes row y from the gathered tiles.
func (c *collector) row(y int32) error {
	c.line = c.line[:0]
	var blind blindRun
	for _, t := range c.tiles {
		for ; t.doneChanged < len(t.changed) && t.changed[t.doneChanged].Y == y; t.doneChanged++ {
			r := t.changed[t.doneChanged]
			if n := len(c.line); n > 0 && c.line[n-1].X1 == r.X0 && c.line[n-1].gap == r.gap {
				c.line[n-1].X1 = r.X1
				c.line[n-1].sums.add(&r.sums)
			} else {
				c.line = append(c.line, r)
			}
		}
		for ; t.doneBlind < len(t.blind) && t.blind[t.doneBlind].Y == y; t.doneBlind++ {
			r := t.blind[t.doneBlind]
			if blind.Len() > 0 && blind.X1 == r.X0 && blind.why == r.why {
				blind.X1 = r.X1
				continue
			}
			if err := c.blind(blind); err != nil {
				return err
			}
			blind = r
		}
	}
	if err := c.blind(blind); err != nil {
		return err
	}
	c.line = slices.DeleteFunc(c.line, func(r changedRun) bool { return r.gap && r.Len() >= c.fill })
	for i := range c.line {
		if !c.line[i].gap {
			c.summary.Changed += c.line[i].pixels
		}
	}
	return c.sweepTo(y, c.line)
}

// sweepTo gives a row to the sweep, after one without runs when rows were left out between.
func (c *collector) sweepTo(y int32, runs []changedRun) error {
	if y > c.next {
		if err := c.sweep.row(c.next, nil); err != nil {
			return err
		}
	}
	c.next = y + 1
	return c.sweep.row(y, runs)
}

func (c *collector) blind(r blindRun) error {
	c.summary.Observed -= int64(r.Len())
	if r.Len() == 0 || c.out.Blind == nil {
		return nil
	}
	return c.out.Blind(r.Run, r.why)
}

// region decides about a component that is complete.
func (c *collector) region(comp *component) error {
	switch {
	case comp.peak < c.keep:
		c.summary.Weak++
		return nil
	case comp.pixels < c.least:
		c.summary.Small++
		return nil
	}
	var confidence *int
	if f := c.model.Confidence; f != nil {
		v := f.of(newRegion(comp, c.bands, c.unit), c.model.Threshold)
		confidence = &v
	}
	if comp.fill != nil {
		comp.fillIn()
	}
	c.summary.Regions++
	c.summary.Kept += comp.pixels
	if c.out.Region == nil {
		return nil
	}
	r := newRegion(comp, c.bands, c.unit)
	r.Confidence = confidence
	return c.out.Region(r)
}

// sweepOut ends the sweep before row end.
func (c *collector) sweepOut(end int32) error {
	if int(end) == c.window.MaxY() {
		return c.sweepTo(end, nil)
	}
	if c.next < end {
		if err := c.sweepTo(end-1, nil); err != nil {
			return err
		}
	}
	return c.sweep.cut()
}

// finish lets the last regions go.
func (c *collector) finish() (Summary, error) {
	end := c.rows.MaxY()
	if err := c.sweepOut(int32(end)); err != nil {
		return Summary{}, err
	}
	if c.out.Final != nil {
		if err := c.out.Final(end); err != nil {
			return Summary{}, err
		}
	}
	return c.summary, nil
}

// fillIn makes the holes part of the component.
func (c *component) fillIn() {
	c.sums.add(&c.filled)
	runs := append(c.runs, c.fill...)
	sortRuns(runs)
	c.runs = runs[:0]
	for _, r := range runs {
		if n := len(c.runs); n > 0 && c.runs[n-1].Y == r.Y && c.runs[n-1].X1 == r.X0 {
			c.runs[n-1].X1 = r.X1
			continue
		}
		c.runs = append(c.runs, r)
	}
}
