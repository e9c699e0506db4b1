package change

import (
	"math"

	"passdiff/change/internal/kernel"
)

// Kittler is the minimum-error threshold: both classes are taken as normal, and the split with the least overlap wins (Kittler and
// Illingworth 1986, eq. 15, doi:10.1016/0031-3203(86)90030-0). It works on half the bins; the lowest of equal splits wins.
type Kittler struct{}

func (Kittler) String() string { return "kittler" }

// Find returns the edge between the two classes; the first edge when no split leaves two classes that vary.
func (Kittler) Find(s *Scores) float64 {
	h := s.Histogram
	if len(h.Counts)%2 == 0 {
		h = h.Coarser(2)
	}
	var n, sum, sq float64
	for i, c := range h.Counts {
		x := float64(i)
		n += float64(c)
		sum += float64(x * float64(c))
		sq += float64(x * x * float64(c))
	}
	best, at := math.Inf(1), 0
	var n1, sum1, sq1 float64
	for i, c := range h.Counts[:len(h.Counts)-1] {
		x := float64(i)
		n1 += float64(c)
		sum1 += float64(x * float64(c))
		sq1 += float64(x * x * float64(c))
		n2 := n - n1
		if n1 == 0 || n2 == 0 {
			continue
		}
		v1, v2 := variance(n1, sum1, sq1), variance(n2, sum-sum1, sq-sq1)
		if v1 <= 0 || v2 <= 0 {
			continue
		}
		p1, p2 := n1/n, n2/n
		s1, s2 := float64(kernel.Log(v1)/2), float64(kernel.Log(v2)/2) // ln σ
		j := float64(p1*(s1-kernel.Log(p1))) + float64(p2*(s2-kernel.Log(p2)))
		if j < best {
			best, at = j, i
		}
	}
	return h.Edge(at + 1)
}

// variance of n values from their sum and sum of squares.
func variance(n, sum, sq float64) float64 {
	mean := sum / n
	return sq/n - float64(mean*mean)
}
