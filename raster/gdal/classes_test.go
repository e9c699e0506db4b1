package gdal

import (
	"os/exec"
	"path/filepath"
	"testing"

	"passdiff/raster"
)

// python is that of the operating system, whose packages are the oracle.
const python = "/usr/bin/python3"

// TestClassesAgainstRasterio compares the mask of a 20 m class raster, with its nodata value a class like others, under 10 m bands with what
// rasterio.warp.reproject makes of it, on three grids: the same corner, part of a pixel off, and turned.
func TestClassesAgainstRasterio(t *testing.T) {
	if out, err := exec.Command(python, "-c", "import numpy, rasterio").CombinedOutput(); err != nil {
		t.Skipf("no oracle: %s lacks numpy or rasterio (%v: %.200s)", python, err, out)
	}
	dir := t.TempDir()
	scl := filepath.Join(dir, "scl.tif")
	v := noise(5, 100*90, 12)
	nodata := 0.0
	write(t, scl, grid("EPSG:32631", 735000, 4988000, 20, 20, 100, 90), CreateOptions{Tile: 16, NoData: &nodata, NoPredictor: true},
		func(_, x, y int) float64 { return v[y*100+x] }, nil)
	const script = `
import sys, numpy, rasterio
from rasterio.warp import reproject, Resampling
with rasterio.open(sys.argv[1]) as src, rasterio.open(sys.argv[2]) as like:
    out = numpy.full((like.height, like.width), 255, numpy.uint8)
    reproject(src.read(1), out, src_transform=src.transform, src_crs=src.crs, dst_transform=like.transform, dst_crs=like.crs,
              resampling=Resampling.nearest, dst_nodata=255, init_dest_nodata=True, tolerance=0)
    with rasterio.open(sys.argv[3], "w", driver="GTiff", width=like.width, height=like.height, count=1, dtype="uint8") as dst:
        dst.write(out, 1)
`
	for name, g := range map[string]raster.Grid{
		"same":   grid("EPSG:32631", 735000, 4988000, 10, 10, 200, 180),
		"off":    grid("EPSG:32631", 735103, 4988041, 10, 10, 200, 180),
		"turned": turned(grid("EPSG:32631", 735400, 4987900, 10, 10, 150, 140), 10, 31),
	} {
		like, nearest := filepath.Join(dir, name+".tif"), filepath.Join(dir, name+"_nearest.tif")
		write(t, like, g, CreateOptions{}, value, nil)
		if out, err := exec.Command(python, "-W", "ignore", "-c", script, scl, like, nearest).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want := read(t, open(t, nearest, OpenOptions{NoGeoref: true}), g.Window()).Data.([]uint8)
		classes, err := OpenClasses(scl, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := raster.NewClassMask(classes, g, raster.ClassOptions{Values: []int64{0, 3, 8, 9, 10}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Reader()
		if err != nil {
			t.Fatal(err)
		}
		mask := make([]uint8, g.Window().Pixels())
		if err := r.Read(t.Context(), g.Window(), mask); err != nil {
			t.Fatal(err)
		}
		masked, uncovered := 0, int64(0)
		for i, c := range want {
			exp := uint8(255)
			switch c {
			case 255:
				exp = 0
				uncovered++
			case 0, 3, 8, 9, 10:
				exp = 0
				masked++
			}
			if mask[i] != exp {
				t.Fatalf("%s: pixel %d,%d is %d, by rasterio class %d", name, i%g.Width, i/g.Width, mask[i], c)
			}
		}
		if got := m.Uncovered(g.Window()); got != uncovered || masked < len(want)/5 {
			t.Errorf("%s: %d pixels uncovered, by rasterio %d; %d masked", name, got, uncovered, masked)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := classes.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestOpenClasses: nodata, masks, colour tables and scales make no difference, further bands do.
func TestOpenClasses(t *testing.T) {
	nodata := 0.0
	path := filepath.Join(t.TempDir(), "scl.tif")
	write(t, path, utm(40, 30), CreateOptions{Mask: true, NoData: &nodata}, func(_, x, _ int) float64 { return float64(x % 3) }, func(x, y int) bool { return false })
	tool(t, "gdal_edit.py", "-scale", "5", path)
	s, err := OpenClasses(path, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := read(t, s, utm(40, 30).Window())
	if b.Valid != nil || s.Info().Type != raster.Uint8 || b.Data.([]uint8)[2] != 2 || b.Data.([]uint8)[3] != 0 {
		t.Errorf("%v: %v", s.Info().Type, b.Data.([]uint8)[:6])
	}
	if w := s.Warnings(); w != nil {
		t.Errorf("warnings %q", w)
	}
	two := filepath.Join(t.TempDir(), "two.tif")
	write(t, two, utm(40, 30), CreateOptions{Bands: 2}, value, nil)
	if s, err := OpenClasses(two, OpenOptions{}); err == nil {
		s.Close()
		t.Error("two bands of classes")
	}
	if s, err = OpenClasses(two, OpenOptions{Bands: []string{"2"}}); err != nil {
		t.Error(err)
	} else {
		s.Close()
	}
}
