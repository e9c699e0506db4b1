package change

import (
	"math"
	"slices"
	"strconv"

	"passdiff/raster"
)

// Middle is the median of what Otsu, Kittler and Triangle find: none of them is best everywhere, and the one that fails is rarely in the
// middle.
type Middle struct{}

func (Middle) String() string { return "middle" }

// Find returns the middle one.
func (Middle) Find(s *Scores) float64 {
	t := []float64{Otsu{}.Find(s), Kittler{}.Find(s), Triangle{}.Find(s)}
	slices.Sort(t)
	return t[1]
}

// Speckled is the threshold of log-ratios: the geometric mean of Otsu's and of the square of Kittler's on the roots of the scores, whose
// classes are nearer to normal. Where that is below Least, what is left of speckle explains the scores, and nothing counts as changed.
type Speckled struct{ Least float64 }

func (s Speckled) String() string { return "speckled:" + strconv.FormatFloat(s.Least, 'g', 4, 64) }

// Find returns the threshold, or Never.
func (s Speckled) Find(scores *Scores) float64 {
	root := Kittler{}.Find(scores.roots())
	t := math.Sqrt(Otsu{}.Find(scores) * float64(root*root))
	if t < s.Least {
		return Never
	}
	return t
}

// roots are the scores' square roots.
func (s *Scores) roots() *Scores {
	values := func(f func([]float32)) {
		var buf []float32
		s.values(func(v []float32) {
			buf = raster.Aligned(buf, len(v))
			for i, x := range v {
				buf[i] = float32(math.Sqrt(float64(x)))
			}
			f(buf)
		})
	}
	if r := newScores(values, s.n); r != nil {
		return r
	}
	return s
}
