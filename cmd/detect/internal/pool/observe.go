package pool

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
)

// tokens are tokens of observations of which one, nobody knows which, is meant.
type tokens struct {
	list    []string
	has     map[string]bool
	unknown bool // no token was told: these only say by whom it came
}

func newTokens(list []string) *tokens {
	if len(list) == 0 {
		return nil
	}
	t := &tokens{list: list, has: map[string]bool{}}
	for _, s := range list {
		t.has[s] = true
	}
	return t
}

// meets reports whether two may be the same observation.
func (t *tokens) meets(o *tokens) bool {
	return t == o || slices.ContainsFunc(t.list, func(s string) bool { return o.has[s] })
}

// MaxMaybe is the most origins of a package that does not tell which of them each feature has: all go on with every feature.
const MaxMaybe = 200

// observe finds the tokens of a member's observations.
func (p *Pool) observe(m *member, before, after time.Time) error {
	var err error
	if m.sure, err = split(m.Text("origins")); err != nil {
		return err
	}
	maybe, err := split(m.Text("origins_any"))
	if err != nil {
		return err
	}
	m.maybe = newTokens(maybe)
	origins := m.in.origins
	switch {
	case m.maybe != nil:
	case m.in.contributor == Own && m.Text("schema") == parcel.PoolSchema:
		// a pool that counted more than it tells tokens of had members without
		if n, ok := number(m.Feature, "n_observations_possible"); m.sure == nil || ok && n > float64(len(m.sure)) {
			m.maybe = unknown(strings.Split(m.Text("contributors"), ",")...)
		}
	case m.sure != nil:
	case m.in.contributor == Own:
		m.sure = []string{parcel.Origin(p.OriginKey, m.Text("src_before"), m.Text("src_after"), before, after)}
	case origins == nil:
		m.maybe = unknown(m.in.contributor)
	case len(origins.list) == 1:
		m.sure = origins.list
	case len(origins.list) > MaxMaybe:
		return exit.Errorf(exit.Input, "its package has %d origins and does not tell which of them each feature has; up to %d can go on with every feature: ask for smaller packages", len(origins.list), MaxMaybe)
	default:
		m.maybe = origins
	}
	return nil
}

// unknown stands for an observation of which no token is told, but by whom it came. It goes on to nobody.
func unknown(contributors ...string) *tokens {
	t := newTokens(contributors)
	t.unknown = true
	return t
}

// split reads tokens with commas between; nil for none.
func split(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	all := strings.Split(list, ",")
	for _, t := range all {
		if !parcel.IsOrigin(t) {
			return nil, fmt.Errorf("its origin %.80q is no token", t)
		}
	}
	return all, nil
}

// carried are the tokens that go on with a feature: the sure ones, our own when there is a key; and those of which one is meant: of several such, one of all, so that nobody
// counts too much.
func (p *Pool) carried(members []*member) (sure, maybe string) {
	var known, others []string
	for _, m := range members {
		if p.OriginKey != nil || m.in.contributor != Own || m.Text("origins") != "" {
			known = append(known, m.sure...)
		}
		if m.maybe != nil && !m.maybe.unknown {
			others = append(others, m.maybe.list...)
		}
	}
	return joined(known), joined(others)
}

// observations counts the distinct observations of members: those known by tokens among the members that are not weak, and those that are possible with the others. What is
// told without a token may be a copy of what counts already. What somebody saw was seen once.
func observations(members []*member) (known, possible int) {
	var sure, all []string
	var told, maybe []*tokens
	for _, m := range members {
		all = append(all, m.sure...)
		if m.maybe != nil {
			maybe = append(maybe, m.maybe)
		}
		if m.weak || m.Get("weak") == true {
			continue
		}
		sure = append(sure, m.sure...)
		if m.maybe != nil && !m.maybe.unknown {
			told = append(told, m.maybe)
		}
	}
	known = max(1, distinct(sure, told))
	return known, max(known, distinct(all, maybe))
}

// distinct counts the sure tokens, and of those of which one is meant, one for all that may be the same, unless it may be one that counts already.
func distinct(list []string, maybe []*tokens) int {
	sure := map[string]bool{}
	for _, t := range list {
		sure[t] = true
	}
	var apart [][]*tokens // groups that have no token in common
	for _, t := range maybe {
		if meetsSure(t, sure) {
			continue
		}
		group := []*tokens{t}
		apart = slices.DeleteFunc(apart, func(other []*tokens) bool {
			if !slices.ContainsFunc(other, t.meets) {
				return false
			}
			group = append(group, other...)
			return true
		})
		apart = append(apart, group)
	}
	return len(sure) + len(apart)
}

func meetsSure(t *tokens, sure map[string]bool) bool {
	for s := range sure {
		if t.has[s] {
			return true
		}
	}
	return false
}
