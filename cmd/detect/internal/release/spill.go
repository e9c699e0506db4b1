package release

import (
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// spills reports whether polygons have a part out of the area that is more than slack wide: a point of their outlines lies out of it, or an edge of it
// runs through their inside. It asks of the ends of edges, and of the middles between where they meet. The library cannot be trusted with edges that lie
// on each other but for 1e-11 degrees, and says that a triangle is covered whose corner lies far out.
func (p *place) spills(g geom.Geometry) bool {
	shape, ok := newPlace(g)
	if !ok {
		return true
	}
	out := func(at geom.XY) bool { return !p.inside(at) && !p.beside(at) }
	in := func(at geom.XY) bool { return shape.inside(at) && !shape.beside(at) }
	for _, e := range shape.edges {
		if slices.ContainsFunc(e.samples(p.meeting(e)), out) {
			return true
		}
	}
	for _, e := range p.near(g, 2*slack, 2*slack) {
		if slices.ContainsFunc(e.samples(shape.meeting(e)), in) {
			return true
		}
	}
	return false
}

// meeting are the edges that may come near one of another geometry.
func (p *place) meeting(e edge) (near []edge) {
	lo, hi := geom.XY{X: min(e.a.X, e.b.X), Y: min(e.a.Y, e.b.Y)}, geom.XY{X: max(e.a.X, e.b.X), Y: max(e.a.Y, e.b.Y)}
	_ = p.tree.RangeSearch(box(geom.XY{X: lo.X - 2*slack, Y: lo.Y - 2*slack}, geom.XY{X: hi.X + 2*slack, Y: hi.Y + 2*slack}), func(i int) error {
		near = append(near, p.edges[i])
		return nil
	})
	return near
}

// beside reports whether an edge runs past a point within the slack.
func (p *place) beside(at geom.XY) bool {
	return slices.ContainsFunc(p.meeting(edge{a: at, b: at}), func(e edge) bool { return at.Sub(e.along(e.foot(at))).Length() <= slack })
}

// samples are the ends of an edge, and the middles between where others meet it.
func (e edge) samples(others []edge) []geom.XY {
	cuts := []float64{0, 1}
	for _, o := range others {
		if t, ok := e.crossing(o); ok {
			cuts = append(cuts, t)
		}
		for _, end := range []geom.XY{o.a, o.b} {
			if t := e.foot(end); end.Sub(e.along(t)).Length() <= 2*slack {
				cuts = append(cuts, t)
			}
		}
	}
	slices.Sort(cuts)
	all := []geom.XY{e.a, e.b}
	for i := 1; i < len(cuts); i++ {
		all = append(all, e.along((cuts[i-1]+cuts[i])/2))
	}
	return all
}

// along is the point at a share of the way from one end to the other.
func (e edge) along(t float64) geom.XY { return e.a.Add(e.b.Sub(e.a).Scale(t)) }

// foot is the share of the way at which the edge is nearest to a point.
func (e edge) foot(at geom.XY) float64 {
	d := e.b.Sub(e.a)
	if d.Dot(d) == 0 {
		return 0
	}
	return max(0, min(1, at.Sub(e.a).Dot(d)/d.Dot(d)))
}

// crossing is the share of the way at which the edge crosses another; false when it does not, or both run the same way.
func (e edge) crossing(o edge) (t float64, ok bool) {
	d, f := e.b.Sub(e.a), o.b.Sub(o.a)
	over := d.Cross(f)
	between := o.a.Sub(e.a)
	t, u := between.Cross(f)/over, between.Cross(d)/over
	return t, !math.IsNaN(t) && t > 0 && t < 1 && u >= 0 && u <= 1
}
