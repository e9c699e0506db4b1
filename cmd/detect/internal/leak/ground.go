package leak

import (
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
)

// ground is the places of a policy, ready to be compared with many features.
type ground struct {
	// allow is the allowed areas as one, nil for none; denied are the denied polygons as one, nil when they cannot be joined.
	allow, denied *zone
	deny          []*zone
	guards        []guard
	// told is what is wrong with the cells that were looked at.
	told map[square]place
}

type guard struct {
	zones    []*zone
	distance float64
	// size is that of the smallest cell in which approved features may be told, in metres.
	size int
}

func newGround(r policy.Rules) *ground {
	g := &ground{deny: newZones(r.Deny), told: map[square]place{}}
	g.allow = joined(r.Allow)
	var polygons []geom.Geometry
	for _, d := range r.Deny {
		if d.IsPolygon() || d.IsMultiPolygon() {
			polygons = append(polygons, d)
		}
	}
	g.denied = joined(polygons)
	for _, p := range r.Protected {
		g.guards = append(g.guards, guard{newZones(p.Places), p.Distance, r.Coarsened(p.Coarsen).Grid})
	}
	return g
}

// joined makes one of polygons; nil when it cannot, or when there are none.
func joined(all []geom.Geometry) *zone {
	if len(all) == 0 {
		return nil
	}
	union, err := geom.UnionMany(all)
	if err != nil {
		return nil
	}
	return newZone(union)
}

// exact is what is wrong with the place of an exact feature; "" for nothing.
func (g *ground) exact(shape geom.Geometry) string {
	s := newZone(shape)
	for _, d := range g.deny {
		if d.touches(s) {
			return "touches a denied zone"
		}
	}
	if g.allow == nil || !g.allow.covers(s) {
		return "does not lie wholly within the allowed areas"
	}
	for _, p := range g.guards {
		if near(p.zones, s, p.distance) {
			return "is exact, and lies within the distance of a protected place"
		}
	}
	return ""
}

// place is what is wrong with a place, "" for nothing, and whether all of it is near a protected one.
type place struct {
	wrong   string
	guarded bool
}

// rounding is in degrees more than what the corner of a cell is rounded by.
const rounding = 1e-7

// coarse judges a cell, of which nobody can say where in it the feature lies: it is wrong when each place in it would be.
func (g *ground) coarse(at square) place {
	if p, ok := g.told[at]; ok {
		return p
	}
	// What may lie in the cell, before its corners were rounded. At the edges of the map, where all zones end, a hair is left out.
	b := at.box.grown(rounding, rounding)
	b.lo.X, b.lo.Y = max(b.lo.X, -180+2*hair), max(b.lo.Y, -90+2*hair)
	b.hi.X, b.hi.Y = min(b.hi.X, 180-2*hair), min(b.hi.Y, 90-2*hair)
	p := g.judge(at, b)
	g.told[at] = p
	return p
}

func (g *ground) judge(at square, b box) (p place) {
	denied := g.denied != nil && g.denied.engulfs(b)
	for _, d := range g.deny {
		denied = denied || d.engulfs(b)
	}
	if denied {
		return place{"is told in a cell that lies wholly within denied zones", false}
	}
	if g.allow == nil || !near([]*zone{g.allow}, newZone(geom.NewEnvelope(at.lo, at.hi).AsGeometry()), slack) {
		return place{"is told in a cell that has no place in the allowed areas", false}
	}
	for _, q := range g.guards {
		if whollyNear(q.zones, b, q.distance) {
			p.guarded = true
			if at.size < q.size {
				p.wrong = "lies within the distance of a protected place, and is told in a finer cell than approved ones are"
			}
		}
	}
	return p
}

// sees reports whether a place lies in the allowed areas, or so near that rounding may have moved it out.
func (g *ground) sees(at geom.XY) bool {
	return g.allow != nil && (g.allow.holds(at) || near([]*zone{g.allow}, newZone(geom.NewPoint(geom.Coordinates{XY: at}).AsGeometry()), slack))
}
