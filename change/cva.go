package change

import (
	"context"
	"errors"

	"passdiff/change/internal/kernel"
)

// CVA is change vector analysis (Malila 1980; Bruzzone and Fernández Prieto 2000, eq. 1, doi:10.1109/36.843009) on robustly
// standardised bands. The score is the length of the change vector, in robust standard deviations, smoothed by a Gaussian over the
// measured pixels:
//
//	S = G_σ √( Σ_b (z(y_b) − z(x_b))² )
//
// Swapping the passes leaves it the same, and so does any positive gain and any offset of a band of either pass. Bands that are
// constant in either pass do not count. The zero value is the default.
type CVA struct {
	// Sigma is the standard deviation of the Gaussian in pixels; 0 means 1. It is cut at 3σ.
	Sigma float64
}

// Name is "cva".
func (CVA) Name() string { return "cva" }

// Halo is the reach of the Gaussian.
func (c CVA) Halo() int { return kernel.Radius(orDefault(c.Sigma)) }

// Fit checks the settings; all it needs is the standardisation.
func (c CVA) Fit(_ context.Context, t *Training) (Fitted, error) {
	s, err := newCVA(orDefault(c.Sigma), t.Norm)
	return Fitted{Scorer: s}, err
}

func newCVA(sigma float64, n Norm) (Scorer, error) {
	bands := len(n.Before)
	if bands == 0 || bands != len(n.After) {
		return nil, errors.New("cva: no bands")
	}
	f := &forms{}
	for b := range bands {
		if !n.usable(b) {
			continue
		}
		x, y := n.Before[b], n.After[b]
		after, before := make([]float64, bands), make([]float64, bands)
		after[b], before[b] = 1/y.Spread, -1/x.Spread
		f.After, f.Before, f.Shift = append(f.After, after), append(f.Before, before), append(f.Shift, x.Center/x.Spread-y.Center/y.Spread)
	}
	return prepared(&gauss{Of: Node{f}, Sigma: sigma}, bands)
}
