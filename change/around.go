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
	var valid []uint8
	if t.Valid != nil {
		valid = t.MaskRow(x0, y, n)
	}
	var c *changedRun
	for i := 0; i < len(near); {
		p := near[i]
		if c == nil || c.Y != p.ownerY || p.ownerX < c.X0 || p.ownerX >= c.X1 {
			c = &r.changed[findRun(r.changed, p.ownerY, p.ownerX)]
		}
		at := int(p.x) - x0
		if valid != nil && valid[at] == 0 {
			c.unseen++
			i++
			continue
		}
		// Pixels side by side with one owner are added together.
		end := at
		for ; i < len(near) && int(near[i].x)-x0 == end && near[i].ownerY == c.Y && near[i].ownerX >= c.X0 && near[i].ownerX < c.X1; i++ {
			if valid != nil && valid[end] == 0 {
				break
			}
			c.rimScore += steps(scores[end], e.unit)
			end++
		}
		c.rim += int64(end - at)
		sum := c.vector[first:][:len(e.fixed)]
		for k, values := range e.fixed {
			var s int64
			for _, v := range values[at:end] {
				s += int64(v)
			}
			sum[k] += s
		}
	}
}
