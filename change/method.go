package change

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Method is a way to measure change between two passes. It is a small value that holds its settings.
type Method interface {
	// Name is the method's name in Models and on the command line.
	Name() string
	// Halo is how many pixels around a pixel its score can depend on.
	Halo() int
	// Fit learns from a sample whose halo is at least Halo.
	Fit(ctx context.Context, t *Training) (Fitted, error)
}

// Fitted is what a Method learns: how to score, and how it would decide where nothing else is asked for.
type Fitted struct {
	Scorer Scorer
	// Evidence, nil for none, is an absolute measure of change, in standard deviations of the after pass: what is below Gate is not
	// changed, whatever its score.
	Evidence Scorer
	Gate     float64
	// Threshold is the method's own rule; nil means Otsu.
	Threshold Threshold
	// Hysteresis is the method's own; 0 means DefaultHysteresis.
	Hysteresis float64
	// Confidence is nil where it has not been calibrated.
	Confidence *Confidence
	// MinPixels and Fill are the method's minimum mapping unit and its limit for holes, in pixels; 0 leaves them to Options.
	MinPixels int64
	Fill      int
	// Facts are what a person may want to know of the fit, for the run record. They marshal to JSON.
	Facts    map[string]any
	Warnings []string
}

// methods are all methods, with their default settings.
var methods = []Method{Auto{}, CVA{}, IRMAD{}, ISFA{}, LogRatio{}, Structure{}}

// ParseMethod finds a method with its default settings by name.
func ParseMethod(name string) (Method, error) {
	if i := slices.IndexFunc(methods, func(m Method) bool { return m.Name() == name }); i >= 0 {
		return methods[i], nil
	}
	return nil, fmt.Errorf("method %q is not known; choose one of %s", name, strings.Join(MethodNames(), ", "))
}

// MethodNames lists the methods.
func MethodNames() []string {
	var names []string
	for _, m := range methods {
		names = append(names, m.Name())
	}
	return names
}
