package assess

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"passdiff/change"
	"passdiff/change/register"
	"passdiff/cmd/detect/internal/job"
)

// WriteText writes the report for people; the verdict is the last line.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
	}
	line("%s against %s\n", strings.Join(r.Before.Files, ","), strings.Join(r.After.Files, ","))
	for _, i := range r.facts() {
		line("%-14s%s", i.name, i.text)
	}
	if len(r.Survey.Bands) > 0 {
		line("")
		line("%-12s%-8s%10s%10s%9s%10s%10s%11s%10s%9s", "band", "pass", "median", "spread", "noise", "at lowest", "highest", "gain", "offset", "left")
		for k, band := range r.Survey.Bands {
			gain, offset, left := unknown, unknown, unknown
			if l := band.Line; l != nil {
				gain, offset, left = number(l.Gain), number(l.Offset), percent(l.Share)
			}
			row := func(name, pass string, p change.PassBand, more ...any) {
				line("%-12s%-8s%10s%10s%9s%10s%10s%11s%10s%9s", append([]any{name, pass, number(p.Median), number(p.Spread), percent(p.NoiseShare), percent(p.AtLow), percent(p.AtHigh)}, more...)...)
			}
			row(r.bandName(k), "before", band.Before, "", "", "")
			row("", "after", band.After, gain, offset, left)
		}
		line("(noise as a share of the spread; pixels at the lowest and the highest value as shares of all;")
		line("after ≈ gain · before + offset, which leaves so much of after's standard deviation)")
	}
	line("\n%s", Line(r.Verdict, r.Reasons))
	_, err := io.WriteString(w, b.String())
	return err
}

// unknown stands for what is not known.
const unknown = "–"

// number has four significant digits, and all digits before the point.
func number(v float64) string {
	if v == 0 {
		return "0"
	}
	decimals := min(max(3-int(math.Floor(math.Log10(math.Abs(v)))), 0), 12)
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// nameWidth is what of the name of a band fits into the table.
const nameWidth = 11

// bandName is the name of band k in the before file, or its number.
func (r *Report) bandName(k int) string {
	name := r.Before.BandNames[k]
	if len([]rune(name)) > nameWidth {
		name = string([]rune(name)[:nameWidth-1]) + "…"
	}
	return name
}

// fact is a line of the report.
type fact struct{ name, text string }

// facts are the lines before the bands.
func (r *Report) facts() []fact {
	all := []fact{{"grid", r.gridText()}, {"observed", r.observedText()}, {"kind", r.kindText()}}
	for _, t := range r.registrationTexts() {
		all = append(all, fact{"", t})
	}
	all[3].name = "registration"
	return append(all, fact{"acquired", r.acquiredText()}, fact{"sun", r.sunText()})
}

func (r *Report) gridText() string {
	size := func(p job.AssessedPass) string { return fmt.Sprintf("%d×%d", p.Size[0], p.Size[1]) }
	t := size(r.Before) + " pixels"
	if s := size(r.After); s != size(r.Before) {
		t = size(r.Before) + " and " + s + " pixels"
	}
	if r.PixelM != nil {
		t += fmt.Sprintf(" of %.3g m", *r.PixelM)
	}
	if c := r.Alignment.CRS; c != "" {
		t += ", " + crsText(c)
	}
	if f := r.After.Resampled; f != nil {
		t += fmt.Sprintf("; after was resampled (%s) from %s", f.Method, crsText(f.CRS))
	}
	return t + fmt.Sprintf("; %s; both cover %s of before, %s of after", r.Alignment.Kind, percent(r.OverlapBefore), percent(r.OverlapAfter))
}

// crsText is a CRS in short: WKT by the name in its first quotes.
func crsText(crs string) string {
	if _, rest, ok := strings.Cut(crs, `"`); ok {
		name, _, _ := strings.Cut(rest, `"`)
		return name
	}
	return crs
}

func (r *Report) observedText() string {
	o := r.Observed
	of := fmt.Sprintf("by a sample of %.3g Mpx", float64(o.Pixels)/1e6)
	if o.Whole {
		of = "all of it was looked at"
	}
	return fmt.Sprintf("%s of what both cover, %s", percent(o.Share), of)
}

func (r *Report) kindText() string {
	t := fmt.Sprintf("%s, told from %s", r.Survey.Kind, r.Survey.By)
	if r.Survey.By == "given" {
		t = fmt.Sprintf("%s, as given", r.Survey.Kind)
	}
	if r.Survey.Doubt != "" {
		t += ", but not certain"
	}
	if len(r.Survey.Bands) > 0 {
		t += fmt.Sprintf("; correlation of the passes %.2f", r.Survey.Correlation)
	}
	return t
}

func (r *Report) registrationTexts() []string {
	m := r.Registration.Report
	if m == nil {
		return []string{"not measured: " + r.Registration.Why}
	}
	if m.Bias == nil {
		return []string{"not known: " + m.Why}
	}
	clear := 0
	for _, w := range m.Windows {
		if w.Used {
			clear++
		}
	}
	t := fmt.Sprintf("after lies %s from before (columns, rows; ± %.2f)", pixels(*m.Bias), m.Error)
	if m.Spread != nil {
		t += ", spread " + pixels(*m.Spread)
	}
	all := []string{t + fmt.Sprintf("; confidence %.0f, %d of %d windows clear", m.Confidence, clear, len(m.Windows))}
	if m.Trend != nil {
		all = append(all, fmt.Sprintf("the shift grows by %.2f px over the scene", m.Trend.Range))
	}
	if r.Registration.Shift == nil {
		return append(all, "it is not moved: "+r.Registration.Why)
	}
	t = "it is moved"
	if left := r.Registration.Residual; left != nil && left.Bias != nil {
		t += ", which leaves " + pixels(*left.Bias)
	}
	return append(all, t)
}

// pixels is a shift in words.
func pixels(v register.Vector) string {
	round := func(x float64) float64 { return math.Round(100*x)/100 + 0 } // −0 is 0
	return fmt.Sprintf("%.2f, %.2f px", round(v.DX), round(v.DY))
}

func (r *Report) acquiredText() string {
	at := func(p job.AssessedPass) string {
		if p.Acquired == nil {
			return "not known"
		}
		return *p.Acquired + " (" + *p.TimeSource + ")"
	}
	t := at(r.Before) + " and " + at(r.After)
	if s := r.Season; s.Days != nil {
		t += fmt.Sprintf("; %g days apart, the days of the year %d", *s.Days, *s.DayOfYear)
	}
	return t
}

func (r *Report) sunText() string {
	angle := func(v *float64) string {
		if v == nil {
			return unknown
		}
		return fmt.Sprintf("%.1f°", *v)
	}
	b, a := r.Before, r.After
	if b.SunElevation == nil && a.SunElevation == nil && b.SunAzimuth == nil && a.SunAzimuth == nil {
		return "not known"
	}
	return fmt.Sprintf("elevation %s and %s, azimuth %s and %s", angle(b.SunElevation), angle(a.SunElevation), angle(b.SunAzimuth), angle(a.SunAzimuth))
}
