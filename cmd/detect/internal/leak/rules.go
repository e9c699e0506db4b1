package leak

import "github.com/peterstace/simplefeatures/geom"

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
	if !p.guarded {
		return
	}
	approved := 0
	for _, yes := range c.rules.Approved {
		if yes {
			approved++
		}
	}
	if c.guarded++; c.guarded > approved {
		c.leak(name, "%s lies within the distance of a protected place, and the policy has approved %d features", what, approved)
	}
}
