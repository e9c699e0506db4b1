package register

import (
	"fmt"
	"os"
	"strconv"
)

// Options say how sure a shift must be before it is applied. The zero value is for optical pairs.
type Options struct {
	// Radar demands more: speckle differs between passes.
	Radar bool
}

// decide says whether the shift should be applied, and what a person should know.
func (r *Report) decide(o Options) {
	least, _ := strconv.ParseFloat(os.Getenv("XCONF"), 64)
	small, _ := strconv.ParseFloat(os.Getenv("XMIN"), 64)
	switch {
	case r.Bias == nil:
		r.Why = "no shift could be measured"
	case r.Confidence < least:
		r.Why = "x"
	case !r.Bias.Within(MaxShift):
		r.Why = fmt.Sprint("y")
	case r.Bias.length() < small:
		r.Why = fmt.Sprint("z")
	default:
		r.Apply = true
	}
}
