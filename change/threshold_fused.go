package change

import (
	"math"
	"slices"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// Middle is the median of three thresholds: Otsu's, Kittler's, and the corner of the right tail as Rosin defines it on 256 bins smoothed
// over five. None of them is best everywhere, and the one that fails is rarely in the middle.
type Middle struct{}

func (Middle) String() string { return "middle" }

// Find returns the middle one.
func (Middle) Find(s *Scores) float64 {
	t := []float64{Otsu{}.Find(s), Kittler{}.Find(s), tailCorner(s.Histogram)}
	slices.Sort(t)
	return t[1]
}

// tailSmoothing is the number of bins that are averaged before the corner of the tail is looked for.
const tailSmoothing = 5

// tailCorner is the upper edge of the bin farthest below the line from the peak to the end of the right tail.
func tailCorner(h *Histogram) float64 {
	if n := len(h.Counts) / triangleBins; n > 1 && len(h.Counts)%triangleBins == 0 {
		h = h.Coarser(n)
	}
	n := len(h.Counts)
	counts := make([]int64, n)
	for i := range counts {
		for k := i - tailSmoothing/2; k <= i+tailSmoothing/2; k++ {
			q := min(max(k, 0), n-1)
			c := h.Counts[q]
			if q == 0 || q == n-1 { // these also hold what lies beyond
				c = min(c, h.Counts[min(max(q, 1), n-2)])
			}
			counts[i] += c
		}
	}
	return h.Edge(corner(counts, peakOf(counts), lastOf(counts)) + 1)
}

// Alike is Otsu's threshold raised where the passes look alike and lowered where they do not: the more they do, the less of what stands out
// is change. Correlation is that of both luminances at the scale of a few pixels. It was fitted on labelled pairs, each family by the others
// (docs/accuracy.md).
type Alike struct{ Correlation float64 }

// alikeFrom is the correlation at which the threshold is Otsu's. It rises from there by the factor e^alikeSlope per unit, and falls by
// e^unlikeSlope.
const (
	alikeFrom   = 0.5
	alikeSlope  = 1.5
	unlikeSlope = 0.3
)

func (Alike) String() string { return "alike" }

// Find returns the threshold so moved.
func (a Alike) Find(s *Scores) float64 {
	d := a.Correlation - alikeFrom
	return Otsu{}.Find(s) * kernel.Exp(float64(alikeSlope*max(d, 0))+float64(unlikeSlope*min(d, 0)))
}

// Speckled is the threshold of log-ratios: the geometric mean of Otsu's and of the square of Kittler's on the roots of the scores, whose
// classes are nearer to normal; but at least Least, below which what is left of speckle explains the scores.
type Speckled struct{ Least float64 }

func (Speckled) String() string { return "speckled" }

// Find returns the threshold.
func (s Speckled) Find(scores *Scores) float64 {
	roots := scores.mapped(func(x float32) float32 { return float32(math.Sqrt(float64(x))) })
	if roots == nil {
		return Never
	}
	root := Kittler{}.Find(roots)
	return max(math.Sqrt(Otsu{}.Find(scores)*float64(root*root)), s.Least)
}

// mapped are the scores under a function; nil when they do not vary.
func (s *Scores) mapped(f func(float32) float32) *Scores {
	return newScores(func(g func([]float32)) {
		var buf []float32
		s.values(func(v []float32) {
			buf = raster.Aligned(buf, len(v))
			for i, x := range v {
				buf[i] = f(x)
			}
			g(buf)
		})
	}, s.n)
}
