package change

import (
	"math"

	"passdiff/change/internal/kernel"
)

// FDR holds the expected share of false ones among changed pixels below Rate (Benjamini and Hochberg 1995,
// doi:10.1111/j.2517-6161.1995.tb02031.x), if the logarithms of scores without change are normal with the median of all and the spread of
// the half below it: an empirical null (Efron 2004, doi:10.1198/016214504000000089). Neighbouring pixels depend on one another, and
// season and haze are no noise: it is a guide, not a promise.
type FDR struct {
	// Rate is in (0, 1); 0 means 0.05.
	Rate float64
}

const (
	fdrRate = 0.05
	// fdrFloor, of the median score, is the least score that has a logarithm here.
	fdrFloor = 1e-3
)

func (FDR) String() string { return "fdr" }

// Find returns the least score that holds the rate, or Never.
func (f FDR) Find(s *Scores) float64 {
	rate := f.Rate
	if rate == 0 {
		rate = fdrRate
	}
	// The logarithm keeps the order, so that quantiles and bins of the scores are those of their logarithms.
	middle := s.Quantile(0.5)
	floor := max(float64(fdrFloor*middle), math.SmallestNonzeroFloat32)
	median := kernel.Log(max(middle, floor))
	// Half of the values lie below the median, half of these further than this.
	spread := float64(madToSigma * (median - kernel.Log(max(s.Quantile(0.25), floor))))
	if !(spread > 0) {
		return Never
	}
	h := s.Histogram
	n := float64(h.total())
	above := n
	for i, c := range h.Counts {
		edge := h.Edge(i)
		if edge > middle && n*kernel.NormalTail((kernel.Log(edge)-median)/spread) <= rate*above {
			return edge
		}
		above -= float64(c)
		if above <= 0 {
			break
		}
	}
	return Never
}
