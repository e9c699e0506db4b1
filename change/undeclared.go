package change

import (
	"fmt"
	"math"
	"strconv"
)

// An end of a band's range looks like nodata that is not declared when it is held by undeclaredShare of the measured pixels at least, by
// undeclaredLeast of them, and lies undeclaredGap spreads from the next value.
const (
	// undeclaredShare: one pixel in ten thousand already reaches far through smoothing and widens every covariance.
	undeclaredShare = 1e-4
	// undeclaredLeast: one pixel alone is a defect or a glint; measured outliers seldom have the very same value twice.
	undeclaredLeast = 2
	// undeclaredGap: measured values thin out towards the ends of their range; none of them leaves so wide a gap.
	undeclaredGap = 100
)

// undeclared says, once for each pass, that a value apart from all others is nodata which is not declared: it counts as measured, and beside
// it no change is large.
func (t *Training) undeclared() []string {
	var out []string
	for pass, scales := range [2][]Scale{t.Norm.Before, t.Norm.After} {
		for b, scale := range scales {
			if w := t.apart(pass, b, t.ends[pass][b], scale.Spread); w != "" {
				out = append(out, w)
				break
			}
		}
	}
	return out
}

// apart is the warning of a band of a pass, "" for none.
func (t *Training) apart(pass, band int, e ends, spread float64) string {
	far := func(n int64, low, high float32) bool {
		return spread > 0 && n >= undeclaredLeast && float64(n) >= undeclaredShare*float64(t.Measured) && float64(high)-float64(low) > undeclaredGap*spread
	}
	value, n, where := e.low, e.atLow, "below"
	switch {
	case e.low == e.high:
		return ""
	case far(e.atLow, e.low, e.afterLow):
	case far(e.atHigh, e.beforeHigh, e.high):
		value, n, where = e.high, e.atHigh, "above"
	default:
		return ""
	}
	text := inFile(value, t.offset(pass, band))
	return fmt.Sprintf("%s: %.2g %% of the pixels of band %d have the value %s, far %s all others: nodata that is not declared? Declare it (gdal_edit.py -a_nodata %s FILE) or mask it",
		passNames[pass], 100*float64(n)/float64(t.Measured), band+1, text, where, text)
}

// inFile is a value as the file has it: whole numbers in full, others in as few digits as tell them.
func inFile(value float32, offset float64) string {
	switch v := float64(value) + offset; {
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case offset == 0:
		return strconv.FormatFloat(v, 'g', -1, 32)
	default:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
}
