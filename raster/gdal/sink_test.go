package gdal

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"passdiff/raster"
)

// cut writes the pattern in windows of w×h pixels, columns of windows first when byColumn, and returns the file.
func cut(t testing.TB, g raster.Grid, o CreateOptions, w, h int, byColumn bool) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.tif")
	s, err := Create(path, g, o)
	if err != nil {
		t.Fatal(err)
	}
	put := func(x, y int) {
		var b raster.Block
		win := g.Window().Intersect(raster.Window{X: x, Y: y, W: w, H: h})
		b.Shape(win, s.opts.Bands, s.opts.Type)
		fill(&b, value)
		if s.opts.Mask {
			for i := range b.MaskStorage() {
				b.Valid[i] = uint8(255 * ((win.X + i%win.W) / 7 % 2))
			}
		}
		if err := s.WriteBlock(win, &b); err != nil {
			t.Fatal(err)
		}
	}
	if byColumn {
		for x := 0; x < g.Width; x += w {
			for y := 0; y < g.Height; y += h {
				put(x, y)
			}
		}
	} else {
		for y := 0; y < g.Height; y += h {
			for x := 0; x < g.Width; x += w {
				put(x, y)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSinkIsReproducible writes the same pixels cut in many ways and wants the same bytes.
func TestSinkIsReproducible(t *testing.T) {
	g := utm(150, 110)
	for _, o := range []CreateOptions{
		{Tile: 32}, {Tile: 64, Type: raster.Float32}, {StripRows: 9}, {Tile: 32, Bands: 3, Type: raster.Uint16, Compression: "ZSTD"},
		{Tile: 32, Bands: 3, BandInterleave: true, Compression: "NONE"}, {StripRows: 16, Bands: 2, Mask: true},
	} {
		t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) {
			want := cut(t, g, o, 150, 110, false)
			for _, c := range []struct {
				w, h     int
				byColumn bool
			}{{32, 32, false}, {150, 1, false}, {47, 31, false}, {47, 31, true}, {1, 110, true}} {
				if !bytes.Equal(cut(t, g, o, c.w, c.h, c.byColumn), want) {
					t.Errorf("windows of %d×%d give other bytes", c.w, c.h)
				}
			}
		})
	}
}

// TestSinkHoldsOneRow writes tiles that end a little above and left of the blocks, as a detection does, and whole rows: what is held back is
// a row of blocks, or one.
func TestSinkHoldsOneRow(t *testing.T) {
	g := utm(500, 400)
	nan := math.NaN()
	for _, c := range []struct {
		tiles []raster.Window
		most  int
	}{{raster.Tiles(g.Window(), 64, 64, 11), 8 + 2}, {raster.Tiles(g.Window(), 500, 64, 0), 1}} {
		s, err := Create(filepath.Join(t.TempDir(), "a.tif"), g, CreateOptions{Tile: 64, Type: raster.Float32, NoData: &nan})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range c.tiles {
			var b raster.Block
			b.Shape(w, 1, raster.Float32)
			if err := s.WriteBlock(w, &b); err != nil {
				t.Fatal(err)
			}
			if n := len(s.begun) + len(s.free); n > c.most {
				t.Fatalf("%d blocks are held at %v; want at most %d", n, w, c.most)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSinkIncomplete(t *testing.T) {
	g := utm(40, 40)
	path := filepath.Join(t.TempDir(), "a.tif")
	s, err := Create(path, g, CreateOptions{Tile: 16})
	if err != nil {
		t.Fatal(err)
	}
	var b raster.Block
	b.Shape(raster.Window{W: 40, H: 20}, 1, raster.Uint8)
	if err := s.WriteBlock(b.Window, &b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil || err.Error() != path+": incomplete: rows from 16 on were not written" {
		t.Errorf("error is %v", err)
	}
}

func TestSinkNeedsAWayToSayNotMeasured(t *testing.T) {
	s, err := Create(filepath.Join(t.TempDir(), "a.tif"), utm(20, 20), CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var b raster.Block
	b.Shape(raster.Window{W: 20, H: 20}, 1, raster.Uint8)
	clear(b.MaskStorage())
	if err := s.WriteBlock(b.Window, &b); err == nil {
		t.Error("pixels that are not measured were written as measured")
	}
	if err := s.Close(); err == nil {
		t.Error("Close forgot the error of WriteBlock")
	}
}

func TestCreateRefuses(t *testing.T) {
	nan, big := math.NaN(), 256.0
	for _, c := range []struct {
		o    CreateOptions
		word string
	}{
		{CreateOptions{Tile: 100}, "multiple of 16"}, {CreateOptions{Compression: "JPEG"}, "JPEG"}, {CreateOptions{Bands: -1}, "-1 bands"},
		{CreateOptions{NoData: &big}, "nodata 256"}, {CreateOptions{StripRows: -3}, "-3 rows"}, {CreateOptions{Type: 99}, "DataType(99)"},
	} {
		if err := c.o.Validate(); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	if err := (CreateOptions{Type: raster.Float32, NoData: &nan}).Validate(); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "no", "folder.tif")
	if _, err := Create(path, utm(20, 20), CreateOptions{}); err == nil || !strings.HasPrefix(err.Error(), path+": cannot be created: ") {
		t.Errorf("error is %v", err)
	} else {
		t.Log(err)
	}
	if _, err := Create(filepath.Join(t.TempDir(), "a.tif"), raster.Grid{}, CreateOptions{}); err == nil {
		t.Error("a grid of no pixels was created")
	}
}

// TestSinkAsGDALSeesIt checks the stored form with gdalinfo.
func TestSinkAsGDALSeesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	nodata := 255.0
	write(t, path, utm(600, 520), CreateOptions{Bands: 4, NoData: &nodata}, value, nil)
	out := tool(t, "gdalinfo", path)
	for _, want := range []string{"Block=512x512", "COMPRESSION=DEFLATE", "INTERLEAVE=PIXEL", "NoData Value=255", `ID["EPSG",32631]`, "Pixel Size = (10.0", "Band 4"} {
		if !strings.Contains(out, want) {
			t.Errorf("gdalinfo lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Alpha") || strings.Contains(out, "Mask Flags: PER_DATASET") {
		t.Errorf("band 4 became alpha:\n%s", out)
	}
}

// TestSinkVerifies cuts a finished file, as a disk that is full at the wrong moment does.
func TestSinkVerifies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(600, 520), CreateOptions{}, value, nil)
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&Sink{path: path}).verify(); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(path, st.Size()-1); err != nil {
		t.Fatal(err)
	}
	if err := (&Sink{path: path}).verify(); err == nil {
		t.Error("a file that lacks its last byte is complete")
	}
}
