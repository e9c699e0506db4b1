package change

import (
	"context"
	"fmt"
	"strings"

	"passdiff/raster"
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

	values []raster.Tile // of the scorer over the sample, as in scored
}

// methods is the table of all methods: what stands before a colon, what may follow it, and how that is read.
var methods = []struct {
	name, arg string
	parse     func(arg string) (Method, error)
}{
	{"auto", "", plainly(Auto{})},
	{"cva", "", plainly(CVA{})},
	{"irmad", "", plainly(IRMAD{})},
	{"isfa", "", plainly(ISFA{})},
	{"acd", "", plainly(ACD{})},
	{"logratio", "", plainly(LogRatio{})},
	{"index", "NAME", parseIndex},
	{"sam", "", plainly(SAM{})},
	{"structure", "", plainly(Structure{})},
}

// plainly reads a method that takes no argument.
func plainly(m Method) func(string) (Method, error) {
	return func(arg string) (Method, error) {
		if arg != "" {
			return nil, fmt.Errorf("method %s takes no argument, not %q", m.Name(), arg)
		}
		return m, nil
	}
}

// ParseMethod finds a method with its default settings by what Method.Name gives, such as "cva" or "index:ndvi".
func ParseMethod(text string) (Method, error) {
	name, arg, _ := strings.Cut(text, ":")
	for _, m := range methods {
		if m.name == name {
			return m.parse(arg)
		}
	}
	return nil, fmt.Errorf("method %q is not known; choose one of %s", text, strings.Join(MethodNames(), ", "))
}

// MethodNames lists the methods, with what may follow.
func MethodNames() []string {
	var names []string
	for _, m := range methods {
		if m.arg != "" {
			m.name += ":" + m.arg
		}
		names = append(names, m.name)
	}
	return names
}
