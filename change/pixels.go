package change

import (
	"passdiff/change/internal/parallel"
	"passdiff/raster"
)

// fitValues bounds the values of all bands of both passes that statistics over pixels are taken of, fitPixels the pixels: means and
// covariances of more change in the third digit at most.
const (
	fitValues = 1 << 22
	fitPixels = 1 << 18
)

// pixels are measured pixels of the sample, one slice for each band of after and then of before. They are not changed once taken.
type pixels struct {
	bands int
	plane [][]float64
	sd    []float64 // of each plane
	// workers compute statistics in parallel.
	workers int
}

// len is the number of pixels.
func (p *pixels) len() int { return len(p.plane[0]) }

func (p *pixels) after(b int) []float64  { return p.plane[b] }
func (p *pixels) before(b int) []float64 { return p.plane[p.bands+b] }

// sdAfter and sdBefore are the standard deviations of a band.
func (p *pixels) sdAfter(b int) float64  { return p.sd[b] }
func (p *pixels) sdBefore(b int) float64 { return p.sd[p.bands+b] }

// pixelsBlock is how many pixels are computed with at once: what is known of each fits the cache.
const pixelsBlock = 1 << 11

// blocks calls f with stretches from … to−1 that are all pixels together, in parallel.
func (p *pixels) blocks(f func(from, to int)) {
	n := p.len()
	parallel.Each(p.workers, (n+pixelsBlock-1)/pixelsBlock, func(i int) { f(i*pixelsBlock, min((i+1)*pixelsBlock, n)) })
}

// pixels are every k-th measured pixel in sample order, with k so that the bounds hold. They are taken once.
func (t *Training) pixels() *pixels {
	t.once.Do(func() { t.taken = t.take() })
	return t.taken
}

func (t *Training) take() *pixels {
	limit := int64(min(fitPixels, fitValues/(2*t.Bands)))
	step := max(1, (t.Measured+limit-1)/limit)
	p := &pixels{bands: t.Bands, plane: make([][]float64, 2*t.Bands), sd: make([]float64, 2*t.Bands), workers: t.Workers}
	parallel.Each(t.Workers, 2*t.Bands, func(k int) {
		plane := func(c *raster.TilePair) []float32 { return bandOf(c, k) }
		p.plane[k] = t.every(step, make([]float64, 0, t.Measured/step+1), plane)
		_, p.sd[k] = deviation(p.plane[k])
	})
	return p
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
