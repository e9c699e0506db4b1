package change

import (
	"fmt"
	"math"

	"passdiff/raster"
)

// A band is saturated when its highest value is held by saturatedShare of the measured pixels at least, and by saturatedPile times as many as
// the value below it: in a band of few values each is held by many.
const (
	saturatedShare = 0.02
	saturatedPile  = 4
)

// saturated says which bands are clipped at their highest value: what differs above it does not show, and where one pass alone is clipped that
// looks like change.
func (t *Training) saturated() []string {
	var out []string
	for b := range t.Bands {
		for _, pass := range []struct {
			name  string
			scale Scale
			plane func(*raster.TilePair) []float32
		}{
			{"before", t.Norm.Before[b], func(c *raster.TilePair) []float32 { return c.Before.Band(b) }},
			{"after", t.Norm.After[b], func(c *raster.TilePair) []float32 { return c.After.Band(b) }},
		} {
			share := float64(pile(t.values(pass.plane))) / float64(t.Measured)
			if share >= saturatedShare && !pass.scale.constant() {
				out = append(out, fmt.Sprintf("band %d of %s is saturated: %.0f %% of its pixels hold its highest value, above which nothing can be compared", b+1, pass.name, 100*share))
			}
		}
	}
	return out
}

// pile is how many hold the highest of some values, 0 when that is no pile against the value below it.
func pile(values func(func([]float32))) int64 {
	top, next := float32(math.Inf(-1)), float32(math.Inf(-1))
	var n, below int64
	values(func(v []float32) {
		for _, x := range v {
			switch {
			case x == top:
				n++
			case x > top:
				next, below = top, n
				top, n = x, 1
			case x == next:
				below++
			case x > next:
				next, below = x, 1
			}
		}
	})
	if n < saturatedPile*below {
		return 0
	}
	return n
}
