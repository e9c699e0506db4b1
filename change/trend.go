package change

import (
	"math"
	"slices"

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
	box := t.bounds()
	cells := make([][trendCells][]cell, len(lines))
	parallel.EachWith(t.Workers, len(lines)*trendCells, func() func(int) {
		var room cellValues
		return func(i int) {
			if b, row := i/trendCells, i%trendCells; lines[b].Used {
				cells[b][row] = t.cells(box, row, b, lines[b], &room)
			}
		}
	})
	out := make([]trend, len(lines))
	for b, l := range lines {
		out[b] = trend{At: l.Median}
		if l.Used {
			out[b] = l.trend(slices.Concat(cells[b][:]...))
		}
	}
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

// cellEdge is the first of n pixels that lies in cell k: the least x with x·trendCells ≥ k·n.
func cellEdge(k, n int) int { return (k*n + trendCells - 1) / trendCells }

// cellValues are the values of the cells of a row.
type cellValues [trendCells][]float64

// cells are those of a row that hold enough pixels, with the residuals of a band.
func (t *Training) cells(box raster.Window, row, band int, l Line, values *cellValues) []cell {
	for k := range values {
		values[k] = values[k][:0]
	}
	for _, c := range t.Chips {
		before, after := c.Before.Band(band), c.After.Band(band)
		add := func(k, from, to int) {
			v, x := values[k], before[from:to]
			for i, y := range after[from:to] {
				v = append(v, float64(y)-l.Offset-float64(l.Gain*float64(x[i])))
			}
			values[k] = v
		}
		top := max(box.Y+cellEdge(row, box.H), c.Out.Y)
		w := raster.Window{X: c.Out.X, Y: top, W: c.Out.W, H: min(box.Y+cellEdge(row+1, box.H), c.Out.MaxY()) - top}
		c.EachRow(w, func(_, at, n int) {
			for from := 0; from < n; {
				k := (w.X + from - box.X) * trendCells / box.W
				to := min(cellEdge(k+1, box.W)+box.X-w.X, n)
				if c.Valid == nil {
					add(k, at+from, at+to)
				} else {
					raster.EachStretch(c.Valid[at+from:at+to], func(i, j int) { add(k, at+from+i, at+from+j) })
				}
				from = to
			}
		})
	}
	var out []cell
	for k, v := range values {
		if len(v) < leastInCell {
			continue
		}
		out = append(out, cell{
			x: float64(box.X) + float64((float64(k)+0.5)*float64(box.W)/trendCells),
			y: float64(box.Y) + float64((float64(row)+0.5)*float64(box.H)/trendCells),
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
