package decision

import (
	"fmt"
	"strings"

	"passdiff/change"
)

// MostLost is how far the mean F1 by settings that other families chose may lie below that of the shipped settings.
const MostLost = 0.03

// recalls are the least object recalls for which the front names a setting.
var recalls = []float64{0.66, 0.68, 0.70, 0.72, 0.74, 0.76, 0.78, 0.80}

// Lost is an error when the shipped settings do better than carries over, by the first criterion.
func (s *Study) Lost() error {
	chosen, shipped := Means(s.LeaveOut(Criteria[0]))
	if shipped.F1-chosen.F1 > MostLost {
		return fmt.Errorf("the shipped limits reach a mean F1 of %.3f, limits chosen by other families %.3f: that is more than %.2f less", shipped.F1, chosen.F1, MostLost)
	}
	return nil
}

// Markdown is the section of the page.
func (s *Study) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Settings tried: %d for `vhr`, %d for `optical`, %d for `sar`.\n", len(s.grids[change.VHR]), len(s.grids[change.Multispectral]), len(s.grids[change.SAR]))
	for _, c := range Criteria {
		fmt.Fprintf(&b, "\nChosen by %s:\n\n", c.Name)
		b.WriteString("| family left out | what the others choose | F1 | object recall | object precision | as shipped: F1 | object recall | object precision |\n")
		b.WriteString("|--|--|--:|--:|--:|--:|--:|--:|\n")
		all := s.LeaveOut(c)
		for _, l := range all {
			setting := l.Setting
			if l.ByPairs {
				setting = "*each pair by the family's others*"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", l.Family, setting, cells(l.Chosen), cells(l.Shipped))
		}
		chosen, shipped := Means(all)
		fmt.Fprintf(&b, "| **ALL** | | %s | %s |\n", cells(chosen), cells(shipped))
	}
	b.WriteString("\nThe front for `vhr`, by its families' means: of the settings that reach an object recall, the one of highest F1 + (object precision)/2.\n\n")
	b.WriteString("| object recall from | setting | F1 | object recall | object precision | flagged without change |\n|--:|--|--:|--:|--:|--:|\n")
	row := func(from string, i int) {
		m, _ := s.overall(s.trials, change.VHR, i)
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f %% |\n", from, s.grids[change.VHR][i].Name, cells(m), 100*flagged(s.trials, change.VHR, i))
	}
	row("", 0)
	last := -1
	for _, r := range recalls {
		enough := Criterion{of: func(m Score) float64 {
			if m.Recall < r {
				return -1
			}
			return m.F1 + m.Precision/2
		}}
		if i, ok := s.best(s.trials, change.VHR, enough); ok && i != last {
			last = i
			row(fmt.Sprintf("%.2f", r), i)
		}
	}
	return b.String()
}

func cells(s Score) string { return fmt.Sprintf("%.3f | %.3f | %.3f", s.F1, s.Recall, s.Precision) }
