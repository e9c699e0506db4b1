package parcel

import (
	"testing"
	"time"
)

// TestStricter: CLEAR < GREEN < AMBER < AMBER+STRICT < RED (TLP 2.0), and what is no marking is the strictest.
func TestStricter(t *testing.T) {
	order := []TLP{Clear, Green, Amber, AmberStrict, Red}
	for i, a := range order {
		for k, b := range order {
			if got := a.Stricter(b); got != order[max(i, k)] {
				t.Errorf("of %s and %s %s is stricter", a, b, got)
			}
		}
		if a.Stricter("TLP:WHITE") != Red || TLP("").Stricter(a) != Red {
			t.Errorf("beside no marking %s is not red", a)
		}
		if a.Onward(true) != (i < 3) || a.Onward(false) != (i < 2) {
			t.Errorf("%s goes on to clients: %v, to others: %v", a, a.Onward(true), a.Onward(false))
		}
	}
	if TLP("TLP:WHITE").Onward(true) || TLP("").Onward(true) {
		t.Error("what is not marked goes on")
	}
}

// TestOrigin: a token depends on the key and on each part of the pair, wherever one ends and the next begins.
func TestOrigin(t *testing.T) {
	at := made
	seen := map[string]bool{}
	for _, s := range []string{
		Origin(nil, "a", "b", at, at), Origin([]byte("k"), "a", "b", at, at), Origin(nil, "ab", "", at, at), Origin(nil, "", "ab", at, at), Origin(nil, "b", "a", at, at),
		Origin(nil, "a", "b", at, time.Time{}), Origin(nil, "a", "b", time.Time{}, at), Origin(nil, "a", "b", at, at.Add(time.Millisecond)),
	} {
		if seen[s] || !IsOrigin(s) {
			t.Errorf("%s is there twice, or is none", s)
		}
		seen[s] = true
	}
	if !seen[Origin(nil, "a", "b", at.In(time.FixedZone("x", 3600)), at)] {
		t.Error("another zone gives another token")
	}
}
