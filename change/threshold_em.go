package change

import (
	"math"

	"passdiff/change/internal/kernel"
)

// EM is the threshold of least error between two normal distributions that expectation and maximisation fit to the histogram (Bruzzone and
// Fernández Prieto 2000, section III, doi:10.1109/36.843009), beginning with the classes that Otsu parts. Like Kittler it finds two classes
// in anything.
type EM struct{}

func (EM) String() string { return "em" }

// The end of the iteration, and the least standard deviation of a class in bins.
const (
	emRounds    = 500
	emDone      = 1e-7 // relative change of the likelihood
	emDeviation = 0.5
)

// normal is a class: its share, mean and variance, in bins.
type normal struct{ share, mean, variance float64 }

// density is the class's share of the density at x, but for a factor common to all.
func (c normal) density(x float64) float64 {
	d := x - c.mean
	return c.share / math.Sqrt(c.variance) * kernel.Exp(-float64(d*d)/(2*c.variance))
}

// Find returns the edge from which the upper class is the likelier one.
func (EM) Find(s *Scores) float64 {
	h := s.Histogram
	split := int(math.Round((Otsu{}.Find(s) - h.Low) / (h.High - h.Low) * float64(len(h.Counts))))
	lower, upper := classOf(h.Counts, 0, split), classOf(h.Counts, split, len(h.Counts))
	n := lower.share + upper.share
	if lower.share == 0 || upper.share == 0 {
		return h.Edge(split)
	}
	lower.share, upper.share = lower.share/n, upper.share/n
	old := math.Inf(-1)
	for range emRounds {
		var sums [2]struct{ n, sum, sq float64 }
		likelihood := 0.0
		for i, c := range h.Counts {
			if c == 0 {
				continue
			}
			x, w := float64(i), float64(c)
			a, b := lower.density(x), upper.density(x)
			if !(a+b > 0) {
				continue
			}
			likelihood += float64(w * kernel.Log(a+b))
			for k, p := range [2]float64{a / (a + b), b / (a + b)} {
				p = float64(p * w)
				sums[k].n += p
				sums[k].sum += float64(p * x)
				sums[k].sq += float64(p * x * x)
			}
		}
		if !(sums[0].n > 0 && sums[1].n > 0) || math.Abs(likelihood-old) <= emDone*math.Abs(likelihood) {
			break
		}
		old = likelihood
		for k, c := range []*normal{&lower, &upper} {
			q := sums[k]
			*c = normal{q.n / n, q.sum / q.n, max(variance(q.n, q.sum, q.sq), emDeviation*emDeviation)}
		}
	}
	for i := max(0, int(lower.mean)); i < len(h.Counts); i++ {
		if x := float64(i); x >= lower.mean && upper.density(x) > lower.density(x) {
			return h.Edge(i)
		}
	}
	return h.High
}

// classOf counts the bins from…to−1; its share is their number of values.
func classOf(counts []int64, from, to int) normal {
	var n, sum, sq float64
	for i := from; i < to; i++ {
		x, c := float64(i), float64(counts[i])
		n += c
		sum += float64(x * c)
		sq += float64(x * x * c)
	}
	if n == 0 {
		return normal{}
	}
	return normal{n, sum / n, max(variance(n, sum, sq), emDeviation*emDeviation)}
}
