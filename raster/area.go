package raster

import (
	"cmp"
	"slices"
	"sort"
)

// Area is a set of pixels, kept as runs by row: what was asked about. The zero value is empty; it is immutable once made and safe for
// concurrent use.
type Area struct {
	runs   []Run // sorted by row, then column; they neither overlap nor touch
	bounds Window
	pixels int64
}

// NewArea makes the union of runs, in any order.
func NewArea(runs []Run) *Area {
	s := slices.Clone(runs)
	slices.SortFunc(s, func(a, b Run) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X0, b.X0)) })
	a := &Area{}
	for _, r := range s {
		if r.X1 <= r.X0 {
			continue
		}
		if n := len(a.runs); n > 0 && a.runs[n-1].Y == r.Y && a.runs[n-1].X1 >= r.X0 {
			a.runs[n-1].X1 = max(a.runs[n-1].X1, r.X1)
			continue
		}
		a.runs = append(a.runs, r)
	}
	for _, r := range a.runs {
		a.pixels += int64(r.Len())
		a.bounds = a.bounds.Union(Window{X: int(r.X0), Y: int(r.Y), W: r.Len(), H: 1})
	}
	return a
}

// Bounds is the smallest window around the area.
func (a *Area) Bounds() Window { return a.bounds }

// Pixels is the number of pixels.
func (a *Area) Pixels() int64 { return a.pixels }

// Runs are the area's runs, by row, then column. The caller does not change them.
func (a *Area) Runs() []Run { return a.runs }

// Row is the runs of row y.
func (a *Area) Row(y int) []Run {
	lo := sort.Search(len(a.runs), func(i int) bool { return int(a.runs[i].Y) >= y })
	hi := lo
	for hi < len(a.runs) && int(a.runs[hi].Y) == y {
		hi++
	}
	return a.runs[lo:hi]
}

// Meets reports whether the area has a pixel in w.
func (a *Area) Meets(w Window) bool {
	w = w.Intersect(a.bounds)
	for y := w.Y; y < w.MaxY(); y++ {
		for _, r := range a.Row(y) {
			if int(r.X0) < w.MaxX() && int(r.X1) > w.X {
				return true
			}
		}
	}
	return false
}

// Clip is the part of the area inside w.
func (a *Area) Clip(w Window) *Area {
	var runs []Run
	for _, r := range a.runs {
		if int(r.Y) >= w.Y && int(r.Y) < w.MaxY() {
			runs = append(runs, Run{Y: r.Y, X0: max(r.X0, int32(w.X)), X1: min(r.X1, int32(w.MaxX()))})
		}
	}
	return NewArea(runs)
}

// Covers reports whether all pixels of a run are in the area.
func (a *Area) Covers(r Run) bool {
	for _, s := range a.Row(int(r.Y)) {
		if s.X0 <= r.X0 && r.X1 <= s.X1 {
			return true
		}
	}
	return false
}

// Touches reports whether a run has a pixel in the area.
func (a *Area) Touches(r Run) bool {
	for _, s := range a.Row(int(r.Y)) {
		if s.X0 < r.X1 && r.X0 < s.X1 {
			return true
		}
	}
	return false
}

// Mark sets to 1 the bytes of dst, the pixels from (x0, y) on, that are in the area, and the others to 0.
func (a *Area) Mark(dst []uint8, x0, y int) {
	clear(dst)
	for _, r := range a.Row(y) {
		lo, hi := max(int(r.X0)-x0, 0), min(int(r.X1)-x0, len(dst))
		if lo < hi {
			fill(dst[lo:hi], 1)
		}
	}
}
