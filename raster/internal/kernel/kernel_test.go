package kernel

import (
	"slices"
	"testing"
)

// TestFloats: every type, lengths that do and do not fill groups.
func TestFloats(t *testing.T) {
	for n := range 70 {
		same(t, n, []uint8{0, 1, 255})
		same(t, n, []int8{0, -128, 127})
		same(t, n, []uint16{0, 65535, 32768})
		same(t, n, []int16{0, -32768, 32767})
		same(t, n, []uint32{0, 1<<32 - 1})
		same(t, n, []int32{0, -1 << 31})
		same(t, n, []float32{0, -1.5, 1e38})
		same(t, n, []float64{0, -1.5, 1e300})
	}
}

// same compares n values that repeat some with their conversions.
func same[T number](t *testing.T, n int, some []T) {
	src, want, got := make([]T, n), make([]float32, n), make([]float32, n)
	for i := range src {
		src[i], want[i] = some[i%len(some)], float32(some[i%len(some)])
	}
	if Floats(got, src); !slices.Equal(got, want) {
		t.Errorf("%v are %v, want %v", src, got, want)
	}
}

// TestIndex16: a value at any place of a row is found there, the first of two, and cleared.
func TestIndex16(t *testing.T) {
	for n := range 150 {
		s := make([]uint16, n)
		if i := Index16(s, 7); i != -1 {
			t.Fatalf("found in %d zeros at %d", n, i)
		}
		for i := range s {
			s[i], s[n-1] = 7, 7
			if got := Index16(s, 7); got != i {
				t.Fatalf("of %d values found at %d, want %d", n, got, i)
			}
			mask := slices.Repeat([]uint8{255}, n)
			Clear16(mask, s, 7)
			for k, m := range mask {
				if (m == 0) != (k == i || k == n-1) || m != 0 && m != 255 {
					t.Fatalf("mask of pixel %d of %d is %d, with values at %d and the end", k, n, m, i)
				}
			}
			s[i] = 0
		}
	}
}
