package release

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
)

// ground is the places of a policy, ready to be compared with features.
type ground struct {
	allow  geom.Geometry
	whole  bool // allow can be trusted
	deny   []place
	guards []guard
}

// place is a geometry with its box.
type place struct {
	g      geom.Geometry
	lo, hi geom.XY
}

type guard struct {
	policy.Protected
	places []place
}

func newGround(r policy.Rules) *ground {
	g := &ground{}
	if len(r.Allow) > 0 {
		union, err := geom.UnionMany(r.Allow)
		g.allow, g.whole = union, err == nil
	}
	g.deny = newPlaces(r.Deny)
	for _, p := range r.Protected {
		g.guards = append(g.guards, guard{p, newPlaces(p.Places)})
	}
	return g
}

func newPlaces(all []geom.Geometry) (out []place) {
	for _, g := range all {
		if lo, hi, ok := g.Envelope().MinMaxXYs(); ok {
			out = append(out, place{g, lo, hi})
		}
	}
	return out
}

// denied reports whether a feature touches a place of which nothing is released.
func (g *ground) denied(shape geom.Geometry) bool {
	lo, hi, _ := shape.Envelope().MinMaxXYs()
	for _, p := range g.deny {
		// The meridians at −180 and 180 are one.
		for _, shift := range turns(lo, hi, p) {
			if geom.Intersects(p.g, moved(shape, shift)) {
				return true
			}
		}
	}
	return false
}

// allowed reports whether a feature lies wholly within the areas of which the partner may know. When that cannot be said, it does not.
func (g *ground) allowed(shape geom.Geometry) bool {
	if !g.whole {
		return false
	}
	covers, err := geom.Covers(g.allow, shape)
	return err == nil && covers
}

// protected reports whether a feature lies near a protected place, and the largest of the cells in which it may be told if that is approved.
func (g *ground) protected(shape geom.Geometry) (near bool, coarsen int) {
	for _, p := range g.guards {
		if p.near(shape) {
			near, coarsen = true, max(coarsen, p.Coarsen)
		}
	}
	return near, coarsen
}

// Lower bounds of the radii of curvature of the WGS 84 ellipsoid: that of the meridian at the equator, a(1−e²), and the semi-major axis, which the
// radius of the prime vertical is never below. Metres.
const (
	leastMeridian = 6335439.0
	leastNormal   = 6378137.0
)

// near reports whether a feature lies within the distance of one of the places. Distances are measured in a plane in which nothing is farther
// than on the ellipsoid, as long as it is within the distance: longitudes and latitudes, scaled by the least metres that a degree has in the
// feature's latitudes and beyond them by the distance. So all that lies within the distance is found, and some that lies up to a hundredth
// farther, more so near the poles.
func (p guard) near(shape geom.Geometry) bool {
	lo, hi, _ := shape.Envelope().MinMaxXYs()
	north := leastMeridian * math.Pi / 180
	reach := p.Distance/north + 1e-9
	highest := min(90, max(math.Abs(lo.Y), math.Abs(hi.Y))+reach)
	east := leastNormal * math.Pi / 180 * math.Cos(highest*math.Pi/180)
	wide := 360.0
	if east > 0 {
		wide = min(360, p.Distance/east+1e-9)
	}
	scale := func(xy geom.XY) geom.XY { return geom.XY{X: xy.X * east, Y: xy.Y * north} }
	lo.X, lo.Y, hi.X, hi.Y = lo.X-wide, lo.Y-reach, hi.X+wide, hi.Y+reach
	for _, q := range p.places {
		for _, shift := range turns(lo, hi, q) {
			d, ok := geom.Distance(moved(shape, shift).TransformXY(scale), q.g.TransformXY(scale))
			if !ok || d <= p.Distance {
				return true
			}
		}
	}
	return false
}

// turns are the multiples of 360 degrees by which a box can be moved so that it meets a place.
func turns(lo, hi geom.XY, p place) (shifts []float64) {
	if hi.Y < p.lo.Y || lo.Y > p.hi.Y {
		return nil
	}
	for _, s := range [...]float64{0, -360, 360} {
		if hi.X+s >= p.lo.X && lo.X+s <= p.hi.X {
			shifts = append(shifts, s)
		}
	}
	return shifts
}

// moved is a geometry moved to the east.
func moved(g geom.Geometry, shift float64) geom.Geometry {
	if shift == 0 {
		return g
	}
	return g.TransformXY(func(xy geom.XY) geom.XY { return geom.XY{X: xy.X + shift, Y: xy.Y} })
}
