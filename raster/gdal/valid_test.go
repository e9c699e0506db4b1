package gdal

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

func TestNoData(t *testing.T) {
	g := utm(40, 30)
	const lowest = -math.MaxFloat32
	for _, c := range []struct {
		name   string
		t      raster.DataType
		nodata float64
		value  float64 // what stands at the places, in band 2 alone
		want   bool    // are they not measured
	}{
		{"uint8", raster.Uint8, 255, 255, true},
		{"uint8 other value", raster.Uint8, 255, 254, false},
		{"int8", raster.Int8, -128, -128, true},
		{"uint16", raster.Uint16, 65535, 65535, true},
		{"int16", raster.Int16, -9999, -9999, true},
		{"uint32", raster.Uint32, 1<<32 - 1, 1<<32 - 1, true},
		{"int32", raster.Int32, -1 << 31, -1 << 31, true},
		{"float32 rounded", raster.Float32, 0.1, 0.1, true},
		{"float32 lowest", raster.Float32, lowest, lowest, true},
		{"float64", raster.Float64, 0.1, 0.1, true},
		{"NaN", raster.Float32, math.NaN(), math.NaN(), true},
		{"NaN without nodata there", raster.Float64, 7777, math.NaN(), true},
		{"infinite", raster.Float32, 7777, math.Inf(-1), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.tif")
			places := func(x, y int) bool { return (x+2*y)%11 == 3 }
			f := func(band, x, y int) float64 {
				if band == 1 && places(x, y) {
					return c.value
				}
				return value(band, x, y)
			}
			write(t, path, g, CreateOptions{Bands: 2, Type: c.t, Tile: 16, NoData: &c.nodata}, f, nil)
			b := read(t, open(t, path, OpenOptions{}), raster.Window{X: 3, Y: 2, W: 30, H: 20})
			checkValid(t, b, func(x, y int) bool { return c.want && places(x, y) })
			checkValues(t, b, f)
		})
	}
}

// TestNoDataNotHeld has nodata values that the type of the band cannot hold, which only GDAL's own tools write.
func TestNoDataNotHeld(t *testing.T) {
	src := filepath.Join(t.TempDir(), "a.tif")
	write(t, src, utm(20, 20), CreateOptions{}, func(_, x, y int) float64 { return float64(x % 3) }, nil)
	for _, nodata := range []string{"256", "0.5", "-1", "nan"} {
		path := filepath.Join(t.TempDir(), "b.tif")
		tool(t, "gdal_translate", "-q", src, path)
		ds, err := godal.Open(path, godal.Update())
		if err != nil {
			t.Fatal(err)
		}
		nd := map[string]float64{"256": 256, "0.5": 0.5, "-1": -1, "nan": math.NaN()}[nodata]
		if err := ds.Bands()[0].SetNoData(nd, godal.SkipWarnings); err != nil {
			t.Fatal(err)
		}
		if err := ds.Close(); err != nil {
			t.Fatal(err)
		}
		if b := read(t, open(t, path, OpenOptions{}), raster.Window{W: 20, H: 20}); b.Valid != nil {
			t.Errorf("nodata %s: pixels are not measured", nodata)
		}
	}
}

func TestQuantised(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		v    float64
		t    raster.DataType
		want float64
	}{
		{255, raster.Uint8, 255}, {256, raster.Uint8, nan}, {-1, raster.Uint8, nan}, {0.5, raster.Int32, nan}, {nan, raster.Uint8, nan},
		{-128, raster.Int8, -128}, {128, raster.Int8, nan}, {math.Inf(1), raster.Uint16, nan},
		{0.1, raster.Float32, float64(float32(0.1))}, {0.1, raster.Float64, 0.1},
	} {
		if got := quantised(c.v, c.t); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%g in %v is %g, want %g", c.v, c.t, got, c.want)
		}
	}
}

// TestMarkEqual: for every type, length and place, also where two hold the value, the mask is 0 there, and there is none without.
func TestMarkEqual(t *testing.T) {
	testMarkEqual[uint8](t, 255, 0, 254, 127, 128)
	testMarkEqual[int8](t, -1, 0, 1, 127, -128)
	testMarkEqual[uint16](t, 0xffff, 0, 1, 0x8000, 0x7fff, 0xfffe)
	testMarkEqual[int16](t, -1, 0, 1, 0x7fff, -0x8000)
	testMarkEqual[uint32](t, 1<<32-1, 0, 0xffff)
	testMarkEqual[int32](t, -9999, 0, 9999)
	testMarkEqual[float32](t, -9999, 0, 9999, float32(math.NaN()), float32(math.Inf(-1)))
	testMarkEqual[float64](t, -9999, 0, 9999, math.NaN(), math.Inf(-1))
}

// testMarkEqual marks nodata in planes that hold others elsewhere.
func testMarkEqual[T raster.Number](t *testing.T, nodata T, others ...T) {
	t.Helper()
	for n := 1; n < 70; n++ {
		for place := -1; place < n; place++ {
			plane := make([]T, n+1)[1:] // not aligned
			for i := range plane {
				plane[i] = others[i%len(others)]
			}
			if place >= 0 {
				plane[place], plane[n-1] = nodata, nodata
			}
			b := &raster.Block{Window: raster.Window{W: n, H: 1}, Bands: 1, Data: plane}
			markEqual(b, plane, nodata)
			if place < 0 {
				if b.Valid != nil {
					t.Fatalf("%T: a mask of %d pixels without nodata", plane, n)
				}
				continue
			}
			for i, v := range b.Valid[:n] {
				if (v == 0) != (i == place || i == n-1) || v != 0 && v != 255 {
					t.Fatalf("%T: pixel %d of %d is %d in the mask, nodata at %d", plane, i, n, v, place)
				}
			}
		}
	}
}

// TestMarkNonFinite: NaN and infinities of any band, the others stay.
func TestMarkNonFinite(t *testing.T) {
	testMarkNonFinite[float32](t)
	testMarkNonFinite[float64](t)
}

func testMarkNonFinite[T float32 | float64](t *testing.T) {
	t.Helper()
	const n = 45
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for place := range 2 * n {
			data := make([]T, 2*n)
			data[n-1], data[place] = math.MaxFloat32, T(v)
			b := &raster.Block{Window: raster.Window{W: n, H: 1}, Bands: 2, Data: data}
			markNonFinite(b, data)
			for i, m := range b.Valid[:n] {
				if (m == 0) != (i == place%n) || m != 0 && m != 255 {
					t.Fatalf("%T: pixel %d is %d in the mask, %v at %d", data, i, m, v, place)
				}
			}
		}
	}
}

func TestUnion(t *testing.T) {
	for _, c := range []struct{ a, b, want raster.DataType }{
		{0, raster.Uint8, raster.Uint8}, {raster.Uint8, raster.Int8, raster.Int16}, {raster.Uint8, raster.Uint16, raster.Uint16},
		{raster.Uint16, raster.Int16, raster.Int32}, {raster.Uint32, raster.Int8, raster.Float64}, {raster.Uint16, raster.Float32, raster.Float32},
		{raster.Int32, raster.Float32, raster.Float64}, {raster.Float64, raster.Uint8, raster.Float64},
	} {
		if got := union(c.a, c.b); got != c.want {
			t.Errorf("union of %v and %v is %v", c.a, c.b, got)
		}
		if got := union(c.b, c.a); c.a != 0 && got != c.want {
			t.Errorf("union of %v and %v is %v", c.b, c.a, got)
		}
	}
}

func TestMasks(t *testing.T) {
	g := utm(50, 40)
	invalid := func(x, y int) bool { return (x-20)*(x-20)+(y-10)*(y-10) < 60 }
	for name, o := range map[string]CreateOptions{
		"mask":             {Bands: 2, Type: raster.Int16, Tile: 16, Mask: true},
		"mask byband":      {Bands: 2, Type: raster.Int16, StripRows: 5, BandInterleave: true, Mask: true},
		"alpha":            {Bands: 3, Tile: 16, Alpha: true},
		"alpha uint16":     {Bands: 3, Tile: 16, Type: raster.Uint16, Alpha: true, BandInterleave: true},
		"alpha float32":    {Bands: 1, Tile: 16, Type: raster.Float32, Alpha: true},
		"mask and alpha":   {Bands: 1, Tile: 16, Alpha: true, Mask: true},
		"nodata from mask": {Bands: 2, Tile: 16, NoData: func() *float64 { v := 200.0; return &v }()},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.tif")
			write(t, path, g, o, value, invalid)
			s := open(t, path, OpenOptions{})
			if s.Info().Bands != o.Bands {
				t.Errorf("%d bands", s.Info().Bands)
			}
			b := read(t, s, raster.Window{X: 5, Y: 3, W: 40, H: 30})
			checkValid(t, b, invalid)
			checkValues(t, b, value)
			if b := read(t, s, raster.Window{X: 40, Y: 30, W: 10, H: 10}); b.Valid != nil {
				t.Error("a window that is measured throughout has a mask")
			}
		})
	}
}

func TestMaskFile(t *testing.T) {
	g := utm(50, 40)
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, g, CreateOptions{Tile: 16}, value, nil)
	ds, err := godal.Open(path, godal.SiblingFiles())
	if err != nil {
		t.Fatal(err)
	}
	mask, err := ds.CreateMaskBand(maskPerDataset, godal.ConfigOption("GDAL_TIFF_INTERNAL_MASK=NO"))
	if err != nil {
		t.Fatal(err)
	}
	if err := mask.Write(10, 10, make([]uint8, 600), 30, 20); err != nil {
		t.Fatal(err)
	}
	ones := make([]uint8, 50*10)
	for i := range ones {
		ones[i] = 255
	}
	if err := mask.Write(0, 30, ones, 50, 10); err != nil {
		t.Fatal(err)
	}
	if err := ds.Close(); err != nil {
		t.Fatal(err)
	}
	for _, o := range []OpenOptions{{}, {Sidecars: true}} {
		s := open(t, path, o)
		checkValid(t, read(t, s, g.Window()), func(x, y int) bool { return y < 30 })
		if s.Warnings() != nil {
			t.Error(s.Warnings())
		}
	}
	// a world file must not come in by the door that the mask opens
	if err := os.WriteFile(strings.TrimSuffix(path, "tif")+"tfw", []byte("1\n0\n0\n-1\n0\n0\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if s := open(t, path, OpenOptions{}); s.Info().Grid != g || len(s.Warnings()) != 1 {
		t.Errorf("grid is %+v, warnings %q", s.Info().Grid, s.Warnings())
	}
	// one that does not say that it is a mask is not used, as by GDAL
	write(t, path+".msk", g, CreateOptions{}, func(int, int, int) float64 { return 0 }, nil)
	s := open(t, path, OpenOptions{})
	if b := read(t, s, g.Window()); b.Valid != nil || !strings.Contains(strings.Join(s.Warnings(), ""), "INTERNAL_MASK_FLAGS") {
		t.Errorf("warnings are %q", s.Warnings())
	}
	if err := os.WriteFile(path+".msk", []byte("nothing"), 0o666); err != nil {
		t.Fatal(err)
	}
	refused(t, path, OpenOptions{}, "the mask beside it cannot be used")
}

// TestMixedTypes reads a VRT, since no TIFF mixes types.
func TestMixedTypes(t *testing.T) {
	dir := t.TempDir()
	g := utm(20, 20)
	nd8, nd16 := 7.0, 9.0
	write(t, filepath.Join(dir, "a.tif"), g, CreateOptions{NoData: &nd8}, value, nil)
	write(t, filepath.Join(dir, "b.tif"), g, CreateOptions{Type: raster.Int16, NoData: &nd16}, func(_, x, y int) float64 { return -value(0, x, y) + 50 }, nil)
	vrt := filepath.Join(dir, "both.vrt")
	tool(t, "gdalbuildvrt", "-q", "-separate", vrt, filepath.Join(dir, "a.tif"), filepath.Join(dir, "b.tif"))
	refused(t, vrt, OpenOptions{}, "VRT")
	s := open(t, vrt, OpenOptions{Drivers: []string{"VRT"}})
	if in := s.Info(); in.Type != raster.Int16 || in.Bands != 2 || in.Grid != g || s.Facts().Driver != "VRT" {
		t.Fatalf("info is %+v", in)
	}
	b := read(t, s, g.Window())
	checkValues(t, b, func(band, x, y int) float64 {
		if band == 0 {
			return value(0, x, y)
		}
		return -value(0, x, y) + 50
	})
	checkValid(t, b, func(x, y int) bool { return value(0, x, y) == 7 || value(0, x, y) == 41 })
}

func TestReadersInParallel(t *testing.T) {
	g := utm(300, 300)
	nodata := 11.0
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, g, CreateOptions{Bands: 2, Type: raster.Uint16, Tile: 64, NoData: &nodata, Mask: true}, value, nil)
	s := open(t, path, OpenOptions{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r, err := s.Reader()
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			var b raster.Block
			for y := 0; y < 300; y += 64 {
				w := g.Window().Intersect(raster.Window{Y: y, W: 300, H: 64})
				b.Shape(w, 2, raster.Uint16)
				if err := r.Read(t.Context(), w, &b); err != nil {
					t.Error(err)
				}
				if got := b.Data.([]uint16)[299]; float64(got) != value(0, 299, y) {
					t.Errorf("row %d ends with %d", y, got)
				}
			}
		})
	}
	wg.Wait()
}

func TestCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(20, 20), CreateOptions{}, value, nil)
	r, err := open(t, path, OpenOptions{}).Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b raster.Block
	b.Shape(raster.Window{W: 5, H: 5}, 1, raster.Uint8)
	if err := r.Read(ctx, b.Window, &b); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// TestReadAllocates bounds what a read allocates in the steady state: godal's own bookkeeping per call, nothing that grows with the block.
func TestReadAllocates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	nodata := 3.0
	write(t, path, utm(128, 128), CreateOptions{Bands: 3, Type: raster.Uint16, Tile: 64, NoData: &nodata, Mask: true}, value, nil)
	r, err := open(t, path, OpenOptions{}).Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b raster.Block
	w := raster.Window{X: 64, Y: 0, W: 64, H: 64}
	allocs := testing.AllocsPerRun(50, func() {
		b.Shape(w, 3, raster.Uint16)
		if err := r.Read(t.Context(), w, &b); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%g allocations a read of data and mask", allocs)
	if allocs > 20 {
		t.Errorf("%g allocations a read", allocs)
	}
}
