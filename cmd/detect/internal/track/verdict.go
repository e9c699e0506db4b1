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

// order sorts verdicts by time. Of those of one time a rejection comes before an acceptance, which then counts.
func (v *Verdict) order(w *Verdict) int {
	word := func(v *Verdict) int {
		if v.Accepted {
			return 1
		}
		return 0
	}
	return cmp.Or(v.When.Compare(w.When), cmp.Compare(word(v), word(w)), cmp.Compare(v.Who, w.Who), cmp.Compare(v.Reason, w.Reason), cmp.Compare(v.ID, w.ID))
}

// judge gives positions the last verdict on each. It returns the ids that lead nowhere.
func judge(positions []*Position, aliases []Alias, verdicts []*Verdict) (unknown []string) {
	of, byID := map[string]*Position{}, map[string]*Position{}
	for _, p := range positions {
		byID[p.ID] = p
		for _, s := range p.sightings {
			if of[s.DetID] == nil {
				of[s.DetID] = p
			}
		}
	}
	for _, a := range aliases {
		of[a.ID] = byID[a.PosID]
	}
	for _, v := range slices.SortedFunc(slices.Values(verdicts), (*Verdict).order) {
		p := of[v.ID]
		if p == nil {
			unknown = append(unknown, v.ID)
			continue
		}
		p.Verdict = v
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
	return unknown
}
