package change

import (
	"context"

	"golang.org/x/sync/errgroup"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// scored is a score and, where they are at hand, its values over the sample: a plane a chip that holds the chip's Out, nil for none.
type scored struct {
	of     Scorer
	values []raster.Tile
}

// score gives the values of a score over every chip's Out grown by reach, or over more: those at hand, else new ones over the storage of old.
func (t *Training) score(ctx context.Context, s scored, reach int, old []raster.Tile) ([]raster.Tile, error) {
	if s.values != nil && holds(s.values, t.Chips, reach) {
		return s.values, nil
	}
	return t.planes(ctx, old, reach, func(mem *scratch) func(*raster.Tile, int, *raster.TilePair) {
		score := s.of.worker(mem)
		return func(dst *raster.Tile, _ int, c *raster.TilePair) { score(dst, c) }
	})
}

// smooth gives values under a Gaussian over every chip's Out grown by reach, over the storage of old. The values reach as much further as the
// Gaussian does.
func (t *Training) smooth(ctx context.Context, values []raster.Tile, sigma float64, reach int, old []raster.Tile) ([]raster.Tile, error) {
	taps := kernel.Gauss(sigma)
	return t.planes(ctx, old, reach, func(mem *scratch) func(*raster.Tile, int, *raster.TilePair) {
		f := smoother{mem: mem}
		return func(dst *raster.Tile, i int, c *raster.TilePair) { f.smooth(dst, &values[i], c, taps, taps.Weight()) }
	})
}

// planes fills a plane a chip, over its Out grown by reach and the storage of old, in parallel.
func (t *Training) planes(ctx context.Context, old []raster.Tile, reach int, worker func(*scratch) func(dst *raster.Tile, i int, c *raster.TilePair)) ([]raster.Tile, error) {
	if old == nil {
		old = make([]raster.Tile, len(t.Chips))
	}
	return old, eachChip(ctx, t.Sample, t.Workers, func() func(int, *raster.TilePair) {
		fill := worker(new(scratch))
		return func(i int, c *raster.TilePair) {
			old[i].Shape(c.Out.Grow(reach), 1)
			fill(&old[i], i, c)
		}
	})
}

// widest is the largest radius of some Gaussians.
func widest(sigmas []float64) int {
	r := 0
	for _, s := range sigmas {
		r = max(r, kernel.Radius(s))
	}
	return r
}

// holds reports whether planes hold the chips' Out grown by reach.
func holds(planes []raster.Tile, chips []*raster.TilePair, reach int) bool {
	for i, c := range chips {
		if w := c.Out.Grow(reach); planes[i].Window.Intersect(w) != w {
			return false
		}
	}
	return true
}

// median is that of a score's values.
func (t *Training) median(values []raster.Tile) float64 {
	if t.Measured == 0 {
		return 0
	}
	return round32(raster.Quantiles(measuredScores(t.Sample, values), t.Measured, 0.5)[0])
}

// eachChip calls the functions that newWorker makes with every chip, in parallel.
func eachChip(ctx context.Context, s *raster.Sample, workers int, newWorker func() func(i int, c *raster.TilePair)) error {
	next := make(chan int)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(next)
		for i := range s.Chips {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range max(1, workers) {
		g.Go(func() error {
			work := newWorker()
			for i := range next {
				work(i, s.Chips[i])
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// measuredScores calls its argument with the measured values of the chips' scores, in chip order.
func measuredScores(s *raster.Sample, scores []raster.Tile) func(func([]float32)) {
	return func(f func([]float32)) {
		for i, c := range s.Chips {
			row := 0
			c.EachRow(c.Out, func(_, at, n int) {
				v := scores[i].Data[(c.Out.Y-scores[i].Window.Y+row)*scores[i].Stride+c.Out.X-scores[i].Window.X:][:n]
				row++
				if c.Valid == nil {
					f(v)
					return
				}
				raster.EachStretch(c.Valid[at:at+n], func(from, to int) { f(v[from:to]) })
			})
		}
	}
}
