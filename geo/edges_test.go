package geo

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

// TestPlaceNearPolesAnd180 puts a pole or the ±180° meridian on corners, on edges and inside pixels of small masks.
func TestPlaceNearPolesAnd180(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h")
		m := randomMask(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)), w, h, rapid.Float64Range(0.2, 1.01).Draw(t, "density"))
		// The special place lies at column cx, row cy.
		quarter := rapid.IntRange(-4, 40)
		cx, cy := float64(quarter.Draw(t, "cx"))/4, float64(quarter.Draw(t, "cy"))/4
		size := math.Pow(10, float64(rapid.IntRange(-1, 5).Draw(t, "size")))
		sin, cos := math.Sincos(rapid.SampledFrom([]float64{0, 0, 90, 45, 30, 233}).Draw(t, "turn") * math.Pi / 180)
		flip := rapid.SampledFrom([]float64{-1, 1}).Draw(t, "flip")
		a, b, c, d := size*cos, size*sin, -size*sin*flip, size*cos*flip
		var project func(x, y []float64) error
		var x0, y0 float64
		switch rapid.IntRange(0, 3).Draw(t, "system") {
		case 0:
			project = polarSphere(1)
		case 1:
			project = polarSphere(-1)
		case 2:
			project, y0 = transverseMercator(180), rapid.SampledFrom([]float64{0, -5e6, 8.1e6}).Draw(t, "y0")
		case 3:
			project, x0, y0 = lonLat, 180, 41
			a, b, c, d = a/1e5, b/1e5, c/1e5, d/1e5
		}
		g := raster.Grid{CRS: "test", Width: w, Height: h,
			Affine: raster.Affine{x0 - a*cx - c*cy, a, c, y0 - b*cx - d*cy, b, d}}
		l, err := NewLocator(g, project)
		if err != nil {
			t.Fatal(err)
		}
		for _, runs := range m.regions() {
			p, err := l.Place(Trace(runs))
			if err == nil {
				err = checkPlaced(l, p)
			}
			if err != nil {
				t.Fatalf("%v %+v: %v", g, runs, err)
			}
		}
	})
}

// TestPlacePoleInEdge has the pole at, and just off, every hundredth of a long edge of small pixels: the pieces next to it are so
// short that only the longitude of their middles tells on which meridian they reach it.
func TestPlacePoleInEdge(t *testing.T) {
	m := randomMask(rand.New(rand.NewPCG(1, 1)), 1, 7, 1.01)
	for _, turn := range []float64{0, 30, 90, 217} {
		for i := range 701 {
			for _, off := range []float64{0, 1e-4, -1e-4} {
				row := float64(i) / 100
				sin, cos := math.Sincos(turn * math.Pi / 180)
				a, b, c, d := 0.1*cos, 0.1*sin, 0.1*sin, -0.1*cos
				g := raster.Grid{CRS: "test", Width: 1, Height: 7,
					Affine: raster.Affine{-a*off - c*row, a, c, -b*off - d*row, b, d}}
				l, err := NewLocator(g, polarSphere(1))
				if err != nil {
					t.Fatal(err)
				}
				for _, runs := range m.regions() {
					p, err := l.Place(Trace(runs))
					if err == nil {
						err = checkPlaced(l, p)
					}
					if err != nil {
						t.Fatalf("turn %g, pole at row %g, column %g: %v", turn, row, off, err)
					}
				}
			}
		}
	}
}
