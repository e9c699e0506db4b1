package decision

import (
	"slices"

	"passdiff/change"
)

// MostFlagged is the share of the pixels of pairs without change that a setting may flag, on average, to be chosen.
const MostFlagged = 0.03

// Criterion is what is best about the best setting; one below 0 is not chosen.
type Criterion struct {
	Name string
	of   func(Score) float64
}

// Criteria are those that are tried.
var Criteria = []Criterion{
	{"F1", func(s Score) float64 { return s.F1 }},
	{"F1 + (object recall + object precision)/2", func(s Score) float64 { return s.F1 + (s.Recall+s.Precision)/2 }},
}

// LeftOut is a family under the settings that others chose.
type LeftOut struct {
	Family string
	// ByPairs says that no other family is of this kind, so that each pair was left out in turn; Setting is "" then.
	ByPairs         bool
	Setting         string
	Chosen, Shipped Score
}

// Study is what trials say about settings.
type Study struct {
	grids    Grids
	trials   []Trial
	families []string
}

// NewStudy is over the trials of grids. Pairs of one family are of one kind.
func NewStudy(g Grids, trials []Trial) *Study {
	s := &Study{grids: g, trials: trials}
	for _, t := range trials {
		if !t.Empty {
			s.families = append(s.families, t.Pair.Family)
		}
	}
	slices.Sort(s.families)
	s.families = slices.Compact(s.families)
	return s
}

// kindOf is that of a family's pairs.
func (s *Study) kindOf(family string) change.PairKind {
	i := slices.IndexFunc(s.trials, func(t Trial) bool { return t.Pair.Family == family })
	return s.trials[i].Kind
}

// family is the mean over its pairs with change under a setting.
func family(trials []Trial, name string, setting int) (Score, bool) {
	return mean(trials, func(t Trial) (Score, bool) {
		if t.Pair.Family != name || t.Empty {
			return Score{}, false
		}
		return t.Scores[setting], true
	})
}

// flagged is the share flagged on the pairs without change of a kind; 0 where there are none.
func flagged(trials []Trial, kind change.PairKind, setting int) float64 {
	m, _ := mean(trials, func(t Trial) (Score, bool) {
		if t.Kind != kind || !t.Empty {
			return Score{}, false
		}
		return t.Scores[setting], true
	})
	return m.Flagged
}

// overall is the mean over the families of a kind under a setting; ok is false when the trials have none.
func (s *Study) overall(trials []Trial, kind change.PairKind, setting int) (Score, bool) {
	return mean(s.families, func(f string) (Score, bool) {
		if s.kindOf(f) != kind {
			return Score{}, false
		}
		return family(trials, f, setting)
	})
}

// best is the setting for a kind that trials choose, the first of equals. ok is false when they know nothing of the kind.
func (s *Study) best(trials []Trial, kind change.PairKind, c Criterion) (setting int, ok bool) {
	top := 0.0
	for i := range s.grids[kind] {
		m, known := s.overall(trials, kind, i)
		if !known {
			return 0, false
		}
		if flagged(trials, kind, i) > MostFlagged {
			continue
		}
		if v := c.of(m); v >= 0 && (!ok || v > top) {
			top, setting, ok = v, i, true
		}
	}
	return setting, ok
}

// LeaveOut scores each family by the setting that the others choose.
func (s *Study) LeaveOut(c Criterion) (all []LeftOut) {
	for _, f := range s.families {
		kind := s.kindOf(f)
		l := LeftOut{Family: f}
		l.Shipped, _ = family(s.trials, f, 0)
		rest := slices.DeleteFunc(slices.Clone(s.trials), func(t Trial) bool { return t.Pair.Family == f })
		if i, ok := s.best(rest, kind, c); ok {
			l.Setting = s.grids[kind][i].Name
			l.Chosen, _ = family(s.trials, f, i)
		} else {
			l.ByPairs = true
			l.Chosen = s.byPairs(f, c)
		}
		all = append(all, l)
	}
	return all
}

// byPairs is the mean over the pairs of a family, each under the setting that the family's others choose.
func (s *Study) byPairs(name string, c Criterion) Score {
	m, _ := mean(s.trials, func(t Trial) (Score, bool) {
		if t.Pair.Family != name || t.Empty {
			return Score{}, false
		}
		rest := slices.DeleteFunc(slices.Clone(s.trials), func(o Trial) bool { return o.Pair.Family != name || o.Pair == t.Pair })
		i, _ := s.best(rest, t.Kind, c)
		return t.Scores[i], true
	})
	return m
}

// Means are those of families, chosen and shipped.
func Means(all []LeftOut) (chosen, shipped Score) {
	chosen, _ = mean(all, func(l LeftOut) (Score, bool) { return l.Chosen, true })
	shipped, _ = mean(all, func(l LeftOut) (Score, bool) { return l.Shipped, true })
	return chosen, shipped
}
