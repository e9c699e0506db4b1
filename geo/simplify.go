package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

const (
	// gate is how far, in pixels, a simplified outline may be from the middle of a pixel's side where it passes it. Outlines stay 2 ·
	// (½ − gate) apart on the line between the centres of two pixels.
	gate = 0.48
	// reach is the number of stops, about twice that of corners, that an edge may pass before edges on one line are joined.
	reach = 64
	// placesPerPixel makes every vertex of a simplified outline a whole number.
	placesPerPixel = 4
	// areaCost weighs the area that an edge adds or takes against the number of edges: a mean offset of 1/20 pixel over 33 pixels
	// costs as much as an edge.
	areaCost = 12
	// nearCost weighs the squared distance of a corner from the edge that replaces it, to prefer the better of two fits.
	nearCost = 1e-3
)

// Simplify replaces the steps of an outline of pixel corners, as Trace draws it, by straight edges. Every corner of p lies within
// tolerance, in pixels, of the result. Among the outlines that this allows it takes one of few edges that adds about as much area
// as it takes away: a slanted side becomes nearly one line through the middle of its steps. Corners between two that turn the same
// way, as those of rectangles and single pixels, stay. A tolerance of 0 or less returns p itself; above 0.7 it allows nothing more
// than 0.7 does.
//
// Vertices are corners of p and points on the middle line across a pixel's side, at most ¼ pixel from p and inside its bounding
// box. Whatever the tolerance, the result has the same pixel centres inside as p: it crosses the lines between the centres of two
// neighbouring pixels where p does, in the same order, at most 0.48 pixel from the side between them, and crosses no others. From
// this follows, without knowing other regions:
//
//   - No ring vanishes or loses its area, and holes stay holes in it: each goes around the centres that it went around.
//   - Rings of one polygon do not meet, and outlines of different 4-connected regions do not overlap, but for touching in a corner of
//     pixels where they touched before. For between four centres that meet in a corner runs one stretch of outline, which stays
//     there; or two, where pixels touch diagonally, and each stays on its side of the diagonal.
//   - The polygon stays valid by OGC rules, and Fill makes the region of it.
//
// The result does not depend on where a ring of p begins; its rings begin at their topmost, then leftmost vertex. Time and memory
// are proportional to the number of corners. Rings that are not closed, or not along the sides of pixels, are programmer errors and panic.
func Simplify(p orb.Polygon, tolerance float64) orb.Polygon {
	if !(tolerance > 0) {
		return p
	}
	out := make(orb.Polygon, len(p))
	var s straightener
	// A hair less, for rounding.
	s.tolerance = min(tolerance, 1) * (1 - 1e-9)
	if len(p) > 0 {
		s.box = p[0].Bound()
	}
	for i, ring := range p {
		out[i] = s.simplify(ring)
	}
	return out
}

// A stop is a place of a ring where a simplified outline may have a vertex: a corner, or the middle of a pixel's side at the
// beginning or the end of an edge, with places beside it on the gate.
type stop struct {
	at     orb.Point
	dx, dy float64 // along the edge at a gate; 0, 0 at a corner
	kept   bool    // a corner that stays a vertex
}

// beside are the places on a gate, as distances to the left of its middle.
var beside = [...]float64{0, -0.25, 0.25}

// places is the number of places of a stop.
func (s stop) places() int {
	if s.corner() {
		return 1
	}
	return len(beside)
}

func (s stop) corner() bool { return s.dx == 0 && s.dy == 0 }

func (s stop) place(k int) orb.Point {
	return orb.Point{s.at[0] - float64(s.dy*beside[k]), s.at[1] + float64(s.dx*beside[k])}
}

// choice is a place and the cheapest way to it.
type choice struct {
	cost        float64
	stop, place int32 // before it; −1 for none
}

// straightener finds the cheapest way along the stops of a ring.
type straightener struct {
	tolerance float64
	box       orb.Bound // of the polygon
	stops     []stop
	choices   [][len(beside)]choice
	way       []spot
}

// spot is a vertex of a way.
type spot struct{ stop, place int32 }

func (s *straightener) simplify(ring orb.Ring) orb.Ring {
	n := len(ring) - 1
	if n < 4 || ring[0] != ring[n] {
		panic("geo: simplification of a ring that Trace did not make")
	}
	first := topLeft(ring[:n])
	s.stops = s.stops[:0]
	for k := range n {
		a, b := ring[(first+k)%n], ring[(first+k+1)%n]
		dx, dy := b[0]-a[0], b[1]-a[1]
		length := max(math.Abs(dx), math.Abs(dy))
		if min(math.Abs(dx), math.Abs(dy)) != 0 || !(length >= 1) {
			panic("geo: simplification of an edge that is not along pixels")
		}
		dx, dy = dx/length, dy/length
		s.stops = append(s.stops,
			stop{at: a, kept: keep(ring, (first+k)%n)},
			stop{at: orb.Point{a[0] + float64(dx/2), a[1] + float64(dy/2)}, dx: dx, dy: dy})
		if length > 1 {
			s.stops = append(s.stops, stop{at: orb.Point{b[0] - float64(dx/2), b[1] - float64(dy/2)}, dx: dx, dy: dy})
		}
	}
	// The first way is bound to pass the first corner; the stretch around it is tried again without.
	s.cheapest(spot{}, spot{})
	way := slices.Clone(s.way)
	const stretch = 8
	if m := len(way); m <= 2*stretch {
		s.cheapest(way[m/2], way[m/2])
		way = s.way
	} else {
		s.cheapest(way[m-stretch], way[stretch])
		way = append(way[stretch:m-stretch], s.way...)
	}
	out := make(orb.Ring, 0, len(way)+1)
	at := func(i int) orb.Point {
		v := way[(i+len(way))%len(way)]
		return s.stops[v.stop].place(int(v.place))
	}
	for i := range way {
		if cross(at(i-1), at(i), at(i+1)) != 0 {
			out = append(out, at(i))
		}
	}
	first = topLeft(out)
	return slices.Concat(out[first:], out[:first+1])
}

// keep reports whether a corner of a closed ring turns the same way as the corners before and after it: steps of a slanted edge
// turn to and fro, rectangles do not.
func keep(ring orb.Ring, k int) bool {
	n := len(ring) - 1
	turn := func(k int) bool { return cross(ring[(k+n-1)%n], ring[k%n], ring[(k+1)%n]) > 0 }
	return turn(k+n-1) == turn(k) && turn(k) == turn(k+1)
}

// topLeft is the index of the topmost, then leftmost of points.
func topLeft(points []orb.Point) int {
	best := 0
	for i, v := range points {
		if w := points[best]; v[1] < w[1] || v[1] == w[1] && v[0] < w[0] {
			best = i
		}
	}
	return best
}

// cross is positive where a, b, c turn left in a plane with y growing up; right as seen on a screen.
func cross(a, b, c orb.Point) float64 {
	return float64((b[0]-a[0])*(c[1]-a[1])) - float64((b[1]-a[1])*(c[0]-a[0]))
}

// cheapest leaves in s.way the cheapest way from one place to another, or around the ring when they are the same; without the end.
func (s *straightener) cheapest(from, to spot) {
	n := len(s.stops)
	steps := int(to.stop-from.stop+int32(n)) % n
	if steps == 0 {
		steps = n
	}
	s.choices = slices.Grow(s.choices[:0], steps+1)[:steps+1]
	for i := range s.choices {
		for k := range s.choices[i] {
			s.choices[i][k] = choice{math.Inf(1), -1, -1}
		}
	}
	s.choices[0][from.place].cost = 0
	for i := range steps {
		for k := range s.choices[i] {
			if !math.IsInf(s.choices[i][k].cost, 1) {
				s.relax(int(from.stop), i, k, steps)
			}
		}
	}
	s.way = s.way[:0]
	for c := s.choices[steps][to.place]; c.stop >= 0; c = s.choices[c.stop][c.place] {
		s.way = append(s.way, spot{int32((int(from.stop) + int(c.stop)) % n), c.place})
	}
	slices.Reverse(s.way)
}

// relax tries the edges from a place of stop i, counted from start, to those of the stops that follow.
func (s *straightener) relax(start, i, place, steps int) {
	n := len(s.stops)
	from := s.stops[(start+i)%n]
	v := view{eye: from.place(place)}
	w := swept{from: v.eye}
	last := from.at
	cost := s.choices[i][place].cost
	for j := i + 1; j <= min(steps, i+reach); j++ {
		b := s.stops[(start+j)%n]
		if !b.corner() {
			v.through(b.at, b.dx, b.dy)
		}
		if v.shut {
			return
		}
		w.step(last, b.at)
		last = b.at
		for k := range b.places() {
			best := &s.choices[j][k]
			if cost+1 >= best.cost {
				continue
			}
			if p := b.place(k); v.sees(p) && s.box.Contains(p) && w.within(p, s.tolerance) {
				if c := cost + 1 + w.cost(b.at, p); c < best.cost {
					*best = choice{c, int32(i), int32(place)}
				}
			}
		}
		if b.kept {
			return
		}
		if b.corner() {
			v.past(b.at, s.tolerance)
			w.skip(b.at)
		}
	}
}

// view is what can be seen from a point through gates: a wedge of directions, less than a half-turn wide.
type view struct {
	eye         orb.Point
	left, right orb.Point // points on its sides; left is where cross is positive
	bounded     bool
	shut        bool
}

// through narrows the view by the gate around a point, crossed in the direction (dx, dy).
func (v *view) through(mid orb.Point, dx, dy float64) {
	v.narrow(orb.Point{mid[0] - float64(gate*dy), mid[1] + float64(gate*dx)}, orb.Point{mid[0] + float64(gate*dy), mid[1] - float64(gate*dx)})
}

// past narrows the view to the lines that pass a point within a distance.
func (v *view) past(p orb.Point, distance float64) {
	dx, dy := p[0]-v.eye[0], p[1]-v.eye[1]
	q := float64(dx*dx) + float64(dy*dy) - float64(distance*distance)
	if q <= 0 {
		return
	}
	// The tangents to the circle, from right triangles with the sides distance and √q.
	t := math.Sqrt(q)
	ax, ay, bx, by := float64(dx*t), float64(dy*t), float64(dy*distance), float64(dx*distance)
	v.narrow(orb.Point{v.eye[0] + (ax - bx), v.eye[1] + (ay + by)}, orb.Point{v.eye[0] + (ax + bx), v.eye[1] + (ay - by)})
}

func (v *view) narrow(left, right orb.Point) {
	if !(cross(v.eye, right, left) > 0) {
		v.shut = true // it is seen from behind
		return
	}
	if !v.bounded {
		v.left, v.right, v.bounded = left, right, true
		return
	}
	if cross(v.eye, v.left, left) < 0 {
		v.left = left
	}
	if cross(v.eye, v.right, right) > 0 {
		v.right = right
	}
	v.shut = !(cross(v.eye, v.right, v.left) > 0)
}

// sees reports whether a point lies in the view.
func (v *view) sees(p orb.Point) bool {
	return !v.shut && (!v.bounded || cross(v.eye, v.right, p) >= 0 && cross(v.eye, p, v.left) >= 0)
}

// swept is the outline that an edge is to replace, from where it begins.
type swept struct {
	from        orb.Point
	area        float64 // twice what lies between the outline and the way back to where it began
	corners     int
	first, last orb.Point // corners
	xx, xy, yy  float64   // sums over corners
}

// step goes on from a to b.
func (w *swept) step(a, b orb.Point) { w.area += cross(w.from, a, b) }

// skip leaves out a corner.
func (w *swept) skip(p orb.Point) {
	if w.corners == 0 {
		w.first = p
	}
	w.last = p
	w.corners++
	dx, dy := p[0]-w.from[0], p[1]-w.from[1]
	w.xx += float64(dx * dx)
	w.xy += float64(dx * dy)
	w.yy += float64(dy * dy)
}

// within reports whether the corners next to the ends of an edge to p lie within a distance of it, not only of its line.
func (w *swept) within(p orb.Point, distance float64) bool {
	d2 := float64(distance * distance)
	return w.corners == 0 || fromEdge(w.from, p, w.first) <= d2 && fromEdge(w.from, p, w.last) <= d2
}

// cost is what an edge to p, a place of the stop at end, costs beside being one.
func (w *swept) cost(end, p orb.Point) float64 {
	dx, dy := p[0]-w.from[0], p[1]-w.from[1]
	len2 := float64(dx*dx) + float64(dy*dy)
	area := (w.area + cross(w.from, end, p)) / 2
	near := float64(float64(dx*dx)*w.yy) - 2*float64(float64(dx*dy)*w.xy) + float64(float64(dy*dy)*w.xx)
	return areaCost*float64(area*area)/math.Sqrt(max(len2, 1)) + nearCost*near/len2
}

// fromEdge is the square of the distance of p from the edge from a to b.
func fromEdge(a, b, p orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	px, py := p[0]-a[0], p[1]-a[1]
	if n := float64(dx*dx) + float64(dy*dy); n > 0 {
		t := min(max((float64(px*dx)+float64(py*dy))/n, 0), 1)
		px, py = px-float64(t*dx), py-float64(t*dy)
	}
	return float64(px*px) + float64(py*py)
}
