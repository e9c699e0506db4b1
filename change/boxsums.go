package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// summer holds planes of sums over squares. Integers do not care where a running sum starts. It belongs to one goroutine.
type summer[T int32 | int64] struct {
	planes        [][]T
	columns       []T
	add, subtract func(dst, src []T)
}

// intSummer and longSummer differ in how large the sums may become.
func intSummer() summer[int32] {
	return summer[int32]{add: kernel.AddInts, subtract: kernel.SubtractInts}
}

func longSummer() summer[int64] {
	return summer[int64]{
		add: func(dst, src []int64) {
			for i, v := range src {
				dst[i] += v
			}
		},
		subtract: func(dst, src []int64) {
			for i, v := range src {
				dst[i] -= v
			}
		},
	}
}

// sums are those of src, which covers w grown by r, in plane k.
func (s *summer[T]) sums(k int, src []T, w raster.Window, r int) []T {
	for len(s.planes) <= k {
		s.planes = append(s.planes, nil)
	}
	if n := w.W * w.H; cap(s.planes[k]) < n {
		s.planes[k] = make([]T, n)
	}
	s.planes[k] = s.planes[k][:w.W*w.H]
	s.box(s.planes[k], src, w.W, w.H, r)
	return s.planes[k]
}

// box fills dst, w×h, with the sums of src over squares of side 2r+1; src is larger by r on every side.
func (s *summer[T]) box(dst, src []T, w, h, r int) {
	stride := w + 2*r
	if cap(s.columns) < stride {
		s.columns = make([]T, stride)
	}
	columns := s.columns[:stride]
	clear(columns)
	for y := range 2 * r {
		s.add(columns, src[y*stride:][:stride])
	}
	for y := range h {
		s.add(columns, src[(y+2*r)*stride:][:stride])
		var sum T
		for _, v := range columns[:2*r] {
			sum += v
		}
		out, lead, trail := dst[y*w:][:w], columns[2*r:][:w], columns[:w]
		for x, v := range lead {
			sum += v
			out[x] = sum
			sum -= trail[x]
		}
		s.subtract(columns, src[y*stride:][:stride])
	}
}
