package raster_test

import (
	"testing"

	"passdiff/raster"
)

// BenchmarkShift reads a block of 512² of four bands through a shift.
func BenchmarkShift(b *testing.B) {
	src := scene("s", 1024, 1024, 4, 512, 512, 0, 0, nil)
	for _, method := range []string{raster.Bilinear, raster.Cubic} {
		b.Run("method="+method, func(b *testing.B) {
			r, err := raster.Shift(src, 0.6, -0.3, method).Reader()
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			var block raster.Block
			w := raster.Window{X: 512, W: 512, H: 512}
			block.Shape(w, 4, raster.Uint16)
			b.SetBytes(2 * 4 * w.Pixels())
			for b.Loop() {
				if err := r.Read(b.Context(), w, &block); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
