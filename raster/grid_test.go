package raster_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

func TestAffineByHand(t *testing.T) {
	a := raster.Affine{100, 2, 1, 200, 1, -3}
	if x, y := a.Apply(3, 4); x != 110 || y != 191 { // 100+6+4, 200+3−12
		t.Errorf("Apply: %v, %v", x, y)
	}
	if d := a.Det(); d != -7 {
		t.Errorf("Det: %v", d)
	}
	if dx, dy := (raster.Affine{0, 3, 5, 0, 4, 12}).PixelSize(); dx != 5 || dy != 13 { // 3-4-5 and 5-12-13
		t.Errorf("PixelSize: %v, %v", dx, dy)
	}
	for _, a := range []raster.Affine{{}, {0, 1, 2, 0, 2, 4}, {0, math.NaN(), 0, 0, 0, 1}, {0, math.Inf(1), 0, 0, 0, 1}, {0, 1e200, 0, 0, 0, 1e200}} {
		if _, ok := a.Inverse(); ok {
			t.Errorf("%v has an inverse", a)
		}
	}
}

// TestAffineInverse: there and back is where one was. Pixels are 0.1 to 100 units, sheared by less than a third of that, so that the
// inverse is well conditioned; corners lie within 10⁷, where doubles hold 2·10⁻⁹.
func TestAffineInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := func(name string) float64 {
			return rapid.Float64Range(0.1, 100).Draw(t, name) * rapid.SampledFrom([]float64{1, -1}).Draw(t, name+" sign")
		}
		dx, dy := size("dx"), size("dy")
		least := min(math.Abs(dx), math.Abs(dy))
		shear := rapid.Float64Range(-0.3, 0.3)
		corner := rapid.Float64Range(-1e7, 1e7)
		a := raster.Affine{corner.Draw(t, "x0"), dx, shear.Draw(t, "rx") * least, corner.Draw(t, "y0"), shear.Draw(t, "ry") * least, dy}
		inv, ok := a.Inverse()
		if !ok {
			t.Fatal("no inverse")
		}
		col, row := rapid.Float64Range(-1e5, 1e5).Draw(t, "col"), rapid.Float64Range(-1e5, 1e5).Draw(t, "row")
		c, r := inv.Apply(a.Apply(col, row))
		if tol := 1e-6; math.Abs(c-col) > tol || math.Abs(r-row) > tol {
			t.Errorf("%v, %v comes back as %v, %v", col, row, c, r)
		}
	})
}

func TestGridString(t *testing.T) {
	for want, g := range map[string]raster.Grid{
		"100×80 pixels of 0.5×0.5, EPSG:32631": utm(100, 80),
		"7×5 pixels without georeference":      {Width: 7, Height: 5},
		"7×6 pixels without georeference":      {Width: 7, Height: 6, CRS: "EPSG:4326"}, // a CRS alone does not place pixels
		"7×8 pixels without georeference":      {Width: 7, Height: 8, Affine: raster.Affine{0, 1, 0, 0, 0, 1}},
	} {
		if got := g.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// somewhere draws windows small enough to count their pixels, some of them empty or of negative size.
var somewhere = rapid.Custom(func(t *rapid.T) raster.Window {
	pos, size := rapid.IntRange(-6, 6), rapid.IntRange(-1, 7)
	return raster.Window{X: pos.Draw(t, "x"), Y: pos.Draw(t, "y"), W: size.Draw(t, "w"), H: size.Draw(t, "h")}
})

// pixelsOf lists a window's pixels from the definition of half-open rectangles.
func pixelsOf(w raster.Window) map[[2]int]bool {
	set := map[[2]int]bool{}
	for y := w.Y; y < w.Y+w.H; y++ {
		for x := w.X; x < w.X+w.W; x++ {
			set[[2]int{x, y}] = true
		}
	}
	return set
}

// TestWindow compares the algebra with sets of pixels.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := somewhere.Draw(t, "a"), somewhere.Draw(t, "b")
		pa, pb := pixelsOf(a), pixelsOf(b)
		if a.Pixels() != int64(len(pa)) || a.Empty() != (len(pa) == 0) {
			t.Errorf("%v: %d pixels, empty %v, want %d", a, a.Pixels(), a.Empty(), len(pa))
		}
		both, inside := 0, true
		for p := range pb {
			if pa[p] {
				both++
			} else {
				inside = false
			}
		}
		i := a.Intersect(b)
		if i.Pixels() != int64(both) || i != b.Intersect(a) || i.Empty() && i != (raster.Window{}) {
			t.Errorf("%v ∩ %v = %v, want %d pixels", a, b, i, both)
		}
		for p := range pixelsOf(i) {
			if !pa[p] || !pb[p] {
				t.Errorf("%v ∩ %v holds %v", a, b, p)
			}
		}
		if a.Contains(b) != inside {
			t.Errorf("%v contains %v: %v", a, b, !inside)
		}
		dx, dy, n := rapid.IntRange(-9, 9).Draw(t, "dx"), rapid.IntRange(-9, 9).Draw(t, "dy"), rapid.IntRange(0, 4).Draw(t, "n")
		for p := range pixelsOf(a.Shift(dx, dy)) {
			if !pa[[2]int{p[0] - dx, p[1] - dy}] {
				t.Errorf("%v shifted by %d,%d holds %v", a, dx, dy, p)
			}
		}
		if a.Shift(dx, dy).Pixels() != a.Pixels() || a.Shift(dx, dy).Shift(-dx, -dy) != a {
			t.Errorf("%v shifted and back", a)
		}
		if !a.Empty() {
			// A pixel is in the grown window when some pixel of a is at most n away along both axes.
			grown := pixelsOf(a.Grow(n))
			want := map[[2]int]bool{}
			for p := range pa {
				for q := range pixelsOf(raster.Window{X: p[0] - n, Y: p[1] - n, W: 2*n + 1, H: 2*n + 1}) {
					want[q] = true
				}
			}
			if len(grown) != len(want) {
				t.Errorf("%v grown by %d: %d pixels, want %d", a, n, len(grown), len(want))
			}
			for p := range want {
				if !grown[p] {
					t.Errorf("%v grown by %d lacks %v", a, n, p)
				}
			}
		}
	})
}

func TestWindowString(t *testing.T) {
	if got := (raster.Window{X: -3, Y: 4, W: 5, H: 6}).String(); got != "5x6+-3+4" {
		t.Errorf("got %q", got)
	}
}
