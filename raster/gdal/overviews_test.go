package gdal

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passdiff/raster"
)

// TestOverviewLevels: halves until one tile of 512 holds the longer side, by hand.
func TestOverviewLevels(t *testing.T) {
	for _, c := range []struct {
		side int
		want []int
	}{{1, nil}, {512, nil}, {513, []int{2}}, {1024, []int{2}}, {1025, []int{2, 4}}, {10980, []int{2, 4, 8, 16, 32}}} {
		if got := levels(c.side, 512); !slices.Equal(got, c.want) {
			t.Errorf("%d pixels: levels %v, want %v", c.side, got, c.want)
		}
	}
}

// TestOverviews: the same bytes however the pixels come, the pixels untouched, overviews as GDAL reports them.
func TestOverviews(t *testing.T) {
	g := utm(300, 200)
	nodata := 255.0
	nan := math.NaN()
	for _, o := range []CreateOptions{
		{Tile: 64, Overviews: "mode", NoData: &nodata, NoPredictor: true},
		{Tile: 64, Overviews: "nearest"},
		{Tile: 64, Overviews: "average", Type: raster.Float32, NoData: &nan},
	} {
		t.Run(fmt.Sprint(o.Overviews, o.Type), func(t *testing.T) {
			want := cut(t, g, o, 300, 200, false)
			if !bytes.Equal(cut(t, g, o, 47, 31, true), want) {
				t.Error("other windows give other bytes")
			}
			path := filepath.Join(t.TempDir(), "a.tif")
			if err := os.WriteFile(path, want, 0o600); err != nil {
				t.Fatal(err)
			}
			check(t, path, g, o)
			for _, line := range []string{"Overviews: 150x100, 75x50, 38x25", "COMPRESSION=DEFLATE"} {
				if out := tool(t, "gdalinfo", path); !strings.Contains(out, line) {
					t.Errorf("gdalinfo lacks %q:\n%s", line, out)
				}
			}
		})
	}
}

// check wants the pattern in the file.
func check(t *testing.T, path string, g raster.Grid, o CreateOptions) {
	t.Helper()
	b := read(t, open(t, path, OpenOptions{}), g.Window())
	for y := range g.Height {
		for x := range g.Width {
			if got := at(b.Data, y*g.Width+x); got != value(0, x, y) {
				t.Fatalf("pixel %d,%d is %g, want %g", x, y, got, value(0, x, y))
			}
		}
	}
}

// TestOverviewValues: an average leaves out NaN, and a mode takes the commonest class.
func TestOverviewValues(t *testing.T) {
	nan := math.NaN()
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(128, 64), CreateOptions{Tile: 64, Type: raster.Float32, NoData: &nan, Overviews: "average"},
		func(_, x, y int) float64 { return float64(10 * (x%2 + 2*(y%2))) }, func(x, y int) bool { return x%2 == 1 && y%2 == 1 })
	small := filepath.Join(t.TempDir(), "small.tif")
	// gdal_translate reads the overview whose size is asked for.
	tool(t, "gdal_translate", "-q", "-ovr", "0", path, small)
	for i, v := range read(t, open(t, small, OpenOptions{}), raster.Window{W: 64, H: 32}).Data.([]float32) {
		if v != 10 { // (0 + 10 + 20) / 3
			t.Fatalf("average %d is %g, want 10", i, v)
		}
	}
	class := filepath.Join(t.TempDir(), "class.tif")
	write(t, class, utm(128, 64), CreateOptions{Tile: 64, Overviews: "mode"},
		func(_, x, y int) float64 { return []float64{7, 3, 3, 3}[x%2+2*(y%2)] }, nil)
	tool(t, "gdal_translate", "-q", "-ovr", "0", class, small)
	for i, v := range read(t, open(t, small, OpenOptions{}), raster.Window{W: 64, H: 32}).Data.([]uint8) {
		if v != 3 {
			t.Fatalf("mode %d is %d, want 3", i, v)
		}
	}
}

// TestOverviewsVerified cuts a file with overviews.
func TestOverviewsVerified(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(600, 520), CreateOptions{Tile: 64, Overviews: "mode"}, value, nil)
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, lost := range []int64{1, 100, 500} {
		if err := os.Truncate(path, st.Size()-lost); err != nil {
			t.Fatal(err)
		}
		if err := (&Sink{path: path}).verify(); err == nil {
			t.Errorf("a file that lacks its last %d bytes is complete", lost)
		}
	}
}
