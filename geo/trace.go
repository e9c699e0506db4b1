package geo

import (
	"math"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// Tracer turns regions into outlines and keeps its scratch memory between them. The zero value is ready for use; it belongs to one
// goroutine. What it returns shares no memory with it.
type Tracer struct {
	nodes  []node
	up, dn []end
	starts []int32
}

// node is a corner of an outline. next is the node that follows on the ring, complemented once the ring has been counted.
type node struct {
	x, y, next int32
}

// end is a vertical edge that is still growing downwards: the left edge of a run at even indices of a row, the right edge at odd
// ones. top is the node at its upper end.
type end struct {
	x, top int32
}

// Trace outlines one region with a new Tracer. See Tracer.Trace.
func Trace(runs []raster.Run) orb.Polygon { return new(Tracer).Trace(runs) }

// Trace outlines a 4-connected region in pixel corners: x is the column and y the row, growing down, both exact integers. Runs are
// sorted by (Y, X0) and do not overlap; runs that touch in a row count as one. The first ring is the exterior, the others are
// holes in the order of their topmost-leftmost corners. Rings are closed, turn at every vertex, and begin at their
// topmost-leftmost corner. The interior lies to the left of every ring as seen on a screen: the exterior runs counter-clockwise,
// holes clockwise.
//
// Where two pixels of the region meet only diagonally, the rings turn so that the interior stays joined: a hole touches another
// ring in a point, and no ring meets itself. With a 4-connected region this makes the polygon valid by OGC rules.
//
// No runs give a nil polygon. Unsorted, empty or overlapping runs and regions in more than one piece are programmer errors and
// panic (pieces that meet at a corner are not noticed). Time and memory are proportional to the number of runs.
func (t *Tracer) Trace(runs []raster.Run) orb.Polygon {
	if len(runs) == 0 {
		return nil
	}
	if len(runs) > math.MaxInt32/5 {
		panic("geo: region of too many runs")
	}
	t.link(runs)
	return t.rings()
}

// link makes the nodes, row by row, and joins them to rings.
func (t *Tracer) link(runs []raster.Run) {
	t.nodes = t.nodes[:0]
	up, dn := t.up[:0], t.dn[:0]
	y := runs[0].Y
	for i := 0; i < len(runs); y++ {
		if runs[i].Y != y {
			panic("geo: runs out of order, or a region in several pieces")
		}
		dn = dn[:0]
		for ; i < len(runs) && runs[i].Y == y; i++ {
			r := runs[i]
			if r.X0 >= r.X1 {
				panic("geo: empty run")
			}
			if n := len(dn); n > 0 && r.X0 <= dn[n-1].x {
				if r.X0 < dn[n-1].x {
					panic("geo: runs out of order or overlapping")
				}
				dn[n-1].x = r.X1
				continue
			}
			dn = append(dn, end{x: r.X0}, end{x: r.X1})
		}
		t.line(up, dn, y)
		up, dn = dn, up
	}
	t.line(up, nil, y)
	t.up, t.dn = up, dn
}

// line makes the nodes on the corner line y between the rows whose vertical edges are up and dn. Left edges run down, right edges
// up, horizontal edges east under a filled pixel and west above one.
func (t *Tracer) line(up, dn []end, y int32) {
	u, d := 0, 0
	west := int32(-1) // the open horizontal edge's west node
	for u < len(up) || d < len(dn) {
		switch {
		case d == len(dn) || u < len(up) && up[u].x < dn[d].x: // an edge from above ends
			n := t.add(up[u].x, y)
			t.joinVertical(up[u].top, n, u)
			west = t.joinHorizontal(west, n, u)
			u++
		case u == len(up) || dn[d].x < up[u].x: // an edge begins
			n := t.add(dn[d].x, y)
			dn[d].top = n
			west = t.joinHorizontal(west, n, u)
			d++
		case u&1 == d&1: // an edge goes on
			dn[d].top = up[u].top
			u++
			d++
		default: // two pixels meet diagonally; each node keeps to one of the two empty pixels
			x := up[u].x
			a, b := t.add(x, y), t.add(x, y)
			t.joinHorizontal(west, a, u)
			if u&1 == 1 { // north-west and south-east are filled
				dn[d].top = a
				t.joinVertical(up[u].top, b, u)
			} else {
				t.joinVertical(up[u].top, a, u)
				dn[d].top = b
			}
			west = b
			u++
			d++
		}
	}
}

func (t *Tracer) add(x, y int32) int32 {
	t.nodes = append(t.nodes, node{x: x, y: y, next: -1})
	return int32(len(t.nodes) - 1)
}

// joinVertical directs the edge that is end number u of its row, between its top and its bottom node.
func (t *Tracer) joinVertical(top, bottom int32, u int) {
	if u&1 == 0 {
		t.nodes[top].next = bottom
	} else {
		t.nodes[bottom].next = top
	}
}

// joinHorizontal closes the horizontal edge that began at west and ends at n, with u ends of the row above passed before n, or
// opens one at n. It returns the node at which an edge is open.
func (t *Tracer) joinHorizontal(west, n int32, u int) int32 {
	switch {
	case west < 0:
		return n
	case u&1 == 1: // filled above
		t.nodes[west].next = n
	default:
		t.nodes[n].next = west
	}
	return -1
}

// rings walks the nodes twice, to count rings and to copy them.
func (t *Tracer) rings() orb.Polygon {
	nodes := t.nodes
	t.starts = t.starts[:0]
	for i := range nodes {
		if nodes[i].next < 0 {
			continue
		}
		first := nodes[nodes[i].next]
		if exterior := first.x == nodes[i].x; exterior != (i == 0) {
			panic("geo: region in several pieces")
		}
		t.starts = append(t.starts, int32(i))
		for n := int32(i); nodes[n].next >= 0; {
			next := nodes[n].next
			nodes[n].next = ^next
			n = next
		}
	}
	points := make([]orb.Point, 0, len(nodes)+len(t.starts))
	poly := make(orb.Polygon, len(t.starts))
	for k, start := range t.starts {
		from := len(points)
		points = append(points, orb.Point{float64(nodes[start].x), float64(nodes[start].y)})
		for n := ^nodes[start].next; ; n = ^nodes[n].next {
			points = append(points, orb.Point{float64(nodes[n].x), float64(nodes[n].y)})
			if n == start {
				break
			}
		}
		poly[k] = orb.Ring(points[from:len(points):len(points)])
	}
	return poly
}
