package change

import (
	"math"
	"slices"

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
	out := make([]trend, len(lines))
	for b, l := range lines {
		out[b] = trend{At: l.Median}
		if !l.Used {
			continue
		}
		cells := t.cells(box, b, l)
		p, ok := fitPlane(cells, nil)
		if !ok || len(cells) < leastCells {
			continue
		}
		if q, ok := fitPlane(cells, p.trimmed(cells)); ok {
			p = q
		}
		// The plane says how residuals lean; their median stays that of all.
		var leaning []float64
		for _, c := range cells {
			leaning = append(leaning, float64(p.X*c.x)+float64(p.Y*c.y))
		}
		out[b] = trend{At: round32(l.Median - middle(leaning)), X: round32(p.X), Y: round32(p.Y)}
	}
	return out
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

// cells are those of the box that hold enough pixels.
func (t *Training) cells(box raster.Window, band int, l Line) []cell {
	var values [trendCells * trendCells][]float64
	for _, c := range t.Chips {
		before, after := c.Before.Band(band), c.After.Band(band)
		c.EachRow(c.Out, func(y, at, n int) {
			row := (y - box.Y) * trendCells / box.H * trendCells
			for i := range n {
				if c.Valid != nil && c.Valid[at+i] == 0 {
					continue
				}
				k := row + (c.Out.X+i-box.X)*trendCells/box.W
				values[k] = append(values[k], float64(after[at+i])-l.Offset-float64(l.Gain*float64(before[at+i])))
			}
		})
	}
	var out []cell
	for k, v := range values {
		if len(v) < leastInCell {
			continue
		}
		out = append(out, cell{
			x: float64(box.X) + float64((float64(k%trendCells)+0.5)*float64(box.W)/trendCells),
			y: float64(box.Y) + float64((float64(k/trendCells)+0.5)*float64(box.H)/trendCells),
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

// middle is the median.
func middle(v []float64) float64 { return nth(slices.Clone(v), len(v)/2) }

// nth is the value that has k values before it when v is sorted, by Hoare's selection; v is rearranged.
func nth(v []float64, k int) float64 {
	low, high := 0, len(v)-1
	for low < high {
		pivot := v[k]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		if j < k {
			low = i
		}
		if k < i {
			high = j
		}
	}
	return v[k]
}
