package accuracy

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// columns are the measures of the tables.
var columns = []struct {
	name  string
	value func(o *Outcome) float64
}{
	{"precision", func(o *Outcome) float64 { return o.Pixels.Precision() }},
	{"recall", func(o *Outcome) float64 { return o.Pixels.Recall() }},
	{"F1", func(o *Outcome) float64 { return o.Pixels.F1() }},
	{"IoU", func(o *Outcome) float64 { return o.Pixels.IoU() }},
	{"kappa", func(o *Outcome) float64 { return o.Pixels.Kappa() }},
	{"AUC-PR", func(o *Outcome) float64 { return o.Ranking.AUCPR }},
	{"bF1", func(o *Outcome) float64 { return o.Ranking.BestF1 }},
	{"object recall", func(o *Outcome) float64 { return o.Objects.Recall() }},
	{"object precision", func(o *Outcome) float64 { return o.Objects.Precision() }},
	{"matched recall", func(o *Outcome) float64 { return o.Objects.MatchedRecall() }},
	{"matched precision", func(o *Outcome) float64 { return o.Objects.MatchedPrecision() }},
	{"features per km²", (*Outcome).Density},
}

// row is the means of some pairs or families.
type row struct {
	name  string
	pairs int
	means []float64 // by column
}

// meanOf averages pairs, those that have a measure.
func meanOf(name string, outcomes []*Outcome) row {
	r := row{name, len(outcomes), make([]float64, len(columns))}
	for i, c := range columns {
		n := 0.0
		for _, o := range outcomes {
			if v := c.value(o); !math.IsNaN(v) {
				r.means[i] += v
				n++
			}
		}
		r.means[i] /= n
	}
	return r
}

// meanOfRows averages families, each with the same weight; a measure that one of them lacks has no mean.
func meanOfRows(name string, rows []row) row {
	all := row{name: name, means: make([]float64, len(columns))}
	for _, r := range rows {
		all.pairs += r.pairs
		for i, v := range r.means {
			all.means[i] += v / float64(len(rows))
		}
	}
	return all
}

// summarise makes the rows of a chain: families, all, then pairs as delivered beside the same pairs in place.
func summarise(outcomes []*Outcome) (rows []row) {
	families := map[string][]*Outcome{}
	delivered := map[string]bool{}
	for _, o := range outcomes {
		switch {
		case o.Pair.Delivered:
			delivered[o.Pair.Name] = true
		case o.Changes():
			families[o.Pair.Family] = append(families[o.Pair.Family], o)
		}
	}
	for _, f := range sorted(families) {
		rows = append(rows, meanOf(f, families[f]))
	}
	rows = append(rows, meanOfRows("**ALL**", rows))
	if len(delivered) > 0 {
		var shifted, still []*Outcome
		for _, o := range outcomes {
			switch {
			case o.Pair.Delivered:
				still = append(still, o)
			case delivered[o.Pair.Name]:
				shifted = append(shifted, o)
			}
		}
		rows = append(rows, meanOf("*as delivered*", still), meanOf("*the same, shifted into place*", shifted))
	}
	return rows
}

// sorted lists the keys of a map, the family "other" last.
func sorted(m map[string][]*Outcome) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if (a == "other") != (b == "other") {
			if a == "other" {
				return 1
			}
			return -1
		}
		return strings.Compare(a, b)
	})
	return keys
}

// falseAlarms are the shares flagged on the pairs without change.
func falseAlarms(outcomes []*Outcome) (shares []float64) {
	for _, o := range outcomes {
		if !o.Pair.Delivered && !o.Changes() {
			shares = append(shares, o.Pixels.Flagged())
		}
	}
	return shares
}

// cell writes a number of a table: three decimals, or three digits from 10 up.
func cell(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v < 10:
		return fmt.Sprintf("%.3f", v)
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-2)
	return strconv.FormatFloat(math.Round(v/unit)*unit, 'g', 6, 64)
}

// Table is the section of a chain in Markdown.
func Table(c Chain, outcomes []*Outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### `%s`\n\n", c)
	fmt.Fprintf(&b, "Method and threshold, by the run records: %s.\n\n", strings.Join(used(outcomes), "; "))
	b.WriteString("| family | pairs |")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n|--|--:|" + strings.Repeat("--:|", len(columns)) + "\n")
	for _, r := range summarise(outcomes) {
		fmt.Fprintf(&b, "| %s | %d |", r.name, r.pairs)
		for _, v := range r.means {
			b.WriteString(" " + cell(v) + " |")
		}
		b.WriteString("\n")
	}
	if shares := falseAlarms(outcomes); len(shares) > 0 {
		sum := 0.0
		for _, s := range shares {
			sum += s
		}
		fmt.Fprintf(&b, "\nFlagged on the %d pairs without change: %.2f %% on average, %.2f %% at most.\n",
			len(shares), 100*sum/float64(len(shares)), 100*slices.Max(shares))
	}
	return b.String()
}
