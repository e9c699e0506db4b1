package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// intSums and longSums are the sums of src over squares of side 2r+1 for each pixel of w, row by row without gaps; src covers w grown by r.
// Integers do not care where a running sum starts. The plane is to be given back.
func (s *scratch) intSums(src []int32, w raster.Window, r int) []int32 {
	dst, columns := s.plane(w.W*w.H), s.plane(w.W+2*r)
	boxSums(dst, src, columns, w, r, kernel.AddInts, kernel.SubtractInts)
	s.givePlanes(columns)
	return dst
}

func (s *scratch) longSums(src []int64, w raster.Window, r int) []int64 {
	dst, columns := s.long(w.W*w.H), s.long(w.W+2*r)
	boxSums(dst, src, columns, w, r, addLongs, subtractLongs)
	s.giveLongs(columns)
	return dst
}

func boxSums[T int32 | int64](dst, src, columns []T, w raster.Window, r int, add, subtract func(dst, src []T)) {
	n, stride := w.W, w.W+2*r
	clear(columns)
	for y := range 2 * r {
		add(columns, src[y*stride:][:stride])
	}
	for y := range w.H {
		add(columns, src[(y+2*r)*stride:][:stride])
		var sum T
		for _, v := range columns[:2*r] {
			sum += v
		}
		out, lead, trail := dst[y*n:][:n], columns[2*r:][:n], columns[:n]
		for x, v := range lead {
			sum += v
			out[x] = sum
			sum -= trail[x]
		}
		subtract(columns, src[y*stride:][:stride])
	}
}

func addLongs(dst, src []int64) {
	for i, v := range src {
		dst[i] += v
	}
}

func subtractLongs(dst, src []int64) {
	for i, v := range src {
		dst[i] -= v
	}
}
