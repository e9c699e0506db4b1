package change

import (
	"cmp"
	"math"
	"slices"

	"passdiff/raster"
)

// oracle finds by brute force what Detect must find: it looks at whole planes, floods components, and measures every distance. It
// shares no code with the package, only the documented definitions: CVA's formula, the order in which filters add (centre, then pairs
// outwards, along rows and then columns), the fixed-point units, and the rim of 5 pixels.
type oracle struct {
	w      raster.Window
	bands  int
	values [2][][]float32 // by pass and band
	valid  []bool
	model  *Model
	sigma  float64

	score []float32
	label []int // 0 unchanged, else 1 + index of the component
}

const (
	oracleScoreSteps = 65536 // steps from 0 to the power of two above the threshold
	oracleValueUnit  = 4096  // steps per robust standard deviation
	oracleRim        = 5     // pixels
)

// newOracle looks at a pair of scenes in which after starts at (dx, dy) of before's frame.
func newOracle(before, after scene, dx, dy int, m *Model, sigma float64) *oracle {
	o := &oracle{bands: before.bands, model: m, sigma: sigma}
	x0, y0 := max(0, dx), max(0, dy)
	x1, y1 := min(before.w, after.w+dx), min(before.h, after.h+dy)
	o.w = raster.Window{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			o.valid = append(o.valid, before.valid[y*before.w+x] == 255 && after.valid[(y-dy)*after.w+x-dx] == 255)
		}
	}
	for b := range o.bands {
		var vb, va []float32
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				vb = append(vb, float32(before.data[(b*before.h+y)*before.w+x]))
				va = append(va, float32(after.data[(b*after.h+y-dy)*after.w+x-dx]))
			}
		}
		o.values[0], o.values[1] = append(o.values[0], vb), append(o.values[1], va)
	}
	o.scores()
	return o
}

// scores computes CVA at every pixel, directly.
func (o *oracle) scores() {
	n := o.model.Norm
	magnitude := make([]float32, len(o.valid))
	weight := make([]float32, len(o.valid))
	for i, ok := range o.valid {
		if !ok {
			continue
		}
		weight[i] = 1
		var sum float32
		for b := range o.bands {
			sb, sa := n.Before[b], n.After[b]
			if sb.Spread == 0 || sa.Spread == 0 {
				continue
			}
			d := float32(float32(1/sa.Spread)*o.values[1][b][i]) - float32(float32(1/sb.Spread)*o.values[0][b][i])
			d += float32(sb.Center/sb.Spread - sa.Center/sa.Spread)
			sum += float32(d * d)
		}
		magnitude[i] = float32(math.Sqrt(float64(sum)))
	}
	top, bottom := o.blur(magnitude), o.blur(weight)
	o.score = make([]float32, len(o.valid))
	for i, ok := range o.valid {
		if ok {
			o.score[i] = top[i] / bottom[i]
		}
	}
}

// blur is the Gaussian, cut at 3σ, with zeros beyond the edge.
func (o *oracle) blur(in []float32) []float32 {
	pass := func(in []float32, dx, dy int) []float32 {
		out := make([]float32, len(in))
		for i := range in {
			x, y := i%o.w.W, i/o.w.W
			at := func(k int) float32 {
				if xx, yy := x+k*dx, y+k*dy; xx >= 0 && xx < o.w.W && yy >= 0 && yy < o.w.H {
					return in[yy*o.w.W+xx]
				}
				return 0
			}
			for k := 0; float64(k) <= 3*o.sigma; k++ {
				tap := float32(math.Exp(-float64(k*k) / (2 * o.sigma * o.sigma)))
				if k == 0 {
					out[i] = float32(tap * at(0))
				} else {
					out[i] += float32(tap * (at(-k) + at(k)))
				}
			}
		}
		return out
	}
	return pass(pass(in, 1, 0), 0, 1)
}

// find is what Detect must hand over.
func (o *oracle) find(minPixels int64) found {
	f := found{Blind: o.runs(func(i int) bool { return !o.valid[i] })}
	f.Summary.Pixels = int64(len(o.valid))
	for _, ok := range o.valid {
		if ok {
			f.Summary.Observed++
		}
	}
	parts := o.components()
	for _, p := range parts {
		f.Summary.Changed += int64(len(p))
	}
	arounds := o.surroundings(len(parts))
	for k, p := range parts {
		peak := float32(0)
		for _, i := range p {
			peak = max(peak, o.score[i])
		}
		switch {
		case peak < float32(o.model.Keep):
			f.Summary.Weak++
		case int64(len(p)) < minPixels:
			f.Summary.Small++
		default:
			f.Summary.Regions++
			f.Summary.Kept += int64(len(p))
			f.Regions = append(f.Regions, o.region(k, p, arounds[k], peak))
		}
	}
	slices.SortStableFunc(f.Regions, func(a, b *Region) int {
		ya, xa := lastRow(a)
		yb, xb := lastRow(b)
		return cmp.Or(cmp.Compare(ya, yb), cmp.Compare(xa, xb))
	})
	return f
}

// lastRow is a region's last row and the first column of its leftmost run there.
func lastRow(r *Region) (y, x int32) {
	y = r.Runs[len(r.Runs)-1].Y
	return y, r.Runs[slices.IndexFunc(r.Runs, func(q raster.Run) bool { return q.Y == y })].X0
}

// components floods the changed pixels over their four neighbours.
func (o *oracle) components() [][]int {
	o.label = make([]int, len(o.valid))
	changed := func(i int) bool { return o.valid[i] && o.score[i] >= float32(o.model.Threshold) }
	var parts [][]int
	for i := range o.valid {
		if o.label[i] != 0 || !changed(i) {
			continue
		}
		part := []int{i}
		o.label[i] = len(parts) + 1
		for k := 0; k < len(part); k++ {
			x, y := part[k]%o.w.W, part[k]/o.w.W
			for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				xx, yy := x+d[0], y+d[1]
				if j := yy*o.w.W + xx; xx >= 0 && xx < o.w.W && yy >= 0 && yy < o.w.H && o.label[j] == 0 && changed(j) {
					o.label[j] = len(parts) + 1
					part = append(part, j)
				}
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// around is what lies about a component.
type around struct {
	rim               []int // measured, unchanged pixels
	unseen            int64 // pixels not measured, also beyond the window
	atScene, atUnseen bool
}

// surroundings shares out the pixels around the changed ones, also those beyond the window: each belongs to the nearest changed pixel
// within the rim. Of equally near ones the upper counts, then the left.
func (o *oracle) surroundings(n int) []around {
	out := make([]around, n)
	for y := -oracleRim; y < o.w.H+oracleRim; y++ {
		for x := -oracleRim; x < o.w.W+oracleRim; x++ {
			inside := x >= 0 && x < o.w.W && y >= 0 && y < o.w.H
			i := y*o.w.W + x
			if inside && o.label[i] != 0 {
				continue
			}
			best, owner := oracleRim*oracleRim+1, 0
			for j, l := range o.label { // row by row: the first of equals is the upper, then the left
				if l == 0 {
					continue
				}
				dx, dy := j%o.w.W-x, j/o.w.W-y
				d := dx*dx + dy*dy
				if d < best {
					best, owner = d, l
				}
				if d == 1 { // a side shared
					out[l-1].atScene = out[l-1].atScene || !inside
					out[l-1].atUnseen = out[l-1].atUnseen || inside && !o.valid[i]
				}
			}
			switch {
			case owner == 0:
			case inside && o.valid[i]:
				out[owner-1].rim = append(out[owner-1].rim, i)
			default:
				out[owner-1].unseen++
			}
		}
	}
	return out
}

func (o *oracle) region(k int, part []int, a around, peak float32) *Region {
	power := 1.0
	for power <= o.model.Threshold {
		power *= 2
	}
	for power/2 > o.model.Threshold {
		power /= 2
	}
	unit := oracleScoreSteps / power
	var score, rim int64
	for _, i := range part {
		score += int64(math.Floor(float64(o.score[i])*unit + 0.5))
	}
	for _, i := range a.rim {
		rim += int64(math.Floor(float64(o.score[i])*unit + 0.5))
	}
	r := &Region{
		Runs: o.runs(func(i int) bool { return o.label[i] == k+1 }), Pixels: int64(len(part)), RimPixels: int64(len(a.rim)),
		UnseenPixels: a.unseen, AtScene: a.atScene, AtUnseen: a.atUnseen,
		ScoreMax: float64(peak), ScoreMean: float64(score) / unit / float64(len(part)),
	}
	if len(a.rim) > 0 {
		r.RimScore = float64(rim) / unit / float64(len(a.rim))
	}
	r.ScoreMean = min(r.ScoreMean, r.ScoreMax) // a mean is not above the highest, however it is rounded
	for pass := range 2 {
		r.Inside[pass] = o.means(pass, part)
		if len(a.rim) > 0 {
			r.Rim[pass] = o.means(pass, a.rim)
		}
	}
	return r
}

// means are the mean standardised values over pixels, in fixed point.
func (o *oracle) means(pass int, pixels []int) []float64 {
	out := make([]float64, o.bands)
	for b := range out {
		if !o.model.Norm.usable(b) {
			continue
		}
		s := o.model.Norm.Before[b]
		if pass == 1 {
			s = o.model.Norm.After[b]
		}
		var sum int64
		for _, i := range pixels {
			z := float32(o.values[pass][b][i]*float32(1/s.Spread)) + float32(-s.Center/s.Spread)
			sum += int64(math.Round(float64(z) * oracleValueUnit))
		}
		out[b] = float64(sum) / oracleValueUnit / float64(len(pixels))
	}
	return out
}

// runs lists the longest runs of pixels for which is holds, in the frame.
func (o *oracle) runs(is func(i int) bool) []raster.Run {
	var out []raster.Run
	for y := range o.w.H {
		for x := 0; x < o.w.W; x++ {
			x0 := x
			for x < o.w.W && is(y*o.w.W+x) {
				x++
			}
			if x > x0 {
				out = append(out, raster.Run{Y: int32(y + o.w.Y), X0: int32(x0 + o.w.X), X1: int32(x + o.w.X)})
			}
		}
	}
	return out
}
