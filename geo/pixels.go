package geo

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

const (
	// straight is how far, in pixels, an edge's image may lie from a straight line where that is measured: at ¼, ½ and ¾. An image
	// bent like a cubic is up to 1/20 further away between them.
	straight = 1.0 / 128
	// maxPixelVertices bounds what InPixels makes, 16 bytes each.
	maxPixelVertices = 1 << 25
)

// InPixels puts polygons given in any CRS onto a grid: the result is in pixel coordinates, x the column and y the row, growing
// down, whole numbers at pixel corners. project turns coordinates of the polygons' CRS, in place, into those of the grid's CRS;
// nil says that they are the same.
//
// An edge is straight in the polygons' CRS. Where project bends it, it is split until its image lies within 1/100 pixel of the
// result's edges, which have its ends among their vertices. How an edge is split does not depend on its direction, so that areas
// that share an edge still share it. Rings are closed, and stay rings.
//
// A grid without a georeference is taken as pixel space. Vertices that are not finite, or that project cannot place, are errors
// that name the first; so are images that tear apart or need more than 2²⁵ vertices. Time and memory are proportional to
// the vertices of the result.
func InPixels(area orb.MultiPolygon, grid raster.Grid, project func(x, y []float64) error) (orb.MultiPolygon, error) {
	affine := raster.Affine{0, 1, 0, 0, 0, 1}
	if grid.Affine != (raster.Affine{}) {
		inv, ok := invert(grid.Affine)
		if !ok {
			return nil, fmt.Errorf("geo: the affine of the grid (%v) cannot be inverted", grid)
		}
		affine = inv
	}
	s := splitter{affine: affine, project: project}
	out := make(orb.MultiPolygon, len(area))
	for i, p := range area {
		out[i] = make(orb.Polygon, len(p))
		for j, ring := range p {
			r, err := s.ring(ring)
			if err != nil {
				return nil, fmt.Errorf("geo: ring %d of polygon %d: %w", j, i, err)
			}
			out[i][j] = r
		}
	}
	return out, nil
}

// invert is the inverse affine, by the operations that GDAL uses and in their order: a vertex that falls exactly on a pixel's
// centre there does so here.
func invert(a raster.Affine) (raster.Affine, bool) {
	if _, ok := a.Inverse(); !ok {
		return raster.Affine{}, false
	}
	if a[2] == 0 && a[4] == 0 {
		return raster.Affine{-a[0] / a[1], 1 / a[1], 0, -a[3] / a[5], 0, 1 / a[5]}, true
	}
	d := 1 / a.Det()
	return raster.Affine{
		float64((float64(a[2]*a[3]) - float64(a[0]*a[5])) * d), float64(a[5] * d), -float64(a[2] * d),
		float64((float64(a[0]*a[4]) - float64(a[1]*a[3])) * d), -float64(a[4] * d), float64(a[1] * d),
	}, true
}

// bend is an edge of an area: where it starts in its own CRS and in pixels. It ends where the next begins.
type bend struct {
	x, y     float64
	col, row float64
	done     bool
}

// splitter puts rings onto a grid and keeps its scratch between them.
type splitter struct {
	affine   raster.Affine
	project  func(x, y []float64) error
	vertices int
	x, y     []float64
}

var errTorn = errors.New("an edge's image on the grid is torn, or too long to be drawn to 1/100 pixel")

// ring splits edges level by level; the points of a level are projected in one call.
func (s *splitter) ring(r orb.Ring) (orb.Ring, error) {
	if n := len(r); n > 0 && r[0] != r[n-1] {
		r = append(r[:n:n], r[0])
	}
	edges := make([]bend, len(r))
	s.x, s.y = s.x[:0], s.y[:0]
	for i, v := range r {
		if !finite(v[0], v[1]) {
			return nil, fmt.Errorf("vertex %d is not finite (%v, %v)", i, v[0], v[1])
		}
		edges[i] = bend{x: v[0], y: v[1]}
		s.x, s.y = append(s.x, v[0]), append(s.y, v[1])
	}
	if err := s.toPixels(); err != nil {
		return nil, err
	}
	for i := range edges {
		edges[i].col, edges[i].row = s.x[i], s.y[i]
		edges[i].done = s.project == nil || i == len(edges)-1
	}
	for level := 0; ; level++ {
		s.x, s.y = s.x[:0], s.y[:0]
		for i, a := range edges {
			if a.done {
				continue
			}
			b := edges[i+1]
			mx, my := float64((a.x+b.x)/2), float64((a.y+b.y)/2)
			s.x = append(s.x, (a.x+mx)/2, mx, (mx+b.x)/2)
			s.y = append(s.y, (a.y+my)/2, my, (my+b.y)/2)
		}
		if len(s.x) == 0 {
			break
		}
		middles := append(append([]float64(nil), s.x...), s.y...)
		if err := s.toPixels(); err != nil {
			return nil, err
		}
		edges = s.split(edges, middles[:len(s.x)], middles[len(s.x):])
		if level == maxLevels || s.vertices+len(edges) > maxPixelVertices {
			return nil, errTorn
		}
	}
	s.vertices += len(edges)
	out := make(orb.Ring, len(edges))
	for i, e := range edges {
		out[i] = orb.Point{e.col, e.row}
	}
	return out, nil
}

// split divides at their middles the edges whose images s.x, s.y at ¼, ½ and ¾ are too far from straight; x, y are those points in
// the area's CRS.
func (s *splitter) split(edges []bend, x, y []float64) []bend {
	out := make([]bend, 0, len(edges)+len(x)/6)
	k := 0
	for i, a := range edges {
		if a.done {
			out = append(out, a)
			continue
		}
		b := edges[i+1]
		bent := uneven(a, b, s.x[k+1], s.y[k+1])
		for j := k; j < k+3; j++ {
			d := fromEdge(orb.Point{a.col, a.row}, orb.Point{b.col, b.row}, orb.Point{s.x[j], s.y[j]})
			bent = bent || !(d <= straight*straight)
		}
		a.done = !bent
		out = append(out, a)
		if bent {
			out = append(out, bend{x: x[k+1], y: y[k+1], col: s.x[k+1], row: s.y[k+1]})
		}
		k += 3
	}
	return out
}

// uneven reports whether the middle of an edge of more than a pixel has its image in the first or last quarter of
// the way: on a smooth map short edges have not, at a tear they always have.
func uneven(a, b bend, col, row float64) bool {
	dx, dy := b.col-a.col, b.row-a.row
	n := float64(dx*dx) + float64(dy*dy)
	t := float64(dx*(col-a.col)) + float64(dy*(row-a.row))
	return n > 1 && (t < n/4 || t > n*3/4)
}

// toPixels brings s.x, s.y onto the grid in place.
func (s *splitter) toPixels() error {
	if s.project != nil {
		x, y := append([]float64(nil), s.x...), append([]float64(nil), s.y...)
		if err := s.project(s.x, s.y); err != nil {
			return fmt.Errorf("onto the grid: %w", err)
		}
		for i := range s.x {
			if !finite(s.x[i], s.y[i]) {
				return fmt.Errorf("point (%.10g, %.10g) has no place in the grid's CRS", x[i], y[i])
			}
		}
	}
	for i := range s.x {
		s.x[i], s.y[i] = s.affine.Apply(s.x[i], s.y[i])
		if math.Abs(s.x[i]) > 1<<62 || math.Abs(s.y[i]) > 1<<62 {
			return errTorn
		}
	}
	return nil
}
