package ogr

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster/gdal"
)

// zones are two areas: a square with a hole, and two squares with heights.
const zones = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"north","code":7,"size":1.5,"tags":["a","b"]},"geometry":{"type":"Polygon","coordinates":[
 [[6,45],[6.01,45],[6.01,45.01],[6,45.01],[6,45]],[[6.002,45.002],[6.002,45.004],[6.004,45.004],[6.004,45.002],[6.002,45.002]]]}},
{"type":"Feature","properties":{"name":"south","code":8,"size":2.25,"tags":["c"]},"geometry":{"type":"MultiPolygon","coordinates":[
 [[[6.02,45,3],[6.03,45,3],[6.03,45.01,3],[6.02,45,3]]],[[[6.04,45,3],[6.05,45,3],[6.05,45.01,3],[6.04,45,3]]]]}}]}`

// want is zones as they are to be read; rings may begin elsewhere and turn either way.
var want = []orb.MultiPolygon{
	{{{{6, 45}, {6.01, 45}, {6.01, 45.01}, {6, 45.01}, {6, 45}}, {{6.002, 45.002}, {6.002, 45.004}, {6.004, 45.004}, {6.004, 45.002}, {6.002, 45.002}}}},
	{{{{6.02, 45}, {6.03, 45}, {6.03, 45.01}, {6.02, 45}}}, {{{6.04, 45}, {6.05, 45}, {6.05, 45.01}, {6.04, 45}}}},
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// collection is a GeoJSON file of one polygon geometry, or of several features given whole.
func collection(t *testing.T, features ...string) string {
	return file(t, "areas.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`)
}

func feature(properties, geometry string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":%s}`, properties, geometry)
}

func square(properties string) string {
	return feature(properties, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}`)
}

func convert(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr is not installed")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr %v: %v\n%s", args, err, out)
	}
}

// same wants every ring of got to hold the vertices of the ring of exp, to within tol, from any start and either way round.
func same(t *testing.T, got, exp orb.MultiPolygon, tol float64) {
	t.Helper()
	if len(got) != len(exp) {
		t.Fatalf("%d polygons, want %d", len(got), len(exp))
	}
	for i := range exp {
		if len(got[i]) != len(exp[i]) {
			t.Fatalf("polygon %d has %d rings, want %d", i, len(got[i]), len(exp[i]))
		}
		for k, ring := range exp[i] {
			if len(got[i][k]) != len(ring) || got[i][k][0] != got[i][k][len(ring)-1] {
				t.Fatalf("ring %v, want %v", got[i][k], ring)
			}
			for _, p := range ring {
				near := math.Inf(1)
				for _, q := range got[i][k] {
					near = min(near, math.Hypot(p[0]-q[0], p[1]-q[1]))
				}
				if near > tol {
					t.Fatalf("vertex %v lies %g away in %v", p, near, got[i][k])
				}
			}
		}
	}
}

// TestFormats reads the same areas from every format, in degrees and in metres.
func TestFormats(t *testing.T) {
	src := file(t, "zones.geojson", zones)
	for _, c := range []struct {
		name, driver, crs string
		args              []string
	}{
		{"zones.geojson", "", "EPSG:4326", nil},
		{"zones.geojsonl", "GeoJSONSeq", "EPSG:4326", []string{"-lco", "COORDINATE_PRECISION=15"}},
		{"zones.gpkg", "GPKG", "EPSG:4326", nil},
		{"metres.gpkg", "GPKG", "EPSG:32631", []string{"-t_srs", "EPSG:32631"}},
		{"zones.shp", "ESRI Shapefile", "EPSG:4326", []string{"-select", "name,code,size"}},
		{"metres.shp", "ESRI Shapefile", "EPSG:32631", []string{"-select", "name,code,size", "-t_srs", "EPSG:32631"}},
		{"zones.fgb", "FlatGeobuf", "EPSG:4326", []string{"-lco", "SPATIAL_INDEX=NO", "-select", "name,code,size", "-nlt", "PROMOTE_TO_MULTI"}},
		{"zones.kml", "LIBKML", "EPSG:4326", []string{"-dsco", "NameField=name", "-select", "name"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := src
			if c.driver != "" {
				path = filepath.Join(t.TempDir(), c.name)
				convert(t, append([]string{"-f", c.driver, path, src}, c.args...)...)
			}
			field := "name"
			if c.driver == "LIBKML" {
				field = "Name"
			}
			areas, err := Read(path, Options{IDField: field})
			if err != nil {
				t.Fatal(err)
			}
			if len(areas) != 2 || areas[0].ID != "north" || areas[1].ID != "south" {
				t.Fatalf("%+v", areas)
			}
			for i, a := range areas {
				if a.CRS != c.crs {
					t.Errorf("CRS %s, want %s", a.CRS, c.crs)
				}
				if a.CRS != "EPSG:4326" {
					toLonLat(t, a)
				}
				same(t, a.Geometry, want[i], 1e-9)
			}
			areas, err = Read(path, Options{})
			if err != nil || areas[0].ID != "1" || areas[1].ID != "2" {
				t.Errorf("%+v, %v", areas, err)
			}
		})
	}
}

// toLonLat replaces an area's coordinates in place.
func toLonLat(t *testing.T, a Area) {
	t.Helper()
	l, err := gdal.NewLonLat(a.CRS)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, p := range a.Geometry {
		for _, r := range p {
			for i := range r {
				x, y := []float64{r[i][0]}, []float64{r[i][1]}
				if err := l.Project(x, y); err != nil {
					t.Fatal(err)
				}
				r[i] = orb.Point{x[0], y[0]}
			}
		}
	}
}

func TestIDFields(t *testing.T) {
	src := file(t, "zones.geojson", zones)
	for field, want := range map[string]string{"code": "7 8", "size": "1.5 2.25", "name": "north south"} {
		areas, err := Read(src, Options{IDField: field})
		if err != nil || areas[0].ID+" "+areas[1].ID != want {
			t.Errorf("%s: %+v, %v", field, areas, err)
		}
	}
}

func TestLayers(t *testing.T) {
	src := file(t, "zones.geojson", zones)
	path := filepath.Join(t.TempDir(), "two.gpkg")
	convert(t, "-f", "GPKG", path, src, "-nln", "first")
	convert(t, "-f", "GPKG", "-update", path, src, "-nln", "second", "-where", "code=8")
	refused(t, path, Options{}, `has the layers "first", "second"`)
	refused(t, path, Options{Layer: "third"}, `has no layer "third"; it has "first", "second"`)
	if areas, err := Read(path, Options{Layer: "second", IDField: "name"}); err != nil || len(areas) != 1 || areas[0].ID != "south" {
		t.Errorf("%+v, %v", areas, err)
	}
}

// refused wants Read to fail with one line that names the file once and holds all words.
func refused(t *testing.T, path string, o Options, words ...string) {
	t.Helper()
	areas, err := Read(path, o)
	if err == nil {
		t.Fatalf("%s was read: %+v", path, areas)
	}
	msg := err.Error()
	t.Log(strings.ReplaceAll(msg, filepath.Dir(path)+"/", ""))
	if !strings.HasPrefix(msg, path+": ") || strings.Count(msg, filepath.Base(path)) != 1 || strings.ContainsAny(msg, "\n") || strings.HasSuffix(msg, ".") {
		t.Errorf("unfit message %q", msg)
	}
	for _, w := range words {
		if !strings.Contains(msg, w) {
			t.Errorf("message %q lacks %q", msg, w)
		}
	}
}

func TestRefused(t *testing.T) {
	refused(t, filepath.Join(t.TempDir(), "none.geojson"), Options{}, "no such file")
	refused(t, t.TempDir(), Options{}, "is a folder")
	refused(t, file(t, "empty.geojson", ""), Options{}, "is empty (0 bytes)")
	refused(t, file(t, "notes.txt", "these are no areas"), Options{}, "cannot be opened as one of GeoJSON, GPKG", "ogr2ogr")
	refused(t, file(t, "areas.csv", "id,wkt\n1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n"), Options{}, "cannot be opened as one of")
	refused(t, file(t, "pointer.vrt", "<OGRVRTDataSource></OGRVRTDataSource>"), Options{}, "cannot be opened as one of")
	refused(t, file(t, "cut.geojson", zones[:len(zones)/2]), Options{})
	refused(t, collection(t), Options{}, "has no features")
	refused(t, collection(t, square(`{}`), feature(`{}`, `{"type":"Point","coordinates":[1,2]}`)), Options{}, "feature 2 is a point, not a polygon")
	refused(t, collection(t, feature(`{}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`)), Options{}, "feature 1 is a line")
	refused(t, collection(t, feature(`{}`, `{"type":"GeometryCollection","geometries":[]}`)), Options{}, "feature 1 has no geometry")
	refused(t, collection(t, feature(`{}`, "null")), Options{}, "feature 1 has no geometry; remove it")
	refused(t, collection(t, feature(`{}`, `{"type":"Polygon","coordinates":[]}`)), Options{}, "feature 1 has no geometry")
	bowtie := feature(`{"n":"tie"}`, `{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}`)
	refused(t, collection(t, square(`{"n":"ok"}`), bowtie), Options{}, "feature 2 is not valid", "ogr2ogr -makevalid")
	refused(t, collection(t, square(`{"n":"ok"}`), bowtie), Options{IDField: "n"}, "feature 2 (n tie) is not valid")
	outside := `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[5,5],[6,5],[6,6],[5,5]]]}`
	refused(t, collection(t, feature(`{}`, outside)), Options{}, "feature 1 is not valid")
	refused(t, collection(t, square(`{"a":1,"b":"x"}`)), Options{IDField: "c"}, `has no field "c"; it has "a", "b"`)
	refused(t, collection(t, square(`{}`)), Options{IDField: "c"}, `has no field "c"`)
	refused(t, collection(t, square(`{"a":1}`), square(`{"a":1}`)), Options{IDField: "a"}, `features 1 and 2 both have the a "1"`)
	refused(t, collection(t, square(`{"a":"x"}`), square(`{"a":" "}`)), Options{IDField: "a"}, `feature 2 has nothing in the field "a"`)
	refused(t, collection(t, square(`{"a":"x"}`), square(`{}`)), Options{IDField: "a"}, `feature 2 has nothing in the field "a"`)
	refused(t, file(t, "zones.geojson", zones), Options{IDField: "tags"}, `the field "tags" is neither text nor a number`)
}

func TestWithoutCRS(t *testing.T) {
	src := file(t, "zones.geojson", zones)
	path := filepath.Join(t.TempDir(), "bare.shp")
	convert(t, "-f", "ESRI Shapefile", path, src, "-select", "name")
	if err := os.Remove(strings.TrimSuffix(path, "shp") + "prj"); err != nil {
		t.Fatal(err)
	}
	refused(t, path, Options{}, "has no CRS", "ogr2ogr -a_srs")
}

// TestDecode: both byte orders, heights in the ISO form and in the older one, and what is cut off or lies about its size.
func TestDecode(t *testing.T) {
	polygon := func(order binary.AppendByteOrder, kind uint32, dims int) []byte {
		b := []byte{map[bool]byte{true: 1}[order == binary.AppendByteOrder(binary.LittleEndian)]}
		b = order.AppendUint32(b, kind)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint32(b, 4)
		for _, p := range [][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 0}} {
			for d := range dims {
				v := 9.0
				if d < 2 {
					v = p[d]
				}
				b = order.AppendUint64(b, math.Float64bits(v))
			}
		}
		return b
	}
	exp := orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for kind, dims := range map[uint32]int{3: 2, 1003: 3, 2003: 3, 3003: 4, 3 | 1<<31: 3} {
			wkb := polygon(order, kind, dims)
			got, err := decode(wkb)
			if err != nil {
				t.Fatal(kind, err)
			}
			same(t, got, exp, 0)
			for n := range len(wkb) {
				if _, err := decode(wkb[:n]); err == nil {
					t.Fatalf("kind %d cut after %d bytes was decoded", kind, n)
				}
			}
			multi := order.AppendUint32(order.AppendUint32([]byte{wkb[0]}, kind+3), 1)
			if got, err = decode(append(multi, wkb...)); err != nil {
				t.Fatal(kind, err)
			}
			same(t, got, exp, 0)
		}
	}
	huge := polygon(binary.LittleEndian, 3, 2)
	binary.LittleEndian.PutUint32(huge[9:], 1<<31)
	if _, err := decode(huge); err == nil {
		t.Error("a ring of 2³¹ points in 100 bytes was decoded")
	}
	if _, err := decode([]byte{1, 12, 0, 0, 0}); err == nil || !strings.Contains(err.Error(), "a surface of curves") {
		t.Errorf("got %v", err)
	}
}
