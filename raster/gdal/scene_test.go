package gdal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passdiff/raster"
)

// utm is 10 m pixels in UTM zone 31N.
func utm(w, h int) raster.Grid {
	return raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{600000, 10, 0, 5700000, 0, -10}, Width: w, Height: h}
}

// value is the test pattern: small whole numbers that every type holds and that differ between bands, rows and columns.
func value(band, x, y int) float64 { return float64((band*31 + y*7 + x*3) % 100) }

// fill sets all values of b from f.
func fill(b *raster.Block, f func(band, x, y int) float64) {
	w := b.Window
	for band := range b.Bands {
		for y := range w.H {
			for x := range w.W {
				set(b.Data, (band*w.H+y)*w.W+x, f(band, w.X+x, w.Y+y))
			}
		}
	}
}

func set(data any, i int, v float64) {
	switch d := data.(type) {
	case []uint8:
		d[i] = uint8(v)
	case []int8:
		d[i] = int8(v)
	case []uint16:
		d[i] = uint16(v)
	case []int16:
		d[i] = int16(v)
	case []uint32:
		d[i] = uint32(v)
	case []int32:
		d[i] = int32(v)
	case []float32:
		d[i] = float32(v)
	case []float64:
		d[i] = v
	}
}

func at(data any, i int) float64 {
	switch d := data.(type) {
	case []uint8:
		return float64(d[i])
	case []int8:
		return float64(d[i])
	case []uint16:
		return float64(d[i])
	case []int16:
		return float64(d[i])
	case []uint32:
		return float64(d[i])
	case []int32:
		return float64(d[i])
	case []float32:
		return float64(d[i])
	case []float64:
		return d[i]
	}
	panic("data")
}

// write makes a file whose values come from f; invalid, if not nil, says which pixels are not measured.
func write(t testing.TB, path string, g raster.Grid, o CreateOptions, f func(band, x, y int) float64, invalid func(x, y int) bool) {
	t.Helper()
	s, err := Create(path, g, o)
	if err != nil {
		t.Fatal(err)
	}
	var b raster.Block
	b.Shape(g.Window(), max(o.Bands, 1), s.opts.Type)
	fill(&b, f)
	if invalid != nil {
		for i := range b.MaskStorage() {
			b.Valid[i] = 255
			if invalid(i%g.Width, i/g.Width) {
				b.Valid[i] = 0
			}
		}
	}
	if err := s.WriteBlock(g.Window(), &b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, path string, o OpenOptions) *Scene {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func read(t testing.TB, s raster.Source, w raster.Window) *raster.Block {
	t.Helper()
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := &raster.Block{}
	b.Shape(w, s.Info().Bands, s.Info().Type)
	if err := r.Read(t.Context(), w, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// checkValues compares the measured pixels of b with f.
func checkValues(t testing.TB, b *raster.Block, f func(band, x, y int) float64) {
	t.Helper()
	w := b.Window
	for i := range b.Bands * int(w.Pixels()) {
		x, y, band := i%w.W, i/w.W%w.H, i/(w.W*w.H)
		if b.Valid != nil && b.Valid[y*w.W+x] == 0 {
			continue
		}
		if got, want := at(b.Data, i), f(band, w.X+x, w.Y+y); got != want {
			t.Fatalf("band %d at %d,%d is %g, want %g", band, w.X+x, w.Y+y, got, want)
		}
	}
}

// checkValid wants exactly the pixels of invalid to be not measured.
func checkValid(t testing.TB, b *raster.Block, invalid func(x, y int) bool) {
	t.Helper()
	w := b.Window
	for i := range int(w.Pixels()) {
		x, y := w.X+i%w.W, w.Y+i/w.W
		measured := b.Valid == nil || b.Valid[i] == 255
		if measured == invalid(x, y) {
			t.Fatalf("pixel %d,%d: measured is %v", x, y, measured)
		}
		if b.Valid != nil && b.Valid[i] != 0 && b.Valid[i] != 255 {
			t.Fatalf("pixel %d,%d: mask is %d", x, y, b.Valid[i])
		}
	}
}

// tool runs one of GDAL's programs, and skips the test when it is not installed.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// refused wants Open to fail with a fit message that names the input once and holds all words.
func refused(t testing.TB, path string, o OpenOptions, words ...string) {
	t.Helper()
	s, err := Open(path, o)
	if err == nil {
		s.Close()
		t.Fatalf("%s was opened", path)
	}
	msg := err.Error()
	t.Log(strings.ReplaceAll(msg, filepath.Dir(path)+"/", ""))
	if !strings.HasPrefix(msg, path+": ") || strings.Count(msg, path) != 1 || strings.ContainsAny(msg, "\n") || strings.HasSuffix(msg, ".") {
		t.Errorf("unfit message %q", msg)
	}
	for _, w := range words {
		if !strings.Contains(msg, w) {
			t.Errorf("message %q lacks %q", msg, w)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	types := []raster.DataType{raster.Uint8, raster.Int8, raster.Uint16, raster.Int16, raster.Uint32, raster.Int32, raster.Float32, raster.Float64}
	g := utm(70, 50)
	for _, dt := range types {
		for _, strips := range []int{0, 7} {
			for _, byBand := range []bool{false, true} {
				for _, c := range []string{"NONE", "DEFLATE", "LZW", "ZSTD"} {
					t.Run(fmt.Sprintf("%v/strips=%d/byband=%v/%s", dt, strips, byBand, c), func(t *testing.T) {
						path := filepath.Join(t.TempDir(), "scene.v1.tif")
						o := CreateOptions{Bands: 4, Type: dt, Tile: 32, StripRows: strips, BandInterleave: byBand, Compression: c}
						write(t, path, g, o, value, nil)
						s := open(t, path, OpenOptions{})
						want := raster.Info{Name: "scene.v1", Label: path, Grid: g, Bands: 4, Type: dt, BlockW: 32, BlockH: 32, Costly: c != "NONE"}
						if strips > 0 {
							want.BlockW, want.BlockH = 70, 7
						}
						if s.Info() != want {
							t.Fatalf("info is %+v, want %+v", s.Info(), want)
						}
						if w := s.Warnings(); w != nil {
							t.Error(w)
						}
						f := s.Facts()
						if (f.Compression == "") != (c == "NONE") || f.Driver != "GTiff" || f.Size == 0 || (f.Interleave == "BAND") != byBand {
							t.Errorf("facts are %+v", f)
						}
						for _, w := range []raster.Window{g.Window(), {X: 33, Y: 20, W: 30, H: 30}, {X: 69, Y: 49, W: 1, H: 1}} {
							b := read(t, s, w)
							if b.Valid != nil {
								t.Fatal("a file without nodata and masks has pixels that are not measured")
							}
							checkValues(t, b, value)
						}
					})
				}
			}
		}
	}
}

// TestAgainstTranslate compares what a Sink stores and a Reader returns with the raw bytes that gdal_translate makes of the file.
func TestAgainstTranslate(t *testing.T) {
	g := utm(40, 30)
	extremes := map[raster.DataType][2]float64{raster.Int8: {-128, 127}, raster.Uint16: {0, 65535}, raster.Int32: {-1 << 31, 1<<31 - 1}}
	for dt, ext := range extremes {
		t.Run(dt.String(), func(t *testing.T) {
			f := func(band, x, y int) float64 { return ext[(x+y+band)%2] }
			path := filepath.Join(t.TempDir(), "scene.tif")
			write(t, path, g, CreateOptions{Bands: 2, Type: dt, Tile: 16}, f, nil)
			checkValues(t, read(t, open(t, path, OpenOptions{}), g.Window()), f)
			flat := filepath.Join(t.TempDir(), "flat.bin")
			tool(t, "gdal_translate", "-q", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", path, flat)
			raw, err := os.ReadFile(flat)
			if err != nil {
				t.Fatal(err)
			}
			size := dt.Size()
			if len(raw) != 2*40*30*size {
				t.Fatalf("%d bytes", len(raw))
			}
			for i := range 2 * 40 * 30 {
				var bits uint32
				for k := range size { // ENVI's default byte order 0 is little endian
					bits |= uint32(raw[i*size+k]) << (8 * k)
				}
				want := int64(f(i/1200, i%40, i/40%30))
				if bits != uint32(want)&(1<<(8*size)-1) {
					t.Fatalf("value %d is %#x, want %d", i, bits, want)
				}
			}
		})
	}
}

func TestFacts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	o := CreateOptions{Acquired: "2024-05-01T10:56:21Z", DateTime: "2024:05:02 08:00:00"}
	write(t, path, utm(20, 20), o, value, nil)
	f := open(t, path, OpenOptions{}).Facts()
	if f.Acquired != o.Acquired || f.DateTime != o.DateTime || f.Compression != "DEFLATE" || f.Path != path {
		t.Errorf("facts are %+v", f)
	}
}

// TestSun: where metadata say how the sun stood, under the names of Landsat's MTL.
func TestSun(t *testing.T) {
	dir := t.TempDir()
	plain, told := filepath.Join(dir, "a.tif"), filepath.Join(dir, "b.tif")
	write(t, plain, utm(20, 20), CreateOptions{}, value, nil)
	tool(t, "gdal_translate", "-q", "-mo", "SUN_ELEVATION=47.25", "-mo", "SUN_AZIMUTH=151.5", plain, told)
	if f := open(t, told, OpenOptions{}).Facts(); f.SunElevation != "47.25" || f.SunAzimuth != "151.5" {
		t.Errorf("sun at %q, %q", f.SunElevation, f.SunAzimuth)
	}
	if f := open(t, plain, OpenOptions{}).Facts(); f.SunElevation != "" || f.SunAzimuth != "" {
		t.Errorf("sun at %q, %q of a file that does not say", f.SunElevation, f.SunAzimuth)
	}
}

func TestSidecars(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.tif")
	g := raster.Grid{Width: 20, Height: 20}
	write(t, path, g, CreateOptions{}, value, nil)
	for _, name := range []string{"a.tfw", "a.tif.aux.xml"} {
		text := "10\n0\n0\n-10\n500005\n100\n"
		if strings.HasSuffix(name, "xml") {
			text = `<PAMDataset><SRS>EPSG:32631</SRS></PAMDataset>`
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, path, OpenOptions{})
	if s.Info().Grid != g {
		t.Errorf("ignored sidecars give %+v", s.Info().Grid)
	}
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "a.tif.aux.xml, a.tfw") || !strings.Contains(w[0], "--sidecars") {
		t.Errorf("warnings are %q", w)
	}
	s = open(t, path, OpenOptions{Sidecars: true})
	want := raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{500000, 10, 0, 105, 0, -10}, Width: 20, Height: 20}
	if s.Info().Grid != want || s.Warnings() != nil {
		t.Errorf("sidecars give %+v, %q", s.Info().Grid, s.Warnings())
	}
}

func TestGeoreference(t *testing.T) {
	dir := t.TempDir()
	half := func(name string, g raster.Grid) string {
		path := filepath.Join(dir, name)
		write(t, path, g, CreateOptions{}, value, nil)
		return path
	}
	full := utm(20, 10)
	noCRS, noAffine := full, full
	noCRS.CRS, noAffine.Affine = "", raster.Affine{}
	none := raster.Grid{Width: 20, Height: 10}
	for _, c := range []struct {
		path    string
		o       OpenOptions
		want    raster.Grid
		warning string
	}{
		{half("full.tif", full), OpenOptions{}, full, ""},
		{half("full2.tif", full), OpenOptions{NoGeoref: true}, none, ""},
		{half("nocrs.tif", noCRS), OpenOptions{}, none, "no CRS"},
		{half("noaffine.tif", noAffine), OpenOptions{}, none, "no geotransform"},
		{half("none.tif", none), OpenOptions{}, none, ""},
	} {
		s := open(t, c.path, c.o)
		if s.Info().Grid != c.want {
			t.Errorf("%s has grid %+v", c.path, s.Info().Grid)
		}
		if w := strings.Join(s.Warnings(), "\n"); (w == "") != (c.warning == "") || !strings.Contains(w, c.warning) {
			t.Errorf("%s warns %q", c.path, w)
		}
	}
	gcps := filepath.Join(dir, "gcps.tif")
	tool(t, "gdal_translate", "-q", "-a_srs", "EPSG:4326", "-gcp", "0", "0", "2", "52", "-gcp", "20", "0", "3", "52", "-gcp", "0", "10", "2", "51",
		filepath.Join(dir, "none.tif"), gcps)
	refused(t, gcps, OpenOptions{}, "3 ground control points", "gdalwarp", "--no-georef")
	s := open(t, gcps, OpenOptions{NoGeoref: true})
	if s.Info().Grid != none || s.Facts().GCPs != 3 {
		t.Errorf("ground control points give %+v, %+v", s.Info().Grid, s.Facts())
	}
}

func TestCOG(t *testing.T) {
	dir := t.TempDir()
	path, cog := filepath.Join(dir, "a.tif"), filepath.Join(dir, "cog.tif")
	g := utm(600, 600)
	nodata := 5.0
	o := CreateOptions{Bands: 3, Type: raster.Uint16, NoData: &nodata}
	write(t, path, g, o, value, nil)
	tool(t, "gdal_translate", "-q", "-of", "COG", "-co", "BLOCKSIZE=256", path, cog)
	s := open(t, cog, OpenOptions{Drivers: []string{"COG"}})
	if in := s.Info(); in.Grid != g || in.BlockW != 256 || in.Bands != 3 {
		t.Errorf("info is %+v", in)
	}
	b := read(t, s, raster.Window{X: 200, Y: 250, W: 300, H: 300})
	checkValues(t, b, value)
	checkValid(t, b, func(x, y int) bool { return value(0, x, y) == 5 || value(1, x, y) == 5 || value(2, x, y) == 5 })
}

func TestWarningsAreBounded(t *testing.T) {
	var w warnings
	for i := range 100 {
		w.add("block %d", i/2)
	}
	if got := w.all(); len(got) != maxWarnings+1 || got[1] != "block 1" || !slices.Contains(got, "further warnings left out") {
		t.Errorf("%d warnings: %q", len(got), got)
	}
}
