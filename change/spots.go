package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// spots finds the windows in which rows reach a level, with what lies around them. It belongs to one goroutine.
type spots struct {
	reach int // pixels around each that are wanted, too
	halo  int // pixels around a window that what is computed in it costs

	w     raster.Window // that windows are clipped to
	list  []raster.Window
	cells []raster.Window // boxes around what reached the level in the rows of cells at work
	full  bool
}

// spotCell is the side, in pixels, of the squares in which what reaches the level is boxed. Boxes are joined where that saves work; beyond
// mostSpots of them everything is taken.
const (
	spotCell  = 16
	mostSpots = 128
)

// begin forgets what was found, and clips what will be to a window.
func (s *spots) begin(w raster.Window) {
	s.w, s.list, s.full = w, s.list[:0], false
	s.cells = s.cells[:0]
}

// row looks at the values of row y from column x on. Rows come in ascending order.
func (s *spots) row(line []float32, x, y int, level float32) {
	if len(s.cells) > 0 && s.cells[0].Y/spotCell != y/spotCell {
		s.flush()
	}
	if s.full || !kernel.AnyAtLeast(line, level) {
		return
	}
	k := 0
	for from := 0; from < len(line); from += spotCell {
		part := line[from:min(from+spotCell, len(line))]
		if !kernel.AnyAtLeast(part, level) {
			continue
		}
		first, last := len(part), 0
		for i, v := range part {
			if v >= level {
				first, last = min(first, i), i
			}
		}
		box := raster.Window{X: x + from + first, Y: y, W: last - first + 1, H: 1}
		// Boxes of the row of cells are kept in the order of their cells.
		for k < len(s.cells) && (s.cells[k].X-x)/spotCell < from/spotCell {
			k++
		}
		if k < len(s.cells) && (s.cells[k].X-x)/spotCell == from/spotCell {
			s.cells[k] = s.cells[k].Union(box)
		} else {
			s.cells = append(s.cells, raster.Window{})
			copy(s.cells[k+1:], s.cells[k:])
			s.cells[k] = box
		}
	}
}

// flush takes the boxes of a row of cells over.
func (s *spots) flush() {
	for _, b := range s.cells {
		if s.full = s.full || len(s.list) == mostSpots; s.full {
			break
		}
		if b = b.Grow(s.reach).Intersect(s.w); !b.Empty() {
			s.add(b)
		}
	}
	s.cells = s.cells[:0]
}

// windows lists windows that hold every pixel that reached the level, grown by the reach. They may overlap, and together they cost no more
// than everything. The list is valid until begin.
func (s *spots) windows() []raster.Window {
	s.flush()
	total := 0
	for _, b := range s.list {
		total += s.cost(b)
	}
	if s.full || total >= s.cost(s.w) {
		s.list = append(s.list[:0], s.w)
	}
	return s.list
}

// cost is what a window costs, in pixels.
func (s *spots) cost(w raster.Window) int { return (w.W + 2*s.halo) * (w.H + 2*s.halo) }

// add adds a window, joined with those with which it costs less than beside them.
func (s *spots) add(w raster.Window) {
	for i := 0; i < len(s.list); i++ {
		both := w.Union(s.list[i])
		if s.cost(both) > s.cost(w)+s.cost(s.list[i]) {
			continue
		}
		w = both
		last := len(s.list) - 1
		s.list[i], s.list = s.list[last], s.list[:last]
		i = -1 // the joined one may join others
	}
	s.list = append(s.list, w)
}
