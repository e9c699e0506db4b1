package leak

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"
)

// Distances are measured in a plane in which nothing is nearer than on the ellipsoid: longitudes and latitudes, scaled by the most metres that a
// degree has in the latitudes of what is measured and beyond them by the distance. The straight line in that plane is a way on the ellipsoid that is
// not longer, so that what is found to be near is near; what is missed lies within a hundredth or three of the distance, more near the poles, and more
// for long edges that go north.

// leastDegree is fewer metres than a degree of latitude has anywhere: 110,574 at the equator.
const leastDegree = 110_500.0

// plane is how many metres a degree of longitude and of latitude have.
type plane struct{ east, north float64 }

// widest is the plane for what lies between two latitudes and up to a distance beyond: the radius of the meridian, a(1−e²)/(1−e² sin² φ)^1.5, is the
// largest far from the equator, and that of the parallel, a cos φ / √(1−e² sin² φ), near it (Snyder, eqs. 4-18 and 4-20).
func widest(south, north, distance float64) plane {
	south, north = max(-90, south-distance/leastDegree), min(90, north+distance/leastDegree)
	e2 := (2 - 1/inverse) / inverse
	const radian = math.Pi / 180
	far := math.Sin(max(math.Abs(south), math.Abs(north)) * radian)
	near := 0.0
	if south > 0 || north < 0 {
		near = min(math.Abs(south), math.Abs(north)) * radian
	}
	return plane{
		east:  radian * axis * math.Cos(near) / math.Sqrt(1-e2*math.Sin(near)*math.Sin(near)),
		north: radian * axis * (1 - e2) / math.Pow(1-e2*far*far, 1.5),
	}
}

// around is a box grown by a distance, so that nothing outside is nearer in the plane.
func (p plane) around(b box, distance float64) box {
	wide := 360.0
	if p.east*360 > distance {
		wide = distance/p.east + hair
	}
	return b.grown(wide, distance/p.north+hair)
}

// metres is a place in the plane.
func (p plane) metres(xy geom.XY, shift float64) geom.XY {
	return geom.XY{X: (xy.X + shift) * p.east, Y: xy.Y * p.north}
}

// apart is how far an edge, moved to the east, is from another.
func (p plane) apart(e edge, shift float64, f edge) float64 {
	a, b, c, d := p.metres(e.a, shift), p.metres(e.b, shift), p.metres(f.a, 0), p.metres(f.b, 0)
	if cross(a, b, c)*cross(a, b, d) < 0 && cross(c, d, a)*cross(c, d, b) < 0 {
		return 0
	}
	return min(length(a, nearest(a, c, d)), length(b, nearest(b, c, d)), length(c, nearest(c, a, b)), length(d, nearest(d, a, b)))
}

// nearest is the place between a and b that is the nearest to p.
func nearest(p, a, b geom.XY) geom.XY {
	x, y := b.X-a.X, b.Y-a.Y
	t := 0.0
	if l := x*x + y*y; l > 0 {
		t = max(0, min(1, ((p.X-a.X)*x+(p.Y-a.Y)*y)/l))
	}
	return geom.XY{X: a.X + t*x, Y: a.Y + t*y}
}

func length(a, b geom.XY) float64 { return math.Hypot(b.X-a.X, b.Y-a.Y) }

// near reports whether a shape is surely within a distance, in metres, of one of some zones. With a distance of 0 they must overlap.
func near(zones []*zone, s *zone, distance float64) bool {
	reach := widest(s.lo.Y, s.hi.Y, distance).around(s.box, distance)
	for _, z := range zones {
		for _, shift := range turns(reach, z.box) {
			if distance == 0 && shift == 0 && z.overlaps(s) || distance > 0 && z.within(s, shift, distance) {
				return true
			}
		}
	}
	return false
}

// within reports whether a shape, moved to the east, is surely within a distance.
func (z *zone) within(s *zone, shift, distance float64) bool {
	for _, e := range s.edges {
		b := e.box()
		p := widest(b.lo.Y, b.hi.Y, distance)
		if z.find(p.around(b.moved(shift), distance), func(f edge) bool { return p.apart(e, shift, f) <= distance }) {
			return true
		}
	}
	// Their edges are apart; one may still hold a part of the other.
	for _, at := range s.starts {
		if z.holds(geom.XY{X: at.X + shift, Y: at.Y}) {
			return true
		}
	}
	return z.find(s.box.moved(shift), func(f edge) bool { return s.holds(geom.XY{X: f.a.X - shift, Y: f.a.Y}) })
}

// whollyNear reports whether a box lies in one of some zones, or all of it is surely within a distance, in metres, of one place of them.
func whollyNear(zones []*zone, b box, distance float64) bool {
	p := widest(b.lo.Y, b.hi.Y, distance)
	middle := geom.XY{X: (b.lo.X + b.hi.X) / 2, Y: (b.lo.Y + b.hi.Y) / 2}
	// holds reports whether the farthest corner is near enough to a place in the plane.
	holds := func(at geom.XY, shift float64) bool {
		most := 0.0
		for _, c := range b.corners() {
			most = max(most, length(p.metres(c, shift), at))
		}
		return most <= distance
	}
	small := holds(p.metres(middle, 0), 0)
	for _, z := range zones {
		if z.engulfs(b) {
			return true
		}
		if !small {
			continue
		}
		reach := p.around(b, distance)
		for _, shift := range turns(reach, z.box) {
			at := geom.XY{X: middle.X + shift, Y: middle.Y}
			if z.holds(at) || z.find(reach.moved(shift), func(e edge) bool {
				return holds(nearest(p.metres(middle, shift), p.metres(e.a, 0), p.metres(e.b, 0)), shift)
			}) {
				return true
			}
		}
	}
	return false
}
