package change

import (
	"context"

	"golang.org/x/sync/errgroup"

	"passdiff/change/internal/kernel"
	"passdiff/change/register"
	"passdiff/raster"
)

// Training is what methods are fitted on.
type Training struct {
	*raster.Sample
	// Bands of each pass, and their standardisation.
	Bands int
	Norm  Norm
	// ends are those of every band of both passes.
	ends [2][]ends
	// Workers score in parallel.
	Workers int
	// Told is what is known of the pair beside its pixels, Residual the misregistration of the sample, nil when it is not known.
	Told     Told
	Residual *register.Lattice
}

// newTraining measures the bands of a sample.
func newTraining(s *raster.Sample, bands, workers int, told Told) *Training {
	t := &Training{Sample: s, Bands: bands, Workers: workers, Told: told}
	t.Norm, t.ends = measureBands(s, bands, workers)
	return t
}

// fitValues bounds the values of all bands of both passes that statistics over pixels are taken of, fitPixels the pixels: means and
// covariances of more change in the third digit at most.
const (
	fitValues = 1 << 22
	fitPixels = 1 << 18
)

// pixels are measured pixels of the sample, one slice for each band of after and then of before.
type pixels struct {
	bands int
	plane [][]float64
}

// len is the number of pixels.
func (p *pixels) len() int { return len(p.plane[0]) }

func (p *pixels) after(b int) []float64  { return p.plane[b] }
func (p *pixels) before(b int) []float64 { return p.plane[p.bands+b] }

// pixels takes every k-th measured pixel in sample order, with k so that the bounds hold.
func (t *Training) pixels() *pixels {
	limit := int64(min(fitPixels, fitValues/(2*t.Bands)))
	step := max(1, (t.Measured+limit-1)/limit)
	p := &pixels{bands: t.Bands, plane: make([][]float64, 2*t.Bands)}
	for k := range p.plane {
		p.plane[k] = make([]float64, 0, t.Measured/step+1)
	}
	for b := range t.Bands {
		p.plane[b] = t.every(step, p.plane[b], func(c *raster.TilePair) []float32 { return c.After.Band(b) })
		p.plane[t.Bands+b] = t.every(step, p.plane[t.Bands+b], func(c *raster.TilePair) []float32 { return c.Before.Band(b) })
	}
	return p
}

// together runs functions that do not depend on each other, as many at once as there are workers, and returns the first error in their order.
func (t *Training) together(all ...func() error) error {
	errs := make([]error, len(all))
	var g errgroup.Group
	g.SetLimit(max(1, t.Workers))
	for i, f := range all {
		g.Go(func() error {
			errs[i] = f()
			return nil
		})
	}
	_ = g.Wait() // the errors are in errs
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// every appends every step-th measured value of a plane.
func (t *Training) every(step int64, dst []float64, plane func(*raster.TilePair) []float32) []float64 {
	skip := int64(0)
	for _, c := range t.Chips {
		c.EachMeasured(plane(c), func(v []float32) {
			for ; skip < int64(len(v)); skip += step {
				dst = append(dst, float64(v[skip]))
			}
			skip -= int64(len(v))
		})
	}
	return dst
}

// median is that of a score over the sample.
func (t *Training) median(ctx context.Context, s Scorer) (float64, error) {
	values, err := scoreSample(ctx, t.Sample, s, t.Workers)
	if err != nil || t.Measured == 0 {
		return 0, err
	}
	return round32(raster.Quantiles(values, t.Measured, 0.5)[0]), nil
}

// smoothMedians are the medians of a score under each of some Gaussians, or of the score itself where there is none.
func (t *Training) smoothMedians(ctx context.Context, s Scorer, sigmas []float64) ([]float64, error) {
	if len(sigmas) == 0 {
		m, err := t.median(ctx, s)
		return []float64{m}, err
	}
	reach := 0
	for _, sigma := range sigmas {
		reach = max(reach, kernel.Radius(sigma))
	}
	planes := make([][]raster.Tile, len(sigmas))
	for k := range planes {
		planes[k] = make([]raster.Tile, len(t.Chips))
	}
	err := eachChip(ctx, t.Sample, t.Workers, func() func(int, *raster.TilePair) {
		mem := new(scratch)
		score, f := s.worker(mem), smoother{mem: mem}
		return func(i int, c *raster.TilePair) {
			m := mem.tile(c.Out.Grow(reach))
			defer mem.give(m)
			score(m, c)
			for k, sigma := range sigmas {
				taps := kernel.Gauss(sigma)
				planes[k][i].Shape(c.Out, 1)
				f.smooth(&planes[k][i], m, c, taps, taps.Weight())
			}
		}
	})
	if err != nil {
		return nil, err
	}
	medians := make([]float64, len(sigmas))
	for k := range planes {
		if t.Measured > 0 {
			medians[k] = round32(raster.Quantiles(measuredScores(t.Sample, planes[k]), t.Measured, 0.5)[0])
		}
	}
	return medians, nil
}

// averaged is the training after the bands of both passes have been averaged over squares of width pixels. Its chips have no halo.
func (t *Training) averaged(width int) *Training {
	taps := boxTaps(width)
	s := *t.Sample
	s.Chips = make([]*raster.TilePair, len(t.Chips))
	f := newBoxer(new(scratch))
	for i, c := range t.Chips {
		s.Chips[i] = new(raster.TilePair)
		f.average(s.Chips[i], c, c.Out, taps)
		f.mask = nil // the chip keeps it
	}
	return &Training{Sample: &s, Bands: t.Bands, Norm: t.Norm, Workers: t.Workers, Told: t.Told}
}

// same reports whether both passes hold the same values wherever the sample is measured. Scores are rounding errors then.
func (t *Training) same() bool {
	for _, c := range t.Chips {
		for b := range t.Bands {
			before, after := c.Before.Band(b), c.After.Band(b)
			equal := true
			c.EachRow(c.Out, func(_, at, n int) {
				for i := at; equal && i < at+n; i++ {
					equal = before[i] == after[i] || c.Valid != nil && c.Valid[i] == 0
				}
			})
			if !equal {
				return false
			}
		}
	}
	return true
}

// moments are the weighted means and covariances of variables.
type moments struct {
	mean []float64
	cov  matrix
}

// weigh computes the moments of planes of equal length; nil weights are 1.
func weigh(planes [][]float64, weights []float64) moments {
	n := len(planes)
	m := moments{mean: make([]float64, n), cov: newMatrix(n)}
	total := 0.0
	for i := range planes[0] {
		if weights == nil {
			total++
		} else {
			total += weights[i]
		}
	}
	if total == 0 {
		return m
	}
	centred := make([][]float64, n)
	for a, p := range planes {
		s := 0.0
		for i, v := range p {
			if weights != nil {
				v = float64(weights[i] * v)
			}
			s += v
		}
		m.mean[a] = s / total
		c := make([]float64, len(p))
		for i, v := range p {
			c[i] = v - m.mean[a]
		}
		centred[a] = c
	}
	weighted := make([]float64, len(planes[0]))
	for a := range n {
		copy(weighted, centred[a])
		for i, w := range weights {
			weighted[i] *= w
		}
		for b := range a + 1 {
			s := 0.0
			for i, v := range centred[b] {
				s += float64(weighted[i] * v)
			}
			m.cov[a][b] = s / total
			m.cov[b][a] = m.cov[a][b]
		}
	}
	return m
}

// part of the covariance: rows from r, columns from c, n of each.
func (m moments) part(r, c, n int) matrix {
	p := newMatrix(n)
	for i := range n {
		copy(p[i], m.cov[r+i][c:c+n])
	}
	return p
}
