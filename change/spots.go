package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// spots finds the windows in which a plane reaches a level, with what lies around them. It belongs to one goroutine.
type spots struct {
	reach int // pixels around each that are wanted, too
	halo  int // pixels around a window that what is computed in it costs

	list []raster.Window
}

// spotCell is the side, in pixels, of the squares in which what reaches the level is boxed. Boxes are joined where that saves work; beyond
// mostSpots of them the plane is taken whole.
const (
	spotCell  = 16
	mostSpots = 128
)

// find lists windows, inside the plane's, that hold every pixel that reaches the level, grown by the reach. They may overlap. The list is
// valid until the next call.
func (s *spots) find(plane *raster.Tile, level float32) []raster.Window {
	w := plane.Window
	s.list = s.list[:0]
	for y := 0; y < w.H; y += spotCell {
		h := min(spotCell, w.H-y)
		for x := 0; x < w.W; x += spotCell {
			n := min(spotCell, w.W-x)
			box := boxAbove(plane, raster.Window{X: x, Y: y, W: n, H: h}, level)
			if box.Empty() {
				continue
			}
			if len(s.list) == mostSpots {
				return append(s.list[:0], w)
			}
			s.add(box.Shift(w.X, w.Y).Grow(s.reach).Intersect(w))
		}
	}
	total := 0
	for _, b := range s.list {
		total += s.cost(b)
	}
	if total >= s.cost(w) {
		return append(s.list[:0], w)
	}
	return s.list
}

// boxAbove is the smallest box in a part of a plane, by rows and columns of the plane, around the values that reach the level.
func boxAbove(plane *raster.Tile, part raster.Window, level float32) raster.Window {
	x0, x1, y0, y1 := part.MaxX(), part.X, part.MaxY(), part.Y
	for y := part.Y; y < part.MaxY(); y++ {
		row := plane.Data[y*plane.Stride+part.X:][:part.W]
		if !kernel.AnyAtLeast(row, level) {
			continue
		}
		y0, y1 = min(y0, y), y+1
		for i, v := range row {
			if v >= level {
				x0, x1 = min(x0, part.X+i), max(x1, part.X+i+1)
			}
		}
	}
	if y1 == part.Y {
		return raster.Window{}
	}
	return raster.Window{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// cost is what a window costs, in pixels.
func (s *spots) cost(w raster.Window) int { return (w.W + 2*s.halo) * (w.H + 2*s.halo) }

// add adds a window, joined with those with which it costs less than beside them.
func (s *spots) add(w raster.Window) {
	for i := 0; i < len(s.list); i++ {
		o := s.list[i]
		x, y := min(w.X, o.X), min(w.Y, o.Y)
		both := raster.Window{X: x, Y: y, W: max(w.MaxX(), o.MaxX()) - x, H: max(w.MaxY(), o.MaxY()) - y}
		if s.cost(both) > s.cost(w)+s.cost(o) {
			continue
		}
		w = both
		last := len(s.list) - 1
		s.list[i], s.list = s.list[last], s.list[:last]
		i = -1 // the joined one may join others
	}
	s.list = append(s.list, w)
}
