package geo

import (
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// piece is a part of an outline between two crossings of the ±180° meridian or visits to a pole, inside the box
// [−180, 180] × [−90, 90]. Its ends lie on the box's border.
type piece struct {
	points     orb.Ring
	start, end float64 // ends' distances along the box's border, as border gives them
	joined     bool
}

// cut makes polygons of lines that have their interior on the left: each outline is cut where it crosses ±180°, and what is left
// is closed along the sides of the box, counter-clockwise from each exit to the next entry, through the corners at ±90° when a
// pole is enclosed. whole reports that nothing had to be cut. Rings are not closed by a repeated vertex.
func cut(lines []line) (parts []orb.Polygon, whole bool) {
	rings := make([]orb.Ring, 0, len(lines))
	var pieces []piece
	for _, edges := range lines {
		ring, cuts := edges.unroll()
		if len(cuts) > 0 {
			pieces = append(pieces, cutRing(ring, cuts)...)
		} else {
			rings = append(rings, ring)
		}
	}
	if len(pieces) == 0 {
		return []orb.Polygon{rings}, true
	}
	return faces(append(rings, closeAlongBox(pieces)...)), false
}

// unroll lists the vertices of the line, with both 180 and −180 where it changes sides. cuts are the indices of vertices after
// which the line leaves the box: there, and at a pole.
func (l line) unroll() (ring orb.Ring, cuts []int) {
	ring = make(orb.Ring, 0, len(l)+4)
	afterJump := true
	for j, a := range l {
		if a.jump {
			if j > 0 {
				cuts = append(cuts, len(ring)-1)
			}
			afterJump = true
			continue
		}
		b := l.next(j)
		from, to := sides(a, b)
		if n := len(ring); afterJump {
			ring = append(ring, orb.Point{from, a.lat})
		} else if ring[n-1][0] != from {
			cuts = append(cuts, n-1)
			ring = append(ring, orb.Point{from, a.lat})
		}
		afterJump = false
		if d := to - from; math.Abs(d) > 180 {
			side := math.Copysign(180, from)
			// The same latitude whichever way the edge runs: from the western hemisphere's end.
			w, e := orb.Point{to, b.lat}, orb.Point{from, a.lat}
			if from < 0 {
				w, e = e, w
			}
			lat := w[1] + float64((e[1]-w[1])*((w[0]+180)/((w[0]+180)+(180-e[0]))))
			cuts = append(cuts, len(ring))
			ring = append(ring, orb.Point{side, lat}, orb.Point{-side, lat})
		}
		ring = append(ring, orb.Point{to, b.lat})
	}
	// The last vertex is the first again, or jumps to it.
	n := len(ring) - 1
	if ring[n] == ring[0] && !l[0].jump {
		return ring[:n], cuts
	}
	return ring, append(cuts, n)
}

// sides gives the longitudes of an edge's ends, with the sign of ±180 chosen so that the edge stays on one side. An edge along the
// meridian belongs to the side on which the interior, left of it, lies.
func sides(a, b edge) (from, to float64) {
	from, to = a.lon, b.lon
	onA, onB := math.Abs(from) == 180, math.Abs(to) == 180
	switch {
	case onA && onB:
		switch {
		case b.lat > a.lat:
			return 180, 180
		case b.lat < a.lat:
			return -180, -180
		}
		return from, from
	case onA && math.Abs(to-from) > 180:
		from = -from
	case onB && math.Abs(to-from) > 180:
		to = -to
	}
	return from, to
}

// cutRing takes a ring apart after each of the vertices cuts.
func cutRing(ring orb.Ring, cuts []int) []piece {
	n := len(ring)
	out := make([]piece, 0, len(cuts))
	for k, c := range cuts {
		to := cuts[(k+1)%len(cuts)]
		var points orb.Ring
		for i := (c + 1) % n; ; i = (i + 1) % n {
			points = append(points, ring[i])
			if i == to {
				break
			}
		}
		out = append(out, piece{points: points, start: border(points[0]), end: border(points[len(points)-1])})
	}
	return out
}

// border is the distance along the box's border, counter-clockwise from (180, −90), of a point on it.
func border(p orb.Point) float64 {
	switch {
	case p[0] == 180:
		return p[1] + 90
	case p[1] == 90:
		return 180 + (180 - p[0])
	case p[0] == -180:
		return 540 + (90 - p[1])
	}
	return 720 + (180 + p[0])
}

const aroundBox = 1080

// closeAlongBox joins pieces to rings: from the end of each along the border to the next start.
func closeAlongBox(pieces []piece) []orb.Ring {
	starts := make([]int, len(pieces))
	for i := range starts {
		starts[i] = i
	}
	sort.SliceStable(starts, func(i, j int) bool { return pieces[starts[i]].start < pieces[starts[j]].start })
	var rings []orb.Ring
	for first := range pieces {
		if pieces[first].joined {
			continue
		}
		var ring orb.Ring
		for at := first; !pieces[at].joined; {
			p := &pieces[at]
			p.joined = true
			ring = append(ring, p.points...)
			at = nextStart(pieces, starts, p.end)
			ring = append(ring, corners(p.end, pieces[at].start)...)
		}
		rings = append(rings, ring)
	}
	return rings
}

// nextStart is the piece that starts at or after a distance along the border, one not joined yet before others.
func nextStart(pieces []piece, starts []int, from float64) int {
	n := len(starts)
	k := sort.Search(n, func(i int) bool { return pieces[starts[i]].start >= from })
	at := starts[k%n]
	for i := k; i < n && pieces[starts[i]].start == pieces[at].start; i++ {
		if !pieces[starts[i]].joined {
			return starts[i]
		}
	}
	return at
}

// corners are the corners of the box passed between two distances along its border.
func corners(from, to float64) []orb.Point {
	if to < from {
		to += aroundBox
	}
	var out []orb.Point
	for lap := 0.0; lap <= aroundBox; lap += aroundBox {
		for _, c := range [4]struct {
			at float64
			p  orb.Point
		}{{0, orb.Point{180, -90}}, {180, orb.Point{180, 90}}, {540, orb.Point{-180, 90}}, {720, orb.Point{-180, -90}}} {
			if at := c.at + lap; from < at && at < to {
				out = append(out, c.p)
			}
		}
	}
	return out
}

// home is the exterior that a hole lies in, −1 for none.
func home(exteriors []orb.Ring, hole orb.Ring) int {
	box := hole.Bound()
	candidate, n := -1, 0
	for k, ring := range exteriors {
		if b := ring.Bound(); b.Min[0] <= box.Min[0] && b.Min[1] <= box.Min[1] && box.Max[0] <= b.Max[0] && box.Max[1] <= b.Max[1] {
			candidate = k
			n++
		}
	}
	if n < 2 {
		return candidate
	}
	for k, ring := range exteriors {
		// A hole meets an exterior in one point at most, so that the middle of its first or of its second edge decides.
		side := onEdge
		for i := 0; i < len(hole) && side == onEdge; i++ {
			v, w := hole[i], hole[(i+1)%len(hole)]
			side = within(ring, orb.Point{(v[0] + w[0]) / 2, (v[1] + w[1]) / 2})
		}
		if side == inside {
			return k
		}
	}
	return -1
}
