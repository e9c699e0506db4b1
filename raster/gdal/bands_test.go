package gdal

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// edit changes what a finished GeoTIFF says of its bands.
func edit(t *testing.T, path string, f func(bands []godal.Band) error) {
	t.Helper()
	ds, err := godal.Open(path, godal.Update(), godal.Drivers("GTiff"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f(ds.Bands()); err != nil {
		t.Fatal(err)
	}
	if err := ds.Close(); err != nil {
		t.Fatal(err)
	}
}

// named makes a scene of three bands and alpha; the first two have names.
func named(t *testing.T, o CreateOptions) string {
	path := filepath.Join(t.TempDir(), "named.tif")
	o.Bands, o.Tile = 3, 16
	write(t, path, utm(50, 40), o, value, nil)
	edit(t, path, func(bands []godal.Band) error {
		if err := bands[0].SetMetadata("BANDNAME", "B02"); err != nil {
			return err
		}
		return bands[1].SetMetadata("standard_name", "Near Infrared")
	})
	return path
}

func TestBandsByNumberAndName(t *testing.T) {
	for _, o := range []CreateOptions{{Alpha: true}, {BandInterleave: true, Type: raster.Uint16}} {
		path := named(t, o)
		for _, c := range []struct {
			ask, names []string
			bands      []int
		}{
			{nil, []string{"B02", "Near Infrared", "3"}, []int{0, 1, 2}},
			{[]string{"3", "1"}, []string{"3", "B02"}, []int{2, 0}},
			{[]string{"near infrared", " b02 "}, []string{"Near Infrared", "B02"}, []int{1, 0}},
			{[]string{"2"}, []string{"Near Infrared"}, []int{1}},
		} {
			s := open(t, path, OpenOptions{Bands: c.ask})
			if got := s.BandNames(); !slices.Equal(got, c.names) {
				t.Errorf("%q: names %q, want %q", c.ask, got, c.names)
			}
			if s.Info().Bands != len(c.bands) {
				t.Fatalf("%q: %d bands", c.ask, s.Info().Bands)
			}
			w := raster.Window{X: 5, Y: 7, W: 30, H: 20}
			b := read(t, s, w)
			for i, band := range c.bands {
				for p := range int(w.Pixels()) {
					if got, want := at(b.Data, i*int(w.Pixels())+p), value(band, w.X+p%w.W, w.Y+p/w.W); got != want {
						t.Fatalf("%q: band %d pixel %d is %g, want %g", c.ask, i, p, got, want)
					}
				}
			}
		}
	}
}

func TestBandsRefused(t *testing.T) {
	path := named(t, CreateOptions{Alpha: true})
	refused(t, path, OpenOptions{Bands: []string{"5"}}, `has no band 5; it has bands 1 "B02", 2 "Near Infrared", 3, 4`)
	refused(t, path, OpenOptions{Bands: []string{"0"}}, "has no band 0")
	refused(t, path, OpenOptions{Bands: []string{"red"}}, `has no band "red"; it has bands 1 "B02"`)
	refused(t, path, OpenOptions{Bands: []string{"4"}}, "alpha band", "--bands")
	refused(t, path, OpenOptions{Bands: []string{"1", "b02"}}, "band 1 is named twice", "--bands")
	edit(t, path, func(bands []godal.Band) error { return bands[2].SetMetadata("BANDNAME", "b02") })
	refused(t, path, OpenOptions{Bands: []string{"B02"}}, "bands 1 and 3 are both called", "--bands")
	bare := filepath.Join(t.TempDir(), "bare.tif")
	write(t, bare, utm(50, 40), CreateOptions{Bands: 3}, value, nil)
	refused(t, bare, OpenOptions{Bands: []string{"red"}}, "bands 1 to 3 without names")
}

// TestOnlyChosenBandsAreDecoded damages the blocks of one band: reads of the others do not see it.
func TestOnlyChosenBandsAreDecoded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(64, 64), CreateOptions{Bands: 3, BandInterleave: true, Tile: 64}, value, nil)
	offset := 0
	edit(t, path, func(bands []godal.Band) error {
		for _, c := range bands[1].Metadata("BLOCK_OFFSET_0_0", godal.Domain("TIFF")) {
			offset = 10*offset + int(c-'0')
		}
		return nil
	})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		data[offset+i] ^= 0xff
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	read(t, open(t, path, OpenOptions{Bands: []string{"3", "1"}}), utm(64, 64).Window())
	s := open(t, path, OpenOptions{Bands: []string{"2"}})
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b raster.Block
	b.Shape(utm(64, 64).Window(), 1, raster.Uint8)
	if err := r.Read(t.Context(), b.Window, &b); err == nil {
		t.Error("the damaged band was read")
	}
}

// TestScale: reflectance 0.0000275·DN − 0.2 of Landsat Collection 2 Level-2 (USGS LSDS-1619): DN 7273 is 0.0000075 by hand.
func TestScale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sr.tif")
	nodata := 0.0
	write(t, path, utm(20, 10), CreateOptions{Bands: 2, Type: raster.Uint16, NoData: &nodata},
		func(band, x, _ int) float64 { return float64(7273*min(x, 1)*(1-band) + band*x) }, nil)
	tool(t, "gdal_edit.py", "-scale", "0.0000275", "1", "-offset", "-0.2", "0", path)
	s := open(t, path, OpenOptions{})
	if got, want := s.Facts().Scaling, []Scaling{{0.0000275, -0.2}, {1, 0}}; !slices.Equal(got, want) {
		t.Errorf("facts %+v, want %+v", got, want)
	}
	if s.Info().Type != raster.Float32 {
		t.Fatalf("type %v", s.Info().Type)
	}
	b := read(t, s, utm(20, 10).Window())
	d := b.Data.([]float32)
	if want := float32(7273*0.0000275 - 0.2); d[1] != want || d[200+3] != 3 {
		t.Errorf("values %v and %v, want %v and 3", d[1], d[203], want)
	}
	if b.Valid == nil || b.Valid[0] != 0 || b.Valid[1] != 255 {
		t.Error("nodata is compared before scaling")
	}
	raw := open(t, path, OpenOptions{Raw: true})
	if raw.Facts().Scaling != nil || raw.Info().Type != raster.Uint16 {
		t.Errorf("raw: %+v, %v", raw.Facts().Scaling, raw.Info().Type)
	}
	onto := utm(20, 10)
	onto.Affine[0] += 5
	half := read(t, resampled(t, open(t, path, OpenOptions{}), onto, raster.Bilinear), raster.Window{X: 1, W: 2, H: 1})
	if got := half.Data.([]float32); got[0] != d[1] || got[2] != 1.5 {
		t.Errorf("resampled %v", got)
	}
}

// TestScaleTypes: types beyond float32's digits become float64, and identity leaves a scene as it is.
func TestScaleTypes(t *testing.T) {
	for _, c := range []struct {
		stored, want raster.DataType
		scale        string
	}{{raster.Int16, raster.Float32, "0.5"}, {raster.Int32, raster.Float64, "0.5"}, {raster.Float64, raster.Float64, "0.5"},
		{raster.Float32, raster.Float32, "0.5"}, {raster.Int32, raster.Int32, "1"}, {raster.Uint8, raster.Uint8, "0"}} {
		path := filepath.Join(t.TempDir(), "a.tif")
		write(t, path, utm(20, 10), CreateOptions{Type: c.stored}, value, nil)
		tool(t, "gdal_edit.py", "-scale", c.scale, path)
		s := open(t, path, OpenOptions{})
		if s.Info().Type != c.want {
			t.Errorf("%v by %s is %v, want %v", c.stored, c.scale, s.Info().Type, c.want)
		}
		if w := strings.Join(s.Warnings(), ""); (c.scale == "0") != strings.Contains(w, "mean nothing") {
			t.Errorf("scale %s: warnings %q", c.scale, w)
		}
		factor := 1.0
		if c.scale == "0.5" {
			factor = 0.5
		}
		if got := at(read(t, s, raster.Window{X: 3, Y: 2, W: 1, H: 1}).Data, 0); got != factor*value(0, 3, 2) {
			t.Errorf("%v by %s: %g", c.stored, c.scale, got)
		}
	}
}
