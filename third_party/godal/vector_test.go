package godal_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/airbusgeo/godal"
)

// writeGeoJSON makes a file of two features: one with a triangle and all fields,
// one without geometry and with a null.
func writeGeoJSON(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "areas.geojson")
	check(t, os.WriteFile(path, []byte(`{"type":"FeatureCollection","name":"zones","features":[
{"type":"Feature","properties":{"text":"a","whole":-7,"big":5000000000,"real":1.5,"list":[1,2]},
 "geometry":{"type":"Polygon","coordinates":[[[0,0,5],[2,0,5],[2,1,5],[0,0,5]]]}},
{"type":"Feature","properties":{"text":null,"whole":3,"big":1,"real":2},"geometry":null}]}`), 0o600))
	return path
}

func TestVector(t *testing.T) {
	path := writeGeoJSON(t)
	if _, err := godal.Open(path, godal.RasterOnly()); err == nil {
		t.Error("areas opened as a raster")
	}
	if _, err := godal.Open(writeTIFF(t, nil), godal.VectorOnly()); err == nil {
		t.Error("a TIFF opened as vectors")
	}
	ds := must(godal.Open(path, godal.VectorOnly(), godal.Drivers("GeoJSON")))(t)
	defer func() { check(t, ds.Close()) }()
	layers := ds.Layers()
	if len(layers) != 1 || layers[0].Name() != "zones" || layers[0].Description() != "zones" {
		t.Fatalf("%d layers, the first called %q", len(layers), layers[0].Name())
	}
	if n := must(layers[0].FeatureCount())(t); n != 2 {
		t.Errorf("%d features", n)
	}
	sr := layers[0].SpatialRef()
	if !sr.Geographic() {
		t.Error("GeoJSON is not in degrees")
	}
	sr.Close() // it is the layer's: both live on
	if !layers[0].SpatialRef().Geographic() {
		t.Error("closing the SpatialRef of a layer took it away")
	}

	first := layers[0].NextFeature()
	defer first.Close()
	fields := first.Fields()
	for name, want := range map[string]struct {
		typ  godal.FieldType
		text string
		real float64
	}{
		"text": {godal.FTString, "a", 0}, "whole": {godal.FTInt, "-7", -7}, "big": {godal.FTInt64, "5000000000", 5e9}, "real": {godal.FTReal, "1.500000", 1.5},
	} {
		if f := fields[name]; !f.IsSet() || f.Type() != want.typ || f.String() != want.text || f.Float() != want.real {
			t.Errorf("%s is %d %q %g", name, f.Type(), f.String(), f.Float())
		}
	}
	if f := fields["list"]; f.Type() == godal.FTString || f.String() != "" || f.Float() != 0 {
		t.Errorf("a list is %d %q", f.Type(), f.String())
	}
	if first.Geometry().Empty() {
		t.Error("a triangle is empty")
	}
	// ISO WKB: little-endian, type 1003 is a polygon with heights; one ring of four points of three numbers
	wkb := must(first.Geometry().WKB())(t)
	if len(wkb) != 1+4+4+4+4*3*8 || wkb[0] != 1 || binary.LittleEndian.Uint32(wkb[1:]) != 1003 {
		t.Fatalf("%d bytes % x", len(wkb), wkb[:9])
	}
	if x := math.Float64frombits(binary.LittleEndian.Uint64(wkb[13+24:])); x != 2 {
		t.Errorf("the second point's x is %g", x)
	}

	second := layers[0].NextFeature()
	if !second.Geometry().Empty() {
		t.Error("no geometry is not empty")
	}
	// Quirk: null counts as set.
	if f := second.Fields()["text"]; !f.IsSet() || f.String() != "" {
		t.Errorf("null is set: %v, %q", f.IsSet(), f.String())
	}
	if f := second.Fields()["list"]; f.IsSet() {
		t.Error("an absent field is set")
	}
	second.Close()
	second.Close()
	if layers[0].NextFeature() != nil {
		t.Error("a third feature")
	}
}

func TestRegisterVector(t *testing.T) {
	if err := godal.RegisterVector(godal.DriverName("NoSuchDriver")); err == nil {
		t.Error("an unknown driver was registered")
	}
}

func TestLayersOfARaster(t *testing.T) {
	if l := memory(t, 1, godal.Byte, 2, 2).Layers(); l != nil {
		t.Errorf("layers %v", l)
	}
}
