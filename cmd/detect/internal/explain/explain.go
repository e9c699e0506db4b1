// Package explain writes why a run wrote a detection, which package job finds out.
package explain

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"passdiff/change"
	"passdiff/cmd/detect/internal/job"
)

// Schema names the form of the JSON object that a Report makes.
const Schema = "passdiff-explain/1"

// Report is an explanation ready to be written.
type Report struct {
	Schema string `json:"schema"`
	*job.Explanation
}

// NewReport makes a report of an explanation.
func NewReport(e *job.Explanation) *Report { return &Report{Schema, e} }

// WriteJSON writes one indented object with all keys of Schema in their order; what is not known is null.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
	}
	size := fmt.Sprintf("%d pixels", r.Pixels)
	if r.Unfilled != r.Pixels {
		size += fmt.Sprintf(" (%d before holes were filled)", r.Unfilled)
	}
	line("%s: a candidate, %s and %s, of %s; at least %d are asked for", r.ID, r.ObjDesc, r.Direction, size, r.MinPixels)
	if r.EdgeFlag != "none" {
		line("it touches the edge of what was looked at (%s) and may go on beyond", r.EdgeFlag)
	}

	line("\n%-14s%11s%11s%11s   %s", "band", "before", "after", "change", "around it: before, after, change; noise before, after")
	for _, c := range r.Bands {
		line("%-14s%11s%11s%11s   %s, %s, %s; %s, %s", cut(c.Name), digits(c.Before), digits(c.After), deviations(c.Change),
			optional(c.RimBefore), optional(c.RimAfter), deviations(c.RimChange), deviations(c.NoiseBefore), deviations(c.NoiseAfter))
	}
	line("(means; changes and noise in robust standard deviations, sd, of the scene)")

	s := r.Score
	line("\nscore (%s): mean %s, highest %s; around it %s", s.Method, digits(s.Mean), digits(s.Max), digits(s.Rim))
	line("  every pixel reaches the threshold %s (%s), and the highest %s", digits(s.Threshold), s.Rule, digits(s.Keep))
	parts(line, s.Parts, 1)
	if e := r.Evidence; e != nil {
		line("\nevidence: mean %s; every pixel reaches the gate %s", digits(e.Mean), digits(e.Gate))
		parts(line, e.Parts, 1)
	}
	if c := r.Confidence; c != nil {
		var terms []string
		for _, t := range c.Terms {
			terms = append(terms, fmt.Sprintf("%s %+.2f", t.Name, t.Value))
		}
		line("\nconfidence: %d, from %s", c.Value, strings.Join(terms, ", "))
	}
	if g := r.Registration; g != nil {
		line("\nregistration: after lies %.2f, %.2f px from before there (± %.2f)", hundredths(g.DX), hundredths(g.DY), g.SD)
	}
	line("")
	if r.Removals != nil && len(r.Removals) == 0 {
		line("no single option of the run would have removed it")
	}
	for _, m := range r.Removals {
		line("would have been removed by %-28s (was %s)", m.Option, m.Was)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shownLevels is how deep the text goes into the parts of a score; JSON has all.
const shownLevels = 3

// parts writes the parts of a score, those that carry most first.
func parts(line func(string, ...any), p change.Part, level int) {
	if level > shownLevels {
		return
	}
	for _, q := range sorted(p.Parts) {
		share := ""
		if q.Share != nil {
			share = fmt.Sprintf("%.0f %%", math.Round(100**q.Share)+0)
		}
		times := ""
		if q.Median != nil && *q.Median > 0 {
			times = fmt.Sprintf(", %.3g times its median", q.Value/(*q.Median))
		}
		line("%s%6s  %s: %s%s", strings.Repeat("    ", level-1), share, q.Name, digits(q.Value), times)
		parts(line, q, level+1)
	}
}

const nameWidth = 13

// cut shortens the name of a band.
func cut(name string) string {
	if r := []rune(name); len(r) > nameWidth {
		return string(r[:nameWidth-1]) + "…"
	}
	return name
}

// unknown stands for what is not known.
const unknown = "–"

func digits(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func optional(v *float64) string {
	if v == nil {
		return unknown
	}
	return digits(*v)
}

func deviations(v *float64) string {
	if v == nil {
		return unknown
	}
	return fmt.Sprintf("%.2f sd", hundredths(*v))
}

// hundredths rounds to two decimals; −0 is 0.
func hundredths(v float64) float64 { return math.Round(100*v)/100 + 0 }

// sorted are parts by the share that they carry, those of equal share as they stand.
func sorted(parts []change.Part) []change.Part {
	out := slices.Clone(parts)
	slices.SortStableFunc(out, func(a, b change.Part) int { return cmp.Compare(carried(b), carried(a)) })
	return out
}

func carried(p change.Part) float64 {
	if p.Share == nil {
		return 0
	}
	return *p.Share
}
