package geo

import "math"

// buckets is a grid of about as many cells as there are edges, with the edges that may pass through each cell.
type buckets struct {
	edges   []segment
	x0, y0  int64
	w, h    int // cells
	cw, ch  float64
	first   []int32 // first[c] … first[c+1] are the entries of cell c
	entries []int32
}

func newBuckets(edges []segment) *buckets {
	b := &buckets{edges: edges}
	x1, y1 := edges[0].a.x, edges[0].a.y
	b.x0, b.y0 = x1, y1
	for _, s := range edges {
		b.x0, x1 = min(b.x0, s.a.x), max(x1, s.a.x)
		b.y0, y1 = min(b.y0, s.a.y), max(y1, s.a.y)
	}
	width, height := float64(x1-b.x0)+1, float64(y1-b.y0)+1
	side := math.Sqrt(float64(width*height) / float64(len(edges)))
	b.w = min(int(width/side)+1, len(edges))
	b.h = min(int(height/side)+1, len(edges))
	b.cw, b.ch = width/float64(b.w), height/float64(b.h)
	// Count, then fill: a counting sort by cell.
	b.first = make([]int32, b.w*b.h+1)
	b.visit(func(cell int, _ int32) { b.first[cell+1]++ })
	for c := 1; c < len(b.first); c++ {
		b.first[c] += b.first[c-1]
	}
	b.entries = make([]int32, b.first[len(b.first)-1])
	fill := make([]int32, b.w*b.h)
	b.visit(func(cell int, edge int32) {
		b.entries[b.first[cell]+fill[cell]] = edge
		fill[cell]++
	})
	return b
}

// visit calls f for every cell that each edge may pass, row by row of cells, with a margin for rounding.
func (b *buckets) visit(f func(cell int, edge int32)) {
	for i, s := range b.edges {
		ax, ay := float64(s.a.x-b.x0), float64(s.a.y-b.y0)
		bx, by := float64(s.b.x-b.x0), float64(s.b.y-b.y0)
		if ay > by {
			ax, ay, bx, by = bx, by, ax, ay
		}
		const margin = 1e-6
		r0, r1 := max(int(ay/b.ch-margin), 0), min(int(by/b.ch+margin), b.h-1)
		for r := r0; r <= r1; r++ {
			// The part of the edge in this row of cells.
			lo, hi := min(ax, bx), max(ax, bx)
			if r0 != r1 && ay != by {
				slope := (bx - ax) / (by - ay)
				from := ax + float64(slope*(max(float64(r)*b.ch, ay)-ay))
				to := ax + float64(slope*(min(float64(r+1)*b.ch, by)-ay))
				lo, hi = max(lo, min(from, to)), min(hi, max(from, to))
			}
			c0, c1 := max(int(lo/b.cw-margin), 0), min(int(hi/b.cw+margin), b.w-1)
			for c := c0; c <= c1; c++ {
				f(r*b.w+c, int32(i))
			}
		}
	}
}

// anyCrossing compares the edges of each cell.
func (b *buckets) anyCrossing() bool {
	for c := 0; c+1 < len(b.first); c++ {
		in := b.entries[b.first[c]:b.first[c+1]]
		for i, e := range in {
			for _, o := range in[:i] {
				if b.edges[e].meets(b.edges[o]) {
					return true
				}
			}
		}
	}
	return false
}
