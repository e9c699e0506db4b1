package change

import (
	"math"

	"passdiff/change/internal/parallel"
	"passdiff/raster"
)

// trend is a plane over the frame: At + X·column + Y·row. Haze, a view angle or sun glint make one pass brighter towards one side; that is
// not evidence of change.
type trend struct {
	At float64 `json:"at"`
	X  float64 `json:"x"`
	Y  float64 `json:"y"`
}

// The cells over which a trend is fitted: trendCells by as many over the sample, each with leastInCell pixels. A cell further from the
// plane than trendTrim robust standard deviations, one that changed, is left out of a second fit; fewer than leastCells make no trend.
const (
	trendCells  = 8
	leastInCell = 32
	leastCells  = 12
	trendTrim   = 2.5
)

// trends are those of residuals of each band after normalisation. Bands that are not used, and samples too small, have the median alone.
func (t *Training) trends(lines []Line) []trend {
	cells := t.cellular()
	out := make([]trend, len(lines))
	parallel.Each(t.Workers, len(lines), func(b int) {
		out[b] = trend{At: lines[b].Median}
		if lines[b].Used {
			out[b] = lines[b].trend(cells.cells(b, lines[b]))
		}
	})
	return out
}

// trend is that of the residuals in cells.
func (l Line) trend(cells []cell) trend {
	p, ok := fitPlane(cells, nil)
	if !ok || len(cells) < leastCells {
		return trend{At: l.Median}
	}
	if q, ok := fitPlane(cells, p.trimmed(cells)); ok {
		p = q
	}
	// The plane says how residuals lean; their median stays that of all.
	var leaning []float64
	for _, c := range cells {
		leaning = append(leaning, float64(p.X*c.x)+float64(p.Y*c.y))
	}
	return trend{At: round32(l.Median - middle(leaning)), X: round32(p.X), Y: round32(p.Y)}
}

// bounds is the smallest window around all chips.
func (t *Training) bounds() raster.Window {
	var w raster.Window
	for i, c := range t.Chips {
		o := c.Out
		if i == 0 {
			w = o
			continue
		}
		x, y := min(w.X, o.X), min(w.Y, o.Y)
		w = raster.Window{X: x, Y: y, W: max(w.MaxX(), o.MaxX()) - x, H: max(w.MaxY(), o.MaxY()) - y}
	}
	return w
}

// cell is the median residual of some pixels and where they lie.
type cell struct{ x, y, v float64 }

// cellular divides the pixels of a sample among cells.
type cellular struct {
	*Training
	box raster.Window
	// counts are the measured pixels of each cell.
	counts [trendCells * trendCells]int
}

func (t *Training) cellular() *cellular {
	c := &cellular{Training: t, box: t.bounds()}
	c.eachStretch(func(_ *raster.TilePair, k, _, n int) { c.counts[k] += n })
	return c
}

// eachStretch calls f with measured pixels that lie side by side in a chip and in a cell k: the offset of the first and their number.
func (t *cellular) eachStretch(f func(c *raster.TilePair, k, at, n int)) {
	for _, c := range t.Chips {
		c.EachRow(c.Out, func(y, at, n int) {
			row := (y - t.box.Y) * trendCells / t.box.H * trendCells
			for from := 0; from < n; {
				column := (c.Out.X + from - t.box.X) * trendCells / t.box.W
				// The first pixel of the next cell: the least x with x·trendCells ≥ (column+1)·W.
				to := min(((column+1)*t.box.W+trendCells-1)/trendCells+t.box.X-c.Out.X, n)
				if c.Valid == nil {
					f(c, row+column, at+from, to-from)
				} else {
					raster.EachStretch(c.Valid[at+from:at+to], func(i, j int) { f(c, row+column, at+from+i, j-i) })
				}
				from = to
			}
		})
	}
}

// cells are those that hold enough pixels, with the residuals of a band.
func (t *cellular) cells(band int, l Line) []cell {
	var values [trendCells * trendCells][]float64
	for k, n := range t.counts {
		values[k] = make([]float64, 0, n)
	}
	t.eachStretch(func(c *raster.TilePair, k, at, n int) {
		before, v := c.Before.Band(band)[at:at+n], values[k]
		for i, y := range c.After.Band(band)[at : at+n] {
			v = append(v, float64(y)-l.Offset-float64(l.Gain*float64(before[i])))
		}
		values[k] = v
	})
	var out []cell
	for k, v := range values {
		if len(v) < leastInCell {
			continue
		}
		out = append(out, cell{
			x: float64(t.box.X) + float64((float64(k%trendCells)+0.5)*float64(t.box.W)/trendCells),
			y: float64(t.box.Y) + float64((float64(k/trendCells)+0.5)*float64(t.box.H)/trendCells),
			v: nth(v, len(v)/2),
		})
	}
	return out
}

// fitPlane is the least-squares plane through cells, those with keep only when that is not nil; false when they lie on a line.
func fitPlane(cells []cell, keep []bool) (trend, bool) {
	var planes [3][]float64
	for i, c := range cells {
		if keep == nil || keep[i] {
			planes[0], planes[1], planes[2] = append(planes[0], c.x), append(planes[1], c.y), append(planes[2], c.v)
		}
	}
	if len(planes[0]) < 3 {
		return trend{}, false
	}
	m := weigh(planes[:], nil, 1)
	det := float64(m.cov[0][0]*m.cov[1][1]) - float64(m.cov[0][1]*m.cov[0][1])
	if !(det > 1e-9*float64(m.cov[0][0]*m.cov[1][1])) {
		return trend{}, false
	}
	x := (float64(m.cov[1][1]*m.cov[0][2]) - float64(m.cov[0][1]*m.cov[1][2])) / det
	y := (float64(m.cov[0][0]*m.cov[1][2]) - float64(m.cov[0][1]*m.cov[0][2])) / det
	return trend{At: m.mean[2] - float64(x*m.mean[0]) - float64(y*m.mean[1]), X: x, Y: y}, true
}

// trimmed marks the cells that lie near the plane.
func (p trend) trimmed(cells []cell) []bool {
	r := make([]float64, len(cells))
	for i, c := range cells {
		r[i] = c.v - p.At - float64(p.X*c.x) - float64(p.Y*c.y)
	}
	median := middle(r)
	dev := make([]float64, len(r))
	for i, v := range r {
		dev[i] = math.Abs(v - median)
	}
	limit := float64(trendTrim*madToSigma*middle(dev)) + 1e-9
	keep := make([]bool, len(r))
	for i := range dev {
		keep[i] = dev[i] <= limit
	}
	return keep
}
