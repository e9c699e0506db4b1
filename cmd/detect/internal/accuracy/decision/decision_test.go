package decision

import (
	"math"
	"strings"
	"testing"

	"passdiff/change"
	"passdiff/cmd/detect/internal/accuracy"
)

// fitted is a pair as it would be after a fit.
func fitted(kind change.PairKind, correlation float64) *accuracy.Replay {
	m := &change.Model{Threshold: 3, Keep: 3.6, Gate: 0.5, Candidates: map[string]float64{"otsu": 2, "kittler": 5}}
	return &accuracy.Replay{Model: m, Kind: kind, Correlation: correlation}
}

// TestSettings: limits by hand.
func TestSettings(t *testing.T) {
	for _, c := range []struct {
		s           Setting
		correlation float64
		want        limits
	}{
		{Shipped, 0.9, limits{3, 3.6, 0.5}},
		{alike(1.5, 0.3, 0.5, 1.4, 1), 0.5, limits{2, 2.8, 0.5}},
		{alike(1.5, 0.3, 0.5, 1, 0), 0.9, limits{2 * math.Exp(0.6), 2 * math.Exp(0.6), 0}},
		{alike(1.5, 0.3, 0.5, 1, 1), 0, limits{2 * math.Exp(-0.15), 2 * math.Exp(-0.15), 0.5}},
		{byRule("", 1.2, 1), 0, limits{3, 3.6, 0.5}},
		{byRule("kittler", 1.2, 0), 0, limits{5, 6, 0}},
		{byRule("rosin", 1, 1), 0, limits{3, 3, 0.5}}, // it found nothing
	} {
		r := fitted(change.VHR, c.correlation)
		m := c.s.model(r)
		if d := math.Abs(m.Threshold-c.want.threshold) + math.Abs(m.Keep-c.want.keep) + math.Abs(m.Gate-c.want.gate); d > 1e-12 {
			t.Errorf("%s at %v: T %v, keep %v, gate %v; want %+v", c.s.Name, c.correlation, m.Threshold, m.Keep, m.Gate, c.want)
		}
		if r.Model.Threshold != 3 {
			t.Errorf("%s changes what was fitted", c.s.Name)
		}
	}
	r := fitted(change.SAR, 0)
	r.Model.Threshold = change.Never
	if m := byRule("otsu", 1, 1).model(r); m.Threshold != change.Never {
		t.Errorf("a pair in which nothing can be found has threshold %v", m.Threshold)
	}
}

// TestGrid: each kind's grid starts with what is shipped and names no setting twice.
func TestGrid(t *testing.T) {
	for _, k := range change.PairKinds() {
		seen := map[string]bool{}
		for i, s := range Grid(k) {
			if seen[s.Name] || (i == 0) != (s.Name == Shipped.Name) {
				t.Errorf("%s: %q stands at %d, or twice", k, s.Name, i)
			}
			seen[s.Name] = true
		}
	}
}

// trial is a pair of which the settings reach some F1; those of empty pairs are shares flagged.
func trial(family string, kind change.PairKind, empty bool, values ...float64) Trial {
	t := Trial{Pair: accuracy.Pair{Family: family}, Kind: kind, Empty: empty}
	for _, v := range values {
		if empty {
			t.Scores = append(t.Scores, Score{Flagged: v})
		} else {
			t.Scores = append(t.Scores, Score{F1: v, Recall: 1 - v})
		}
	}
	return t
}

// study has three settings a kind. vhr families: a is best by the second setting, b and c by the third, which flags too much on a's pair
// without change. The one sar family has three pairs.
func study() *Study {
	settings := []Setting{Shipped, {Name: "second"}, {Name: "third"}}
	trials := []Trial{
		trial("a", change.VHR, false, 0.5, 0.7, 0.4), trial("a", change.VHR, true, 0.01, 0.02, 0.2),
		trial("b", change.VHR, false, 0.5, 0.4, 0.8), trial("c", change.VHR, false, 0.5, 0.6, 0.9),
		trial("s", change.SAR, false, 0.5, 0.6, 0.1), trial("s", change.SAR, false, 0.5, 0.7, 0.1), trial("s", change.SAR, false, 0.5, 0.2, 0.9),
	}
	for i := range trials {
		trials[i].Pair.Name = string(rune('0' + i))
	}
	return NewStudy(Grids{change.VHR: settings, change.SAR: settings}, trials)
}

// TestLeaveOut: without a, the third setting is best (0.85), and scores 0.4 on a, whose pair without change it has not seen. Without b,
// the second (0.65), since the third flags too much; without c, the second (0.55). Of s, the pairs are scored by the other two: the first
// by the third setting (0.5, against 0.45 and 0.5 of the shipped, which stands first: so by that, 0.5), the second by 0.55, 0.4, 0.5, so by
// the shipped one, and the last by the second (0.65): 0.5, 0.5 and 0.2.
func TestLeaveOut(t *testing.T) {
	s := study()
	all := s.LeaveOut(Criteria[0])
	want := []LeftOut{
		{"a", false, "third", Score{F1: 0.4, Recall: 0.6}, Score{F1: 0.5, Recall: 0.5}},
		{"b", false, "second", Score{F1: 0.4, Recall: 0.6}, Score{F1: 0.5, Recall: 0.5}},
		{"c", false, "second", Score{F1: 0.6, Recall: 0.4}, Score{F1: 0.5, Recall: 0.5}},
		{"s", true, "", Score{F1: 0.4, Recall: 0.6}, Score{F1: 0.5, Recall: 0.5}},
	}
	for i, w := range want {
		g := all[i]
		if g.Family != w.Family || g.ByPairs != w.ByPairs || g.Setting != w.Setting || math.Abs(g.Chosen.F1-w.Chosen.F1) > 1e-12 || math.Abs(g.Shipped.F1-w.Shipped.F1) > 1e-12 {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
	if chosen, shipped := Means(all); math.Abs(chosen.F1-0.45) > 1e-12 || math.Abs(shipped.F1-0.5) > 1e-12 {
		t.Errorf("means %+v and %+v", chosen, shipped)
	}
	if err := s.Lost(); err == nil || !strings.Contains(err.Error(), "0.450") {
		t.Errorf("0.05 are lost: %v", err)
	}
	text := s.Markdown()
	for _, line := range []string{
		"| b | second | 0.400 | 0.600 | 0.000 | 0.500 | 0.500 | 0.000 |", "| s | *each pair by the family's others* | 0.400 |", "| **ALL** | | 0.450 |",
		"|  | as shipped | 0.500 | 0.500 | 0.000 | 1.00 % |",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
	if strings.Contains(text, "| 0.80 |") {
		t.Errorf("no setting reaches a recall of 0.8:\n%s", text)
	}
}
