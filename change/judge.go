package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
)

// Judge weighs what is known of a region: whether it is kept at all, and with what confidence.
type Judge struct {
	// Keep is the least chance, by Chance, of a region that is kept.
	Keep   float64  `json:"keep"`
	Chance Logistic `json:"chance"`
	// Confidence gives the share of regions of such evidence that were real on labelled pairs.
	Confidence Logistic `json:"confidence"`
	// Area is the number of pixels that areas are measured against.
	Area float64 `json:"area"`
}

// Logistic is a chance 1/(1+e^−t) with t linear in logarithms of a region's evidence.
type Logistic struct {
	Constant float64 `json:"constant"`
	// Mean and Max are the weights of ln(score/threshold), of a region's mean and highest score.
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
	// Level is the weight of ln(evidence), the mean over the region, which counts up to levelCap.
	Level float64 `json:"level"`
	// Size is the weight of ln(pixels/Judge.Area).
	Size float64 `json:"size"`
	// Contrast is the weight of ln(evidence inside/evidence over the rim).
	Contrast float64 `json:"contrast"`
}

// What is added before logarithms are taken, and where evidence is enough (QUALITY, §2b).
const (
	ratioFloor = 0.001
	levelFloor = 0.02
	levelCap   = 6
)

// chance evaluates the logistic function.
func (l Logistic) chance(r *Region, threshold, area float64) float64 {
	t := l.Constant +
		float64(l.Mean*kernel.Log(r.ScoreMean/threshold+ratioFloor)) +
		float64(l.Max*kernel.Log(r.ScoreMax/threshold+ratioFloor)) +
		float64(l.Level*kernel.Log(min(r.Level, levelCap)+levelFloor)) +
		float64(l.Size*kernel.Log(float64(r.Pixels)/area)) +
		float64(l.Contrast*(kernel.Log(r.Level+levelFloor)-kernel.Log(r.RimLevel+levelFloor)))
	return 1 / (1 + kernel.Exp(-t))
}

// The range of confidence: a machine is never certain.
const (
	leastConfidence = 3
	mostConfidence  = 85
)

// keeps reports whether a region is worth showing.
func (j *Judge) keeps(r *Region, threshold float64) bool {
	return j == nil || j.Chance.chance(r, threshold, j.Area) >= j.Keep
}

// confidence is a percentage.
func (j *Judge) confidence(r *Region, threshold float64) int {
	c := 100 * j.Confidence.chance(r, threshold, j.Area)
	return int(math.Round(min(max(c, leastConfidence), mostConfidence)))
}

// validate refuses numbers that no fit gives.
func (j *Judge) validate() error {
	if j == nil {
		return nil
	}
	for _, v := range []float64{
		j.Keep, j.Area, j.Chance.Constant, j.Chance.Mean, j.Chance.Max, j.Chance.Level, j.Chance.Size, j.Chance.Contrast,
		j.Confidence.Constant, j.Confidence.Mean, j.Confidence.Max, j.Confidence.Level, j.Confidence.Size, j.Confidence.Contrast,
	} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("judge with weight %v", v)
		}
	}
	if !(j.Area > 0) || j.Keep < 0 || j.Keep > 1 {
		return fmt.Errorf("judge of area %v keeps from %v", j.Area, j.Keep)
	}
	return nil
}
