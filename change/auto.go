package change

import (
	"context"
	"fmt"

	"passdiff/change/internal/kernel"
)

// Auto tells the kind of pair from what is given or measured, and then fuses the methods that suit it (QUALITY, §2 and §2a).
//
//	optical  IR-MAD, ISFA and CVA after relative normalisation, fused by their geometric mean; smoothed at σ = 1 and 2 and fused with the
//	         change of the signs of differences and of the directions of edges
//	vhr      the same distances on averages over 3×3 and 5×5 pixels, smoothed at σ = 2, 4 and 8, and on blocks of 4×4; averaged with the
//	         change of structure
//	sar      LogRatio
//
// Optical kinds keep only what is also an absolute change: Evidence at least Gate.
type Auto struct{}

// The constants of Auto (QUALITY, §2 and §2a; those of the decision were chosen on labelled pairs, each family by the others).
const (
	evidenceSigma = 2 // pixels

	opticalGate   = 0.5 // standard deviations of the after pass
	opticalPixels = 6
	// The score is a mean of four logarithms, which draws it together: less hysteresis does what 1.4 does elsewhere.
	opticalHysteresis     = 1.2
	opticalOrientationBox = 7
	censusBox             = 9
	censusScale           = 0.3 // standard deviations of luminance

	// The gate of vhr rises from 0 to vhrGate standard deviations of the after pass between two correlations of the passes.
	vhrGate             = 1.0
	vhrGateFrom         = 0.6
	vhrGateFull         = 0.8
	vhrPixels           = 64
	vhrOrientationBox   = 33
	coarseFactor        = 4
	coarseWeight        = 3 // that of its terms together
	blockFactor         = 8
	blockCorrelationBox = 9
)

var (
	opticalSigmas = []float64{1, 2}

	vhrBoxes      = []int{3, 5}
	vhrSigmas     = []float64{2, 4, 8}
	vhrWeights    = []float64{0.5, 0.5, 0.5}
	coarseBoxes   = []int{1, 3}
	coarseSigmas  = []float64{2, 4}   // blocks
	textureSigmas = []float64{2, 3.5} // blocks; 3.5 and not 4 keeps the halo below 64 pixels
	// vhrMean are the weights of spectral change, of the directions of edges, of correlation at the scale of blocks, of the strength of
	// edges and of correlation.
	vhrMean = []float64{3, 1, 1, 0.5, 0.5}
)

// Name is "auto".
func (Auto) Name() string { return "auto" }

// Halo is that of the kind that needs most: vhr with its blocks.
func (Auto) Halo() int {
	far := &coarse{Factor: coarseFactor, Of: Node{&gauss{Sigma: coarseSigmas[1], Of: Node{&box{Width: 3, Of: Node{new(forms)}}}}}}
	return max(far.Halo(), Structure{}.Halo(), LogRatio{}.Halo())
}

// Fit tells the kind and fits its methods.
func (Auto) Fit(ctx context.Context, t *Training) (Fitted, error) {
	n := t.natureOf()
	var f Fitted
	var err error
	switch n.Kind {
	case SAR:
		f, err = LogRatio{}.Fit(ctx, t)
	case VHR:
		f, err = t.fitVHR(ctx)
	default:
		f, err = t.fitOptical(ctx)
	}
	if err != nil {
		return Fitted{}, fmt.Errorf("auto (%s): %w", n.Kind, err)
	}
	if f.Facts == nil {
		f.Facts = map[string]any{}
	}
	f.Confidence = calibrated(f.MinPixels)
	f.Facts["nature"] = n
	if n.uncertain != "" {
		f.Warnings = append(f.Warnings, n.uncertain)
	}
	return f, nil
}

// distances are the three ways in which Auto measures spectral change of single pixels.
type distances struct {
	scorers []Scorer
	lines   []Line
	rho     []float64
}

// fitDistances fits IR-MAD, ISFA and CVA after normalisation, none of them smoothed.
func (t *Training) fitDistances() (distances, error) {
	p := t.pixels()
	var v *variates
	var slow *forms
	err := t.together(
		func() (err error) { v, err = fitMAD(p, t.Norm); return },
		func() (err error) { slow, err = fitSlow(p, t.Norm); return },
	)
	if err != nil {
		return distances{}, err
	}
	d := distances{lines: normalise(p, v), rho: v.rho}
	d.scorers = []Scorer{v.forms(t.Bands), slow, normalisedDistance(d.lines)}
	return d, nil
}

// evidence is the root mean square over bands of the smoothed residuals after normalisation, about their trends, in standard deviations
// of the after pass.
func (t *Training) evidence(lines []Line) (Scorer, error) {
	trends := t.trends(lines)
	f := residuals(lines, func(b int) (spread, centre float64) { return lines[b].After, trends[b].At })
	f.Sigma = evidenceSigma
	for b, l := range lines {
		if l.Used {
			c := f.After[len(f.Ramp)][b]
			f.Ramp = append(f.Ramp, [2]float64{round32(-c * trends[b].X), round32(-c * trends[b].Y)})
		}
	}
	if places := placesOf(t.Residual); places != nil {
		return prepared(&excess{Of: *f, Factor: excessFactor, Places: places}, t.Bands)
	}
	return prepared(f, t.Bands)
}

func (t *Training) fitOptical(ctx context.Context) (Fitted, error) {
	var d distances
	var r Scorer
	var l luminances
	var floor float64
	err := t.together(
		func() (err error) {
			if d, err = t.fitDistances(); err == nil {
				r, err = t.evidence(d.lines)
			}
			return err
		},
		func() error {
			l = fitLuminance(t.pixels())
			floor = t.gradientFloor(l)
			return nil
		},
	)
	if err != nil {
		return Fitted{}, err
	}
	m, err := t.fuse(ctx, plain(d.scorers), opticalSigmas)
	if err != nil {
		return Fitted{}, err
	}
	signs := &gauss{Of: Node{&census{Luminance: l, Width: censusBox, Scale: censusScale}}, Sigma: structureSigma}
	edges := &gauss{Of: Node{&orientation{Luminance: l, Width: opticalOrientationBox, Floor: round32(floor / kernel.Directions)}}, Sigma: structureSigma}
	s, err := t.fuse(ctx, []termsOf{{m, opticalSigmas, nil}, {scored: scored{of: signs}}, {scored: scored{of: edges}}}, nil)
	return Fitted{
		Scorer: s.of, values: s.values, Evidence: r, Gate: opticalGate, Threshold: Middle{}, Hysteresis: opticalHysteresis, MinPixels: opticalPixels, Fill: opticalPixels,
		Facts: map[string]any{"normalisation": d.lines, "canonical_correlations": d.rho},
	}, err
}

func (t *Training) fitVHR(ctx context.Context) (Fitted, error) {
	m, d, err := t.fuseBoxed(ctx, vhrBoxes, vhrSigmas)
	if err != nil {
		return Fitted{}, err
	}
	far, err := t.fitCoarse(ctx)
	if err != nil {
		return Fitted{}, err
	}
	spectral, err := t.fuse(ctx, []termsOf{{m, vhrSigmas, vhrWeights}, {scored{of: far}, nil, []float64{coarseWeight}}}, nil)
	if err != nil {
		return Fitted{}, err
	}
	l := fitLuminance(t.pixels())
	ratio, correlation, err := t.fitStructure(l)
	if err != nil {
		return Fitted{}, err
	}
	edges := &gauss{Of: Node{&orientation{Luminance: l, Width: vhrOrientationBox, Floor: round32(t.gradientFloor(l) / kernel.Directions)}}, Sigma: structureSigma}
	blocks := t.coarser(blockFactor)
	alike := &coarse{Factor: blockFactor, Of: Node{&localCorrelation{Luminance: fitLuminance(blocks.pixels()), Width: blockCorrelationBox, Floor: correlationFloor}}}
	s, err := t.average(ctx, []scored{spectral, {of: edges}, {of: alike}, {of: ratio}, {of: correlation}}, vhrMean)
	if err != nil {
		return Fitted{}, err
	}
	rho := round32(t.correlation(l))
	f := Fitted{
		Scorer: s.of, values: s.values, Threshold: Alike{rho}, MinPixels: vhrPixels, Fill: vhrPixels,
		Facts: map[string]any{"normalisation": d.lines, "canonical_correlations": d.rho, "correlation": rho},
	}
	f.Evidence, err = t.evidence(d.lines)
	f.Gate = round32(vhrGate * min(max((rho-vhrGateFrom)/(vhrGateFull-vhrGateFrom), 0), 1))
	return f, err
}

// fuseBoxed fuses the distances on averages over boxes of several widths, 1 for none, for Gaussians of some sigmas; it returns those of the
// first, too.
func (t *Training) fuseBoxed(ctx context.Context, widths []int, sigmas []float64) (scored, distances, error) {
	var all []Scorer
	var first distances
	for i, width := range widths {
		u := t
		if width > 1 {
			u = t.averaged(width)
		}
		d, err := u.fitDistances()
		if err != nil {
			return scored{}, d, err
		}
		for _, s := range d.scorers {
			if width > 1 {
				s = &box{Of: Node{s}, Width: width}
			}
			all = append(all, s)
		}
		if i == 0 {
			first = d
		}
	}
	m, err := t.fuse(ctx, plain(all), sigmas)
	return m, first, err
}

// fitCoarse fuses, on means over 4×4 pixels, the distances and that of the bands together with their texture, each at two scales.
func (t *Training) fitCoarse(ctx context.Context) (Scorer, error) {
	u := t.coarser(coarseFactor)
	m, _, err := u.fuseBoxed(ctx, coarseBoxes, coarseSigmas)
	if err != nil {
		return nil, err
	}
	w, texture := u.withFeatures()
	slow, err := fitSlow(w.pixels(), w.Norm)
	if err != nil {
		return nil, err
	}
	texture.Of = Node{slow}
	s, err := u.fuse(ctx, []termsOf{{m, coarseSigmas, []float64{0.5, 0.5}}, {scored{of: texture}, textureSigmas, []float64{1, 1}}}, nil)
	return &coarse{Of: Node{s.of}, Factor: coarseFactor}, err
}
