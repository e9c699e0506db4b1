package register

import (
	"math"
	"slices"
)

// madToSigma makes the median absolute deviation of a normal distribution its standard deviation: 1/Φ⁻¹(¾).
const madToSigma = 1.482602218505602

// surface is a correlation at shifts of −r … r whole pixels, in row-major order.
type surface struct {
	r  int
	at []float64
}

func newSurface(r int) *surface { return &surface{r, make([]float64, (2*r+1)*(2*r+1))} }

// top is the highest place within reach of the middle; the first in row-major order wins ties.
func (s *surface) top(reach int) (x, y int) {
	best := math.Inf(-1)
	for v := -reach; v <= reach; v++ {
		for u := -reach; u <= reach; u++ {
			if c := s.value(u, v); c > best {
				best, x, y = c, u, v
			}
		}
	}
	return x, y
}

func (s *surface) value(x, y int) float64 { return s.at[(y+s.r)*(2*s.r+1)+x+s.r] }

// confidence is by how many robust standard deviations a place stands above the median of the surface.
func (s *surface) confidence(x, y int) float64 {
	v := slices.Clone(s.at)
	middle := median(v)
	for i := range v {
		v[i] = math.Abs(v[i] - middle)
	}
	if d := median(v); d > 0 {
		return (s.value(x, y) - middle) / (madToSigma * d)
	}
	return 0
}

// median sorts its argument. That of an even number of values is the mean of the two in the middle; 0 of none.
func median(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}
