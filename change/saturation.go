package change

import "fmt"

// A band is saturated when its highest value is held by saturatedShare of the measured pixels at least, and by saturatedPile times as many as
// the value below it: in a band of few values each is held by many.
const (
	saturatedShare = 0.02
	saturatedPile  = 4
)

// saturated says which bands are clipped at their highest value: what differs above it does not show, and where one pass alone is clipped that
// looks like change.
func (t *Training) saturated() []string {
	var out []string
	for b := range t.Bands {
		for pass, scale := range [2]Scale{t.Norm.Before[b], t.Norm.After[b]} {
			e := t.ends[pass][b]
			share := float64(e.atHigh) / float64(t.Measured)
			if share >= saturatedShare && e.atHigh >= saturatedPile*e.pastHigh && !scale.constant() {
				out = append(out, fmt.Sprintf("band %d of %s is saturated: %.0f %% of its pixels hold its highest value, above which nothing can be compared", b+1, passNames[pass], 100*share))
			}
		}
	}
	return out
}

// passNames are the passes by number.
var passNames = [2]string{"before", "after"}
