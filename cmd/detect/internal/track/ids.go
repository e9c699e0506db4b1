package track

import (
	"cmp"
	"fmt"
	"slices"
)

// Alias is an identifier that leads to a position: its own, or one that it had before a late pass joined it with another.
type Alias struct {
	ID string
	// DetID is the detection from which it was minted, or that took its place. PosID is the position that holds it; "" when an output was replaced by one
	// that shows nothing there.
	DetID, PosID string
	// Published says that it has been exported: it leads somewhere from then on.
	Published bool
}

// mint makes the identifier of a position from its first sighting.
func mint(detID string) string { return "p-" + detID }

// name gives positions, in the order in which they were founded, their identifiers. Of those that were kept the published ones stay with the position
// that holds their detection: the one minted from the earliest sighting is its id, others lead to it, as do those that are not published. Kept ones
// that come first are taken first when their detection is the same. Published ones whose detection is nowhere lead to none. With publish all that
// have none are published now.
func name(positions []*Position, kept []Alias, publish bool) []Alias {
	held := map[string][]Alias{} // by detection
	taken := map[string]bool{}
	for _, a := range kept {
		held[a.DetID] = append(held[a.DetID], a)
		taken[a.ID] = true
	}
	own := make([][]Alias, len(positions))
	for i, p := range positions {
		for _, s := range p.sightings {
			own[i] = append(own[i], held[s.DetID]...)
			delete(held, s.DetID) // it may be a detection of two outputs
		}
	}
	var all []Alias
	for i, p := range positions {
		first := p.sightings[0].DetID
		fresh := mint(first)
		for n := 2; taken[fresh] && !slices.ContainsFunc(own[i], func(a Alias) bool { return a.ID == fresh }); n++ {
			fresh = fmt.Sprintf("%s-%d", mint(first), n)
		}
		p.ID = fresh
		if k := slices.IndexFunc(own[i], func(a Alias) bool { return a.Published }); k >= 0 {
			p.ID = own[i][k].ID
		}
		if !taken[fresh] {
			own[i] = append(own[i], Alias{ID: fresh, DetID: first})
			taken[fresh] = true
		}
		for _, a := range own[i] {
			a.PosID = p.ID
			a.Published = a.Published || publish && a.ID == p.ID
			all = append(all, a)
		}
	}
	for _, lost := range held {
		for _, a := range lost {
			if a.Published {
				a.PosID = ""
				all = append(all, a)
			}
		}
	}
	slices.SortFunc(all, func(a, b Alias) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// keep lists the aliases that a rebuilding keeps: those published, of which ids of positions come first, and those by which verdicts name positions.
func keep(stored []Alias, verdicts []*Verdict) (kept []Alias) {
	has := map[string]bool{}
	for _, a := range stored {
		if a.Published {
			kept = append(kept, a)
			has[a.ID] = true
		}
	}
	slices.SortFunc(kept, func(a, b Alias) int {
		led := func(a Alias) int {
			if a.ID == a.PosID {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(led(a), led(b)), cmp.Compare(a.ID, b.ID))
	})
	for _, v := range slices.SortedFunc(slices.Values(verdicts), (*Verdict).order) {
		if v.ID != v.det && !has[v.ID] {
			kept = append(kept, Alias{ID: v.ID, DetID: v.det})
			has[v.ID] = true
		}
	}
	return kept
}
