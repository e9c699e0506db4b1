package raster_test

import (
	"testing"

	"passdiff/raster"
)

// onGrid gives a scene a georeference: pixels of 10 m, the corner moved by a number of pixels.
func onGrid(s *counting, dx, dy float64) *counting {
	s.Scene.Grid.CRS = "EPSG:32631"
	s.Scene.Grid.Affine = raster.Affine{10 * dx, 10, 0, -10 * dy, 0, -10}
	return s
}

func readWindow(t *testing.T, src raster.Source, w raster.Window) *raster.Block {
	t.Helper()
	r, err := src.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := new(raster.Block)
	b.Shape(w, src.Info().Bands, src.Info().Type)
	if err := r.Read(t.Context(), w, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// sameBlocks compares what is measured of two blocks of uint16.
func sameBlocks(t *testing.T, what string, got, want *raster.Block) {
	t.Helper()
	n := int(got.Window.Pixels())
	measured := 0
	for i := range n {
		g, w := got.Valid == nil || got.Valid[i] != 0, want.Valid == nil || want.Valid[i] != 0
		if g != w {
			t.Fatalf("%s: pixel %d measured %v, want %v", what, i, g, w)
		}
		for b := 0; g && b < got.Bands; b++ {
			if x, y := got.Data.([]uint16)[b*n+i], want.Data.([]uint16)[b*n+i]; x != y {
				t.Fatalf("%s: band %d, pixel %d: %d, want %d", what, b, i, x, y)
			}
			measured++
		}
	}
	if measured == 0 {
		t.Fatalf("%s: nothing is measured", what)
	}
}

// TestShiftIsResample: moving content is the same as saying that the grid lies elsewhere, which Resample is tested for.
func TestShiftIsResample(t *testing.T) {
	const w, h = 90, 70
	bad := func(x, y int) bool { return (x-40)*(x-40)+(y-30)*(y-30) < 60 }
	for _, method := range []string{raster.Nearest, raster.Bilinear, raster.Cubic} {
		for _, d := range [][2]float64{{0.25, -0.5}, {1, 2}, {-1.375, 0.625}, {0, 0}, {5.5, -3.25}} {
			src := onGrid(scene("s", w, h, 2, 64, 64, 0, 0, bad), 0, 0)
			grid := onGrid(scene("g", w, h, 1, 64, 64, 0, 0, nil), d[0], d[1]).Scene.Grid
			want, err := raster.Resample(src, grid, raster.ResampleOptions{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			got := raster.Shift(src, d[0], d[1], method)
			if got.Info().Grid != src.Info().Grid || got.Info().Name != src.Info().Name {
				t.Fatalf("%+v of %+v", got.Info(), src.Info())
			}
			whole := got.Info().Grid.Window()
			sameBlocks(t, method, readWindow(t, got, whole), readWindow(t, want, whole))
			// without a georeference, and any window
			bare := raster.Shift(scene("s", w, h, 2, 64, 64, 0, 0, bad), d[0], d[1], method)
			part := raster.Window{X: 31, Y: 17, W: 33, H: 29}
			sameBlocks(t, method, readWindow(t, bare, part), readWindow(t, want, part))
			// A resampled scene is interpolated once.
			half, err := raster.Resample(src, onGrid(scene("g", w, h, 1, 64, 64, 0, 0, nil), 0.125, 0.25).Scene.Grid, raster.ResampleOptions{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			sameBlocks(t, "twice", readWindow(t, raster.Shift(half, d[0]-0.125, d[1]-0.25, method), part), readWindow(t, want, part))
			sameBlocks(t, "back", readWindow(t, raster.Shift(bare, -d[0], -d[1], method), part), readWindow(t, src, part))
		}
	}
}

// TestShiftEdge: what comes from beyond the scene is not measured, for the reason that there is no data.
func TestShiftEdge(t *testing.T) {
	b := readWindow(t, raster.Shift(scene("s", 20, 10, 1, 16, 16, 0, 0, nil), 2.75, -1.25, raster.Bilinear), raster.Window{W: 20, H: 10})
	for i, v := range b.Valid {
		x, y := float64(i%20)+0.5+2.75, float64(i/20)+0.5-1.25
		if want := x < 20 && y >= 0; (v != 0) != want {
			t.Errorf("pixel %d: measured %v", i, v != 0)
		}
		if v == 0 && b.Why != nil && b.Why[i] != raster.NoData {
			t.Errorf("pixel %d: reason %d", i, b.Why[i])
		}
	}
	if b.Valid == nil {
		t.Error("everything is measured")
	}
}
