package change

import (
	"context"
	"math"
	"slices"

	"passdiff/change/internal/parallel"
	"passdiff/raster"
)

// termsOf is a score and how it enters a product: as it is, or once for each of some Gaussians. nil weights are 1.
type termsOf struct {
	scored
	sigmas  []float64
	weights []float64
}

// plain are scores that enter as they are.
func plain(scorers []Scorer) []termsOf {
	var p []termsOf
	for _, s := range scorers {
		p = append(p, termsOf{scored: scored{of: s}})
	}
	return p
}

// fuse is the weighted geometric mean of scores, each by its median. Each score is computed once over the sample: its values go into those of
// the mean as soon as their median is known. They reach as far beyond the chips as Gaussians of some sigmas over it will look.
func (t *Training) fuse(ctx context.Context, terms []termsOf, sigmas []float64) (scored, error) {
	p := &product{Floor: fusionFloor}
	for _, e := range terms {
		q := part{Of: Node{e.of}, Sigmas: e.sigmas, Weights: slices.Clone(e.weights)}
		q.Medians = make([]float64, q.terms())
		if q.Weights == nil {
			q.Weights = slices.Repeat([]float64{1}, q.terms())
		}
		p.Parts = append(p.Parts, q)
	}
	if err := p.prepare(t.Bands); err != nil { // powers do not depend on medians
		return scored{}, err
	}
	reach := widest(sigmas)
	values, acc := make([]raster.Tile, len(t.Chips)), make([]raster.Tile, len(t.Chips))
	blends := make([]blend, len(t.Chips))
	for i, c := range t.Chips {
		values[i].Shape(c.Out.Grow(reach), 1)
		acc[i].Shape(c.Out.Grow(reach), 1)
		blends[i] = p.blend()
		blends[i].begin(&values[i], &acc[i])
	}
	multiply := func(planes []raster.Tile) (median float64) {
		median = t.median(planes)
		parallel.Each(t.Workers, len(t.Chips), func(c int) { blends[c].multiply(&planes[c], perMedian(median)) })
		return median
	}
	var rough, smooth []raster.Tile // what all terms that are not at hand share
	for i, e := range terms {
		q := &p.Parts[i]
		planes, err := t.score(ctx, e.scored, reach+widest(e.sigmas), rough)
		if err != nil {
			return scored{}, err
		}
		if e.values == nil {
			rough = planes
		}
		if len(e.sigmas) == 0 {
			q.Medians[0] = multiply(planes)
		}
		for k, sigma := range e.sigmas {
			if smooth, err = t.smooth(ctx, planes, sigma, reach, smooth); err != nil {
				return scored{}, err
			}
			q.Medians[k] = multiply(smooth)
		}
	}
	parallel.Each(t.Workers, len(t.Chips), func(c int) { blends[c].finish(t.Chips[c]) })
	s, err := prepared(p, t.Bands)
	return scored{s, values}, err
}

// average is the weighted mean of scores, each divided by its median; nil weights are 1. One whose median is 0 says nothing.
func (t *Training) average(ctx context.Context, scores []scored, weights []float64) (scored, error) {
	m := &mean{}
	if weights == nil {
		weights = slices.Repeat([]float64{1}, len(scores))
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	values := make([]raster.Tile, len(t.Chips))
	for i, c := range t.Chips {
		values[i].Shape(c.Out, 1)
	}
	var rough []raster.Tile
	for i, s := range scores {
		if err := s.of.prepare(t.Bands); err != nil {
			return scored{}, err
		}
		planes, err := t.score(ctx, s, 0, rough)
		if err != nil {
			return scored{}, err
		}
		if s.values == nil {
			rough = planes
		}
		median, w := t.median(planes), 0.0
		if median > 0 {
			w = min(round32(weights[i]/total/median), math.MaxFloat32)
		}
		m.Of, m.Weights, m.Medians = append(m.Of, Node{s.of}), append(m.Weights, w), append(m.Medians, median)
		parallel.Each(t.Workers, len(t.Chips), func(c int) { addScore(&values[c], &planes[c], w, i == 0) })
	}
	s, err := prepared(m, t.Bands)
	return scored{s, values}, err
}
