package change

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"passdiff/change/internal/kernel"
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
	// Find returns T: a pixel is changed where its score is at least T. It may panic on an empty histogram.
	Find(h *Histogram) float64
	// String is the name by which ParseThreshold knows it.
	String() string
}

// thresholds are the ones found from the histogram, by name.
var thresholds = []Threshold{Otsu{}, Kittler{}}

// ParseThreshold reads "otsu", "kittler" or "fixed:V" with V a score above 0.
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
	return append(names, "fixed:V")
}

// Fixed is a threshold that the user knows, as a score.
type Fixed float64

// Find returns the number itself.
func (f Fixed) Find(*Histogram) float64 { return float64(f) }

func (f Fixed) String() string { return "fixed:" + strconv.FormatFloat(float64(f), 'g', -1, 64) }

// Otsu splits the histogram where the variance between both classes is largest (Otsu 1979, eq. 18, doi:10.1109/TSMC.1979.4310076). It
// finds two classes in anything: on a pair without change it splits the noise. The lowest of equal splits wins.
type Otsu struct{}

func (Otsu) String() string { return "otsu" }

// Find returns the edge between the two classes.
func (Otsu) Find(h *Histogram) float64 {
	n := float64(h.total())
	sum := 0.0 // of bin indices; exact below 2⁵³
	for i, c := range h.Counts {
		sum += float64(float64(i) * float64(c))
	}
	best, at := -1.0, 0
	n1, sum1 := 0.0, 0.0
	for i, c := range h.Counts[:len(h.Counts)-1] {
		n1 += float64(c)
		sum1 += float64(float64(i) * float64(c))
		if n1 == 0 || n1 == n {
			continue
		}
		d := sum1/n1 - (sum-sum1)/(n-n1)
		if v := float64(n1*(n-n1)) * float64(d*d); v > best {
			best, at = v, i
		}
	}
	return h.Edge(at + 1)
}

// Kittler is the minimum-error threshold: both classes are taken as normal, and the split with the least overlap wins (Kittler and
// Illingworth 1986, eq. 15, doi:10.1016/0031-3203(86)90030-0). It works on half the bins; the lowest of equal splits wins.
type Kittler struct{}

func (Kittler) String() string { return "kittler" }

// Find returns the edge between the two classes; the first edge when no split leaves two classes that vary.
func (Kittler) Find(h *Histogram) float64 {
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

// bounds of the histogram as quantiles of scores.
var histogramBounds = []float64{histogramLow, histogramHigh}

// histogramOf counts scores between the bounds, or up to the highest score where nearly all are equal. It returns nil when they do not
// vary.
func histogramOf(values func(func([]float32)), n int64) *Histogram {
	if n == 0 {
		return nil
	}
	q := raster.Quantiles(values, n, histogramBounds...)
	if q[1] == q[0] {
		q[1] = raster.Quantiles(values, n, 1)[0]
	}
	if q[1] == q[0] {
		return nil
	}
	h := &Histogram{Low: q[0], High: q[1], Counts: make([]int64, histogramBins)}
	values(h.add)
	return h
}
