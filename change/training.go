package change

import (
	"sync"

	"golang.org/x/sync/errgroup"

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
	// taken are the pixels, once they have been asked for.
	taken *pixels
	once  sync.Once
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

// on is the training on another sample of the same bands.
func (t *Training) on(s *raster.Sample) *Training {
	return &Training{Sample: s, Bands: t.Bands, Norm: t.Norm, ends: t.ends, Workers: t.Workers, Told: t.Told, Residual: t.Residual}
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
	return t.on(&s)
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
