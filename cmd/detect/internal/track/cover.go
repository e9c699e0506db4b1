package track

import (
	"math"

	"github.com/paulmach/orb"
)

// cover tells quickly whether points lie in polygons that do not overlap. It is not changed once it is made.
type cover struct {
	bound  orb.Bound
	height float64 // of a bin
	bins   [][]edge
}

// edge is a side of a ring, from the lower end.
type edge struct{ x0, y0, x1, y1 float64 }

// edgesPerBin is about how many edges a point is compared with.
const edgesPerBin = 4

// newCover sorts the edges of polygons into bins by latitude.
func newCover(m orb.MultiPolygon) *cover {
	c := &cover{bound: m.Bound()}
	n := 0
	for _, p := range m {
		for _, r := range p {
			n += len(r)
		}
	}
	if n == 0 {
		return c
	}
	bins := n/edgesPerBin + 1
	c.height = (c.bound.Max[1] - c.bound.Min[1]) / float64(bins)
	c.bins = make([][]edge, bins)
	for _, p := range m {
		for _, r := range p {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				if a[1] == b[1] {
					continue
				}
				if a[1] > b[1] {
					a, b = b, a
				}
				for k := c.bin(a[1]); k <= c.bin(b[1]); k++ {
					c.bins[k] = append(c.bins[k], edge{a[0], a[1], b[0], b[1]})
				}
			}
		}
	}
	return c
}

func (c *cover) bin(y float64) int {
	return min(max(int(math.Floor((y-c.bound.Min[1])/c.height)), 0), len(c.bins)-1)
}

// holds reports whether p lies in the polygons, by the even-odd rule. A boundary belongs to the ground right of it and above.
func (c *cover) holds(p orb.Point) bool {
	if len(c.bins) == 0 || !c.bound.Contains(p) {
		return false
	}
	in := false
	for _, e := range c.bins[c.bin(p[1])] {
		if p[1] < e.y0 || p[1] >= e.y1 {
			continue
		}
		if e.x0+(p[1]-e.y0)/(e.y1-e.y0)*(e.x1-e.x0) <= p[0] {
			in = !in
		}
	}
	return in
}

// share is how many of the points lie in the polygons, from 0 to 1.
func (c *cover) share(points []orb.Point) float64 {
	n := 0
	for _, p := range points {
		if c.holds(p) {
			n++
		}
	}
	return float64(n) / float64(len(points))
}

// lattice is the number of sample points across the box of a geometry, each way.
const lattice = 8

// samples are points spread evenly over polygons. Where none of the lattice falls into one, which narrow ones may escape, the middles of its
// sides stand for it.
func samples(m orb.MultiPolygon) []orb.Point {
	var out []orb.Point
	for _, p := range m {
		c, n := newCover(orb.MultiPolygon{p}), len(out)
		b := c.bound
		for i := range lattice {
			for k := range lattice {
				x := b.Min[0] + (b.Max[0]-b.Min[0])*(float64(k)+0.5)/lattice
				y := b.Min[1] + (b.Max[1]-b.Min[1])*(float64(i)+0.5)/lattice
				if c.holds(orb.Point{x, y}) {
					out = append(out, orb.Point{x, y})
				}
			}
		}
		if len(out) > n {
			continue
		}
		for i := 1; i < len(p[0]); i++ {
			out = append(out, orb.Point{(p[0][i-1][0] + p[0][i][0]) / 2, (p[0][i-1][1] + p[0][i][1]) / 2})
		}
	}
	return out
}
