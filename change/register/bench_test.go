package register

import (
	"fmt"
	"testing"

	"passdiff/raster"
)

// BenchmarkMeasure is of 24 chips of 256², as the sample of a large scene has, shifted by more than a pixel.
func BenchmarkMeasure(b *testing.B) {
	const columns, rows, side = 6, 4, 256
	g := newGround(1, side+2*margin, side+2*margin)
	before, after := synthetic{w: side, h: side, dx: 13, dy: -7, noise: 3, gain: 1}.pair(g, g)
	one := sampleOf(b, raster.NewMemory("before", side, side, 1, before), raster.NewMemory("after", side, side, 1, after)).Chips[0]
	s := &raster.Sample{}
	for range columns * rows {
		c := *one
		s.Chips = append(s.Chips, &c)
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.SetBytes(2 * 4 * side * side * columns * rows)
			for b.Loop() {
				Measure(s, Options{Workers: workers})
			}
		})
	}
}

// BenchmarkForward is one transform of a pair of windows of 256².
func BenchmarkForward(b *testing.B) {
	s := newSpectra(256)
	for i := range s.z.re {
		s.z.re[i] = float64(i % 7)
	}
	for b.Loop() {
		s.forward(s.z)
	}
}
