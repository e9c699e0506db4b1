package calibration

import (
	"math"
	"slices"

	"passdiff/change"
)

// Bin is the detections that were given a confidence in a tenth of the scale.
type Bin struct {
	Detections int
	// Weight is their share of the weight of all; Given is their mean confidence, Real the share that is.
	Weight, Given, Real float64
}

// Reliability is how well confidence says what share of detections is real.
type Reliability struct {
	Bins [10]Bin
	// ECE is the expected calibration error: the mean over bins, by their weight, of the distance between Given and Real (Naeini, Cooper and
	// Hauskrecht 2015). LogLoss is the mean of −ln of the probability given to what a detection turned out to be.
	ECE, LogLoss float64
}

// bounded keeps a probability within what change.Confidence says.
func bounded(p float64) float64 {
	return min(max(p, change.LeastConfidence/100.), change.MostConfidence/100.)
}

// Judge compares the confidence of each detection with what it is.
func Judge(detections []Detection, given []float64) (r Reliability) {
	for i, w := range weights(detections, 0) {
		p, real := bounded(given[i]), of(detections[i].Real)
		b := &r.Bins[int(p*float64(len(r.Bins)))]
		b.Detections++
		b.Weight += w
		b.Given += w * p
		b.Real += w * real
		r.LogLoss -= w * math.Log(real*p+(1-real)*(1-p))
	}
	for i := range r.Bins {
		b := &r.Bins[i]
		r.ECE += math.Abs(b.Given - b.Real)
		if b.Weight > 0 {
			b.Given, b.Real = b.Given/b.Weight, b.Real/b.Weight
		}
	}
	return r
}

// ByWeights is the confidence that weights give.
func ByWeights(detections []Detection, b []float64, features Features) (given []float64) {
	for _, d := range detections {
		given = append(given, probability(b, features(d)))
	}
	return given
}

// LeftOut judges families by weights that were fitted on the others. The detections come back in the order in which they were judged.
func LeftOut(detections []Detection, features Features) (r Reliability, order []Detection, given []float64, err error) {
	for _, f := range families(detections) {
		others, own := without(detections, f)
		b, err := Fit(others, features)
		if err != nil {
			return r, nil, nil, err
		}
		order = append(order, own...)
		given = append(given, ByWeights(own, b, features)...)
	}
	return Judge(order, given), order, given, nil
}

// families are those of the detections, sorted.
func families(detections []Detection) (all []string) {
	for _, d := range detections {
		all = append(all, d.Family)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Drift is the mean distance between the confidence that two sets of weights give.
func Drift(detections []Detection, a, b []float64) (mean float64) {
	p, q := ByWeights(detections, a, Shared), ByWeights(detections, b, Shared)
	for i, w := range weights(detections, 0) {
		mean += w * math.Abs(p[i]-q[i])
	}
	return mean
}
