package register

import "fmt"

// Options say how sure a shift must be before it is applied. The zero value is for optical pairs.
type Options struct {
	// Radar demands more confidence: speckle differs between passes.
	Radar bool
	// Workers compare windows in parallel; 0 means all CPUs. The report is the same.
	Workers int
}

// When a shift is applied. Satellite pairs of one sensor reach a confidence of 47 to 85 with a spread of at most 0.16 px, whatever season and
// change lie between them; of two dozen aerial and very high resolution pairs, where moving AFTER as a whole gained nothing on average, none
// meets all of it.
const (
	leastShift      = 0.4 // pixels; below, the blur of moving costs as much as the place wins
	sureShift       = 3   // standard errors
	leastConfidence = 20
	leastRadar      = 40
	leastUsed       = 3    // windows, and
	leastUsedShare  = 0.25 // of all windows
	mostSpread      = 0.25 // pixels, in either direction
	// worthTrend is the range over the scene, in pixels, from which a trend is worth a warning.
	worthTrend = 0.5
)

// decide says whether the shift should be applied, and what a person should know.
func (r *Report) decide(o Options) {
	r.Apply, r.Why = r.judge(o)
	if r.Trend != nil && r.Trend.Range >= worthTrend && r.agrees() {
		r.warn("the shift between the passes grows by %.2f px over the scene, which no single shift mends: warp after onto before by ground control points, or compare parts with --bbox",
			r.Trend.Range)
	}
}

// judge decides on the shift.
func (r *Report) judge(o Options) (apply bool, why string) {
	least := float64(leastConfidence)
	if o.Radar {
		least = leastRadar
	}
	switch {
	case len(r.Windows) == 0 && r.Bias == nil:
		return false, "no part of the sample is large enough and measured"
	case r.Bias == nil:
		return false, "the correlation of the passes has no clear peak"
	case r.Confidence < least:
		return false, fmt.Sprintf("the peak of the correlation stands out by %.1f standard deviations; %.0f are asked for", r.Confidence, least)
	case !r.Bias.Within(MaxShift):
		r.warn("after seems to lie %.0f columns and %.0f rows from before, more than the %d px that can be mended: register the passes first, for example with gdal_translate -a_ullr or gdalwarp",
			r.Bias.DX, r.Bias.DY, MaxShift)
		return false, fmt.Sprintf("more than %d px cannot be mended", MaxShift)
	case r.Bias.length() < max(leastShift, sureShift*r.Error):
		return false, fmt.Sprintf("less than %.3g px are not worth the blur of moving", max(leastShift, sureShift*r.Error))
	case !r.enough():
		return false, fmt.Sprintf("only %d of %d windows show a clear shift", r.used(), len(r.Windows))
	case !r.agrees():
		r.warn("after lies %.2f, %.2f px from before, but not everywhere alike (spread %.2f, %.2f px), as with relief, tall objects or poor orthorectification: it is not moved; edges may appear as change",
			r.Bias.DX, r.Bias.DY, r.Spread.DX, r.Spread.DY)
		return false, fmt.Sprintf("the windows' shifts spread by more than %.2g px", mostSpread)
	}
	return true, "confident"
}

// agrees reports whether the used windows tell the same shift, beside a trend.
func (r *Report) agrees() bool {
	s := r.Spread
	if r.Trend != nil {
		s = &r.Trend.Spread
	}
	return s != nil && s.Within(mostSpread)
}

// enough reports whether so many windows are used that they speak for the scene.
func (r *Report) enough() bool {
	return r.used() >= leastUsed && float64(r.used()) >= leastUsedShare*float64(len(r.Windows))
}

func (r *Report) used() int {
	n := 0
	for _, w := range r.Windows {
		if w.Used {
			n++
		}
	}
	return n
}

func (r *Report) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}
