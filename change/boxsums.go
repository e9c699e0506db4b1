package change

import "passdiff/raster"

// boxSums fills dst, w×h, with the sums of src over squares of side 2r+1; src is larger by r on every side. Integers do not care where
// a running sum starts.
func boxSums[T int32 | int64](dst, src []T, w, h, r int, columns []T) {
	stride := w + 2*r
	columns = columns[:stride]
	clear(columns)
	for y := range 2 * r {
		for x, v := range src[y*stride:][:stride] {
			columns[x] += v
		}
	}
	for y := range h {
		for x, v := range src[(y+2*r)*stride:][:stride] {
			columns[x] += v
		}
		var sum T
		for _, v := range columns[:2*r] {
			sum += v
		}
		out, lead := dst[y*w:][:w], columns[2*r:]
		for x := range out {
			sum += lead[x]
			out[x] = sum
			sum -= columns[x]
		}
		for x, v := range src[y*stride:][:stride] {
			columns[x] -= v
		}
	}
}

// summer holds planes of box sums. It belongs to one goroutine.
type summer[T int32 | int64] struct {
	planes  [][]T
	columns []T
}

// sums are those of src, which covers w grown by r, in plane k.
func (s *summer[T]) sums(k int, src []T, w raster.Window, r int) []T {
	for len(s.planes) <= k {
		s.planes = append(s.planes, nil)
	}
	if n := w.W * w.H; cap(s.planes[k]) < n {
		s.planes[k] = make([]T, n)
	}
	if n := w.W + 2*r; cap(s.columns) < n {
		s.columns = make([]T, n)
	}
	s.planes[k] = s.planes[k][:w.W*w.H]
	boxSums(s.planes[k], src, w.W, w.H, r, s.columns)
	return s.planes[k]
}
