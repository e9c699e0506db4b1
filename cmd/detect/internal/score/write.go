package score

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteJSON writes one indented object with all keys of Schema in their order; what is undefined is null.
func (r *Result) WriteJSON(w io.Writer) error {
	b, err := r.encode()
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}

func (r *Result) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return b.Bytes(), err
}

// WriteCSV writes a line of names and one of values: the keys of the JSON object in their order, those of objects inside with the outer key
// and an underscore in front, those of size classes with their names. What is undefined is empty; notes are joined by semicolons.
func (r *Result) WriteCSV(w io.Writer) error {
	b, err := r.encode()
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var c columns
	if err := c.value(d, ""); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	return errors.Join(out.Write(c.names), out.Write(c.values), flush(out))
}

func flush(w *csv.Writer) error {
	w.Flush()
	return w.Error()
}

// columns are the cells of a table of one row.
type columns struct{ names, values []string }

// value takes the next value of a document.
func (c *columns) value(d *json.Decoder, name string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		if v == '[' {
			return c.list(d, name)
		}
		return c.members(d, name)
	case nil:
		c.add(name, "")
	case string:
		c.add(name, v)
	default:
		c.add(name, fmt.Sprint(v))
	}
	return nil
}

func (c *columns) add(name, value string) {
	c.names, c.values = append(c.names, name), append(c.values, value)
}

// members takes the members of an object. One called name gives the others theirs.
func (c *columns) members(d *json.Decoder, name string) error {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "name" {
			if key, err = d.Token(); err != nil {
				return err
			}
			name += "_" + key.(string)
			continue
		}
		inner := key.(string)
		if name != "" {
			inner = name + "_" + inner
		}
		if err := c.value(d, inner); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// list takes objects, each with a name, or texts.
func (c *columns) list(d *json.Decoder, name string) error {
	var texts columns
	objects := len(c.names)
	for d.More() {
		to := &texts
		if name == "sizes" {
			to = c
		}
		if err := to.value(d, name); err != nil {
			return err
		}
	}
	if len(c.names) == objects {
		c.add(name, strings.Join(texts.values, "; "))
	}
	_, err := d.Token()
	return err
}

// undefinedSign stands for what has no value.
const undefinedSign = "–"

func share(v *float64) string {
	if v == nil {
		return undefinedSign
	}
	return fmt.Sprintf("%.3f", *v)
}

// WriteTable writes the result for people.
func (r *Result) WriteTable(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
	}
	g := fmt.Sprintf("%d×%d pixels", r.Grid.Width, r.Grid.Height)
	if p := r.Grid.PixelM2; p != nil {
		g += fmt.Sprintf(" of %.4g m²", *p)
	}
	if r.AOI != nil {
		g += ", inside " + *r.AOI
	}
	line("%s against %s, on %s", r.Out.File, r.Truth.File, g)
	p := r.Pixels
	line("%d pixels are labelled; %.1f %% of them were not observed and count as not flagged\n", p.Labelled, 100*p.NotObservedShare)

	line("%-13s%12s%12s%12s%12s%12s%12s%12s", "", "precision", "recall", "F1", "IoU", "kappa", "commission", "omission")
	line("%-13s%12s%12s%12s%12s%12s%12s%12s", "pixels", share(p.Precision), share(p.Recall), share(p.F1), share(p.IoU), share(p.Kappa), share(p.Commission), share(p.Omission))
	o := r.Objects
	objects := func(name string, precision, recall, f1 *float64) {
		line("%-13s%12s%12s%12s%24s%12s%12s", name, share(precision), share(recall), share(f1), "", share(less(precision)), share(less(recall)))
	}
	objects("objects", o.Precision, o.Recall, o.F1)
	objects("  matched", o.PrecisionMatched, o.RecallMatched, o.F1Matched)
	line("\npixels: %d flagged rightly, %d falsely, %d missed, %d rightly left", p.TP, p.FP, p.FN, p.TN)

	line("\n%-13s%12s%10s%10s%10s%12s%10s%10s%10s", "size (px)", "in truth", "touched", "matched", "pixels", "detections", "touching", "matched", "pixels")
	row := func(name string, c Counts, found, right string) {
		line("%-13s%12d%10d%10d%10s%12d%10d%10d%10s", name, c.Truth, c.TruthTouched, c.TruthMatched, found, c.Detections, c.DetectionsTouching, c.DetectionsMatched, right)
	}
	for _, s := range r.Sizes {
		row(s.label(), s.Counts, share(s.PixelRecall), share(s.PixelPrecision))
	}
	row("all", o.Counts, "", share(p.Precision))

	a := r.Area
	unit := map[string]string{"m2": "m²", "px": "px"}[a.Unit]
	amount := func(v *float64) string {
		if v == nil {
			return undefinedSign
		}
		return strconv.FormatFloat(*v, 'f', 0, 64)
	}
	line("\nchanged area, as mapped: %.0f of %.0f %s observed", a.MappedChanged, a.Observed, unit)
	line("changed area, adjusted:  %s %s, 95 %% interval %s to %s", amount(a.Changed), unit, amount(a.ChangedLow), amount(a.ChangedHigh))
	accuracy := func(v, se *float64) string { return share(v) + " ± " + share(se) }
	line("adjusted accuracy ± standard error: user's %s, producer's %s, overall %s", accuracy(a.Users, a.UsersSE), accuracy(a.Producers, a.ProducersSE), accuracy(a.Overall, a.OverallSE))
	line("(takes the labelled pixels for a random sample of those mapped as changed and as unchanged)")
	if len(r.Notes) > 0 {
		line("")
	}
	for _, n := range r.Notes {
		line("note: %s", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// label is a size class in words.
func (s Size) label() string {
	if s.ToPx == nil {
		return fmt.Sprintf("%d or more", s.FromPx)
	}
	return fmt.Sprintf("%d to %d", s.FromPx, *s.ToPx-1)
}
