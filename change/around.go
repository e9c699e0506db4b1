package change

import "passdiff/raster"

// rimGap is the number of pixels between two pixels of a rim, in a row, up to which they are read together: so many more take as long to read
// as to begin anew.
const rimGap = 48

// around adds to each run the sums over its rim, the measured, unchanged pixels to which it is the nearest, and counts what is not measured there.
func (e *extractor) around(r *tileRuns, score *raster.Tile, t *raster.TilePair) {
	e.near = e.marks.rims(e.near[:0], score.Window, t.Out, e.rim)
	for near := e.near; len(near) > 0; {
		n := 1
		for n < len(near) && near[n].y == near[0].y && near[n].x-near[n-1].x <= rimGap {
			n++
		}
		e.addRim(r, score, t, near[:n])
		near = near[n:]
	}
}

// addRim adds pixels of one row to the runs that own them.
func (e *extractor) addRim(r *tileRuns, score *raster.Tile, t *raster.TilePair, near []rimPixel) {
	x0, y := int(near[0].x), int(near[0].y)
	n := int(near[len(near)-1].x) - x0 + 1
	e.load(t, x0, y, n)
	scores := score.Row(0, x0, y, e.row(n))
	first := rimBefore * t.Before.Bands
	var c *changedRun
	for _, p := range near {
		if c == nil || c.Y != p.ownerY || p.ownerX < c.X0 || p.ownerX >= c.X1 {
			c = &r.changed[findRun(r.changed, p.ownerY, p.ownerX)]
		}
		if t.Valid != nil && t.MaskRow(int(p.x), y, 1)[0] == 0 {
			c.unseen++
			continue
		}
		at := int(p.x) - x0
		c.rim++
		c.rimScore += steps(scores[at], e.unit)
		sum := c.vector[first:][:len(e.fixed)]
		for k := range sum {
			sum[k] += int64(e.fixed[k][at])
		}
	}
}
