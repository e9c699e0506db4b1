package parcel

import "slices"

// TLP is a marking of the Traffic Light Protocol 2.0 (FIRST, 2022).
type TLP string

// The markings, from the least to the most strict.
const (
	Clear       TLP = "TLP:CLEAR"
	Green       TLP = "TLP:GREEN"
	Amber       TLP = "TLP:AMBER"
	AmberStrict TLP = "TLP:AMBER+STRICT"
	Red         TLP = "TLP:RED"
)

var strictness = []TLP{Clear, Green, Amber, AmberStrict, Red}

// Known reports whether t is a marking.
func (t TLP) Known() bool { return slices.Contains(strictness, t) }

// Stricter is the stricter of two markings. What is no marking counts as TLP:RED.
func (t TLP) Stricter(u TLP) TLP {
	switch {
	case !t.Known() || !u.Known():
		return Red
	case slices.Index(strictness, t) >= slices.Index(strictness, u):
		return t
	}
	return u
}

// Onward reports whether a marking lets the recipient pass on what it marks to another organisation, a client of theirs or not: AMBER+STRICT keeps it in the recipient's own,
// RED with the persons who got it, and AMBER lets it go to clients on a need-to-know basis, which a handling text may narrow.
func (t TLP) Onward(client bool) bool { return t == Clear || t == Green || client && t == Amber }
