package change

import "passdiff/raster"

// rimGap is the number of pixels between two pixels of a rim, in a row, up to which they are read together.
const rimGap = 8

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
	scores := score.Row(0, x0, y, e.row(n))
	bands := t.Before.Bands
	e.owners = e.owners[:0]
	for _, p := range near {
		c := &r.changed[findRun(r.changed, p.ownerY, p.ownerX)]
		if t.Valid != nil && t.MaskRow(int(p.x), y, 1)[0] == 0 {
			c.unseen++
			continue
		}
		c.rim++
		c.rimScore += steps(scores[int(p.x)-x0], e.unit)
		e.owners = append(e.owners, rimOwner{c, int(p.x) - x0})
	}
	for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
		for b := range bands {
			at, z := (rimBefore+pass)*bands+b, e.scaled[pass][b]
			row := tile.Row(b, x0, y, e.row(n))
			for _, o := range e.owners {
				o.run.vector[at] += z.fixed(row[o.at])
			}
		}
	}
}

// rimOwner is the run that a pixel counts for and where the pixel is in the row that has been read.
type rimOwner struct {
	run *changedRun
	at  int
}
