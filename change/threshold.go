package change

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"passdiff/raster"
)

// The histogram of scores on which thresholds are found: its range in quantiles leaves out the extremes that would stretch it.
const (
	histogramBins = 1024
	histogramLow  = 0.0001 // p0.01
	histogramHigh = 0.9995 // p99.95
)

// Never is the threshold of a pair in which nothing can have changed: no score reaches it.
const Never = math.MaxFloat32

// A Threshold decides from the scores of the sample where change begins.
type Threshold interface {
	// Find returns T: a pixel is changed where its score is at least T.
	Find(s *Scores) float64
	// String is the name by which ParseThreshold knows it.
	String() string
}

// thresholds are the ones without a number, by name.
var thresholds = []Threshold{Otsu{}, Kittler{}, Rosin{}, Triangle{}, EM{}, FDR{}}

// ParseThreshold reads what ThresholdNames lists: V is a score above 0, P a percentage of the pixels from 0 to 100.
func ParseThreshold(s string) (Threshold, error) {
	for _, t := range thresholds {
		if t.String() == s {
			return t, nil
		}
	}
	if v, ok := strings.CutPrefix(s, "fixed:"); ok {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !usable(f) {
			return nil, fmt.Errorf("threshold %q: %q is not a score above 0", s, v)
		}
		return Fixed(f), nil
	}
	if v, ok := strings.CutPrefix(s, "percentile:"); ok {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= 0 && f <= 100) {
			return nil, fmt.Errorf("threshold %q: %q is not a percentage from 0 to 100", s, v)
		}
		return Percentile(f), nil
	}
	return nil, fmt.Errorf("threshold %q is not known; choose one of %s", s, strings.Join(ThresholdNames(), ", "))
}

// usable reports whether a number can be a threshold: above 0 as a score is held, below Never.
func usable(v float64) bool { return float32(v) > 0 && v < Never }

// ThresholdNames lists what ParseThreshold reads.
func ThresholdNames() []string {
	var names []string
	for _, t := range thresholds {
		names = append(names, t.String())
	}
	return append(names, "percentile:P", "fixed:V")
}

// Fixed is a threshold that the user knows, as a score.
type Fixed float64

// Find returns the number itself.
func (f Fixed) Find(*Scores) float64 { return float64(f) }

func (f Fixed) String() string { return "fixed:" + strconv.FormatFloat(float64(f), 'g', -1, 64) }

// Percentile is the score below which so many percent of the measured pixels of the sample lie. It always calls the rest changed.
type Percentile float64

// Find returns the score.
func (p Percentile) Find(s *Scores) float64 { return s.Quantile(float64(p) / 100) }

func (p Percentile) String() string {
	return "percentile:" + strconv.FormatFloat(float64(p), 'g', -1, 64)
}

// Scores are the measured scores of the sample, which vary.
type Scores struct {
	// Histogram counts them between the quantiles 0.01 % and 99.95 %, those beyond in the outer bins.
	Histogram *Histogram

	values func(func([]float32))
	n      int64
	// quarter and half are the first quartile and the median.
	quarter, half float64
}

// Quantile is the score below which the share q of the scores lies.
func (s *Scores) Quantile(q float64) float64 {
	switch q {
	case 0.25:
		return s.quarter
	case 0.5:
		return s.half
	}
	return raster.Quantiles(s.values, s.n, q)[0]
}

// share is that of the scores from low to below high.
func (s *Scores) share(low, high float64) float64 {
	var n int64
	s.values(func(v []float32) {
		for _, x := range v {
			if float64(x) >= low && float64(x) < high {
				n++
			}
		}
	})
	return float64(n) / float64(s.n)
}

// newScores counts n scores, all of which values calls its argument with, each time the same. It returns nil when they do not vary. Where
// nearly all are equal the histogram reaches up to the highest.
func newScores(values func(func([]float32)), n int64) *Scores {
	if n == 0 {
		return nil
	}
	q := raster.Quantiles(values, n, histogramLow, histogramHigh, 1, 0.25, 0.5)
	if q[1] == q[0] {
		q[1] = q[2]
	}
	if q[1] == q[0] {
		return nil
	}
	h := &Histogram{Low: q[0], High: q[1], Counts: make([]int64, histogramBins)}
	values(h.add)
	return &Scores{Histogram: h, values: values, n: n, quarter: q[3], half: q[4]}
}
