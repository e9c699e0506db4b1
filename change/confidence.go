package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
)

// Confidence turns the evidence for a region into the share, in percent, of regions of such evidence that touched a labelled change on
// development pairs:
//
//	100/(1 + e^−t),  t = Constant + Peak·ln(highest score/threshold) + Size·ln(pixels/Area) + Rise·ln(mean score/(mean score over the rim + threshold/50))
//
// It is a rough scale, and labels are narrower than change: a region that it gives 20 may well be a change nobody asked for.
type Confidence struct {
	Constant float64 `json:"constant"`
	Peak     float64 `json:"peak"`
	Size     float64 `json:"size"`
	Rise     float64 `json:"rise"`
	// Area is what pixels are measured against: the minimum mapping unit that the kind of imagery asks for.
	Area float64 `json:"area"`
}

// calibrated are the weights that cmd/detect/internal/accuracy/studies fits to the detections on the labelled pairs of docs/accuracy.md. It
// prints them, and fails when these have drifted from them.
func calibrated(area int64) *Confidence {
	return &Confidence{Constant: -2.536, Peak: 0.908, Size: 0.494, Rise: 1.860, Area: float64(area)}
}

// The range of confidence, in percent: a machine is never certain.
const (
	LeastConfidence = 3
	MostConfidence  = 85
)

// rimFloor, of the threshold, is added to the score of rims before logarithms are taken.
const rimFloor = 0.02

// Evidence is the logarithms that Peak, Size and Rise weight, of a region as it was before holes were filled. Without a rim the last is 0.
func (c *Confidence) Evidence(r *Region, threshold float64) [3]float64 {
	e := [3]float64{kernel.Log(r.ScoreMax / threshold), kernel.Log(float64(r.Pixels) / c.Area)}
	if r.RimPixels > 0 {
		e[2] = kernel.Log(r.ScoreMean / (r.RimScore + float64(rimFloor*threshold)))
	}
	return e
}

// of is the percentage for a region as it was before holes were filled.
func (c *Confidence) of(r *Region, threshold float64) int {
	t := 0.0
	for _, e := range c.Terms(r, threshold) {
		t += e.Value
	}
	return int(math.Round(min(max(100/(1+kernel.Exp(-t)), LeastConfidence), MostConfidence)))
}

// Term is what one piece of the evidence adds to t.
type Term struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Terms are the summands of t for a region as it was before holes were filled: the constant, and those of its highest score, of its size and,
// where it has a rim, of its rise above it.
func (c *Confidence) Terms(r *Region, threshold float64) []Term {
	e := c.Evidence(r, threshold)
	all := []Term{{"constant", c.Constant}, {"peak", float64(c.Peak * e[0])}, {"size", float64(c.Size * e[1])}}
	if r.RimPixels > 0 {
		all = append(all, Term{"rise", float64(c.Rise * e[2])})
	}
	return all
}

// validate refuses numbers that no fit gives.
func (c *Confidence) validate() error {
	if c == nil {
		return nil
	}
	for _, v := range []float64{c.Constant, c.Peak, c.Size, c.Rise, c.Area} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return fmt.Errorf("confidence with weight %v", v)
		}
	}
	if !(c.Area > 0) {
		return fmt.Errorf("confidence against %v pixels", c.Area)
	}
	return nil
}
