package release

import (
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/peterstace/simplefeatures/rtree"
)

// place is a geometry with its box and an index of its edges, so that a feature is compared with what is near it only. The index decides nothing that
// rounding could decide otherwise: then the library is asked about the whole geometry.
type place struct {
	g      geom.Geometry
	lo, hi geom.XY
	edges  []edge
	tree   *rtree.RTree // of the edges, by number
}

// edge is a piece of a line or of the outline of an area; a point is one without length.
type edge struct {
	a, b    geom.XY
	outline bool
}

// slack is how near an edge may come, in degrees, before rounding may decide. The library takes for one what is 1e-11 apart.
const slack = 1e-9

// newPlace indexes a geometry; false for an empty one.
func newPlace(g geom.Geometry) (p place, ok bool) {
	p.g = g
	if p.lo, p.hi, ok = g.Envelope().MinMaxXYs(); !ok {
		return p, false
	}
	for _, part := range g.Dump() {
		if !part.IsPolygon() {
			p.line(part.DumpCoordinates(), false)
			continue
		}
		for _, ring := range part.MustAsPolygon().DumpRings() {
			p.line(ring.Coordinates(), true)
		}
	}
	items := make([]rtree.BulkItem, len(p.edges))
	for i, e := range p.edges {
		items[i] = rtree.BulkItem{Box: box(geom.XY{X: min(e.a.X, e.b.X), Y: min(e.a.Y, e.b.Y)}, geom.XY{X: max(e.a.X, e.b.X), Y: max(e.a.Y, e.b.Y)}), RecordID: i}
	}
	p.tree = rtree.BulkLoad(items)
	return p, true
}

// line takes the edges of a line, or a point.
func (p *place) line(at geom.Sequence, outline bool) {
	last := at.Length() - 1
	for i := range max(last, min(1, at.Length())) {
		p.edges = append(p.edges, edge{at.GetXY(i), at.GetXY(min(i+1, last)), outline})
	}
}

func box(lo, hi geom.XY) rtree.Box { return rtree.Box{MinX: lo.X, MinY: lo.Y, MaxX: hi.X, MaxY: hi.Y} }

// near are the edges that may meet the box of a geometry, made larger on all sides.
func (p *place) near(g geom.Geometry, wide, high float64) (near []edge) {
	lo, hi, ok := g.Envelope().MinMaxXYs()
	if !ok {
		return nil
	}
	_ = p.tree.RangeSearch(box(geom.XY{X: lo.X - wide, Y: lo.Y - high}, geom.XY{X: hi.X + wide, Y: hi.Y + high}), func(i int) error {
		near = append(near, p.edges[i])
		return nil
	})
	return near
}

// inside reports whether a point that lies on no edge lies in the area: an odd number of outlines is to its west.
func (p *place) inside(at geom.XY) bool {
	odd := false
	_ = p.tree.RangeSearch(rtree.Box{MinX: math.Inf(-1), MinY: at.Y, MaxX: at.X, MaxY: at.Y}, func(i int) error {
		low, high := p.edges[i].a, p.edges[i].b
		if low.Y > high.Y {
			low, high = high, low
		}
		if p.edges[i].outline && low.Y <= at.Y && at.Y < high.Y && high.Sub(low).Cross(at.Sub(high)) < 0 {
			odd = !odd
		}
		return nil
	})
	return odd
}

// surely reports whether a vertex of a geometry lies in the area, or out of it, and no edge so near that rounding could decide.
func (p *place) surely(g geom.Geometry, in bool) bool {
	all := g.DumpCoordinates()
	for i := range all.Length() {
		at := all.GetXY(i)
		point := at.AsPoint().AsGeometry()
		if p.inside(at) == in && gap(p.near(point, 2*slack, 2*slack), point, degrees, 0) > slack {
			return true
		}
	}
	return false
}

// within reports whether a feature lies within a distance in a plane, as the library would say of the whole place.
func (p *place) within(shape geom.Geometry, s plane, distance float64, library func() bool) bool {
	unsure := slack * s.north
	reach := distance + 2*unsure
	least := gap(p.near(shape, reach/s.east, reach/s.north), shape.TransformXY(s.at), s, max(0, distance-unsure))
	switch {
	case least > distance+unsure:
		return slices.ContainsFunc(starts(shape), p.inside)
	case least < distance-unsure:
		return true
	}
	return p.surely(shape, true) || library()
}

// covers reports whether nothing of a geometry lies out of the area. Where edges come near each other, the library must say so, too. When it cannot say, it
// does not.
func (p *place) covers(g geom.Geometry) bool {
	if gap(p.near(g, 2*slack, 2*slack), g, degrees, slack) > slack {
		all := starts(g)
		return len(all) > 0 && !slices.ContainsFunc(all, func(at geom.XY) bool { return !p.inside(at) })
	}
	if p.surely(g, false) {
		return false
	}
	covers, err := geom.Covers(p.g, g)
	return err == nil && covers && !(g.Dimension() == 2 && p.spills(g))
}

// starts are a point of each part of a geometry.
func starts(g geom.Geometry) (all []geom.XY) {
	for _, part := range g.Dump() {
		if at := part.DumpCoordinates(); at.Length() > 0 {
			all = append(all, at.GetXY(0))
		}
	}
	return all
}

// plane is how much a degree measures, to the east and to the north.
type plane struct{ east, north float64 }

// degrees is the plane of longitudes and latitudes.
var degrees = plane{1, 1}

func (s plane) at(xy geom.XY) geom.XY { return geom.XY{X: xy.X * s.east, Y: xy.Y * s.north} }

// together is how many edges are measured at once.
const together = 64

// gap is the least distance between edges and a geometry that lies in a plane already; infinite without edges. It stops at one that is little enough.
func gap(edges []edge, g geom.Geometry, s plane, enough float64) float64 {
	least := math.Inf(1)
	for some := range slices.Chunk(edges, together) {
		var lines []geom.LineString
		var points []geom.Point
		for _, e := range some {
			if a, b := s.at(e.a), s.at(e.b); a == b {
				points = append(points, a.AsPoint())
			} else {
				lines = append(lines, geom.NewLineString(geom.NewSequence([]float64{a.X, a.Y, b.X, b.Y}, geom.DimXY)))
			}
		}
		for _, part := range []geom.Geometry{geom.NewMultiLineString(lines).AsGeometry(), geom.NewMultiPoint(points).AsGeometry()} {
			if d, ok := geom.Distance(part, g); ok {
				least = min(least, d)
			}
		}
		if least <= enough {
			break
		}
	}
	return least
}
