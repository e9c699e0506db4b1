package tilegen

import (
	"bytes"
	"math"
	"testing"
)

// TestPackedObjectsCoverTheDensity: the share asked for is met to a hundredth, and the objects stand apart like scattered ones: filling
// each from its first pixel erases it alone. Rectangles come out a little under the least area, because their sides are whole.
func TestPackedObjectsCoverTheDensity(t *testing.T) {
	for _, density := range []float64{0.02, 0.1, 0.3, 0.35} {
		spec := Spec{Seed: 3, Width: 700, Height: 500, Bands: 1, Density: density, Collar: 12}
		scene := newScene(t, spec)
		truth := scene.Truth()
		// What no square of the lattice covers, at the collar and the right and lower sides, is not part of the share.
		var squares int64
		for y := 0; y+pitch <= spec.Height; y += pitch {
			for x := 0; x+pitch <= spec.Width; x += pitch {
				if scene.observed(x, y) && scene.observed(x+pitch-1, y) && scene.observed(x, y+pitch-1) && scene.observed(x+pitch-1, y+pitch-1) {
					squares++
				}
			}
		}
		if got := float64(truth.Changed) / float64(squares*pitch*pitch); math.Abs(got-density) > 0.01 {
			t.Errorf("density %g gives %.4f", density, got)
		}
		left := readAll(t, scene.TruthRaster()).Data.([]uint8)
		for _, o := range truth.Objects {
			if got := fill(left, spec.Width, o); got.Pixels != o.Pixels || o.Pixels < fromPacked*9/10 || o.Pixels > largest {
				t.Errorf("object %+v is %+v in the raster", o, got)
			}
		}
		if n := bytes.Count(left, []byte{Changed}); n != 0 {
			t.Errorf("%d changed pixels belong to no object", n)
		}
	}
	if _, err := New(Spec{Density: 0.1, Objects: 4}); err == nil {
		t.Error("objects and a density together are accepted")
	}
}
