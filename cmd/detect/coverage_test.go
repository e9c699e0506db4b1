package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// covered are sums by class of what was looked at.
type covered map[string]struct {
	pixels int64
	m2     float64
}

func (c covered) add(class string, pixels int64, m2 float64) {
	s := c[class]
	s.pixels, s.m2 = s.pixels+pixels, s.m2+m2
	c[class] = s
}

// readCoverage sums the polygons of a coverage file.
func readCoverage(t *testing.T, path string) covered {
	t.Helper()
	var file struct {
		Features []struct {
			Properties struct {
				Class  string
				Pixels int64
				Area   float64 `json:"area_m2"`
			}
		}
	}
	readJSON(t, path, &file)
	c := covered{}
	for _, f := range file.Features {
		c.add(f.Properties.Class, f.Properties.Pixels, f.Properties.Area)
	}
	return c
}

// recordedCoverage is what a run record says.
func recordedCoverage(t *testing.T, path string) covered {
	t.Helper()
	var record struct {
		Coverage []struct {
			Class  string
			Pixels int64
			Area   float64 `json:"area_m2"`
		}
	}
	readJSON(t, path, &record)
	c := covered{}
	for _, r := range record.Coverage {
		c.add(r.Class, r.Pixels, r.Area)
	}
	return c
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// askOracle runs a script of testdata/oracle and scans what it prints.
func askOracle(t *testing.T, script string, args []string, answers ...any) {
	t.Helper()
	out, err := exec.Command(python, append([]string{filepath.Join("testdata", "oracle", script)}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := fmt.Sscan(string(out), answers...); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
}

// classRaster writes random classes from 0 to 11 in patches of some pixels, with 0 for nodata, as scene classifications have it.
func classRaster(t *testing.T, path string, g raster.Grid, patch int) {
	t.Helper()
	o := gdal.CreateOptions{Type: raster.Uint8, Tile: 16, NoPredictor: true, NoData: new(float64)}
	err := create(path, g, o, func(w raster.Window, b *raster.Block) {
		classes := b.Data.([]uint8)
		for i := range classes {
			classes[i] = uint8(scatter(0, 9, i%w.W/patch, (w.Y+i/w.W)/patch) % 12)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// coarser is g with pixels twice as long and wide.
func coarser(g raster.Grid) raster.Grid {
	for _, i := range []int{1, 2, 4, 5} {
		g.Affine[i] *= 2
	}
	g.Width, g.Height = (g.Width+1)/2, (g.Height+1)/2
	return g
}

// TestCoverageAreas wants the areas of all classes inside an AOI to add up to the area of the AOI, and with what is outside to that of the
// scene, to 1e-6 by PROJ's geodesics. The AOI is a rectangle of whole pixels. PROJ itself is off by some 1e-5 m², which is too much for a scene of
// this size with smaller pixels.
func TestCoverageAreas(t *testing.T) {
	t.Parallel()
	needOracle(t)
	for name, g := range map[string]raster.Grid{
		"UTM":                    {CRS: "EPSG:32633", Affine: raster.Affine{499980, 10, 0, 5300040, 0, -10}},
		"UTM 10 cm":              {CRS: "EPSG:32736", Affine: raster.Affine{312345.67, 0.1, 0, 8101234.56, 0, -0.1}},
		"longitude and latitude": {CRS: "EPSG:4326", Affine: raster.Affine{7.3, 0.0001, 0, 46.2, 0, -0.0001}},
		"polar stereographic":    {CRS: "EPSG:3413", Affine: raster.Affine{-1.2e6, 1000, 0, -1.9e6, 0, -1000}},
		"turned":                 {CRS: "EPSG:32632", Affine: raster.Affine{5e5, 2.4, 1.8, 5.4e6, 1.8, -2.4}},
		"sheared":                {CRS: "EPSG:32645", Affine: raster.Affine{5e5, 30, 11, 3.1e6, -7, -28}},
	} {
		g.Width, g.Height = 300, 260
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkCoverage(t, g)
		})
	}
}

func checkCoverage(t *testing.T, g raster.Grid) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	o := gdal.CreateOptions{Tile: 64, NoData: new(float64)}
	before := picture{grid: g, opts: o, holes: []raster.Window{{X: 120, Y: 90, W: 31, H: 17}}}
	after := picture{grid: g, opts: o, noise: 1, boxes: []raster.Window{{X: 50, Y: 40, W: 12, H: 10}},
		holes: []raster.Window{{X: 192, Y: 128, W: 64, H: 64}, {X: 60, Y: 100, W: 9, H: 25}}} // the first is a tile
	for name, p := range map[string]picture{"before.tif": before, "full.tif": after} {
		if err := p.write(in(name)); err != nil {
			t.Fatal(err)
		}
	}
	// Tiles that hold nothing but nodata are left out: they were never written.
	sparse := exec.Command("gdal_translate", "-q", "-co", "SPARSE_OK=TRUE", "-co", "TILED=YES", "-co", "BLOCKXSIZE=64", "-co", "BLOCKYSIZE=64",
		in("full.tif"), in("after.tif"))
	if out, err := sparse.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	classRaster(t, in("classes.tif"), coarser(g), 7)
	const x0, y0, x1, y1 = 37, 20, 251, 203
	var aoi, scene float64
	askOracle(t, "areas.py", []string{in("before.tif"), fmt.Sprint(x0), fmt.Sprint(y0), fmt.Sprint(x1), fmt.Sprint(y1), in("aoi.geojson")}, &aoi, &scene)
	call{}.succeed(t, "run", in("before.tif"), in("after.tif"), in("out.geojson"), "--quiet", "--method", "cva", "--allow-sparse", "--aoi", in("aoi.geojson"),
		"--coverage", in("coverage.geojson"), "--after-mask", in("classes.tif"), "--mask-values", "3,8", "--mask-buffer", "1")
	for file, c := range map[string]covered{
		"polygons": readCoverage(t, in("coverage.geojson")), "record": recordedCoverage(t, in("out.geojson.run.json")),
	} {
		inside, all := covered{}, covered{}
		for class, s := range c {
			if class != "outside_aoi" {
				inside.add("", s.pixels, s.m2)
			}
			all.add("", s.pixels, s.m2)
		}
		for _, class := range []string{"observed", "nodata", "masked", "missing", "outside_aoi"} { // none is unregistered
			if c[class].pixels == 0 {
				t.Errorf("%s: no pixel is %s", file, class)
			}
		}
		if n := inside[""].pixels; n != (x1-x0)*(y1-y0) {
			t.Errorf("%s: %d pixels inside, want %d", file, n, (x1-x0)*(y1-y0))
		}
		if got := inside[""].m2; math.Abs(got/aoi-1) > 1e-6 {
			t.Errorf("%s: the classes have %v m², the AOI %v: %g apart", file, got, aoi, got/aoi-1)
		}
		if got := all[""].m2; math.Abs(got/scene-1) > 1e-6 {
			t.Errorf("%s: all has %v m², the scene %v: %g apart", file, got, scene, got/scene-1)
		}
	}
}

// TestMasksAgainstRasterio wants a class raster of 20 m under bands of 10 m to rule out the pixels that rasterio's nearest resampling says.
func TestMasksAgainstRasterio(t *testing.T) {
	t.Parallel()
	needOracle(t)
	const values = "0,3,8,9,10"
	classes := raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{600000, 20, 0, 5700000, 0, -20}, Width: 100, Height: 90}
	for name, affine := range map[string]raster.Affine{
		"same corner":         {600000, 10, 0, 5700000, 0, -10},
		"in a pixel":          {600010, 10, 0, 5699990, 0, -10},
		"part of a pixel off": {600103, 10, 0, 5700041, 0, -10},
		"turned":              {600400, 8, 6, 5699000, 6, -8},
	} {
		for _, flag := range []string{"--before-mask", "--after-mask"} {
			t.Run(name+strings.ReplaceAll(flag, "-", " "), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				in := func(name string) string { return filepath.Join(dir, name) }
				g := raster.Grid{CRS: classes.CRS, Affine: affine, Width: 199, Height: 178}
				classRaster(t, in("classes.tif"), classes, 1)
				for i, name := range []string{"before.tif", "after.tif"} {
					if err := (picture{grid: g, opts: gdal.CreateOptions{Tile: 64}, noise: uint64(i)}).write(in(name)); err != nil {
						t.Fatal(err)
					}
				}
				call{}.succeed(t, "run", in("before.tif"), in("after.tif"), in("out.geojson"), "--quiet", "--method", "cva", "--mask-out", in("mask.tif"),
					flag, in("classes.tif"), "--mask-values", values)
				var wrong, ruled, far int64
				askOracle(t, "nearest.py", []string{in("mask.tif"), in("classes.tif"), values}, &wrong, &ruled, &far)
				if wrong != 0 || ruled < g.Window().Pixels()/5 {
					t.Errorf("%d pixels differ from rasterio, which has %d with one of the classes", wrong, ruled)
				}
				if got := recordedCoverage(t, in("out.geojson.run.json"))["masked"].pixels; got != ruled+far {
					t.Errorf("%d pixels are masked, by rasterio %d and %d that the classes do not reach", got, ruled, far)
				}
			})
		}
	}
}
