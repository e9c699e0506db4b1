package register

import "math"

// Trend is an affine surface through the windows' shifts: bias + Column·(x − middle) + Row·(y − middle).
type Trend struct {
	// Column and Row are by how much the shift grows per 1000 columns and per 1000 rows, in pixels.
	Column Vector `json:"per_1000_columns"`
	Row    Vector `json:"per_1000_rows"`
	// Range is the largest difference of the shift between two corners of what the windows cover, in pixels.
	Range float64 `json:"range_px"`
}

const (
	// trendWindows is the least number of used windows that a trend is fitted to.
	trendWindows = 6
	// trendF is the ratio of the variance that a trend explains, for each of its four slopes, to what is left, for each of 2(n − 3) degrees of
	// freedom, from which it is one: less than 1 in 1000 by chance from 8 windows on (the F-distribution's 99.9 % point is 11.3 there).
	trendF = 12
)

// fitTrend fits the trend of windows by least squares; nil when they are few, lie on a line, or vary by chance.
func fitTrend(windows []Window) *Trend {
	var used []Window
	for _, w := range windows {
		if w.Used {
			used = append(used, w)
		}
	}
	n := float64(len(used))
	if len(used) < trendWindows {
		return nil
	}
	var mx, my, mu, mv float64
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, w := range used {
		x, y := float64(w.X), float64(w.Y)
		mx, my, mu, mv = mx+x, my+y, mu+w.DX, mv+w.DY
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	mx, my, mu, mv = mx/n, my/n, mu/n, mv/n
	var xx, xy, yy, xu, yu, xv, yv, uu, vv float64
	for _, w := range used {
		x, y, u, v := float64(w.X)-mx, float64(w.Y)-my, w.DX-mu, w.DY-mv
		xx += float64(x * x)
		xy += float64(x * y)
		yy += float64(y * y)
		xu += float64(x * u)
		yu += float64(y * u)
		xv += float64(x * v)
		yv += float64(y * v)
		uu += float64(u * u)
		vv += float64(v * v)
	}
	det := float64(xx*yy) - float64(xy*xy)
	if !(det > 1e-3*float64(xx*yy)) {
		return nil
	}
	ux, uy := (float64(xu*yy)-float64(yu*xy))/det, (float64(yu*xx)-float64(xu*xy))/det
	vx, vy := (float64(xv*yy)-float64(yv*xy))/det, (float64(yv*xx)-float64(xv*xy))/det
	explained := float64(ux*xu) + float64(uy*yu) + float64(vx*xv) + float64(vy*yv)
	rest := uu + vv - explained
	if !(explained*(n-3) > trendF*2*rest) {
		return nil
	}
	w, h := x1-x0, y1-y0
	along := Vector{float64(ux * w), float64(vx * w)}
	down := Vector{float64(uy * h), float64(vy * h)}
	return &Trend{
		Column: round3s(Vector{1000 * ux, 1000 * vx}), Row: round3s(Vector{1000 * uy, 1000 * vy}),
		Range: round3(max(along.length(), down.length(), Vector{along.DX + down.DX, along.DY + down.DY}.length(), Vector{along.DX - down.DX, along.DY - down.DY}.length())),
	}
}
