package accuracy

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestRank: worked by hand.
func TestRank(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name      string
		score     []float32
		truth     []uint8
		auc, best float64
	}{
		{"sorted", []float32{9, 8, 2, 1}, []uint8{1, 1, 0, 0}, 1, 1},
		// Recall ½ at precision 1, 1 at ⅔; F1 there is ⅔ and ⅘.
		{"one between", []float32{4, 3, 2, 1}, []uint8{1, 0, 1, 0}, 0.5*1 + 0.5*2./3, 0.8},
		// Upside down: ½ at ⅓, 1 at ½; F1 is ⅖ and ⅔.
		{"the wrong way", []float32{1, 2, 3, 4}, []uint8{1, 1, 0, 0}, 0.5*1./3 + 0.5*2./4, 2. / 3},
		{"all equal", []float32{5, 5, 5, 5}, []uint8{1, 0, 0, 0}, 0.25, 0.4},
		{"negative", []float32{-1, -2}, []uint8{1, 0}, 1, 1},
		{"not labelled, no score", []float32{9, nan, 3, 2, nan}, []uint8{Unknown, 1, 1, 0, 0}, 1, 1},
		{"no change", []float32{1, 2}, []uint8{0, 0}, 0, 0},
		{"nothing", nil, nil, 0, 0},
	} {
		if r := Rank(c.score, c.truth); math.Abs(r.AUCPR-c.auc) > 1e-15 || r.BestF1 != c.best {
			t.Errorf("%s: %+v, want %v and %v", c.name, r, c.auc, c.best)
		}
	}
}

// TestRankAgainstThresholds compares with a mask for each threshold that there is.
func TestRankAgainstThresholds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "pixels")
		score, truth := make([]float32, n), make([]uint8, n)
		for i := range n {
			score[i] = float32(rapid.IntRange(-3, 9).Draw(t, "score"))
			truth[i] = rapid.SampledFrom([]uint8{0, Changed, Unknown}).Draw(t, "label")
		}
		var want Ranking
		recall := 0.0
		for at := 9; at >= -3; at-- {
			mask := make([]uint8, n)
			for i, s := range score {
				if s >= float32(at) {
					mask[i] = Changed
				}
			}
			p := Compare(mask, truth, n).Pixels
			want.AUCPR += (p.Recall() - recall) * p.Precision()
			want.BestF1 = max(want.BestF1, p.F1())
			recall = p.Recall()
		}
		if got := Rank(score, truth); math.Abs(got.AUCPR-want.AUCPR) > 1e-12 || got.BestF1 != want.BestF1 {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}
