package release

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/peterstace/simplefeatures/rtree"

	"passdiff/cmd/detect/internal/policy"
)

// ground is the places of a policy, ready to be compared with features.
type ground struct {
	area
	deny   placeSet
	guards []guard
}

// area is the areas of which the partner may know, as one.
type area struct {
	allow place
	whole bool // it is there and can be trusted
}

func newArea(all []geom.Geometry) (a area) {
	if union, err := geom.UnionMany(all); err == nil {
		a.allow, a.whole = newPlace(union)
	}
	return a
}

type guard struct {
	policy.Protected
	places placeSet
}

func newGround(r policy.Rules) *ground {
	g := &ground{area: newArea(r.Allow), deny: newPlaces(r.Deny)}
	for _, p := range r.Protected {
		g.guards = append(g.guards, guard{p, newPlaces(p.Places)})
	}
	return g
}

// denied reports whether a feature touches a place of which nothing is released.
func (g *ground) denied(shape geom.Geometry) bool {
	lo, hi, _ := shape.Envelope().MinMaxXYs()
	return g.deny.any(lo, hi, func(p *place, shift float64) bool {
		at := moved(shape, shift)
		return p.within(at, degrees, 0, func() bool { return geom.Intersects(p.g, at) })
	})
}

// allowed reports whether a feature, or a point, lies wholly within the areas of which the partner may know. When that cannot be said, it does not.
func (a *area) allowed(shape geom.Geometry) bool { return a.whole && a.allow.covers(shape) }

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
	s := plane{east, north}
	lo.X, lo.Y, hi.X, hi.Y = lo.X-wide, lo.Y-reach, hi.X+wide, hi.Y+reach
	return p.places.any(lo, hi, func(q *place, shift float64) bool {
		at := moved(shape, shift)
		return q.within(at, s, p.Distance, func() bool {
			d, ok := geom.Distance(at.TransformXY(s.at), q.g.TransformXY(s.at))
			return !ok || d <= p.Distance
		})
	})
}

// placeSet is some places, and an index of their boxes.
type placeSet struct {
	all  []place
	tree *rtree.RTree
}

func newPlaces(all []geom.Geometry) (p placeSet) {
	var items []rtree.BulkItem
	for _, g := range all {
		if q, ok := newPlace(g); ok {
			items = append(items, rtree.BulkItem{Box: box(q.lo, q.hi), RecordID: len(p.all)})
			p.all = append(p.all, q)
		}
	}
	p.tree = rtree.BulkLoad(items)
	return p
}

// any reports whether something is so of a place that a box meets. The meridians at −180 and 180 are one: the box is moved by multiples of 360 degrees, too.
func (p placeSet) any(lo, hi geom.XY, is func(q *place, shift float64) bool) (found bool) {
	for _, shift := range [...]float64{0, -360, 360} {
		_ = p.tree.RangeSearch(box(geom.XY{X: lo.X + shift, Y: lo.Y}, geom.XY{X: hi.X + shift, Y: hi.Y}), func(i int) error {
			found = found || is(&p.all[i], shift)
			return nil
		})
		if found {
			return true
		}
	}
	return false
}

// moved is a geometry moved to the east.
func moved(g geom.Geometry, shift float64) geom.Geometry {
	if shift == 0 {
		return g
	}
	return g.TransformXY(func(xy geom.XY) geom.XY { return geom.XY{X: xy.X + shift, Y: xy.Y} })
}
