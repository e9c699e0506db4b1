package gdal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"passdiff/raster"
)

// turned is g with pixels of side s turned by an angle in degrees around its corner.
func turned(g raster.Grid, s, angle float64) raster.Grid {
	sin, cos := math.Sincos(angle * math.Pi / 180)
	g.Affine[1], g.Affine[2], g.Affine[4], g.Affine[5] = s*cos, s*sin, s*sin, -s*cos
	return g
}

// grid is a north-up grid.
func grid(crs string, x, y, dx, dy float64, w, h int) raster.Grid {
	return raster.Grid{CRS: crs, Affine: raster.Affine{x, dx, 0, y, 0, -dy}, Width: w, Height: h}
}

// ontoCases are scenes and the grids they are put onto. All lie around 5.99° E 45° N, where UTM zone 31 ends: easting 735 600, northing 4 987 200
// there, 264 400 and 4 987 200 in zone 32.
var ontoCases = []struct {
	name      string
	src, onto raster.Grid
}{
	{"part of a pixel off", grid("EPSG:32631", 735000, 4988000, 10, 10, 220, 200), grid("EPSG:32631", 735103.7, 4987906.1, 10, 10, 180, 170)},
	{"larger pixels in the scene", grid("EPSG:32631", 735000, 4988000, 20, 20, 110, 100), grid("EPSG:32631", 734950, 4988050, 10, 10, 230, 220)},
	{"zone 32 onto 31", grid("EPSG:32632", 262300, 4988300, 10, 10, 220, 220), grid("EPSG:32631", 735200, 4988100, 10, 10, 200, 210)},
	{"longitude and latitude onto zone 31", grid("EPSG:4326", 5.985, 45.005, 0.000127, 0.00009, 240, 220), grid("EPSG:32631", 735200, 4988100, 10, 10, 220, 200)},
	{"zone 31 onto longitude and latitude", grid("EPSG:32631", 735200, 4988100, 10, 10, 220, 200), grid("EPSG:4326", 5.985, 45.005, 0.000127, 0.00009, 240, 220)},
	{"a turned scene", turned(grid("EPSG:32632", 263000, 4988300, 10, 10, 220, 220), 10, 27), grid("EPSG:32632", 263100, 4989000, 10, 10, 280, 230)},
	{"onto a turned grid", grid("EPSG:32632", 262300, 4988300, 10, 10, 220, 220), turned(grid("EPSG:32631", 735400, 4987600, 10, 10, 200, 200), 10, -33)},
}

// resampled is s on a grid.
func resampled(t testing.TB, s raster.Source, onto raster.Grid, method string) *raster.Resampled {
	t.Helper()
	r, _, err := Resample(s, onto, method)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// noise is reproducible and rough, so that every weight shows.
func noise(seed uint64, n int, scale float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Floor(r.Float64() * scale)
	}
	return v
}

// gap is where test scenes hold nodata: a few patches and single pixels.
func gap(x, y int) bool { return x/23%4 == 1 && y/17%3 == 1 || (x*7+y*13)%211 == 0 }

// warp is what gdalwarp makes of src on a grid: values and where it wrote none. It writes into a prepared file, since only so it takes
// a turned grid; the nodata value is one that the pixels do not have.
// scale is by how much the kernel is narrowed, which gdalwarp otherwise guesses for each part that it warps.
func warp(t *testing.T, src string, onto raster.Grid, o CreateOptions, nodata, scale float64, args ...string) *raster.Block {
	t.Helper()
	dst := filepath.Join(t.TempDir(), "warped.tif")
	o.NoData, o.Mask, o.Alpha = &nodata, false, false
	write(t, dst, onto, o, func(int, int, int) float64 { return nodata }, nil)
	args = append([]string{"-q", "-et", "0", "-wo", "UNIFIED_SRC_NODATA=PARTIAL", "-wo", fmt.Sprint("XSCALE=", scale), "-wo", fmt.Sprint("YSCALE=", scale)}, args...)
	tool(t, "gdalwarp", append(args, src, dst)...)
	return read(t, open(t, dst, OpenOptions{}), onto.Window())
}

// compare wants b and the oracle's block equal in validity and values. Positions differ by rounding in the last digits, which can
// take a value over a rounding step: integers then differ by 1, floats by their last digits, in a few pixels of a million.
func compare(t *testing.T, b, want *raster.Block) {
	t.Helper()
	n := int(b.Window.Pixels())
	measured, off := 0, 0
	for i := range n {
		got, exp := b.Valid == nil || b.Valid[i] != 0, want.Valid == nil || want.Valid[i] != 0
		if got != exp {
			t.Fatalf("pixel %d,%d: measured %v, gdalwarp %v", i%b.Window.W, i/b.Window.W, got, exp)
		}
		if !got {
			continue
		}
		measured++
		for band := range b.Bands {
			g, e := at(b.Data, band*n+i), at(want.Data, band*n+i)
			tolerance := 1.0
			if _, ok := b.Data.([]float32); ok {
				tolerance = 1e-6 * math.Max(1, math.Abs(e))
			}
			if math.Abs(g-e) > tolerance {
				t.Fatalf("pixel %d,%d band %d is %v, by gdalwarp %v", i%b.Window.W, i/b.Window.W, band+1, g, e)
			}
			if g != e {
				off++
			}
		}
	}
	if measured < n/4 || measured == n {
		t.Errorf("%d of %d pixels are measured", measured, n)
	}
	if _, ok := b.Data.([]float32); !ok && off > measured/100000 || off > measured/300 {
		t.Errorf("%d of %d values differ from gdalwarp's", off, measured)
	}
}

// TestOntoAgainstGdalwarp puts noisy scenes with gaps onto other grids and compares every pixel with gdalwarp -et 0.
func TestOntoAgainstGdalwarp(t *testing.T) {
	methods := map[string]string{raster.Nearest: "near", raster.Bilinear: "bilinear", raster.Cubic: "cubic"}
	for k, c := range ontoCases {
		for name, method := range methods {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				nodata := 0.0
				o := CreateOptions{Bands: 2, Type: []raster.DataType{raster.Uint8, raster.Uint16, raster.Float32}[k%3], Tile: 64, NoData: &nodata}
				v := noise(uint64(k), 2*c.src.Width*c.src.Height, 120)
				src := filepath.Join(t.TempDir(), "src.tif")
				write(t, src, c.src, o, func(band, x, y int) float64 { return 1 + v[(band*c.src.Height+y)*c.src.Width+x] }, gap)
				want := warp(t, src, c.onto, o, 255, 1, "-r", method)
				s := resampled(t, open(t, src, OpenOptions{}), c.onto, name)
				if s.Info().Grid != c.onto {
					t.Fatalf("grid %v", s.Info().Grid)
				}
				compare(t, read(t, s, c.onto.Window()), want)
			})
		}
	}
}

// TestOntoLargerPixels: 3 m onto 10 m, with the same widening of the kernel.
func TestOntoLargerPixels(t *testing.T) {
	srcGrid, onto := grid("EPSG:32631", 735000, 4988000, 3, 3, 400, 380), grid("EPSG:32631", 735103.7, 4987906.1, 10, 10, 120, 90)
	v := noise(9, srcGrid.Width*srcGrid.Height, 120)
	for name, method := range map[string]string{raster.Bilinear: "bilinear", raster.Cubic: "cubic"} {
		nodata := 0.0
		o := CreateOptions{Tile: 64, NoData: &nodata}
		src := filepath.Join(t.TempDir(), "src.tif")
		write(t, src, srcGrid, o, func(_, x, y int) float64 { return 1 + v[y*srcGrid.Width+x] }, gap)
		s, f, err := Resample(open(t, src, OpenOptions{}), onto, name)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Resampling{Method: name, CRS: "EPSG:32631", PixelX: 3, PixelY: 3, StepX: 3.33333, StepY: 3.33333}); f != want || !f.Differs() {
			t.Errorf("facts %+v, want %+v", f, want)
		}
		compare(t, read(t, s, onto.Window()), warp(t, src, onto, o, 255, 0.3, "-r", method))
	}
}

// TestOntoRespectsValidity: a mask inside the file, one beside it, an alpha band and blocks that were never written, each alone and with
// nodata. The oracle is the same scene with the gaps as nodata.
func TestOntoRespectsValidity(t *testing.T) {
	c := ontoCases[2]
	nodata := 0.0
	v := noise(7, c.src.Width*c.src.Height, 120)
	f := func(_, x, y int) float64 { return 1 + v[y*c.src.Width+x] }
	dir := t.TempDir()
	plain, masked, alpha, both := filepath.Join(dir, "plain.tif"), filepath.Join(dir, "masked.tif"), filepath.Join(dir, "alpha.tif"), filepath.Join(dir, "both.tif")
	write(t, plain, c.src, CreateOptions{Tile: 64, NoData: &nodata}, f, gap)
	write(t, masked, c.src, CreateOptions{Tile: 64, Mask: true}, f, gap)
	write(t, alpha, c.src, CreateOptions{Tile: 64, Alpha: true}, f, gap)
	half := func(x, y int) bool { return x < 100 && gap(x, y) }
	write(t, both, c.src, CreateOptions{Tile: 64, Mask: true}, func(b, x, y int) float64 {
		if x >= 100 && gap(x, y) {
			return 0
		}
		return f(b, x, y)
	}, half)
	tool(t, "gdal_edit.py", "-a_nodata", "0", both)
	want := read(t, resampled(t, open(t, plain, OpenOptions{}), c.onto, raster.Bilinear), c.onto.Window())
	compare(t, want, warp(t, plain, c.onto, CreateOptions{Tile: 64}, 255, 1, "-r", "bilinear"))
	for _, path := range []string{masked, alpha, both} {
		got := read(t, resampled(t, open(t, path, OpenOptions{}), c.onto, raster.Bilinear), c.onto.Window())
		for i := range got.Valid {
			if got.Valid[i] != want.Valid[i] || got.Valid[i] != 0 && at(got.Data, i) != at(want.Data, i) {
				t.Fatalf("%s: pixel %d is %v (%d), want %v (%d)", filepath.Base(path), i, at(got.Data, i), got.Valid[i], at(want.Data, i), want.Valid[i])
			}
		}
	}
}

func TestOntoRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(60, 50), CreateOptions{}, value, nil)
	bare := filepath.Join(t.TempDir(), "bare.tif")
	write(t, bare, raster.Grid{Width: 60, Height: 50}, CreateOptions{}, value, nil)
	g := utm(60, 50)
	far := grid("EPSG:32733", 500000, 8000000, 10, 10, 50, 50)
	for _, c := range []struct {
		path, method, want string
		onto               raster.Grid
	}{
		{path, "best", `"best" is no way to resample`, g},
		{path, raster.Nearest, "lies outside the grid", far},
		{path, raster.Nearest, "--no-georef", raster.Grid{Width: 60, Height: 50}},
		{bare, raster.Nearest, "has no georeference", g},
	} {
		if _, _, err := Resample(open(t, c.path, OpenOptions{}), c.onto, c.method); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
