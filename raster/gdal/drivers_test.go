package gdal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passdiff/raster"
)

// TestJPEG2000 reads what the JPEG 2000 driver wrote without loss: pixels, blocks, CRS and grid.
func TestJPEG2000(t *testing.T) {
	if err := register("JP2OpenJPEG"); err != nil {
		t.Skipf("GDAL has no JPEG 2000: %v", err)
	}
	dir := t.TempDir()
	tif, jp2 := filepath.Join(dir, "a.tif"), filepath.Join(dir, "a.jp2")
	g := utm(300, 260)
	write(t, tif, g, CreateOptions{Bands: 3, Type: raster.Uint16}, value, nil)
	tool(t, "gdal_translate", "-q", "-of", "JP2OpenJPEG", "-co", "REVERSIBLE=YES", "-co", "QUALITY=100", "-co", "BLOCKXSIZE=128", "-co", "BLOCKYSIZE=128", tif, jp2)
	refused(t, jp2, OpenOptions{}, "JPEG 2000", "--driver JP2OpenJPEG")
	s := open(t, jp2, OpenOptions{Drivers: []string{"JP2OpenJPEG"}})
	if i := s.Info(); i.Grid != g || i.Bands != 3 || i.Type != raster.Uint16 || i.BlockW != 128 || i.BlockH != 128 || s.Facts().Driver != "JP2OpenJPEG" {
		t.Errorf("%+v by %s", i, s.Facts().Driver)
	}
	checkValues(t, read(t, s, raster.Window{X: 100, Y: 90, W: 130, H: 120}), value)
	two := open(t, jp2, OpenOptions{Drivers: []string{"VRT", "JP2OpenJPEG"}, Bands: []string{"3", "1"}})
	checkValues(t, read(t, two, raster.Window{X: 3, Y: 4, W: 50, H: 40}), func(band, x, y int) float64 { return value(2-2*band, x, y) })

	data, err := os.ReadFile(jp2)
	if err != nil {
		t.Fatal(err)
	}
	cut := file(t, "cut.jp2", data[:len(data)*3/4])
	s, err = Open(cut, OpenOptions{Drivers: []string{"JP2OpenJPEG"}})
	if err != nil {
		return
	}
	defer s.Close()
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b raster.Block
	b.Shape(g.Window(), 3, raster.Uint16)
	if err := r.Read(t.Context(), b.Window, &b); err == nil {
		t.Error("a file that was cut off was read")
	}
}

// TestVRT reads a trusted VRT that puts two files side by side, names a band and scales it.
func TestVRT(t *testing.T) {
	dir := t.TempDir()
	west, east := filepath.Join(dir, "west.tif"), filepath.Join(dir, "east.tif")
	write(t, west, utm(100, 80), CreateOptions{}, value, nil)
	write(t, east, utm(100, 80), CreateOptions{}, func(band, x, y int) float64 { return value(band, x+100, y) }, nil)
	source := func(file string, x int) string {
		return fmt.Sprintf(`<SimpleSource><SourceFilename relativeToVRT="1">%s</SourceFilename><SourceBand>1</SourceBand>`+
			`<SrcRect xOff="0" yOff="0" xSize="100" ySize="80"/><DstRect xOff="%d" yOff="0" xSize="100" ySize="80"/></SimpleSource>`, file, x)
	}
	vrt := filepath.Join(dir, "both.vrt")
	text := `<VRTDataset rasterXSize="200" rasterYSize="80"><SRS>EPSG:32631</SRS><GeoTransform>600000, 10, 0, 5700000, 0, -10</GeoTransform>` +
		`<VRTRasterBand dataType="Byte" band="1"><Description>Blue</Description><Offset>3</Offset><Scale>2</Scale>` +
		source("west.tif", 0) + source("east.tif", 100) + `</VRTRasterBand></VRTDataset>`
	if err := os.WriteFile(vrt, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, vrt, OpenOptions{}, "--driver VRT")
	s := open(t, vrt, OpenOptions{Drivers: []string{"VRT"}, Bands: []string{"blue"}})
	if i := s.Info(); i.Grid != utm(200, 80) || !slices.Equal(s.BandNames(), []string{"Blue"}) || s.Facts().Driver != "VRT" {
		t.Errorf("%+v, bands %q by %s", i, s.BandNames(), s.Facts().Driver)
	}
	checkValues(t, read(t, s, raster.Window{X: 60, Y: 10, W: 80, H: 50}), func(band, x, y int) float64 { return 3 + 2*value(band, x, y) })
	// A part that is missing is an error, not zeros.
	if err := os.Remove(east); err != nil {
		t.Fatal(err)
	}
	s, err := Open(vrt, OpenOptions{Drivers: []string{"VRT"}})
	if err != nil {
		return
	}
	defer s.Close()
	r, err := s.Reader()
	if err != nil {
		return
	}
	defer r.Close()
	var b raster.Block
	b.Shape(utm(200, 80).Window(), 1, s.Info().Type)
	if err := r.Read(t.Context(), b.Window, &b); err == nil {
		t.Error("a VRT that lacks a part was read")
	}
}

func TestUnknownDriver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(20, 20), CreateOptions{}, value, nil)
	refused(t, path, OpenOptions{Drivers: []string{"Quark"}}, "driver Quark is unknown to GDAL", "gdalinfo --formats lists them")
	if s := open(t, path, OpenOptions{Drivers: []string{"COG", "VRT"}}); s.Facts().Driver != "GTiff" || strings.Contains(strings.Join(s.Warnings(), ""), "VRT") {
		t.Errorf("%+v", s.Facts())
	}
}
