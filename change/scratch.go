package change

import (
	"slices"

	"passdiff/raster"
)

// scratch lends planes to what scores on one goroutine. What one score has given back the next one uses, so that a chain of many needs the
// memory of its deepest branch, and finds it in the cache. The zero value is ready.
type scratch struct {
	tiles  []*raster.Tile // without storage
	floats shelf[float32]
	ints   shelf[int32]
	longs  shelf[int64]
	rows   [][]float32
	coefs  []float32
}

// shelf holds storage that nobody uses.
type shelf[T any] struct{ free [][]T }

// scratchStep is what sizes are rounded up to, in values, so that storage fits windows that differ by a margin.
const scratchStep = 1 << 16

// get finds storage for n values with make as the last resort; what is too small is dropped.
func (s *shelf[T]) get(n int, make func(n int) []T) []T {
	for i, v := range slices.Backward(s.free) {
		if cap(v) >= n {
			s.free = slices.Delete(s.free, i, i+1)
			return v[:n]
		}
	}
	if k := len(s.free); k > 0 {
		s.free = s.free[:k-1]
	}
	return make((n + scratchStep - 1) / scratchStep * scratchStep)[:n]
}

func (s *shelf[T]) put(v []T) { s.free = append(s.free, v[:0]) }

// tile is one band over a window; its values are undefined. The caller gives it back.
func (s *scratch) tile(w raster.Window) *raster.Tile {
	var t *raster.Tile
	if k := len(s.tiles); k > 0 {
		t, s.tiles = s.tiles[k-1], s.tiles[:k-1]
	} else {
		t = new(raster.Tile)
	}
	t.Data = s.values(raster.TileValues(w))
	t.Shape(w, 1)
	return t
}

func (s *scratch) give(tiles ...*raster.Tile) {
	for _, t := range tiles {
		s.floats.put(t.Data)
		t.Data = nil
		s.tiles = append(s.tiles, t)
	}
}

// values are n values that are undefined, the first on a 64-byte boundary. The caller puts them back among the floats.
func (s *scratch) values(n int) []float32 {
	return s.floats.get(n, func(n int) []float32 { return raster.Aligned(nil, n) })
}

// form is room for the rows and coefficients of a linear form, until the next one is asked for.
func (s *scratch) form(n int) (rows [][]float32, coefs []float32) {
	if cap(s.rows) < n {
		s.rows, s.coefs = make([][]float32, n), make([]float32, n)
	}
	return s.rows[:n], s.coefs[:n]
}

// plane is n values that are undefined. The caller gives it back.
func (s *scratch) plane(n int) []int32 {
	return s.ints.get(n, func(n int) []int32 { return make([]int32, n) })
}

func (s *scratch) long(n int) []int64 {
	return s.longs.get(n, func(n int) []int64 { return make([]int64, n) })
}

func (s *scratch) givePlanes(planes ...[]int32) {
	for _, p := range planes {
		if p != nil {
			s.ints.put(p)
		}
	}
}

func (s *scratch) giveLongs(planes ...[]int64) {
	for _, p := range planes {
		s.longs.put(p)
	}
}
