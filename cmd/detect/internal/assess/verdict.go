package assess

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"passdiff/change"
	"passdiff/cmd/detect/internal/job"
)

// Verdict says whether a pair is fit to compare.
type Verdict string

// The verdicts, the best first.
const (
	Fit   Verdict = "fit"
	Care  Verdict = "fit with care" // the result wants a closer look, for the reasons given
	Unfit Verdict = "not fit"       // nothing can be found, or what is found says nothing
)

// Reason is why a verdict is not Fit.
type Reason struct {
	// Topic is grid, observed, registration, radiometry, noise, kind or season.
	Topic   string  `json:"topic"`
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`
}

// From where on a person should look.
const (
	// leastOverlap and leastObserved are shares: below a half most of the ground asked about is not looked at.
	leastOverlap  = 0.5
	leastObserved = 0.5
	// mostSaturated is the share of pixels at a band's highest value, mostAtLow at its lowest: change among them cannot be seen, and statistics
	// of the rest are drawn towards them. Bands without either have some in ten thousand there; where the range is short a hundredth may lie
	// at any value, so that it must be pile times what lies at the next one.
	mostSaturated = 0.01
	mostAtLow     = 0.05
	pile          = 3
	// mostNoise is noise as a share of a band's spread: from a half on, the change vector of an unchanged pixel is of the length of the
	// spread's own in a few bands. Radar, whose speckle the methods for it average, is left out.
	mostNoise = 0.5
	// leastCorrelation is that of the smoothed passes. Where it is lower they share little but their outline: another season, other light,
	// another sensor, or other ground.
	leastCorrelation = 0.25
	// mostGain is how many times flatter or steeper the normalisation of one band may be than that of another: then the bands of the passes
	// may not mean the same.
	mostGain = 4
	// mostDays is the difference of the days of the year. Within two months vegetation and shadows outside of the tropics change less than
	// what is looked for; deciduous trees turn within that time.
	mostDays = 60
	// mostElevation and mostAzimuth, in degrees, are of the sun: between 45° and 30° shadows grow by three quarters, and by 30° round they leave
	// the ground that they fell on.
	mostElevation = 15
	mostAzimuth   = 30
)

// Judge gives the verdict on a pair and the reasons for it, the worst first.
func Judge(a *job.Assessment) (Verdict, []Reason) {
	var j judge
	j.grid(a)
	j.registration(a)
	j.bands(a)
	j.season(a)
	slices.SortStableFunc(j.reasons, func(x, y Reason) int { return cmp.Compare(rank(y.Verdict), rank(x.Verdict)) })
	if len(j.reasons) == 0 {
		return Fit, []Reason{}
	}
	return j.reasons[0].Verdict, j.reasons
}

func rank(v Verdict) int { return slices.Index([]Verdict{Fit, Care, Unfit}, v) }

// Line is a verdict with its reasons, on one line.
func Line(v Verdict, reasons []Reason) string {
	var texts []string
	for _, r := range reasons {
		if r.Verdict == v {
			texts = append(texts, r.Text)
		}
	}
	if texts == nil {
		return string(v)
	}
	return string(v) + ": " + strings.Join(texts, "; ")
}

// judge gathers reasons.
type judge struct{ reasons []Reason }

func (j *judge) add(v Verdict, topic, format string, args ...any) {
	j.reasons = append(j.reasons, Reason{topic, v, fmt.Sprintf(format, args...)})
}

// grid judges what both passes cover and what is measured of it.
func (j *judge) grid(a *job.Assessment) {
	if a.SameFile {
		j.add(Unfit, "grid", "both passes are the same file")
	}
	if v := a.Overlap(); v < leastOverlap {
		j.add(Care, "grid", "the passes share %s of the smaller one", percent(v))
	}
	switch {
	case a.Observed.Measured == 0:
		j.add(Unfit, "observed", "no pixel is measured in both passes; look at their nodata values and masks")
	case a.Observed.Share < leastObserved:
		j.add(Care, "observed", "%s of what both passes cover is measured", percent(a.Observed.Share))
	}
}

// registration judges how the passes lie on each other.
func (j *judge) registration(a *job.Assessment) {
	r := a.Registration
	if a.Observed.Measured == 0 {
		return
	}
	m := r.Report
	switch {
	case m.Far():
		j.add(Unfit, "registration", "%s", m.Warnings[0])
	case !m.Known():
		j.add(Care, "registration", "how the passes lie on each other could not be told: %s", m.Why)
	case len(m.Warnings) > 0:
		for _, w := range m.Warnings {
			j.add(Care, "registration", "%s", w)
		}
	case !m.Alike():
		j.add(Care, "registration", "the shift between the passes differs by %s from place to place: edges may appear as change", pixels(*m.Spread))
	case m.Matters() && r.Shift == nil:
		j.add(Care, "registration", "after lies %s from before and is not moved: %s", pixels(*m.Bias), r.Why)
	}
}

// bands judges values.
func (j *judge) bands(a *job.Assessment) {
	s := a.Survey
	if len(s.Bands) == 0 {
		return
	}
	if s.Same && !a.SameFile {
		j.add(Unfit, "radiometry", "both passes are the same image")
	}
	var usable, saturated, low, noisy, constant list
	for b, band := range s.Bands {
		if band.Before.Constant || band.After.Constant {
			constant.add(b)
			continue
		}
		usable.add(b)
		if highest(band.Before) || highest(band.After) {
			saturated.add(b)
		}
		if lowest(band.Before) || lowest(band.After) {
			low.add(b)
		}
		if max(band.Before.NoiseShare, band.After.NoiseShare) > mostNoise && s.Kind != change.SAR {
			noisy.add(b)
		}
	}
	if usable == nil {
		j.add(Unfit, "radiometry", "no band varies in both passes")
		return
	}
	if constant != nil {
		j.add(Care, "radiometry", "%s constant in one pass or both, and left out", constant.are())
	}
	if saturated != nil {
		j.add(Care, "radiometry", "more than %s of the pixels of %s have its highest value, as with saturation", percent(mostSaturated), saturated)
	}
	if low != nil {
		j.add(Care, "radiometry", "more than %s of the pixels of %s have its lowest value; if that is nodata, declare it with gdal_edit.py -a_nodata", percent(mostAtLow), low)
	}
	for _, w := range s.Undeclared {
		j.add(Care, "radiometry", "%s", w)
	}
	if noisy != nil {
		j.add(Care, "noise", "noise is more than half of the spread of %s", noisy)
	}
	if !s.Same && s.Correlation < leastCorrelation {
		j.add(Care, "radiometry", "the passes look unlike (correlation %.2f): another season, other light, or other ground", s.Correlation)
	}
	if low, high := gains(s); high > mostGain*low {
		j.add(Care, "radiometry", "the bands change by gains from %.3g to %.3g; look whether band numbers mean the same in both passes", low, high)
	}
	if s.Doubt != "" {
		j.add(Care, "kind", "%s", s.Doubt)
	}
}

// highest and lowest report that values pile up at an end of the range.
func highest(p change.PassBand) bool { return p.AtHigh > mostSaturated && p.AtHigh > pile*p.PastHigh }
func lowest(p change.PassBand) bool  { return p.AtLow > mostAtLow && p.AtLow > pile*p.PastLow }

// gains are the least and the greatest gain of a band relative to its spreads.
func gains(s *change.Survey) (low, high float64) {
	low, high = math.Inf(1), 0
	for _, b := range s.Bands {
		if b.Line != nil {
			low, high = min(low, b.Line.Gain), max(high, b.Line.Gain)
		}
	}
	return low, high
}

// season judges when the passes were taken, and in which light.
func (j *judge) season(a *job.Assessment) {
	s := a.Season
	if s.Days != nil && *s.Days < 0 {
		j.add(Care, "season", "after was acquired before before; are the passes swapped")
	}
	if s.DayOfYear != nil && *s.DayOfYear > mostDays {
		j.add(Care, "season", "their days of the year are %d days apart: vegetation and shadows differ", *s.DayOfYear)
	}
	if s.Elevation != nil && *s.Elevation > mostElevation {
		j.add(Care, "season", "the sun stood %.0f° higher in one pass: shadows differ in length", *s.Elevation)
	}
	if s.Azimuth != nil && *s.Azimuth > mostAzimuth {
		j.add(Care, "season", "the sun stood %.0f° further round in one pass: shadows fall elsewhere", *s.Azimuth)
	}
}

// list is numbers of bands, from 0; nil is none.
type list []int

func (l *list) add(band int) { *l = append(*l, band) }

// String is "band 2" or "bands 1, 3".
func (l list) String() string {
	var numbers []string
	for _, b := range l {
		numbers = append(numbers, fmt.Sprint(b+1))
	}
	if len(l) == 1 {
		return "band " + numbers[0]
	}
	return "bands " + strings.Join(numbers, ", ")
}

func (l list) are() string {
	if len(l) == 1 {
		return l.String() + " is"
	}
	return l.String() + " are"
}

// percent has one decimal where there is one.
func percent(share float64) string {
	if share > 0 && share < 0.0005 {
		return "<0.1 %"
	}
	return strconv.FormatFloat(math.Round(1000*share)/10, 'f', -1, 64) + " %"
}

// ParseVerdict reads a verdict other than Fit as options have it; "" is none.
func ParseVerdict(s string) (Verdict, error) {
	switch s {
	case "":
		return "", nil
	case "care":
		return Care, nil
	case "not-fit":
		return Unfit, nil
	}
	return "", fmt.Errorf("%q is not known; choose care or not-fit", s)
}

// AtLeast reports whether a verdict is as bad as another or worse; none is as bad as "".
func (v Verdict) AtLeast(o Verdict) bool { return o != "" && rank(v) >= rank(o) }
