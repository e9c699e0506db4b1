package ogr

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// TestEmpty: a search that found nothing wrote a collection without features, or no line.
func TestEmpty(t *testing.T) {
	for _, path := range []string{collection(t), file(t, "none.geojsonl", ""), file(t, "none.ndjson", "")} {
		if areas, err := Read(path, Options{Empty: true}); err != nil || len(areas) != 0 {
			t.Errorf("%s: %v, %v", path, areas, err)
		}
		refused(t, path, Options{})
	}
	refused(t, file(t, "none.geojson", ""), Options{Empty: true}, "is empty (0 bytes)")
}

func TestPixelSpace(t *testing.T) {
	far := strings.Repeat(" ", 1<<16)
	for text, want := range map[string]bool{
		`{"type":"FeatureCollection","passdiff_space":"pixel","features":[]}`:            true,
		`{"type":"Feature","passdiff_space" : "pixel","properties":{},"geometry":null}`:  true,
		`{"type":"FeatureCollection","features":[]}`:                                     false,
		`{"type":"FeatureCollection","passdiff_space":"map","features":[]}`:              false,
		`{"type":"FeatureCollection",` + far + `"passdiff_space":"pixel","features":[]}`: false,
		"": false,
	} {
		if got, err := PixelSpace(file(t, "space.geojson", text)); got != want || err != nil {
			t.Errorf("%.60s: %v, %v", text, got, err)
		}
	}
	if _, err := PixelSpace("nowhere.geojson"); err == nil {
		t.Error("a file that is not there")
	}
}

// TestPixels: a box of columns 1 to 3 and rows 2 to 4, on the map and in pixel space.
func TestPixels(t *testing.T) {
	grid := raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{500000, 10, 0, 5700000, 0, -10}, Width: 6, Height: 5}
	bare := raster.Grid{Width: 6, Height: 5}
	want := []raster.Run{{Y: 2, X0: 1, X1: 4}, {Y: 3, X0: 1, X1: 4}, {Y: 4, X0: 1, X1: 4}}
	box := func(x0, y0, x1, y1 float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}}}
	}
	for _, c := range []struct {
		name       string
		area       Area
		grid       raster.Grid
		pixelSpace bool
	}{
		{"metres", Area{CRS: "EPSG:32631", Geometry: box(500010, 5699950, 500040, 5699980)}, grid, false},
		{"pixels", Area{CRS: "EPSG:4326", Geometry: box(1, -5, 4, -2)}, grid, true},
		{"pixels, beyond the edge", Area{Geometry: box(1, -50, 4, -2)}, bare, true},
	} {
		if got, err := c.area.Pixels(c.grid, c.pixelSpace); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	// longitude 3 is the zone's middle, at 500 km: a box of 3 columns and 2 rows
	lonlat := Area{CRS: "EPSG:4326", Geometry: box(3, 51.4510, 3.0005, 51.4512)}
	if got, err := lonlat.Pixels(grid, false); err != nil || len(got) == 0 || got[0].X0 != 0 {
		t.Errorf("longitude and latitude: %v, %v", got, err)
	}
	if _, err := lonlat.Pixels(bare, false); err == nil {
		t.Error("a map without a place on it")
	}
	if _, err := (Area{CRS: "EPSG:999999", Geometry: box(0, 0, 1, 1)}).Pixels(grid, false); err == nil {
		t.Error("a CRS that nobody knows")
	}
}
