package track

import (
	"cmp"
	"fmt"
	"slices"
)

// Alias is an identifier that leads to a position: its own, or one that it had before a late pass joined it with another.
type Alias struct {
	ID string
	// DetID is the detection from which it was minted, PosID the position that holds that detection.
	DetID, PosID string
	// Published says that it has been exported: it leads somewhere from then on.
	Published bool
}

// mint makes the identifier of a position from its first sighting.
func mint(detID string) string { return "p-" + detID }

// name gives positions, in the order in which they were founded, their identifiers. Those that were published stay with the position that holds
// their detection: the one minted from the earliest sighting is its id, others lead to it. With publish all that have none are published now.
func name(positions []*Position, published []Alias, publish bool) []Alias {
	held := map[string][]Alias{} // by detection
	for _, a := range published {
		held[a.DetID] = append(held[a.DetID], a)
	}
	taken := map[string]bool{}
	own := make([][]Alias, len(positions))
	for i, p := range positions {
		for _, s := range p.sightings {
			own[i] = append(own[i], held[s.DetID]...)
			delete(held, s.DetID) // it may be a detection of two outputs
		}
		for _, a := range own[i] {
			taken[a.ID] = true
		}
	}
	var all []Alias
	for i, p := range positions {
		first := p.sightings[0].DetID
		fresh := mint(first)
		for n := 2; taken[fresh] && !slices.ContainsFunc(own[i], func(a Alias) bool { return a.ID == fresh }); n++ {
			fresh = fmt.Sprintf("%s-%d", mint(first), n)
		}
		if len(own[i]) == 0 {
			p.ID = fresh
		} else {
			p.ID = own[i][0].ID
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
	slices.SortFunc(all, func(a, b Alias) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
