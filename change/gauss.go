package change

import (
	"fmt"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// gauss smooths a score by a Gaussian over the measured pixels.
type gauss struct {
	Of    Node    `json:"of"`
	Sigma float64 `json:"sigma"`

	taps kernel.Taps
	// divisor is the sum of the filter's weights where every pixel is measured.
	divisor float32
}

// maxSigma keeps halos at 64 pixels and below.
const maxSigma = 21

func (*gauss) kind() string { return "gauss" }

func (g *gauss) Halo() int { return kernel.Radius(g.Sigma) + g.Of.Halo() }

func (g *gauss) prepare(bands int) error {
	if !(g.Sigma > 0 && g.Sigma <= maxSigma) {
		return fmt.Errorf("sigma %v is not in (0, %d] pixels", g.Sigma, maxSigma)
	}
	g.taps = kernel.Gauss(g.Sigma)
	g.divisor = g.taps.Weight()
	return g.Of.prepare(bands)
}

func (g *gauss) worker(mem *scratch) scoring {
	s := smoother{mem: mem}
	if r, ok := g.Of.Scorer.(rowScorer); ok {
		if line := r.rowWorker(); line != nil {
			return func(dst *raster.Tile, t *raster.TilePair) { s.smoothRows(dst, line, t, g.taps, g.divisor) }
		}
	}
	of := g.Of.worker(mem)
	return func(dst *raster.Tile, t *raster.TilePair) {
		m := mem.tile(dst.Window.Grow(g.taps.Radius()))
		defer mem.give(m)
		of(m, t)
		s.smooth(dst, m, t, g.taps, g.divisor)
	}
}
