package change

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unitBins is a histogram whose bin i covers [i, i+1).
func unitBins(counts ...int64) *Histogram {
	return &Histogram{Low: 0, High: float64(len(counts)), Counts: counts}
}

// otsuCriterion is the between-class variance of a split after bin k (Otsu 1979, eq. 18), straight from the paper:
// (μ_T·ω(k) − μ(k))² / (ω(k)·(1 − ω(k))).
func otsuCriterion(h *Histogram, k int) float64 {
	var n, total, omega, mu float64
	for i, c := range h.Counts {
		n += float64(c)
		total += float64(i) * float64(c)
		if i <= k {
			omega += float64(c)
			mu += float64(i) * float64(c)
		}
	}
	omega, mu, total = omega/n, mu/n, total/n
	if omega == 0 || omega == 1 {
		return math.Inf(-1)
	}
	return (total*omega - mu) * (total*omega - mu) / (omega * (1 - omega))
}

// kittlerCriterion is minus the error criterion of a split after bin k (Kittler and Illingworth 1986, eq. 15):
// J = 1 + 2(P₁ ln σ₁ + P₂ ln σ₂) − 2(P₁ ln P₁ + P₂ ln P₂), with the variances about the class means, in two passes.
func kittlerCriterion(h *Histogram, k int) float64 {
	var n float64
	for _, c := range h.Counts {
		n += float64(c)
	}
	part := func(from, to int) (p, sigma float64) {
		var m, v float64
		for i := from; i < to; i++ {
			p += float64(h.Counts[i])
			m += float64(i) * float64(h.Counts[i])
		}
		m /= p
		for i := from; i < to; i++ {
			v += (float64(i) - m) * (float64(i) - m) * float64(h.Counts[i])
		}
		return p / n, math.Sqrt(v / p)
	}
	p1, s1 := part(0, k+1)
	p2, s2 := part(k+1, len(h.Counts))
	if !(s1 > 1e-9) || !(s2 > 1e-9) { // NaN when a class is empty
		return math.Inf(-1)
	}
	return -(1 + 2*(p1*math.Log(s1)+p2*math.Log(s2)) - 2*(p1*math.Log(p1)+p2*math.Log(p2)))
}

// checkSplit wants the threshold to be the edge after a bin whose criterion is the best there is; splits that differ only by rounding
// are equally good.
func checkSplit(h *Histogram, threshold float64, criterion func(*Histogram, int) float64) error {
	best, found := math.Inf(-1), math.Inf(-1)
	for k := range len(h.Counts) - 1 {
		v := criterion(h, k)
		best = max(best, v)
		if h.Edge(k+1) == threshold {
			found = v
		}
	}
	if found < best-1e-9*math.Abs(best) {
		return fmt.Errorf("threshold %v has criterion %v, the best is %v", threshold, found, best)
	}
	return nil
}

func TestThresholdsByHand(t *testing.T) {
	for _, c := range []struct {
		name      string
		threshold Threshold
		h         *Histogram
		want      float64
	}{
		// Any split in the gap is as good; the lowest lies behind bin 1.
		{"two spikes", Otsu{}, unitBins(0, 10, 0, 0, 0, 0, 10, 0), 2},
		{"two spikes at the ends", Otsu{}, unitBins(5, 0, 0, 5), 1},
		// n₁n₂d² is 4·4·2² = 64 in the middle, 2·6·2² = 48 after bin 0 and after bin 2.
		{"flat", Otsu{}, unitBins(2, 2, 2, 2), 2},
		// Kittler works on pairs of bins: (1 4 1)(0)(0)(1 4 1) spread over 8 pairs; both classes end where their bins do.
		{"two humps", Kittler{}, unitBins(1, 0, 4, 0, 1, 0, 0, 0, 0, 0, 1, 0, 4, 0, 1, 0), 6},
		{"odd number of bins", Kittler{}, unitBins(1, 4, 1, 0, 1, 4, 1), 3},
		{"known", Fixed(3.5), nil, 3.5},
	} {
		if got := c.threshold.Find(&Scores{Histogram: c.h}); got != c.want {
			t.Errorf("%s %v: %v, want %v", c.name, c.threshold, got, c.want)
		}
	}
}

// TestThresholdsAgainstPapers: random histograms, with empty bins, of many sizes.
func TestThresholdsAgainstPapers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 100000), rapid.Just(int64(0)))
		counts := rapid.SliceOfN(count, 4, 40).Draw(t, "counts")
		if slices.Max(counts) == 0 {
			counts[0] = 1
		}
		h := &Histogram{Low: 0.25, High: 0.25 + 0.5*float64(len(counts)), Counts: counts}
		if err := checkSplit(h, Otsu{}.Find(&Scores{Histogram: h}), otsuCriterion); err != nil {
			t.Fatalf("otsu: %v", err)
		}
		paired := h
		if len(counts)%2 == 0 {
			paired = h.Coarser(2)
		}
		if err := checkSplit(paired, Kittler{}.Find(&Scores{Histogram: h}), kittlerCriterion); err != nil {
			t.Fatalf("kittler: %v", err)
		}
	})
}

// TestKittlerFindsRareClass: two normal classes, 2 % against 98 %, far apart. The minimum-error threshold of the two lies where their
// weighted densities are equal: 0.98·N(1, 0.3) = 0.02·N(4, 0.5) at 2.3371 (by bisection).
func TestKittlerFindsRareClass(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	h := &Histogram{Low: 0, High: 8, Counts: make([]int64, histogramBins)}
	for i := range 200000 {
		v := 1 + 0.3*r.NormFloat64()
		if i%50 == 0 {
			v = 4 + 0.5*r.NormFloat64()
		}
		h.add([]float32{float32(v)})
	}
	if got := (Kittler{}).Find(&Scores{Histogram: h}); math.Abs(got-2.3371) > 0.1 {
		t.Errorf("threshold %v", got)
	}
}

func TestHistogram(t *testing.T) {
	h := &Histogram{Low: 1, High: 3, Counts: make([]int64, 4)} // bins of ½
	inf := float32(math.Inf(1))
	h.add([]float32{1, 1.49, 1.5, 2.25, 2.99, 3, 0.5, -7, 99, -math.MaxFloat32, math.MaxFloat32, inf})
	if !slices.Equal(h.Counts, []int64{5, 1, 1, 5}) || h.total() != 12 {
		t.Errorf("counts %v, total %d", h.Counts, h.total())
	}
	if h.Edge(0) != 1 || h.Edge(1) != 1.5 || h.Edge(4) != 3 {
		t.Errorf("edges %v, %v, %v", h.Edge(0), h.Edge(1), h.Edge(4))
	}
	if c := h.Coarser(2); !slices.Equal(c.Counts, []int64{6, 6}) || c.Low != 1 || c.High != 3 || c.Edge(1) != 2 {
		t.Errorf("coarser: %+v", c)
	}
	for _, k := range []int{0, 3} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Coarser(%d) did not panic", k)
				}
			}()
			h.Coarser(k)
		}()
	}
	// Histograms of scores, whose bounds are float32, end exactly where they should.
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float32Range(0, 10).Draw(t, "low")
		high := low + rapid.Float32Range(0.001, 100).Draw(t, "range")
		h := Histogram{Low: float64(low), High: float64(high), Counts: make([]int64, histogramBins)}
		for i := range histogramBins {
			if h.Edge(i) >= h.Edge(i+1) {
				t.Fatalf("edges %v, %v", h.Edge(i), h.Edge(i+1))
			}
		}
		if h.Edge(0) != h.Low || h.Edge(histogramBins) != h.High {
			t.Fatalf("edges end at %v and %v", h.Edge(0), h.Edge(histogramBins))
		}
	})
}

// TestHistogramOf: the range leaves out the extremes, 1 in 10000 below and 5 in 10000 above, and falls back where nearly all are equal.
func TestHistogramOf(t *testing.T) {
	of := func(v []float32) *Histogram {
		if s := newScores(func(f func([]float32)) { f(v) }, int64(len(v))); s != nil {
			return s.Histogram
		}
		return nil
	}
	var ramp []float32
	for i := range 10001 {
		ramp = append(ramp, float32(i))
	}
	if h := of(ramp); h.Low != 1 || h.High != 9995 || h.total() != 10001 || len(h.Counts) != histogramBins {
		t.Errorf("ramp: %v to %v, %d values in %d bins", h.Low, h.High, h.total(), len(h.Counts))
	}
	mostly := slices.Repeat([]float32{0}, 100000)
	mostly[7] = 3
	if h := of(mostly); h.Low != 0 || h.High != 3 || h.Counts[0] != 99999 || h.Counts[histogramBins-1] != 1 {
		t.Errorf("one value apart: %v to %v", h.Low, h.High)
	}
	for name, v := range map[string][]float32{"nothing": nil, "equal": {2, 2, 2}} {
		if h := of(v); h != nil {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestParseThreshold(t *testing.T) {
	for s, want := range map[string]Threshold{
		"otsu": Otsu{}, "kittler": Kittler{}, "rosin": Rosin{}, "triangle": Triangle{}, "percentile:98": Percentile(98), "fixed:2.5": Fixed(2.5), "fixed:1e-3": Fixed(0.001), "fixed:7": Fixed(7),
	} {
		got, err := ParseThreshold(s)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
			continue
		}
		if again, err := ParseThreshold(got.String()); err != nil || again != want {
			t.Errorf("%q comes back from %q as %v, %v", s, got, again, err)
		}
	}
	for _, s := range []string{"fixed:", "fixed:0", "fixed:-1", "fixed:NaN", "fixed:Inf", "fixed:1e39", "fixed:1e-60", "fixed:x", "fixed:2 "} {
		if got, err := ParseThreshold(s); err == nil || !strings.Contains(err.Error(), "is not a score above 0") || !strings.Contains(err.Error(), s) {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "Otsu", "otsu ", "fixed", "percentile"} {
		if got, err := ParseThreshold(s); err == nil || !strings.Contains(err.Error(), "choose one of otsu, kittler, rosin, triangle, em, fdr, percentile:P, fixed:V") {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

func TestParseMethod(t *testing.T) {
	for _, name := range []string{"auto", "cva", "irmad", "isfa", "acd", "logratio", "index:ndvi", "index:4,3", "index:ndvi:nir,3", "sam", "structure"} {
		if m, err := ParseMethod(name); err != nil || m.Name() != name {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	for _, bad := range []string{"cva:1", "index", "index:", "index:magic", "index:3", "index:3,3", "index:1,2,3", "index:ndvi:", "index:ndvi:1"} {
		if m, err := ParseMethod(bad); err == nil {
			t.Errorf("%q is read as %v", bad, m)
		}
	}
	if _, err := ParseMethod("magic"); err == nil || !strings.Contains(err.Error(), `"magic" is not known; choose one of auto, cva`) {
		t.Errorf("got %v", err)
	}
}

// TestCorner: by hand.
func TestCorner(t *testing.T) {
	for _, c := range []struct {
		name        string
		h           *Histogram
		rosin, want float64 // upper edges of bins
	}{
		// To the foot of bin 5 the line has heights 8 6 4 2, the counts lie 0 4 3 1 below; to that of bin 4 it is 8 5⅓ 2⅔, 0 3⅓ 1⅔ below.
		{"tail on the right", unitBins(3, 8, 2, 1, 1, 0), 3, 3},
		// Left of the peak 1⅔ and 3⅓ below at bins 1 and 2; on the right 8 4 to the foot of bin 5, 1 below at bin 4.
		{"tail on the left", unitBins(1, 1, 2, 8, 3, 0), 5, 3},
		// Heights 8 4 to the feet of bins 0 and 4; to that of bin 5 it is 8 5⅓ 2⅔, 4⅓ and 1⅔ below.
		{"tails equally long", unitBins(1, 1, 8, 1, 1, 0), 4, 4},
		// Whatever the last bin holds: 8 5⅓ 2⅔ to the foot of bin 3, 2⅓ and ⅔ below. To its top, 8 7⅓ 6⅔, bin 2 would be the corner.
		{"last bin holds what lies beyond", unitBins(8, 3, 2, 6), 2, 2},
		// 9 6 3 to the foot of bin 3: bins 1 and 2 both lie 2 below. To that of bin 4 it is 9 6¾ 4½, 2¾ and 3½ below.
		{"equally far", unitBins(9, 4, 1, 1), 3, 2},
		// 8 4 to the foot of bin 2, which bin 1 does not lie below; to that of bin 3, 8 5⅓ 2⅔, neither.
		{"none below", unitBins(8, 7, 6), 1, 1},
		{"one bin in use", unitBins(0, 8, 0), 2, 2},
	} {
		if got := (Rosin{}).Find(&Scores{Histogram: c.h}); got != c.rosin {
			t.Errorf("%s: rosin %v, want %v", c.name, got, c.rosin)
		}
		if got := (Triangle{}).Find(&Scores{Histogram: c.h}); got != c.want {
			t.Errorf("%s: triangle %v, want %v", c.name, got, c.want)
		}
	}
}

// TestPercentile: of 0 … 100, half lie below 50.
func TestPercentile(t *testing.T) {
	var v []float32
	for i := range 101 {
		v = append(v, float32(i))
	}
	s := newScores(func(f func([]float32)) { f(v) }, 101)
	for p, want := range map[Percentile]float64{0: 0, 50: 50, 98: 98, 100: 100} {
		if got := p.Find(s); got != want {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
}

// TestAlike: two peaks, between which Otsu splits at 2 by symmetry of the bins 1 and 3 (the lowest of equal splits: the upper edge of bin
// 1); the factors by hand from the constants' meaning, e^0.6 at ρ = 0.9 and e^−0.15 at ρ = 0.
func TestAlike(t *testing.T) {
	s := &Scores{Histogram: unitBins(0, 9, 0, 9)}
	for _, c := range []struct{ rho, want float64 }{{0.5, 2}, {0.9, 2 * 1.8221188003905089}, {0, 2 * 0.8607079764250578}} {
		if got := (Alike{c.rho}).Find(s); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("correlation %v: %v, want %v", c.rho, got, c.want)
		}
	}
}
