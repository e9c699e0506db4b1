package change

import (
	"context"
	"errors"

	"passdiff/change/internal/kernel"
)

// Structure compares texture, not brightness: how strong edges are in a window, and whether the window looks the same (QUALITY, §2):
//
//	r = |ln((box_17 |∇x| + g)/(box_17 |∇y| + g))|,  g = median of min(|∇x|, |∇y|)
//	n = 1 − NCC over 33×33 pixels, regularised with c = 0.02
//	S = mean of G_2 r and G_2 n, each divided by its median
//
// on the luminances, the means of the bands standardised in each pass. Any positive gain and any offset that the bands of a pass share
// leave it the same. It suits imagery whose pixels are smaller than the objects. The zero value is the default.
type Structure struct{}

// The constants of Structure (QUALITY, §2).
const (
	gradientBox      = 17
	correlationBox   = 33
	correlationFloor = 0.02
	structureSigma   = 2
)

// Name is "structure".
func (Structure) Name() string { return "structure" }

// Halo is that of the correlation, the wider one, with its Gaussian.
func (Structure) Halo() int { return correlationBox/2 + kernel.Radius(structureSigma) }

// Fit measures luminances and the strength of gradients.
func (Structure) Fit(ctx context.Context, t *Training) (Fitted, error) {
	p := t.pixels()
	if p.len() == 0 {
		return Fitted{}, errors.New("structure: nothing is measured")
	}
	ratio, correlation, err := t.fitStructure(fitLuminance(p))
	if err != nil {
		return Fitted{}, err
	}
	s, err := t.average(ctx, []scored{{of: ratio}, {of: correlation}}, nil)
	return Fitted{Scorer: s.of, values: s.values, Threshold: Otsu{}}, err
}

// fitStructure gives both scores, smoothed.
func (t *Training) fitStructure(l luminances) (ratio, correlation Scorer, err error) {
	g := &gradient{Luminance: l, Width: gradientBox, Floor: round32(t.gradientFloor(l))}
	if ratio, err = prepared(&gauss{Of: Node{g}, Sigma: structureSigma}, t.Bands); err != nil {
		return nil, nil, err
	}
	c := &localCorrelation{Luminance: l, Width: correlationBox, Floor: correlationFloor}
	correlation, err = prepared(&gauss{Of: Node{c}, Sigma: structureSigma}, t.Bands)
	return ratio, correlation, err
}
