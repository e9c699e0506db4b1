package change

import (
	"context"
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
)

// Auto is the default: it tells the kind of pair from what is given or measured, and then fuses the methods that suit it (QUALITY, §2).
//
//	optical  IR-MAD, ISFA and CVA after relative normalisation, fused by their geometric mean; smoothed at σ = 1 and 2, fused again
//	vhr      the same on averages over 3×3 and 5×5 pixels, smoothed at σ = 2, 4 and 8, together with the change of structure
//	sar      LogRatio
//
// Optical kinds keep only what is also an absolute change: Evidence at least Gate.
type Auto struct{}

// The constants of Auto (QUALITY, §2).
const (
	opticalGate   = 0.5 // standard deviations of the after pass
	opticalPixels = 6
	vhrGate       = 1.0
	vhrAlike      = 0.7 // correlation of the passes from which vhrGate holds
	vhrPixels     = 64
	evidenceSigma = 2 // pixels
)

var (
	opticalSigmas = []float64{1, 2}
	vhrBoxes      = []int{3, 5}
	vhrSigmas     = []float64{2, 4, 8}
)

// Name is "auto".
func (Auto) Name() string { return "auto" }

// Halo is that of the kind that needs most.
func (Auto) Halo() int {
	return max(kernel.Radius(vhrSigmas[len(vhrSigmas)-1])+vhrBoxes[len(vhrBoxes)-1]/2, Structure{}.Halo(), LogRatio{}.Halo())
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
	v, err := fitMAD(p, t.Norm)
	if err != nil {
		return distances{}, err
	}
	slow, err := fitSlow(p, t.Norm)
	if err != nil {
		return distances{}, err
	}
	d := distances{lines: normalise(p, v), rho: v.rho}
	d.scorers = []Scorer{v.forms(t.Bands), slow, normalisedDistance(d.lines)}
	return d, nil
}

// fuse is the geometric mean of scores, each by its median and smoothed by each of sigmas if there are any.
func (t *Training) fuse(ctx context.Context, sigmas []float64, scorers ...Scorer) (Scorer, error) {
	p := &product{Floor: fusionFloor}
	for _, s := range scorers {
		q := part{Of: Node{s}, Sigmas: sigmas}
		if err := q.Of.prepare(t.Bands); err != nil {
			return nil, err
		}
		terms := []Scorer{s}
		if len(sigmas) > 0 {
			terms = nil
			for _, sigma := range sigmas {
				terms = append(terms, &gauss{Of: Node{s}, Sigma: sigma})
			}
		}
		for _, s := range terms {
			if err := s.prepare(t.Bands); err != nil {
				return nil, err
			}
			m, err := t.median(ctx, s)
			if err != nil {
				return nil, err
			}
			q.Medians, q.Weights = append(q.Medians, m), append(q.Weights, 1)
		}
		p.Parts = append(p.Parts, q)
	}
	return prepared(p, t.Bands)
}

// evidence is the root mean square over bands of the smoothed residuals after normalisation, in standard deviations of the after pass.
func evidence(lines []Line, bands int) (Scorer, error) {
	f := &forms{Sigma: evidenceSigma}
	used := 0
	for _, l := range lines {
		if l.Used {
			used++
		}
	}
	for b, l := range lines {
		if !l.Used {
			continue
		}
		c := 1 / (l.After * math.Sqrt(float64(used)))
		after, before := make([]float64, bands), make([]float64, bands)
		after[b], before[b] = round32(c), round32(-c*l.Gain)
		f.After, f.Before, f.Shift = append(f.After, after), append(f.Before, before), append(f.Shift, round32(-c*(l.Offset+l.Median)))
	}
	return prepared(f, bands)
}

func (t *Training) fitOptical(ctx context.Context) (Fitted, error) {
	d, err := t.fitDistances()
	if err != nil {
		return Fitted{}, err
	}
	m, err := t.fuse(ctx, nil, d.scorers...)
	if err != nil {
		return Fitted{}, err
	}
	s, err := t.fuse(ctx, opticalSigmas, m)
	if err != nil {
		return Fitted{}, err
	}
	r, err := evidence(d.lines, t.Bands)
	return Fitted{
		Scorer: s, Evidence: r, Gate: opticalGate, Threshold: Middle{}, MinPixels: opticalPixels, Fill: opticalPixels,
		Facts: map[string]any{"normalisation": d.lines, "canonical_correlations": d.rho},
	}, err
}

func (t *Training) fitVHR(ctx context.Context) (Fitted, error) {
	var six []Scorer
	var lines []Line
	var rho []float64
	for _, width := range vhrBoxes {
		d, err := t.averaged(width).fitDistances()
		if err != nil {
			return Fitted{}, err
		}
		for _, s := range d.scorers {
			six = append(six, &box{Of: Node{s}, Width: width})
		}
		if lines == nil {
			lines, rho = d.lines, d.rho
		}
	}
	m, err := t.fuse(ctx, nil, six...)
	if err != nil {
		return Fitted{}, err
	}
	spectral, err := t.fuse(ctx, vhrSigmas, m)
	if err != nil {
		return Fitted{}, err
	}
	l := fitLuminance(t.pixels())
	ratio, correlation, err := t.fitStructure(l)
	if err != nil {
		return Fitted{}, err
	}
	s, err := t.average(ctx, spectral, ratio, correlation)
	if err != nil {
		return Fitted{}, err
	}
	alike := round32(t.correlation(l))
	f := Fitted{Scorer: s, Threshold: Otsu{}, MinPixels: vhrPixels, Fill: vhrPixels,
		Facts: map[string]any{"normalisation": lines, "canonical_correlations": rho, "correlation": alike}}
	if f.Evidence, err = evidence(lines, t.Bands); alike > vhrAlike {
		f.Gate = vhrGate
	}
	return f, err
}
