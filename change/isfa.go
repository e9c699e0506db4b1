package change

import (
	"context"
	"math"

	"passdiff/change/internal/kernel"
)

// ISFA is iterative slow feature analysis (Wu, Du and Zhang 2014, doi:10.1109/TGRS.2013.2295928) with all its components, which is the
// reweighted Mahalanobis length of the difference of the standardised bands:
//
//	d_b = y_b/std(y_b) − x_b/std(x_b),  S = G_σ √Z,  Z = (d − m)ᵀC⁻¹(d − m),  weight = P(χ²_B > Z)
//
// Swapping the passes leaves it the same, and so do a gain above 0 and an offset for each band of either pass. The zero value is the
// default.
type ISFA struct {
	// Sigma smooths the score, in pixels; 0 means 1.
	Sigma float64
}

// The end of the iteration (QUALITY, §2).
const (
	isfaRounds = 50
	isfaDone   = 1e-4 // relative change of the trace
	isfaRidge  = 1e-4 // share of the mean variance
)

// Name is "isfa".
func (ISFA) Name() string { return "isfa" }

// Halo is the reach of the Gaussian.
func (m ISFA) Halo() int { return kernel.Radius(orDefault(m.Sigma)) }

// Fit finds mean and covariance of the unchanged differences.
func (m ISFA) Fit(_ context.Context, t *Training) (Fitted, error) {
	f, err := fitSlow(t.pixels(), t.Norm)
	if err != nil {
		return Fitted{}, err
	}
	s, err := smoothed(f, m.Sigma, t.Bands)
	return Fitted{Scorer: s}, err
}

// fitSlow gives the distance without smoothing.
func fitSlow(p *pixels, n Norm) (*forms, error) {
	var used []int
	var diffs [][]float64
	var spread [2][]float64 // of before and after
	for b := range p.bands {
		if !n.usable(b) {
			continue
		}
		sx, sy := p.sdBefore(b), p.sdAfter(b)
		if !(sx > 0 && sy > 0) {
			continue
		}
		d := make([]float64, p.len())
		for i, y := range p.after(b) {
			d[i] = y/sy - p.before(b)[i]/sx
		}
		used, diffs = append(used, b), append(diffs, d)
		spread[0], spread[1] = append(spread[0], sx), append(spread[1], sy)
	}
	k := len(used)
	if k == 0 {
		return nil, errDegenerate
	}
	var weights []float64
	var mean []float64
	var inverse matrix
	table := newTail(k)
	old := math.Inf(1)
	for range isfaRounds {
		m := weigh(diffs, weights, p.workers)
		m.cov.ridge(isfaRidge)
		l, ok := m.cov.cholesky()
		if !ok {
			return nil, errDegenerate
		}
		mean, inverse = m.mean, l.invertLower()
		trace := m.cov.trace()
		if math.Abs(trace-old) < isfaDone*old {
			break
		}
		old = trace
		if weights == nil {
			weights = make([]float64, p.len())
		}
		p.blocks(func(from, to int) {
			w := weights[from:to]
			mahalanobis(w, from, diffs, mean, inverse)
			table.weigh(w, w)
		})
	}
	f := &forms{}
	for i := range k {
		after, before, shift := make([]float64, p.bands), make([]float64, p.bands), 0.0
		for j := range i + 1 {
			c := inverse[i][j]
			after[used[j]], before[used[j]] = round32(c/spread[1][j]), round32(-c/spread[0][j])
			shift -= float64(c * mean[j])
		}
		f.After, f.Before, f.Shift = append(f.After, after), append(f.Before, before), append(f.Shift, round32(shift))
	}
	return f, nil
}

// mahalanobis sets z to |L⁻¹(v − m)|² of pixels from … from+len(z)−1.
func mahalanobis(z []float64, from int, planes [][]float64, mean []float64, inverse matrix) {
	clear(z)
	line := make([]float64, len(z))
	for i := range planes {
		clear(line)
		for j := range i + 1 {
			c, m := inverse[i][j], mean[j]
			for q, v := range planes[j][from:][:len(line)] {
				line[q] += float64(c * (v - m))
			}
		}
		for q, v := range line {
			z[q] += float64(v * v)
		}
	}
}
