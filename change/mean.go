package change

import (
	"context"
	"fmt"
	"math"
	"slices"

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
			for y := range w.H {
				out, in := dst.Data[y*dst.Stride:][:w.W], s.Data[y*s.Stride:][:w.W]
				if i == 0 {
					kernel.Scale(out, in, float32(m.Weights[i]))
				} else {
					kernel.AddScaled(out, in, float32(m.Weights[i]))
				}
			}
		}
	}
}

// average is the weighted mean of scores, each divided by its median; nil weights are 1. One whose median is 0 says nothing.
func (t *Training) average(ctx context.Context, scorers []Scorer, weights []float64) (Scorer, error) {
	m := &mean{}
	if weights == nil {
		weights = slices.Repeat([]float64{1}, len(scorers))
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for i, s := range scorers {
		if err := s.prepare(t.Bands); err != nil {
			return nil, err
		}
		median, err := t.median(ctx, s)
		if err != nil {
			return nil, err
		}
		w := 0.0
		if median > 0 {
			w = min(round32(weights[i]/total/median), math.MaxFloat32)
		}
		m.Of, m.Weights, m.Medians = append(m.Of, Node{s}), append(m.Weights, w), append(m.Medians, median)
	}
	return prepared(m, t.Bands)
}
