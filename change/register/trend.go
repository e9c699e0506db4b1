package register

import "math"

// Trend is an affine surface through the windows' shifts: a constant + Column·x + Row·y.
type Trend struct {
	// Column and Row are by how much the shift grows per 1000 columns and per 1000 rows, in pixels.
	Column Vector `json:"per_1000_columns"`
	Row    Vector `json:"per_1000_rows"`
	// Range is the largest difference of the shift between two corners of what the windows cover, in pixels.
	Range float64 `json:"range_px"`
	// Spread is as in Lattice, of what the surface leaves.
	Spread Vector `json:"spread"`
}

const (
	// trendWindows is the least number of used windows that a trend is fitted to.
	trendWindows = 6
	// trendF is the ratio of the variance that a trend explains, for each of its four slopes, to what is left, for each of 2(n − 3) degrees of
	// freedom, from which it is one: less than 1 in 1000 by chance from 8 windows on (the F-distribution's 99.9 % point is 11.3 there).
	trendF = 12
	// trendLine is how far from a line the windows lie at least: 1 − r² of their columns and rows.
	trendLine = 1e-3
)

// fitTrend fits the trend of windows by least squares; nil when they are few, lie on a line, or differ by chance.
func fitTrend(windows []Window) *Trend {
	var x, y, u, v []float64
	for _, w := range windows {
		if w.Used {
			x, y, u, v = append(x, float64(w.X)), append(y, float64(w.Y)), append(u, w.DX), append(v, w.DY)
		}
	}
	n := len(x)
	if n < trendWindows {
		return nil
	}
	width, height := centre(x), centre(y)
	centre(u)
	centre(v)
	xx, xy, yy := dot(x, x), dot(x, y), dot(y, y)
	det := float64(xx*yy) - float64(xy*xy)
	if !(det > float64(trendLine*float64(xx*yy))) {
		return nil
	}
	// fit replaces a by what the plane through it leaves.
	var explained, left float64
	fit := func(a []float64) (column, row float64) {
		xa, ya := dot(x, a), dot(y, a)
		column, row = (float64(xa*yy)-float64(ya*xy))/det, (float64(ya*xx)-float64(xa*xy))/det
		all := dot(a, a)
		for i := range a {
			a[i] -= float64(column*x[i]) + float64(row*y[i])
		}
		rest := dot(a, a)
		left += rest
		explained += all - rest
		return column, row
	}
	ux, uy := fit(u)
	vx, vy := fit(v)
	if !(explained*float64(n-3) > 2*trendF*left) {
		return nil
	}
	along, down := Vector{float64(ux * width), float64(vx * width)}, Vector{float64(uy * height), float64(vy * height)}
	sum, difference := Vector{along.DX + down.DX, along.DY + down.DY}, Vector{along.DX - down.DX, along.DY - down.DY}
	return &Trend{
		Column: round3s(Vector{1000 * ux, 1000 * vx}), Row: round3s(Vector{1000 * uy, 1000 * vy}),
		Range:  round3(max(along.length(), down.length(), sum.length(), difference.length())),
		Spread: round3s(Vector{deviation(u), deviation(v)}),
	}
}

// centre takes the mean off and gives the range.
func centre(v []float64) float64 {
	sum, low, high := 0.0, math.Inf(1), math.Inf(-1)
	for _, a := range v {
		sum, low, high = sum+a, min(low, a), max(high, a)
	}
	for i := range v {
		v[i] -= sum / float64(len(v))
	}
	return high - low
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}
