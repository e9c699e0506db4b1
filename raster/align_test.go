package raster_test

import (
	"math"
	"strings"
	"testing"

	"passdiff/raster"
)

// utm is a north-up grid of w×h pixels of half a metre whose corner lies at easting 300000, northing 4000000.
func utm(w, h int) raster.Grid {
	return raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{300000, 0.5, 0, 4000000, 0, -0.5}, Width: w, Height: h}
}

// moved is the grid whose corner is pixel (col, row) of g.
func moved(g raster.Grid, col, row float64) raster.Grid {
	g.Affine[0], g.Affine[3] = g.Affine.Apply(col, row)
	return g
}

// on is a scene of zeros on a grid.
func on(name string, g raster.Grid, bands int) *raster.Memory {
	m := raster.NewMemory(name, g.Width, g.Height, bands, make([]uint8, g.Width*g.Height*bands))
	m.Scene.Grid = g
	return m
}

func TestAlign(t *testing.T) {
	rotated := utm(100, 80)
	rotated.Affine = raster.Affine{300000, 0.4, 0.3, 4000000, 0.3, -0.4} // sides 0.5 long, turned by atan(3/4)
	southUp := utm(100, 80)
	southUp.Affine = raster.Affine{300000, 0.5, 0, 3999960, 0, 0.5}
	for _, c := range []struct {
		name          string
		before, after raster.Grid
		dx, dy        int
		window        raster.Window
	}{
		{"same grid", utm(100, 80), utm(100, 80), 0, 0, raster.Window{W: 100, H: 80}},
		{"after inside before", utm(100, 80), moved(utm(20, 10), 30, 40), 30, 40, raster.Window{X: 30, Y: 40, W: 20, H: 10}},
		{"before inside after", utm(20, 10), moved(utm(100, 80), -30, -40), -30, -40, raster.Window{W: 20, H: 10}},
		{"partial overlap", utm(100, 80), moved(utm(100, 80), 70, -50), 70, -50, raster.Window{X: 70, W: 30, H: 30}},
		{"one pixel shared", utm(100, 80), moved(utm(100, 80), 99, 79), 99, 79, raster.Window{X: 99, Y: 79, W: 1, H: 1}},
		{"within tolerance", utm(100, 80), moved(utm(100, 80), 3.019, -1.981), 3, -2, raster.Window{X: 3, W: 97, H: 78}},
		{"both rotated", rotated, moved(rotated, 5, 6), 5, 6, raster.Window{X: 5, Y: 6, W: 95, H: 74}},
		{"both south-up", southUp, moved(southUp, 5, 6), 5, 6, raster.Window{X: 5, Y: 6, W: 95, H: 74}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, a := on("before", c.before, 2), on("after", c.after, 2)
			p, err := raster.Align(b, a, raster.AlignOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if p.DX != c.dx || p.DY != c.dy || p.Window != c.window {
				t.Errorf("offset %d,%d window %v, want %d,%d and %v", p.DX, p.DY, p.Window, c.dx, c.dy, c.window)
			}
			if p.Before != raster.Source(b) || p.After != raster.Source(a) {
				t.Error("sources changed places")
			}
		})
	}
}

// TestAlignRefuses wants each message to name both scenes, the fact and a way out.
func TestAlignRefuses(t *testing.T) {
	turned := utm(100, 80)
	turned.Affine = raster.Affine{300000, 0.4, 0.3, 4000000, 0.3, -0.4}
	southUp := utm(100, 80)
	southUp.Affine[5] = 0.5
	other := utm(100, 80)
	other.CRS = `PROJCRS["WGS 84 / UTM zone 32N",BASEGEOGCRS["WGS 84"]]`
	coarse := utm(100, 80)
	coarse.Affine[1], coarse.Affine[5] = 0.6, -0.6
	// 100000 columns of 0.50000015 m end 0.03 pixels behind those of 0.5 m: a relative difference of 3e-7.
	long, longer := utm(100000, 1), utm(100000, 1)
	longer.Affine[1] = 0.50000015
	unreferenced := raster.Grid{Width: 100, Height: 80}
	for _, c := range []struct {
		name          string
		before, after raster.Grid
		bandsAfter    int
		o             raster.AlignOptions
		want          []string
	}{
		{"sub-pixel offset", utm(100, 80), moved(utm(100, 80), 3.021, 2), 1, raster.AlignOptions{}, []string{"3.021 columns", "2.000 rows", "--resample bilinear"}},
		{"half a row", utm(100, 80), moved(utm(100, 80), 0, 0.5), 1, raster.AlignOptions{}, []string{"0.500 rows", "--resample bilinear"}},
		{"other CRS", utm(100, 80), other, 1, raster.AlignOptions{}, []string{"EPSG:32631", "WGS 84 / UTM zone 32N", "--resample bilinear"}},
		{"other pixel size", utm(100, 80), coarse, 1, raster.AlignOptions{}, []string{"0.6×0.6", "0.5×0.5", "--resample bilinear"}},
		{"pixel size by a hair", long, longer, 1, raster.AlignOptions{}, []string{"0.50000015×0.5", "--resample bilinear"}},
		{"rotated", utm(100, 80), turned, 1, raster.AlignOptions{}, []string{"rotated", "--resample bilinear"}},
		{"upside down", utm(100, 80), southUp, 1, raster.AlignOptions{}, []string{"rotated", "--resample bilinear"}},
		{"no overlap", utm(100, 80), moved(utm(100, 80), 100, 0), 1, raster.AlignOptions{}, []string{"do not overlap", "100 columns and 0 rows"}},
		{"far away", utm(100, 80), moved(utm(100, 80), 1e10, 0), 1, raster.AlignOptions{}, []string{"do not overlap"}},
		{"bands", utm(100, 80), utm(100, 80), 3, raster.AlignOptions{}, []string{"1 band,", "3 bands", "--bands"}},
		{"bands by pixels", utm(100, 80), utm(100, 80), 3, raster.AlignOptions{Pixels: true}, []string{"1 band,", "3 bands", "--bands"}},
		{"size by pixels", utm(100, 80), utm(100, 81), 1, raster.AlignOptions{Pixels: true}, []string{"100×80", "100×81", "same size"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := raster.Align(on("scene-b", c.before, 1), on("scene-a", c.after, c.bandsAfter), c.o)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, w := range append(c.want, "scene-a", "scene-b") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
	for _, c := range [][2]raster.Grid{{unreferenced, utm(100, 80)}, {utm(100, 80), unreferenced}} {
		_, err := raster.Align(on("scene-b", c[0], 1), on("scene-a", c[1], 1), raster.AlignOptions{})
		blamed := map[bool]string{true: "scene-b", false: "scene-a"}[c[0] == unreferenced]
		if err == nil || !strings.Contains(err.Error(), blamed+" has no georeference; use --no-georef") {
			t.Errorf("got %v, want %s blamed", err, blamed)
		}
	}
}

func TestAlignOptions(t *testing.T) {
	renamed := utm(100, 80)
	renamed.CRS = "UTM 31 by another name"
	asked := 0
	same := func(a, b string) bool {
		asked++
		return a == "EPSG:32631" && b == renamed.CRS
	}
	if _, err := raster.Align(on("b", utm(100, 80), 1), on("a", renamed, 1), raster.AlignOptions{SameCRS: same}); err != nil || asked != 1 {
		t.Errorf("SameCRS asked %d times: %v", asked, err)
	}
	// By pixels, georeferences do not matter: neither other ones nor none.
	for _, g := range []raster.Grid{moved(utm(100, 80), 1000.5, 0), {Width: 100, Height: 80}, renamed} {
		p, err := raster.Align(on("b", utm(100, 80), 1), on("a", g, 1), raster.AlignOptions{Pixels: true})
		if err != nil || p.DX != 0 || p.DY != 0 || p.Window != (raster.Window{W: 100, H: 80}) {
			t.Errorf("by pixels with %v: %+v, %v", g, p, err)
		}
	}
}

// TestAlignTolerance walks over the tolerance in steps of a thousandth of a pixel, on both sides and in both directions. Coordinates
// around 4·10⁶ m hold 10⁻⁹ m, so only the edge itself is left out.
func TestAlignTolerance(t *testing.T) {
	for i := -30; i <= 30; i++ {
		off := float64(i) / 1000
		if math.Abs(math.Abs(off)-raster.GridTolerance) < 1e-6 {
			continue
		}
		for axis, d := range [][2]float64{{off, 0}, {0, off}} {
			_, err := raster.Align(on("b", utm(50, 50), 1), on("a", moved(utm(50, 50), 7+d[0], 7+d[1]), 1), raster.AlignOptions{})
			if got, want := err == nil, math.Abs(off) < raster.GridTolerance; got != want {
				t.Errorf("axis %d off by %.3f: accepted %v (%v)", axis, off, got, err)
			}
		}
	}
}
