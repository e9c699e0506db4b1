package calibration

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"passdiff/change"
)

// Features are what a form of the calibration weights, the first of them 1.
type Features func(Detection) []float64

// Shared is the form of change.Confidence: one constant and three weights for all kinds.
func Shared(d Detection) []float64 { return append([]float64{1}, d.Evidence[:]...) }

// OwnConstant gives vhr a constant of its own.
func OwnConstant(d Detection) []float64 { return append(Shared(d), of(d.Kind == change.VHR)) }

// OwnWeights gives vhr a constant and weights of its own.
func OwnWeights(d Detection) []float64 {
	f := Shared(d)
	for _, v := range f {
		f = append(f, v*of(d.Kind == change.VHR))
	}
	return f
}

func of(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// The iteration ends when no weight moves by more than settled.
const (
	settled = 1e-9
	rounds  = 100
)

// fitPower is the power of the number of its detections that a family has in the fit.
const fitPower = 0.5

// Fit finds the weights of greatest likelihood by Newton's method: P(real) = 1/(1 + e^−t), t the weighted sum of the features.
func Fit(detections []Detection, features Features) ([]float64, error) {
	if len(detections) == 0 {
		return nil, errors.New("no detection to calibrate with")
	}
	w := weights(detections, fitPower)
	b := make([]float64, len(features(detections[0])))
	for range rounds {
		gradient, curvature := mat.NewVecDense(len(b), nil), mat.NewSymDense(len(b), nil)
		for i, d := range detections {
			x := features(d)
			p := probability(b, x)
			v := mat.NewVecDense(len(x), x)
			gradient.AddScaledVec(gradient, w[i]*(of(d.Real)-p), v)
			curvature.SymRankOne(curvature, w[i]*p*(1-p), v)
		}
		var c mat.Cholesky
		var step mat.VecDense
		if !c.Factorize(curvature) {
			break
		}
		if err := c.SolveVecTo(&step, gradient); err != nil {
			break
		}
		for i := range b {
			b[i] += step.AtVec(i)
		}
		if mat.Norm(&step, math.Inf(1)) < settled {
			return b, nil
		}
	}
	return nil, errors.New("the weights of the calibration do not settle: too few detections, or all of a sort")
}

// probability is that of being real.
func probability(b, x []float64) float64 {
	t := 0.0
	for i, v := range x {
		t += b[i] * v
	}
	return 1 / (1 + math.Exp(-t))
}
