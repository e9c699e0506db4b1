package change

import (
	"context"

	"passdiff/change/internal/kernel"
)

// ACD is anomalous change detection (Theiler and Perkins 2006, eq. 15; Theiler 2008, doi:10.1364/AO.47.000F12): how much less likely the two
// values of a pixel are together than each is alone, if all are normally distributed:
//
//	S = G_σ √max(0, zᵀC⁻¹z − xᵀC_x⁻¹x − yᵀC_y⁻¹y),  z = (x, y), all about their means
//
// What changes as much as the rest of the scene does, a season or a drift, is not anomalous. Any invertible affine change of the bands
// of either pass leaves it the same. It suits scenes in which most of the ground changed alike. The zero value is the default.
type ACD struct {
	// Sigma smooths the score, in pixels; 0 means 1.
	Sigma float64
}

// acdRidge keeps bands that are nearly copies of one another from deciding; a share of the mean variance.
const acdRidge = 1e-6

// Name is "acd".
func (ACD) Name() string { return "acd" }

// Halo is the reach of the Gaussian.
func (m ACD) Halo() int { return kernel.Radius(orDefault(m.Sigma)) }

// Fit measures means and covariances.
func (m ACD) Fit(_ context.Context, t *Training) (Fitted, error) {
	p := t.pixels()
	var used []int
	var planes [][]float64
	// Standardised bands, so that the ridge is fair to bands of any unit.
	for b := range t.Bands {
		if t.Norm.usable(b) {
			used = append(used, b)
		}
	}
	for _, pass := range []struct {
		plane func(int) []float64
		scale []Scale
	}{{p.before, t.Norm.Before}, {p.after, t.Norm.After}} {
		for _, b := range used {
			z := make([]float64, p.len())
			for i, v := range pass.plane(b) {
				z[i] = (v - pass.scale[b].Center) / pass.scale[b].Spread
			}
			planes = append(planes, z)
		}
	}
	k := len(used)
	if k == 0 {
		return Fitted{}, errDegenerate
	}
	all := weigh(planes, nil, p.workers)
	f := &forms{Minus: 2 * k}
	for _, part := range []struct{ from, n int }{{0, 2 * k}, {0, k}, {k, k}} {
		c := all.part(part.from, part.from, part.n)
		c.ridge(acdRidge)
		l, ok := c.cholesky()
		if !ok {
			return Fitted{}, errDegenerate
		}
		for _, row := range l.invertLower() {
			after, before, shift := make([]float64, t.Bands), make([]float64, t.Bands), 0.0
			for j, w := range row {
				q := part.from + j
				b := used[q%k]
				scale, coefs := t.Norm.Before[b], before
				if q >= k {
					scale, coefs = t.Norm.After[b], after
				}
				coefs[b] = round32(w / scale.Spread)
				shift -= float64(w * (scale.Center/scale.Spread + all.mean[q]))
			}
			f.After, f.Before, f.Shift = append(f.After, after), append(f.Before, before), append(f.Shift, round32(shift))
		}
	}
	s, err := smoothed(f, m.Sigma, t.Bands)
	return Fitted{Scorer: s}, err
}
