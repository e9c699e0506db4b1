package main

import (
	"testing"

	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
)

// TestMisregistered: of passes 1.5 pixels apart auto finds at most a fifth more objects that are none than of passes in place, against all it finds: when they are
// registered, and as they come, because edges count for less where the shift is known.
func TestMisregistered(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many runs of auto are left out with -short")
	}
	for _, c := range []struct {
		sight
		register string
	}{{sights[0], "auto"}, {sights[0], "off"}, {sights[1], "off"}, {sights[2], "auto"}, {sights[2], "off"}} {
		t.Run(c.name+", register "+c.register, func(t *testing.T) {
			t.Parallel()
			wrong0, found0 := falseObjects(t, c.spec, 0, c.register)
			wrong1, found1 := falseObjects(t, c.spec, 1.5, c.register)
			t.Logf("%d false of %d objects in place, %d of %d with a shift", wrong0, found0, wrong1, found1)
			if found0 < 10 || wrong1-wrong0 > found0/5 {
				t.Errorf("%d false of %d objects in place, %d of %d with a shift of 1.5 pixels", wrong0, found0, wrong1, found1)
			}
		})
	}
}

// falseObjects counts what auto finds in a drawn pair that is misregistered by so many columns, and how much of it touches no changed object.
func falseObjects(t *testing.T, spec tilegen.Spec, shift float64, register string) (wrong, found int) {
	t.Helper()
	spec.Seed, spec.Width, spec.Height, spec.Texture, spec.Noise, spec.Objects, spec.Contrast = 120, 448, 400, 30, 10, 70, 800
	spec.ShiftX, spec.Subsample = shift, 2
	if spec.Type == raster.Uint8 {
		spec.Step = 20
	}
	scene, err := tilegen.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	truth := make([]uint8, 0, spec.Width*spec.Height)
	for _, v := range imageOf(t, scene.TruthRaster()).v {
		truth = append(truth, uint8(v))
	}
	f := try(t, imageOf(t, scene.Before()), imageOf(t, scene.After()), "--register", register)
	o := accuracy.Compare(f.mask, truth, spec.Width).Objects
	return o.Detections - o.Real, o.Detections
}
