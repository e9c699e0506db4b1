package geo

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// Fill lists the pixels of w whose centres lie in a polygon of area, as runs sorted by row and column that neither overlap nor
// touch. See FillSeq.
func Fill(area orb.MultiPolygon, w raster.Window) ([]raster.Run, error) {
	seq, err := FillSeq(area, w)
	if err != nil {
		return nil, err
	}
	return slices.Collect(seq), nil
}

// FillSeq is Fill row by row. Rings are in pixel coordinates, x the column and y the row, growing down; pixel (x, y) has its
// centre at (x+½, y+½). Rings that are not closed are closed by an edge; they may run either way, cross and overlap.
//
// A centre lies in a polygon by the even-odd rule over all its rings, and in area when it lies in any of its polygons. Centres on
// an edge are decided as GDAL's rasteriser does, without ALL_TOUCHED and on a grid whose rows go south: on edges with the interior
// to their right they are out, to their left in; on horizontal edges in, but for the upper edges of holes. (On grids whose rows go
// north GDAL decides the other way along lower edges.) Whether a pixel is in depends neither on w nor on which way rings run.
//
// Coordinates that are not finite are an error. Time is proportional to edges and to the crossings of edges with rows of w, memory
// to the edges that cross such rows: neither to pixels nor to what lies above or below w. The sequence can be walked again; it
// refers to nothing of area.
func FillSeq(area orb.MultiPolygon, w raster.Window) (iter.Seq[raster.Run], error) {
	w = w.Intersect(raster.Window{X: math.MinInt32 / 2, Y: math.MinInt32 / 2, W: math.MaxInt32, H: math.MaxInt32})
	var edges []fillEdge
	for i, p := range area {
		for j, ring := range p {
			for k, v := range ring {
				if !finite(v[0], v[1]) {
					return nil, fmt.Errorf("geo: vertex %d of ring %d of polygon %d is not finite (%v, %v)", k, j, i, v[0], v[1])
				}
			}
			turned := !clockwise(ring)
			for k, b := range ring {
				a := ring[(k+len(ring)-1)%len(ring)]
				if turned {
					a, b = b, a
				}
				if e, ok := newFillEdge(a, b, int32(i), w); ok {
					edges = append(edges, e)
				}
			}
		}
	}
	slices.SortFunc(edges, func(a, b fillEdge) int { return cmp.Compare(a.first, b.first) })
	return func(yield func(raster.Run) bool) {
		s := scan{edges: edges, window: w}
		for row, ok := s.next(); ok; row, ok = s.next() {
			for _, r := range row {
				if !yield(r) {
					return
				}
			}
		}
	}, nil
}

// clockwise reports whether a ring runs clockwise on the screen: as it turns at its lowest, then rightmost vertex, or by its area
// where it comes there twice. Rings that cross themselves are decided as OGR does.
func clockwise(ring orb.Ring) bool {
	if n := len(ring); n > 1 && ring[0] == ring[n-1] {
		ring = ring[:n-1]
	}
	n := len(ring)
	if n < 3 {
		return false
	}
	at, twice := 0, false
	for i := 1; i < n; i++ {
		switch v, w := ring[i], ring[at]; {
		case v == w:
			twice = true
		case v[1] > w[1] || v[1] == w[1] && v[0] > w[0]:
			at, twice = i, false
		}
	}
	if turn := cross(ring[(at+n-1)%n], ring[at], ring[(at+1)%n]); turn != 0 && !twice {
		return turn > 0
	}
	sum := 0.0
	for i := range ring {
		sum += cross(ring[0], ring[i], ring[(i+1)%n])
	}
	return sum > 0
}

// fillEdge is an edge from its upper to its lower end, and the rows of the window whose centres it crosses: y1 ≤ row + ½ < y2. A
// horizontal edge through centres has y1 = y2, and covers those with x1 < x ≤ x2.
type fillEdge struct {
	x1, y1, x2, y2 float64
	first, last    int32
	polygon        int32
}

// newFillEdge reports false for an edge that decides nothing about w.
func newFillEdge(a, b orb.Point, polygon int32, w raster.Window) (fillEdge, bool) {
	if w.Empty() {
		return fillEdge{}, false
	}
	if a[1] == b[1] {
		row := a[1] - 0.5
		if row != math.Floor(row) || a[0] <= b[0] || row < float64(w.Y) || row >= float64(w.MaxY()) {
			return fillEdge{}, false
		}
		return fillEdge{b[0], b[1], a[0], a[1], int32(row), int32(row), polygon}, true
	}
	if a[1] > b[1] {
		a, b = b, a
	}
	first, end := max(math.Ceil(a[1]-0.5), float64(w.Y)), min(math.Ceil(b[1]-0.5), float64(w.MaxY()))
	if first >= end || min(a[0], b[0]) > float64(w.MaxX())+1 {
		return fillEdge{}, false
	}
	return fillEdge{a[0], a[1], b[0], b[1], int32(first), int32(end) - 1, polygon}, true
}

// at is the column of the first centre right of the edge on a row of centres.
func (e *fillEdge) at(row int32) float64 {
	// The order of operations is GDAL's.
	x := float64((float64(row)+0.5-e.y1)*(e.x2-e.x1))/(e.y2-e.y1) + e.x1
	return math.Floor(x + 0.5)
}

// crossing is where an edge crosses a row of centres.
type crossing struct {
	polygon, x int32
}

// scan walks down the rows of a window with the edges that cross the present one.
type scan struct {
	edges  []fillEdge // those from fresh on begin further down
	window raster.Window
	fresh  int
	active []int32
	row    int32
	at     []crossing
	runs   []raster.Run
}

// next is the runs of the next row that has edges.
func (s *scan) next() ([]raster.Run, bool) {
	if len(s.active) == 0 {
		if s.fresh == len(s.edges) {
			return nil, false
		}
		s.row = s.edges[s.fresh].first
	}
	for s.fresh < len(s.edges) && s.edges[s.fresh].first == s.row {
		s.active = append(s.active, int32(s.fresh))
		s.fresh++
	}
	s.at, s.runs = s.at[:0], s.runs[:0]
	left := s.active[:0]
	for _, i := range s.active {
		e := &s.edges[i]
		if e.y1 == e.y2 {
			s.add(s.column(math.Floor(e.x1+0.5)), s.column(math.Floor(e.x2+0.5)))
		} else {
			s.at = append(s.at, crossing{e.polygon, s.column(e.at(s.row))})
		}
		if e.last > s.row {
			left = append(left, i)
		}
	}
	s.active = left
	s.pair()
	s.row++
	return merge(s.runs), true
}

// column brings a column into the window.
func (s *scan) column(x float64) int32 {
	return int32(min(max(x, float64(s.window.X)), float64(s.window.MaxX())))
}

func (s *scan) add(x0, x1 int32) {
	if x0 < x1 {
		s.runs = append(s.runs, raster.Run{Y: s.row, X0: x0, X1: x1})
	}
}

// pair adds what lies between a polygon's first and second, third and fourth … crossing. The last may lie right of the window and
// be missing.
func (s *scan) pair() {
	slices.SortFunc(s.at, func(a, b crossing) int { return cmp.Or(cmp.Compare(a.polygon, b.polygon), cmp.Compare(a.x, b.x)) })
	for i := 0; i < len(s.at); {
		if i+1 < len(s.at) && s.at[i+1].polygon == s.at[i].polygon {
			s.add(s.at[i].x, s.at[i+1].x)
			i += 2
			continue
		}
		s.add(s.at[i].x, int32(s.window.MaxX()))
		i++
	}
}

// merge sorts the runs of a row, in place, and joins those that overlap or touch.
func merge(runs []raster.Run) []raster.Run {
	if len(runs) < 2 {
		return runs
	}
	slices.SortFunc(runs, func(a, b raster.Run) int { return cmp.Compare(a.X0, b.X0) })
	out := runs[:1]
	for _, r := range runs[1:] {
		if last := &out[len(out)-1]; r.X0 <= last.X1 {
			last.X1 = max(last.X1, r.X1)
		} else {
			out = append(out, r)
		}
	}
	return out
}
