package leak

import (
	"github.com/peterstace/simplefeatures/geom"
	"github.com/peterstace/simplefeatures/rtree"
)

// zone is a geometry in longitude and latitude whose edges are found by where they lie. It is safe for concurrent use.
type zone struct {
	g     geom.Geometry
	edges []edge
	// starts has a place of each part: of a point, a line or a ring.
	starts []geom.XY
	tree   *rtree.RTree
	box
}

// edge is a piece of a line, of no length when it is a point; ring says that it is of a polygon.
type edge struct {
	a, b geom.XY
	ring bool
}

func (e edge) box() box {
	return box{geom.XY{X: min(e.a.X, e.b.X), Y: min(e.a.Y, e.b.Y)}, geom.XY{X: max(e.a.X, e.b.X), Y: max(e.a.Y, e.b.Y)}}
}

// box is what lies between two longitudes and two latitudes, edges included.
type box struct{ lo, hi geom.XY }

// grown is a box that is larger at each side.
func (b box) grown(x, y float64) box {
	return box{geom.XY{X: b.lo.X - x, Y: b.lo.Y - y}, geom.XY{X: b.hi.X + x, Y: b.hi.Y + y}}
}

func (b box) moved(shift float64) box {
	b.lo.X, b.hi.X = b.lo.X+shift, b.hi.X+shift
	return b
}

func (b box) meets(c box) bool {
	return b.lo.X <= c.hi.X && b.hi.X >= c.lo.X && b.lo.Y <= c.hi.Y && b.hi.Y >= c.lo.Y
}

func (b box) corners() [4]geom.XY {
	return [4]geom.XY{b.lo, {X: b.hi.X, Y: b.lo.Y}, b.hi, {X: b.lo.X, Y: b.hi.Y}}
}

// crossed reports whether an edge whose box meets this one goes through it: not all corners lie on one side of it.
func (b box) crossed(e edge) bool {
	left, right := false, false
	for _, c := range b.corners() {
		side := cross(e.a, e.b, c)
		left, right = left || side >= 0, right || side <= 0
	}
	return left && right
}

// cross is above 0 when c lies left of the line from a to b.
func cross(a, b, c geom.XY) float64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

// newZone is nil for a geometry of nothing.
func newZone(g geom.Geometry) *zone {
	lo, hi, ok := g.Envelope().MinMaxXYs()
	if !ok {
		return nil
	}
	z := &zone{g: g, box: box{lo, hi}}
	for _, part := range g.Dump() {
		switch part.Type() {
		case geom.TypePoint:
			if xy, ok := part.MustAsPoint().XY(); ok {
				z.starts = append(z.starts, xy)
				z.edges = append(z.edges, edge{xy, xy, false})
			}
		case geom.TypeLineString:
			z.line(part.MustAsLineString(), false)
		case geom.TypePolygon:
			for _, r := range part.MustAsPolygon().DumpRings() {
				z.line(r, true)
			}
		}
	}
	items := make([]rtree.BulkItem, len(z.edges))
	for i, e := range z.edges {
		b := e.box()
		items[i] = rtree.BulkItem{Box: rtree.Box{MinX: b.lo.X, MinY: b.lo.Y, MaxX: b.hi.X, MaxY: b.hi.Y}, RecordID: i}
	}
	z.tree = rtree.BulkLoad(items)
	return z
}

func (z *zone) line(l geom.LineString, ring bool) {
	s := l.Coordinates()
	for i := range s.Length() {
		if i == 0 {
			z.starts = append(z.starts, s.GetXY(0))
			continue
		}
		z.edges = append(z.edges, edge{s.GetXY(i - 1), s.GetXY(i), ring})
	}
}

// newZones leaves geometries of nothing out.
func newZones(all []geom.Geometry) (zones []*zone) {
	for _, g := range all {
		if z := newZone(g); z != nil {
			zones = append(zones, z)
		}
	}
	return zones
}

// find calls f with the edges whose boxes meet a box until it returns true, and reports whether it did.
func (z *zone) find(in box, f func(edge) bool) (found bool) {
	if !z.meets(in) {
		return false
	}
	// The only error is the one that stops the search.
	_ = z.tree.RangeSearch(rtree.Box{MinX: in.lo.X, MinY: in.lo.Y, MaxX: in.hi.X, MaxY: in.hi.Y}, func(i int) error {
		if f(z.edges[i]) {
			found = true
			return rtree.Stop
		}
		return nil
	})
	return found
}

// holds reports whether a place that is on no edge lies inside.
func (z *zone) holds(p geom.XY) (inside bool) {
	if p.X > z.hi.X {
		return false
	}
	z.find(box{p, geom.XY{X: z.hi.X, Y: p.Y}}, func(e edge) bool {
		if e.ring && (e.a.Y <= p.Y) != (e.b.Y <= p.Y) && e.a.X+(e.b.X-e.a.X)*((p.Y-e.a.Y)/(e.b.Y-e.a.Y)) > p.X {
			inside = !inside
		}
		return false
	})
	return inside
}

// hair is in degrees what is safely more than the rounding of numbers.
const hair = 1e-9

// bounded reports whether an edge goes through a box or passes it by less than a hair. When none does, all of the box is inside or all is outside.
func (z *zone) bounded(b box) bool {
	b = b.grown(hair, hair)
	return z.find(b, b.crossed)
}

// engulfs reports whether a box lies inside, away from all edges.
func (z *zone) engulfs(b box) bool { return z.meets(b) && !z.bounded(b) && z.holds(b.lo) }

// turns are the multiples of 360 degrees by which a box can be moved so that it meets another: the meridians at −180 and 180 are one.
func turns(b, to box) (shifts []float64) {
	for _, s := range [...]float64{0, -360, 360} {
		if b.moved(s).meets(to) {
			shifts = append(shifts, s)
		}
	}
	return shifts
}

// east is a geometry moved to the east.
func east(g geom.Geometry, shift float64) geom.Geometry {
	if shift == 0 {
		return g
	}
	return g.TransformXY(func(xy geom.XY) geom.XY { return geom.XY{X: xy.X + shift, Y: xy.Y} })
}

// touches reports whether a shape and a zone have a place in common.
func (z *zone) touches(s *zone) bool {
	for _, shift := range turns(s.box, z.box) {
		if !z.bounded(s.box.moved(shift)) {
			if at := s.starts[0]; z.holds(geom.XY{X: at.X + shift, Y: at.Y}) {
				return true
			}
		} else if geom.Intersects(z.g, east(s.g, shift)) {
			return true
		}
	}
	return false
}

// covers reports whether a shape lies wholly within a zone. Only what touches its edges is asked of the library, which looks at the whole zone each time.
func (z *zone) covers(s *zone) (ok bool) {
	if !z.bounded(s.box) {
		return z.meets(s.box) && z.holds(s.starts[0])
	}
	touching := false
	for _, e := range s.edges {
		if z.find(e.box().grown(hair, hair), func(f edge) bool { return plane{1, 1}.apart(e, 0, f) <= hair }) {
			touching = true
		} else if !z.holds(e.a) {
			return false
		}
	}
	if !touching {
		return !z.find(s.box, func(f edge) bool { return s.holds(f.a) })
	}
	defer func() {
		if recover() != nil {
			ok = false // the library gives up on shapes that it takes for impossible
		}
	}()
	covers, err := geom.Covers(z.g, s.g)
	return err == nil && covers
}

// overlaps reports whether a shape and a zone touch also when one is moved a hair to any side: they do not merely meet at their edges.
func (z *zone) overlaps(s *zone) bool {
	for _, d := range [...]geom.XY{{X: hair}, {X: -hair}, {Y: hair}, {Y: -hair}} {
		if !geom.Intersects(z.g, s.g.TransformXY(func(xy geom.XY) geom.XY { return geom.XY{X: xy.X + d.X, Y: xy.Y + d.Y} })) {
			return false
		}
	}
	return true
}
