package leak

import (
	"slices"
	"strconv"
	"time"

	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
)

// satisfies looks whether a feature satisfies the policy, as far as it tells: of what is not told nobody can say.
// cell is the size of the feature's cell. One that is told in larger cells than the others has no times, as these tell of which passes it is.
func (c *checker) satisfies(name, what string, p *node, cell int) {
	larger := cell > c.rules.Grid
	for i, key := range p.keys {
		v, ok := p.members[i], true
		switch key {
		case "review_state":
			ok = v.text == "accepted" || v.text == "candidate" && c.rules.Review == policy.Candidate
		case "confidence":
			n, err := strconv.Atoi(v.text)
			ok = c.rules.AnyConfidence || err == nil && n >= c.rules.MinConfidence
		case "status":
			ok = c.reached(v.text)
		case "t_after":
			ok = v.kind != 0 || larger // how old it is must be known
		case "n_looked":
			ok = v.kind == 0 || c.rules.Embargo <= 0 // it counts passes of which the times do not tell
		}
		if slices.Contains(times, key) && larger {
			ok = v.kind == 0
		}
		if !ok {
			c.leak(name, "%s has %s %.40q, which the policy does not let pass", what, key, v.text)
		}
		if slices.Contains(times, key) {
			c.old(name, what, key, v)
		}
	}
}

// reached reports whether a status is the least one or a higher one. What is finished may never have been confirmed.
func (c *checker) reached(status string) bool {
	switch c.rules.MinStatus {
	case "", "first":
		// What is finished was looked at again, maybe under the embargo: then it is not told, as is what was never told.
		if c.rules.Embargo > 0 {
			return status != "finished"
		}
		return slices.Contains(vocabulary["status"], status)
	case "provisional":
		return status == "provisional" || status == "confirmed"
	}
	return status == "confirmed"
}

// old looks whether a time that is told was past the embargo when the package was made. A time that was made coarser is the beginning of a day or week,
// and no later than the true one.
func (c *checker) old(name, what, key string, v *node) {
	t, err := time.Parse(time.RFC3339, v.text)
	if err != nil || c.at.IsZero() {
		return // is said elsewhere
	}
	if t.Add(max(0, c.rules.Embargo)).After(c.at) {
		c.leak(name, "%s has %s %s, which is under the embargo, or later than the package", what, key, v.text)
	}
}

// exact looks whether a feature may be told where it lies.
func (c *checker) exact(name, what string, shape geom.Geometry) {
	if wrong := c.ground.exact(shape); wrong != "" {
		c.leak(name, "%s %s", what, wrong)
	}
}

// coarse looks whether a feature may be told in a cell.
func (c *checker) coarse(name, what string, at square) {
	p := c.ground.coarse(at)
	if p.wrong != "" {
		c.leak(name, "%s %s", what, p.wrong)
	}
	if !p.guarded && at.size <= c.rules.Grid {
		return
	}
	if c.guarded++; c.guarded > c.approved {
		c.leak(name, "%s is told as what lies near a protected place, and the policy has approved %d features", what, c.approved)
	}
}
