package assess

import (
	"slices"
	"testing"

	"passdiff/change"
	"passdiff/cmd/detect/internal/job"
)

// TestNumbers: four significant digits without an exponent, shares with one decimal, by hand.
func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", 12345.6: "12346", -0.00123456: "-0.001235", 99.999: "100", 1e-20: "0", 0.5: "0.5"} {
		if got := number(v); got != want {
			t.Errorf("number(%g) is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0 %", 1: "100 %", 0.0004: "<0.1 %", 0.1234: "12.3 %"} {
		if got := percent(v); got != want {
			t.Errorf("percent(%g) is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]float64{1: 1, 1.9: 1, 2: 2, 49: 20, 50: 50, 0.3: 0.2} {
		if got := roundDown(v); got-want > 1e-12 || want-got > 1e-12 {
			t.Errorf("roundDown(%g) is %g, want %g", v, got, want)
		}
	}
}

// TestWrap: lines of at most so many characters, broken between words.
func TestWrap(t *testing.T) {
	if got, want := wrap("fit with care: muchtoolongaword é end", 9), []string{"fit with", "care:", "muchto...", "é end"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestJudgeWorst: the worst reason decides and stands first; the line has the reasons of the verdict alone.
func TestJudgeWorst(t *testing.T) {
	far := 100
	a := &job.Assessment{
		OverlapBefore: 0.4, OverlapAfter: 0.3, Observed: job.Observed{Share: 0, Pixels: 10}, Survey: &change.Survey{Kind: change.VHR},
		Season: job.Season{DayOfYear: &far},
	}
	v, reasons := Judge(a)
	if v != Unfit || len(reasons) != 3 || reasons[0].Topic != "observed" {
		t.Fatalf("%s: %+v", v, reasons)
	}
	if got, want := Line(v, reasons), "not fit: no pixel is measured in both passes; look at their nodata values and masks"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !v.AtLeast(Care) || Fit.AtLeast(Care) || Unfit.AtLeast("") {
		t.Error("the order of verdicts is wrong")
	}
}

// TestExtremes: a pile at the end of the range counts, a short range does not.
func TestExtremes(t *testing.T) {
	if !highest(change.PassBand{AtHigh: 0.02, PastHigh: 0.001}) || highest(change.PassBand{AtHigh: 0.02, PastHigh: 0.01}) || highest(change.PassBand{AtHigh: 0.005}) {
		t.Error("saturation is told wrongly")
	}
	if !lowest(change.PassBand{AtLow: 0.2, PastLow: 0.01}) || lowest(change.PassBand{AtLow: 0.04}) {
		t.Error("undeclared nodata is told wrongly")
	}
}

// TestJudgeUndeclared: nodata that is not declared is a reason for care.
func TestJudgeUndeclared(t *testing.T) {
	band := change.BandSurvey{Before: change.PassBand{Spread: 1}, After: change.PassBand{Spread: 1}}
	a := &job.Assessment{Survey: &change.Survey{Kind: change.VHR, Correlation: 1, Bands: []change.BandSurvey{band}, Undeclared: []string{"before: nodata?"}}}
	var j judge
	j.bands(a)
	if want := []Reason{{"radiometry", Care, "before: nodata?"}}; !slices.Equal(j.reasons, want) {
		t.Errorf("%+v, want %+v", j.reasons, want)
	}
}
