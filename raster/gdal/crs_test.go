package gdal

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// lambert is a projection without a code.
const lambert = `PROJCS["mine",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],` +
	`PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["latitude_of_origin",52],PARAMETER["central_meridian",10],` +
	`PARAMETER["standard_parallel_1",35],PARAMETER["standard_parallel_2",65],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1]]`

func TestCanonical(t *testing.T) {
	if err := Setup(); err != nil {
		t.Fatal(err)
	}
	wkt := func(crs string) string {
		sr, err := parse(crs)
		if err != nil {
			t.Fatal(err)
		}
		defer sr.Close()
		text, err := sr.WKT()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	utm31 := wkt("EPSG:32631")
	anonymous := utm31[:strings.LastIndex(utm31, ",AUTHORITY")] + "]"
	mislabelled := strings.Replace(utm31, `PARAMETER["central_meridian",3]`, `PARAMETER["central_meridian",4]`, 1)
	for name, c := range map[string]struct{ in, want string }{
		"none":         {"", ""},
		"code":         {utm31, "EPSG:32631"},
		"recognised":   {anonymous, "EPSG:32631"},
		"geographic":   {wkt("EPSG:4326"), "EPSG:4326"},
		"compound":     {`COMPD_CS["x [, y",` + utm31 + `,VERT_CS["EGM96 height",VERT_DATUM["EGM96 geoid",2005],UNIT["metre",1]]]`, "EPSG:32631"},
		"wrong label":  {mislabelled, mislabelled},
		"without code": {lambert, ""},
	} {
		got, err := canonical(c.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name == "without code" {
			if !strings.HasPrefix(got, "PROJCS[") || !SameCRS(got, lambert) {
				t.Errorf("%s gives %s", name, got)
			}
			continue
		}
		if got != c.want && !(strings.HasPrefix(c.want, "PROJCS") && SameCRS(got, c.want)) {
			t.Errorf("%s gives %s, want %s", name, got, c.want)
		}
	}
	if _, err := canonical(`LOCAL_CS["site",UNIT["metre",1]]`); err != errLocal {
		t.Errorf("a local CRS gives %v", err)
	}
	if _, err := canonical("nonsense"); err == nil {
		t.Error("nonsense is a CRS")
	}
}

func TestSameCRS(t *testing.T) {
	renamed := strings.Replace(lambert, `"mine"`, `"yours"`, 1)
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"EPSG:32631", "EPSG:32631", true}, {"EPSG:32631", "EPSG:32632", false}, {lambert, renamed, true}, {lambert, "EPSG:32631", false},
		{"", "", true}, {"", "EPSG:4326", false}, {"OGC:CRS84", "EPSG:4326", true}, {"EPSG:x", "EPSG:4326", false},
	} {
		if got := SameCRS(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", short(c.a), short(c.b), got)
		}
	}
}

func TestLonLat(t *testing.T) {
	// the first three from EPSG Guidance Note 7-2 or by definition: the origin of a UTM zone is its meridian at 500 km on the equator
	for _, c := range []struct {
		crs            string
		x, y, lon, lat float64
	}{
		{"EPSG:32631", 500000, 0, 3, 0},
		{"EPSG:4326", 2.5, -51, 2.5, -51},
		{"OGC:CRS84", 2.5, -51, 2.5, -51},
		{"EPSG:3857", 20037508.342789244 / 2, 0, 90, 0},
		{lambert, 0, 0, 10, 52},
	} {
		l, err := NewLonLat(c.crs)
		if err != nil {
			t.Fatal(err)
		}
		x, y := []float64{c.x, c.x}, []float64{c.y, c.y}
		if err := l.Project(x, y); err != nil {
			t.Fatal(err)
		}
		for i := range x {
			if math.Abs(x[i]-c.lon) > 1e-9 || math.Abs(y[i]-c.lat) > 1e-9 {
				t.Errorf("%s: %g,%g is at %.12g,%.12g", short(c.crs), c.x, c.y, x[i], y[i])
			}
		}
		if err := l.Project(nil, nil); err != nil {
			t.Error(err)
		}
		px, py := []float64{c.x, math.NaN()}, []float64{c.y, c.y}
		if err := l.Project(px, py); err != nil || math.Abs(px[0]-c.lon) > 1e-9 || !math.IsNaN(px[1]) || !math.IsNaN(py[1]) {
			t.Errorf("%s: a point and NaN give %v %v, %v", short(c.crs), px, py, err)
		}
		if err := l.Project([]float64{math.NaN()}, []float64{c.y}); err == nil {
			t.Errorf("%s: NaN alone has a longitude", short(c.crs))
		}
		l.Close()
		l.Close()
	}
	for _, crs := range []string{"", "EPSG:999999", "nonsense", `LOCAL_CS["site",UNIT["metre",1]]`} {
		if l, err := NewLonLat(crs); err == nil {
			l.Close()
			t.Errorf("%q has longitudes", crs)
		} else {
			t.Log(err)
		}
	}
}

// TestTransform goes from UTM zone 31 to 32 at 6° E, as far from the meridian of one, 3° E, as from that of the other, 9° E: there each zone
// mirrors the other, so eastings lie as far below 500 km in one as above it in the other and northings are equal.
func TestTransform(t *testing.T) {
	there, err := NewTransform("EPSG:32631", "EPSG:32632")
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	lonlat, err := NewTransform("EPSG:4326", "EPSG:32631")
	if err != nil {
		t.Fatal(err)
	}
	defer lonlat.Close()
	x, y := []float64{6, 6, 400}, []float64{45, -60, 95}
	if err := lonlat.Project(x, y); err != nil || !math.IsNaN(x[2]) || !math.IsNaN(y[2]) {
		t.Fatal(x, y, err)
	}
	u, v := slices.Clone(x[:2]), slices.Clone(y[:2])
	if err := there.Project(u, v); err != nil {
		t.Fatal(err)
	}
	for i := range u {
		if math.Abs(u[i]-500000+x[i]-500000) > 1e-4 || math.Abs(v[i]-y[i]) > 1e-4 {
			t.Errorf("%g,%g in zone 31 is %g,%g in zone 32", x[i], y[i], u[i], v[i])
		}
	}
	same, err := NewTransform("EPSG:4326", "OGC:CRS84")
	if err != nil {
		t.Fatal(err)
	}
	if x, y := []float64{7}, []float64{8}; same.Project(x, y) != nil || x[0] != 7 || y[0] != 8 {
		t.Errorf("one CRS gives %v %v", x, y)
	}
	for _, c := range [][2]string{{"", "EPSG:4326"}, {"EPSG:4326", ""}, {"EPSG:4326", "EPSG:999999"}, {"nonsense", "EPSG:4326"}} {
		if tr, err := NewTransform(c[0], c[1]); err == nil {
			tr.Close()
			t.Errorf("%q was accepted", c)
		}
	}
}

func TestCRS(t *testing.T) {
	for _, c := range [][2]string{{" epsg:32631 ", "EPSG:32631"}, {"CRS84", "EPSG:4326"}, {"ogc:crs84", "EPSG:4326"}, {"EPSG:4326", "EPSG:4326"}} {
		if got, err := CRS(c[0]); err != nil || got != c[1] {
			t.Errorf("%q is %q, %v", c[0], got, err)
		}
	}
	if got, err := CRS(lambert); err != nil || !SameCRS(got, lambert) {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{"", "EPSG:", "EPSG:999999", "wgs", `LOCAL_CS["site",UNIT["metre",1]]`} {
		if got, err := CRS(text); err == nil {
			t.Errorf("%q is %q", text, got)
		} else {
			t.Log(err)
		}
	}
}
