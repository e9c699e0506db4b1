package track

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/peterstace/simplefeatures/rtree"
)

// Space says what coordinates are.
type Space int

// The spaces of geometries. Overlaps of longitudes and latitudes are measured in the cylindrical equal-area projection of the sphere
// (Lambert): x is the longitude, y the sine of the latitude, both scaled to degrees at the equator. In it areas stand in the same proportion
// as on the sphere.
const (
	LonLat Space = iota // degrees
	Pixels              // columns and minus rows
)

// y brings an ordinate into the plane in which areas compare.
func (s Space) y(v float64) float64 {
	if s == Pixels {
		return v
	}
	return math.Sin(v*math.Pi/180) * 180 / math.Pi
}

// Shape is a geometry in the plane, ready to be laid over others. It is not changed once made.
type Shape struct {
	source orb.MultiPolygon
	flat   geom.Geometry
	box    rtree.Box
	area   float64
	filled bool // it is its box
}

// NewShape brings polygons into the plane.
func (s Space) NewShape(m orb.MultiPolygon) *Shape {
	g := flatten(m, s.y)
	b := m.Bound()
	return &Shape{m, g.AsGeometry(), rtree.Box{MinX: b.Min[0], MinY: s.y(b.Min[1]), MaxX: b.Max[0], MaxY: s.y(b.Max[1])}, g.Area(), fills(m, b)}
}

// fills reports whether polygons are their box: one ring of its four corners, each beside the next.
func fills(m orb.MultiPolygon, b orb.Bound) bool {
	if len(m) != 1 || len(m[0]) != 1 || len(m[0][0]) != 5 {
		return false
	}
	r := m[0][0]
	for i, v := range r[:4] {
		corner := (v[0] == b.Min[0] || v[0] == b.Max[0]) && (v[1] == b.Min[1] || v[1] == b.Max[1])
		beside := (v[0] == r[i+1][0]) != (v[1] == r[i+1][1])
		if !corner || !beside {
			return false
		}
	}
	return true
}

// holds reports whether a shape that is its box has all of another in it.
func (s *Shape) holds(o *Shape) bool {
	return s.filled && s.box.MinX <= o.box.MinX && s.box.MinY <= o.box.MinY && s.box.MaxX >= o.box.MaxX && s.box.MaxY >= o.box.MaxY
}

// Area is the area in the plane.
func (s *Shape) Area() float64 { return s.area }

// Box encloses the shape in the plane.
func (s *Shape) Box() rtree.Box { return s.box }

// Validate says what makes polygons invalid by OGC rules.
func Validate(m orb.MultiPolygon) error {
	return flatten(m, func(y float64) float64 { return y }).Validate()
}

// flatten makes polygons of simplefeatures, their ordinates turned by y.
func flatten(m orb.MultiPolygon, turn func(y float64) float64) geom.MultiPolygon {
	polygons := make([]geom.Polygon, len(m))
	for i, p := range m {
		rings := make([]geom.LineString, len(p))
		for k, r := range p {
			flat := make([]float64, 0, 2*len(r))
			for _, v := range r {
				flat = append(flat, v[0], turn(v[1]))
			}
			rings[k] = geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
		}
		polygons[i] = geom.NewPolygon(rings)
	}
	return geom.NewMultiPolygon(polygons)
}

// Overlap is the area that two shapes share, in the unit of Area.
func Overlap(a, b *Shape) (float64, error) {
	if area, simple := simpleOverlap(a, b); simple {
		return area, nil
	}
	g, err := geom.Intersection(a.flat, b.flat)
	if err != nil {
		return 0, err
	}
	return g.Area(), nil
}

// simpleOverlap is the area that two shapes share; false when they must be laid over each other for it.
func simpleOverlap(a, b *Shape) (area float64, simple bool) {
	if a == b {
		return a.area, true
	}
	w := min(a.box.MaxX, b.box.MaxX) - max(a.box.MinX, b.box.MinX)
	h := min(a.box.MaxY, b.box.MaxY) - max(a.box.MinY, b.box.MinY)
	switch {
	case w <= 0 || h <= 0:
		return 0, true
	case a.source.Equal(b.source), b.holds(a):
		return a.area, true
	case a.holds(b):
		return b.area, true
	}
	return 0, false
}

// IoU is the intersection over union of two shapes that share an area, in steps of a millionth, so that what arithmetic leaves over decides
// nothing.
func IoU(a, b *Shape, shared float64) float64 {
	return math.Round(shared/(a.area+b.area-shared)*1e6) / 1e6
}

// polygons is a geometry as polygons; the second is false when it is none.
func polygons(g orb.Geometry) (orb.MultiPolygon, bool) {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, len(g) > 0
	case orb.MultiPolygon:
		return g, len(g) > 0
	}
	return nil, false
}
