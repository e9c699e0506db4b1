package geo

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// faces makes valid polygons of open rings that have their interior on the left and may touch, or lie on one another along a
// meridian where a grid's first and last column meet. Cutting joins rings that touched, so that the interior may fall apart at
// a point: here the border of each connected interior is walked, and taken apart where it meets itself. Parts come west to east.
func faces(rings []orb.Ring) []orb.Polygon {
	g := newTouchGraph(rings)
	var parts []orb.Polygon
	var holes, exteriors []orb.Ring
	for start := range g.arcs {
		if g.used[start] {
			continue
		}
		at := -1
		var mine []orb.Ring
		for _, loop := range g.split(g.walk(start)) {
			switch area := loopArea(loop); {
			case area > 0:
				at = len(parts)
				parts = append(parts, orb.Polygon{loop})
				exteriors = append(exteriors, loop)
			case area < 0:
				mine = append(mine, loop)
			}
		}
		if at < 0 {
			holes = append(holes, mine...)
			continue
		}
		parts[at] = append(parts[at], mine...)
	}
	for _, hole := range holes {
		k := home(exteriors, hole)
		if k < 0 {
			return nil
		}
		parts[k] = append(parts[k], hole)
	}
	return parts
}

// loopArea is twice the signed area, positive counter-clockwise.
func loopArea(r orb.Ring) float64 {
	sum, o := 0.0, r[0]
	for i := 1; i+1 < len(r); i++ {
		sum += float64((r[i][0]-o[0])*(r[i+1][1]-o[1])) - float64((r[i+1][0]-o[0])*(r[i][1]-o[1]))
	}
	return sum
}

// touchGraph has the vertices of all rings once, sorted by longitude and latitude, and their edges sorted by origin.
type touchGraph struct {
	points []orb.Point
	arcs   [][2]int32
	first  []int32 // arcs that leave vertex v are first[v] … first[v+1]
	used   []bool
	place  []int32 // of a vertex in the walk being split; −1
}

func newTouchGraph(rings []orb.Ring) *touchGraph {
	g := &touchGraph{}
	order := func(a, b orb.Point) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }
	for _, r := range rings {
		g.points = append(g.points, r...)
	}
	slices.SortFunc(g.points, order)
	g.points = slices.Compact(g.points)
	id := func(p orb.Point) int32 {
		k, _ := slices.BinarySearchFunc(g.points, p, order)
		return int32(k)
	}
	var arcs [][2]int32
	for _, r := range rings {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			a, b := id(p), id(q)
			if p[0] != q[0] {
				arcs = append(arcs, [2]int32{a, b})
				continue
			}
			// Along a meridian: every vertex between the two lies on the edge.
			for a != b {
				c := a + int32(cmp.Compare(b, a))
				arcs = append(arcs, [2]int32{a, c})
				a = c
			}
		}
	}
	g.arcs = cancel(arcs)
	slices.SortFunc(g.arcs, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	g.first = make([]int32, len(g.points)+1)
	for _, a := range g.arcs {
		g.first[a[0]+1]++
	}
	for v := range g.points {
		g.first[v+1] += g.first[v]
	}
	g.used = make([]bool, len(g.arcs))
	g.place = make([]int32, len(g.points))
	for v := range g.place {
		g.place[v] = -1
	}
	return g
}

// cancel removes edges that run both ways.
func cancel(arcs [][2]int32) [][2]int32 {
	undirected := func(a [2]int32) [2]int32 { return [2]int32{min(a[0], a[1]), max(a[0], a[1])} }
	slices.SortFunc(arcs, func(a, b [2]int32) int {
		u, v := undirected(a), undirected(b)
		return cmp.Or(cmp.Compare(u[0], v[0]), cmp.Compare(u[1], v[1]), cmp.Compare(a[0], b[0]))
	})
	out := arcs[:0]
	for i := 0; i < len(arcs); {
		j, net := i, 0
		for ; j < len(arcs) && undirected(arcs[j]) == undirected(arcs[i]); j++ {
			net += cmp.Compare(arcs[j][1], arcs[j][0])
		}
		u := undirected(arcs[i])
		for ; net > 0; net-- {
			out = append(out, u)
		}
		for ; net < 0; net++ {
			out = append(out, [2]int32{u[1], u[0]})
		}
		i = j
	}
	return out
}

// walk follows the border of one interior and returns its vertices.
func (g *touchGraph) walk(start int) []int32 {
	var out []int32
	for at := start; !g.used[at]; {
		g.used[at] = true
		out = append(out, g.arcs[at][0])
		next := g.turn(g.arcs[at])
		if next < 0 {
			break
		}
		at = next
	}
	return out
}

// turn is the edge that bounds the same interior after a: the first that leaves, clockwise from the direction back.
func (g *touchGraph) turn(a [2]int32) int {
	v := a[1]
	lo, hi := int(g.first[v]), int(g.first[v+1])
	if hi-lo == 1 {
		return lo
	}
	angle := func(to int32) float64 {
		return atan2d(g.points[to][1]-g.points[v][1], g.points[to][0]-g.points[v][0])
	}
	back := angle(a[0])
	best, at := 1e9, -1
	for k := lo; k < hi; k++ {
		d := back - angle(g.arcs[k][1])
		if d <= 0 {
			d += 360
		}
		if d < best {
			best, at = d, k
		}
	}
	return at
}

// split takes a walk apart where it comes to a vertex again.
func (g *touchGraph) split(walk []int32) []orb.Ring {
	var loops []orb.Ring
	var stack []int32
	for _, v := range append(walk, walk[0]) {
		if k := g.place[v]; k >= 0 {
			loop := make(orb.Ring, 0, len(stack)-int(k))
			for _, w := range stack[k:] {
				loop = append(loop, g.points[w])
				g.place[w] = -1
			}
			loops = append(loops, loop)
			stack = stack[:k]
		}
		g.place[v] = int32(len(stack))
		stack = append(stack, v)
	}
	for _, w := range stack {
		g.place[w] = -1
	}
	return loops
}
