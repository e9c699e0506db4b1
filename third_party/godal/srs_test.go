package godal_test

import (
	"math"
	"strings"
	"testing"

	"github.com/airbusgeo/godal"
)

func epsg(t testing.TB, code int) *godal.SpatialRef {
	t.Helper()
	sr, err := godal.NewSpatialRefFromEPSG(code)
	check(t, err)
	t.Cleanup(sr.Close)
	return sr
}

func TestNewSpatialRefsAreTheSame(t *testing.T) {
	want := epsg(t, 32631)
	wkt := must(want.WKT())(t)
	if !strings.HasPrefix(wkt, "PROJCS[") {
		t.Errorf("WKT %.40s", wkt)
	}
	parsed := must(godal.NewSpatialRefFromWKT(wkt))(t)
	defer parsed.Close()
	for _, sr := range []*godal.SpatialRef{want, parsed} {
		if !sr.IsSame(want) || !sr.Projected() || sr.Geographic() {
			t.Error("not the same CRS")
		}
		if n, c := sr.AuthorityName(""), sr.AuthorityCode(""); n != "EPSG" || c != "32631" {
			t.Errorf("authority %s:%s", n, c)
		}
		if n, c := sr.AuthorityName("GEOGCS"), sr.AuthorityCode("GEOGCS"); n != "EPSG" || c != "4326" {
			t.Errorf("authority of GEOGCS %s:%s", n, c)
		}
	}
	if want.IsSame(epsg(t, 32632)) || !epsg(t, 4326).Geographic() {
		t.Error("different CRS are the same")
	}
}

func TestBadSpatialRefs(t *testing.T) {
	for name, f := range map[string]func() (*godal.SpatialRef, error){
		"wkt":  func() (*godal.SpatialRef, error) { return godal.NewSpatialRefFromWKT("PROJCS[") },
		"epsg": func() (*godal.SpatialRef, error) { return godal.NewSpatialRefFromEPSG(1) },
	} {
		if sr, err := f(); err == nil || sr != nil || err.Error() == "" {
			t.Errorf("%s: got %v, %v", name, sr, err)
		}
	}
}

func TestAuthorityOfUnknownCRS(t *testing.T) {
	sr := must(godal.NewSpatialRefFromWKT(`PROJCS["site",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],` +
		`PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Azimuthal_Equal_Area"],` +
		`PARAMETER["latitude_of_center",10],PARAMETER["longitude_of_center",20],UNIT["metre",1]]`))(t)
	if n, c := sr.AuthorityName(""), sr.AuthorityCode(""); n != "" || c != "" {
		t.Errorf("authority %q %q", n, c)
	}
	if sr.AutoIdentifyEPSG() == nil {
		t.Error("identified a CRS that is nobody's")
	}
	sr.Close()
	sr.Close() // harmless
}

func TestAutoIdentifyEPSG(t *testing.T) {
	wkt := must(epsg(t, 32631).WKT())(t)
	anonymous := strings.Replace(wkt, `,AUTHORITY["EPSG","32631"]`, "", 1)
	sr := must(godal.NewSpatialRefFromWKT(anonymous))(t)
	defer sr.Close()
	if c := sr.AuthorityCode(""); c != "" {
		t.Fatalf("code %q before", c)
	}
	check(t, sr.AutoIdentifyEPSG())
	if c := sr.AuthorityCode(""); c != "32631" {
		t.Errorf("code %q", c)
	}
}

func TestUnreferencedDataset(t *testing.T) {
	ds, err := godal.Open(writeTIFF(t, nil))
	check(t, err)
	defer ds.Close()
	if p := ds.Projection(); p != "" {
		t.Errorf("projection %q", p)
	}
	if gt, err := ds.GeoTransform(); err == nil || gt != [6]float64{} {
		t.Errorf("geotransform %v, %v; want an error", gt, err)
	}
}

func TestGeoreferenceRoundTrip(t *testing.T) {
	want := [6]float64{500000, 10, 0.5, 4000000, -0.5, -10}
	path := writeTIFF(t, func(ds *godal.Dataset) {
		check(t, ds.SetGeoTransform(want))
		check(t, ds.SetSpatialRef(epsg(t, 32631)))
	})
	ds, err := godal.Open(path)
	check(t, err)
	defer ds.Close()
	if got := must(ds.GeoTransform())(t); got != want {
		t.Errorf("geotransform %v, want %v", got, want)
	}
	sr := must(godal.NewSpatialRefFromWKT(ds.Projection()))(t)
	defer sr.Close()
	if !sr.IsSame(epsg(t, 32631)) || !strings.HasPrefix(ds.Projection(), "PROJCS[") {
		t.Errorf("projection %.40s", ds.Projection())
	}
	other := memory(t, 1, godal.Byte, 1, 1)
	check(t, other.SetSpatialRef(epsg(t, 4326)))
	check(t, other.SetSpatialRef(nil))
	if p := other.Projection(); p != "" {
		t.Errorf("projection %q after its removal", p)
	}
}

// The equator at 3° E, the central meridian of zone 31, is at easting 500 000 m,
// northing 0 by the definition of UTM.
func TestTransformIsLonLat(t *testing.T) {
	trn := must(godal.NewTransform(epsg(t, 4326), epsg(t, 32631)))(t)
	defer trn.Close()
	x, y, z := []float64{3, 3}, []float64{0, 0}, []float64{7, 8}
	ok := make([]bool, 2)
	check(t, trn.TransformEx(x, y, z, ok))
	for i := range x {
		if math.Abs(x[i]-500000) > 1e-6 || math.Abs(y[i]) > 1e-6 || !ok[i] {
			t.Errorf("point %d: %v %v %v", i, x[i], y[i], ok[i])
		}
	}
	if z[0] != 7 || z[1] != 8 {
		t.Errorf("heights %v", z)
	}
	check(t, trn.TransformEx([]float64{3}, []float64{0}, nil, nil))
}

func TestTransformReportsEachPoint(t *testing.T) {
	trn := must(godal.NewTransform(epsg(t, 4326), epsg(t, 3395)))(t)
	x, y, ok := []float64{0, 0}, []float64{91, 0}, []bool{true, false} // no latitude is 91
	if err := trn.TransformEx(x, y, nil, ok); err == nil {
		t.Error("no error for a latitude of 91°")
	}
	if ok[0] || !ok[1] || !math.IsInf(x[0], 1) || math.Abs(y[1]) > 1e-6 {
		t.Errorf("x %v, y %v, ok %v", x, y, ok)
	}
	trn.Close()
	trn.Close() // harmless
}

func TestTransformPanics(t *testing.T) {
	trn := must(godal.NewTransform(epsg(t, 4326), epsg(t, 32631)))(t)
	defer trn.Close()
	two := []float64{3, 3}
	spare := make([]float64, 1, 2) // capacity is not length
	wantPanic(t, "empty", func() { _ = trn.TransformEx([]float64{}, []float64{}, nil, nil) })
	wantPanic(t, "nil", func() { _ = trn.TransformEx(nil, nil, nil, nil) })
	wantPanic(t, "short y", func() { _ = trn.TransformEx(two, spare, nil, nil) })
	wantPanic(t, "short z", func() { _ = trn.TransformEx(two, two, spare, nil) })
	wantPanic(t, "short successful", func() { _ = trn.TransformEx(two, two, nil, make([]bool, 1, 2)) })
}

func TestTransformBetweenUnrelatedIsError(t *testing.T) {
	local := must(godal.NewSpatialRefFromWKT(`LOCAL_CS["site",UNIT["metre",1]]`))(t)
	defer local.Close()
	if trn, err := godal.NewTransform(local, epsg(t, 4326)); err == nil || trn != nil {
		t.Errorf("got %v, %v", trn, err)
	}
}
