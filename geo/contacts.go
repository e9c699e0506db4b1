package geo

import (
	"cmp"
	"errors"
	"math"
	"math/bits"
	"slices"

	"github.com/paulmach/orb"
)

var (
	errCrossing = errors.New("two edges meet")
	errTouch    = errors.New("a ring touches itself, or rings touch so that the interior falls apart")
)

// corner is a vertex on the lattice: whole multiples of the rounding step.
type corner struct {
	x, y int64
	ring int32
}

// contacts looks for edges of p that meet other than in a common vertex, for rings that visit a vertex twice, and for rings that
// touch in a cycle, so that the interior is not connected. Coordinates are multiples of 1/scale below 2^62, which makes the answer
// exact. It does not ask whether holes lie inside.
func contacts(p orb.Polygon, scale float64) error {
	n := 0
	for _, ring := range p {
		n += len(ring) - 1
	}
	corners := make([]corner, 0, n+len(p))
	for i, ring := range p {
		for _, v := range ring {
			corners = append(corners, corner{int64(math.RoundToEven(float64(v[0] * scale))), int64(math.RoundToEven(float64(v[1] * scale))), int32(i)})
		}
	}
	edges := make([]segment, 0, n)
	k := 0
	for _, ring := range p {
		for j := 0; j+1 < len(ring); j++ {
			edges = append(edges, segment{corners[k+j], corners[k+j+1]})
		}
		k += len(ring)
	}
	if newBuckets(edges).anyCrossing() {
		return errCrossing
	}
	return touches(edges, len(p))
}

// touches sorts the vertices and joins rings through common vertices: joining two that are joined already makes a cycle.
func touches(edges []segment, rings int) error {
	at := make([]corner, len(edges))
	for i, s := range edges {
		at[i] = s.a
	}
	slices.SortFunc(at, func(a, b corner) int {
		return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y), cmp.Compare(a.ring, b.ring))
	})
	parent := make([]int32, rings)
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(r int32) int32 {
		for parent[r] != r {
			parent[r] = parent[parent[r]]
			r = parent[r]
		}
		return r
	}
	for i := 1; i < len(at); i++ {
		if at[i].x != at[i-1].x || at[i].y != at[i-1].y {
			continue
		}
		a, b := find(at[i-1].ring), find(at[i].ring)
		if a == b {
			return errTouch
		}
		parent[max(a, b)] = min(a, b)
	}
	return nil
}

// segment is an edge on the lattice.
type segment struct{ a, b corner }

// meets reports whether two edges have a point in common that is not an end of both.
func (s segment) meets(t segment) bool {
	if max(s.a.x, s.b.x) < min(t.a.x, t.b.x) || max(t.a.x, t.b.x) < min(s.a.x, s.b.x) ||
		max(s.a.y, s.b.y) < min(t.a.y, t.b.y) || max(t.a.y, t.b.y) < min(s.a.y, s.b.y) {
		return false
	}
	// Each end of s against the line of t, and the reverse.
	sa, sb := t.side(s.a), t.side(s.b)
	ta, tb := s.side(t.a), s.side(t.b)
	if sa*sb > 0 || ta*tb > 0 {
		return false
	}
	if sa == 0 && sb == 0 { // on one line: allowed when just one end is shared and the edges lead away from it
		switch {
		case same(s.a, t.a):
			return leadSame(s.a, s.b, t.b)
		case same(s.a, t.b):
			return leadSame(s.a, s.b, t.a)
		case same(s.b, t.a):
			return leadSame(s.b, s.a, t.b)
		case same(s.b, t.b):
			return leadSame(s.b, s.a, t.a)
		}
		return true
	}
	return !same(s.a, t.a) && !same(s.a, t.b) && !same(s.b, t.a) && !same(s.b, t.b)
}

func same(a, b corner) bool { return a.x == b.x && a.y == b.y }

// leadSame reports whether from o the points p and q of one line lie on the same side.
func leadSame(o, p, q corner) bool {
	return (p.x > o.x) == (q.x > o.x) && (p.x < o.x) == (q.x < o.x) && (p.y > o.y) == (q.y > o.y) && (p.y < o.y) == (q.y < o.y)
}

// side is +1 for points left of the edge, −1 right, 0 on its line.
func (s segment) side(c corner) int {
	return compareProducts(s.b.x-s.a.x, c.y-s.a.y, s.b.y-s.a.y, c.x-s.a.x)
}

// compareProducts is the sign of a·b − c·d, exact.
func compareProducts(a, b, c, d int64) int {
	const small = 1 << 31
	if abs(a) < small && abs(b) < small && abs(c) < small && abs(d) < small {
		return cmp.Compare(a*b, c*d)
	}
	s, t := sign(a)*sign(b), sign(c)*sign(d)
	if s != t {
		return cmp.Compare(s, t)
	}
	hi, lo := bits.Mul64(uint64(abs(a)), uint64(abs(b)))
	hi2, lo2 := bits.Mul64(uint64(abs(c)), uint64(abs(d)))
	return s * cmp.Or(cmp.Compare(hi, hi2), cmp.Compare(lo, lo2))
}

func sign(a int64) int { return cmp.Compare(a, 0) }

func abs(a int64) int64 {
	if a < 0 {
		return -a
	}
	return a
}
