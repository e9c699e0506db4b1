package track

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"passdiff/geo"
)

// Verdict is what a person said of a position.
type Verdict struct {
	// ID names the position: its id, one that leads to it, or a detection of it.
	ID       string
	Accepted bool // else rejected
	Reason   string
	Who      string
	When     time.Time
	// Expires is until when a rejection keeps repeats away, by the time at which they were acquired; not known for ever. It says nothing of an
	// acceptance.
	Expires geo.Opt[time.Time]
	// Row is where it stands in its file, from 1. Of verdicts of one time the one in the later row counts.
	Row int

	det string // the detection that ID means
}

// The words for verdicts, as in review_state.
const (
	Candidate = "candidate"
	Accepted  = "accepted"
	Rejected  = "rejected"
)

// Word is the verdict as review_state says it; candidate for none.
func (v *Verdict) Word() string {
	switch {
	case v == nil:
		return Candidate
	case v.Accepted:
		return Accepted
	}
	return Rejected
}

// Expiry is how long a rejection holds. The zero value is for ever.
type Expiry struct{ Days int }

// ParseExpiry reads a number of days, like 90d, or never.
func ParseExpiry(s string) (Expiry, error) {
	if s == "never" {
		return Expiry{}, nil
	}
	days, ok := strings.CutSuffix(s, "d")
	n, err := strconv.Atoi(days)
	if !ok || err != nil || n < 1 || n > 100_000 {
		return Expiry{}, fmt.Errorf("%q is neither a number of days like 90d nor never", s)
	}
	return Expiry{n}, nil
}

// Of is when a rejection of a time expires.
func (e Expiry) Of(when time.Time) geo.Opt[time.Time] {
	if e.Days == 0 {
		return geo.Opt[time.Time]{}
	}
	return geo.Some(when.AddDate(0, 0, e.Days))
}

// order sorts verdicts by time, those of one time by their rows. Of those in the same row of several files a rejection comes before an acceptance, which
// then counts.
func (v *Verdict) order(w *Verdict) int {
	word := func(v *Verdict) int {
		if v.Accepted {
			return 1
		}
		return 0
	}
	return cmp.Or(v.When.Compare(w.When), cmp.Compare(v.Row, w.Row), cmp.Compare(word(v), word(w)), cmp.Compare(v.Who, w.Who), cmp.Compare(v.Reason, w.Reason),
		cmp.Compare(v.ID, w.ID))
}

// holders are positions by their detections. A detection of two outputs is that of the position founded first.
func holders(positions []*Position) map[string]*Position {
	of := map[string]*Position{}
	for _, p := range positions {
		for _, s := range p.sightings {
			if of[s.DetID] == nil {
				of[s.DetID] = p
			}
		}
	}
	return of
}

// resolve finds the detection that each new verdict means, which stays the same whatever becomes of ids. An id that a position had, or would have had
// in another order of feeding, names its detection. It returns the ids that lead nowhere.
func resolve(verdicts, stored []*Verdict, aliases []Alias, of map[string]*Position) (unknown []string) {
	named := map[string]string{}
	for _, v := range stored {
		named[v.ID] = v.det
	}
	for _, a := range aliases {
		named[a.ID] = a.DetID
	}
	for _, v := range verdicts {
		minted, isID := strings.CutPrefix(v.ID, mint(""))
		switch det, ok := named[v.ID]; {
		case ok:
			v.det = det
		case of[v.ID] != nil:
			v.det = v.ID
		case isID && of[minted] != nil:
			v.det = minted
		case !slices.Contains(unknown, v.ID):
			unknown = append(unknown, v.ID)
		}
	}
	return unknown
}

// lastRows are verdicts without those that stand in a later row again.
func lastRows(verdicts []*Verdict) (out []*Verdict) {
	same := func(v *Verdict) Verdict {
		return Verdict{ID: v.ID, Accepted: v.Accepted, Reason: v.Reason, Who: v.Who, When: v.When.UTC()}
	}
	last := map[Verdict]int{}
	for i, v := range verdicts {
		last[same(v)] = i
	}
	for i, v := range verdicts {
		if last[same(v)] == i {
			out = append(out, v)
		}
	}
	return out
}

// judge gives positions, by their detections, the last verdict on each.
func judge(positions []*Position, of map[string]*Position, verdicts []*Verdict) {
	for _, v := range slices.SortedFunc(slices.Values(verdicts), (*Verdict).order) {
		if p := of[v.det]; p != nil { // its output may have been replaced
			p.Verdict = v
		}
	}
	for _, p := range positions {
		v := p.Verdict
		if v == nil || v.Accepted {
			continue
		}
		if v.Expires.Known && p.LastSeen.After(v.Expires.Value) {
			p.Verdict = nil
			continue
		}
		p.Suppressed = true
	}
}
