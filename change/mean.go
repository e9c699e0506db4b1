package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// mean fuses scores by the weighted sum Σ_k Weight_k·s_k.
type mean struct {
	Of      []Node    `json:"of"`
	Weights []float64 `json:"weights"`
	// Medians are those of the scores over the sample, of which the weights make up; nil where they are not known.
	Medians []float64 `json:"medians,omitempty"`
}

func (*mean) kind() string { return "mean" }

func (m *mean) Halo() int {
	h := 0
	for _, n := range m.Of {
		h = max(h, n.Halo())
	}
	return h
}

func (m *mean) prepare(bands int) error {
	if len(m.Of) == 0 || len(m.Weights) != len(m.Of) || m.Medians != nil && len(m.Medians) != len(m.Of) {
		return fmt.Errorf("mean of %d scores with %d weights and %d medians", len(m.Of), len(m.Weights), len(m.Medians))
	}
	for i, n := range m.Of {
		if !(m.Weights[i] >= 0 && m.Weights[i] <= math.MaxFloat32) {
			return fmt.Errorf("mean with weight %v", m.Weights[i])
		}
		if err := n.prepare(bands); err != nil {
			return err
		}
	}
	return nil
}

func (m *mean) worker(mem *scratch) scoring {
	workers := make([]scoring, len(m.Of))
	for i, n := range m.Of {
		workers[i] = n.worker(mem)
	}
	return func(dst *raster.Tile, t *raster.TilePair) {
		w := dst.Window
		s := mem.tile(w)
		defer mem.give(s)
		for i, score := range workers {
			score(s, t)
			addScore(dst, s, m.Weights[i], i == 0)
		}
	}
}

// addScore adds a plane that holds dst's window by its weight to dst, or makes it the first.
func addScore(dst, s *raster.Tile, weight float64, first bool) {
	w := dst.Window
	dx, dy := w.X-s.Window.X, w.Y-s.Window.Y
	for y := range w.H {
		out, in := dst.Data[y*dst.Stride:][:w.W], s.Data[(y+dy)*s.Stride+dx:][:w.W]
		if first {
			kernel.Scale(out, in, float32(weight))
		} else {
			kernel.AddScaled(out, in, float32(weight))
		}
	}
}
