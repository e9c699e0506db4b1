package leak

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
)

// shapes are geometries written as WKT.
func shapes(texts ...string) (all []geom.Geometry) {
	for _, s := range texts {
		g, err := geom.UnmarshalWKT(s)
		if err != nil {
			panic(err)
		}
		all = append(all, g)
	}
	return all
}

// square1 is an exact place of about 100 by 110 m.
const square1 = `[[[-48.915,-27.705],[-48.914,-27.705],[-48.914,-27.704],[-48.915,-27.704],[-48.915,-27.705]]]`

// exactly is the package with exact places: one polygon of these coordinates.
func exactly(coordinates string) map[string]string {
	f := files()
	one := feature[:strings.Index(feature, "[[[")] + coordinates + feature[strings.Index(feature, "]]]")+3:]
	for _, c := range [][2]string{
		{`"coordinateUncertaintyInMeters":712`, `"coordinateUncertaintyInMeters":null`},
		{"place: the cell of 1000 m of the grid in EPSG:6933 that holds a point of it; ", ""},
		{"outline, size, direction and exact place and time; ", ""},
	} {
		one = strings.Replace(one, c[0], c[1], 1)
	}
	f["detections.geojson"] = collected(one)
	f["manifest.json"] = strings.NewReplacer("grid: 1000m", "exact", `"features": 2`, `"features": 1`).Replace(listing)
	f["README.txt"] = strings.Replace(readme, "grid: 1000m", "exact", 1)
	return f
}

func exactRules() *policy.Policy {
	p := rules()
	p.Grid, p.Times, p.Attributes = 0, policy.Day, []string{"obj_desc", "t_after", "src_after"}
	return p
}

// TestExactPackages: what lies where it may passes, and what does not is found, from the bytes on.
func TestExactPackages(t *testing.T) {
	for _, c := range []struct{ what, coordinates, want string }{
		{"clean", square1, ""},
		{"in a denied zone", strings.ReplaceAll(square1, "-48.91", "-48.41"), "touches a denied zone"},
		{"outside of all areas", strings.ReplaceAll(square1, "-27.", "-26."), "not lie wholly within the allowed"},
		{"near a protected place", strings.ReplaceAll(square1, "-48.91", "-48.83"), "within the distance of a protected place"},
		{"a bow tie", `[[[-48.915,-27.705],[-48.914,-27.705],[-48.915,-27.704],[-48.914,-27.704],[-48.915,-27.705]]]`, "no valid polygon"},
		{"an open ring", `[[[-48.915,-27.705],[-48.914,-27.705],[-48.914,-27.704],[-48.915,-27.704]]]`, "no valid polygon"},
		{"two places", `[[[-48.915,-27.705],[-48.914,-27.705]]]`, "no valid polygon"},
		{"an empty ring", `[[]]`, "no valid polygon"},
		{"nothing", `[]`, "no valid polygon"},
		{"a 0 more than need be", strings.ReplaceAll(square1, "-48.915", "-48.9150"), "not written as a release is"},
	} {
		err := check(t, exactly(c.coordinates), exactRules())
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

// TestExactPlaces: places beside what is not allowed, as near as numbers tell, pass; those in it do not.
func TestExactPlaces(t *testing.T) {
	const here, meridian = "POLYGON((10 50,10.01 50,10.01 50.01,10 50.01,10 50))", "POLYGON((179.99 5,180 5,180 5.01,179.99 5.01,179.99 5))"
	ring := "POLYGON((10 50,10.01 50,10.01 50.01,10 50.01,10 50),(10.002 50.002,10.008 50.002,10.008 50.008,10.002 50.008,10.002 50.002))"
	protect := func(distance float64, places ...string) []policy.Protected {
		return []policy.Protected{{Places: shapes(places...), Distance: distance, Coarsen: 10_000}}
	}
	world := shapes("POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))")
	const denied, outside, guarded = "touches a denied", "wholly within the allowed", "a protected place"
	for _, c := range []struct {
		what, shape string
		rules       policy.Rules
		want        string
	}{
		{"no areas", here, policy.Rules{}, outside},
		{"anywhere", here, policy.Rules{Allow: world}, ""},
		{"two areas that join", here, policy.Rules{Allow: shapes("POLYGON((9 49,10.005 49,10.005 51,9 51,9 49))", "POLYGON((10.005 49,11 49,11 51,10.005 51,10.005 49))")}, ""},
		{"two areas that do not", here, policy.Rules{Allow: shapes("POLYGON((9 49,10.005 49,10.005 51,9 51,9 49))", "POLYGON((10.006 49,11 49,11 51,10.006 51,10.006 49))")}, outside},
		{"the area itself", here, policy.Rules{Allow: shapes(here)}, ""},
		{"an area a little smaller", here, policy.Rules{Allow: shapes("POLYGON((10 50,10.0099999 50,10.0099999 50.01,10 50.01,10 50))")}, outside},
		{"a hole of the area within it", here, policy.Rules{Allow: shapes("POLYGON((9 49,11 49,11 51,9 51,9 49),(10.004 50.004,10.004 50.006,10.006 50.006,10.006 50.004,10.004 50.004))")}, outside},
		{"a hole of both", ring, policy.Rules{Allow: shapes("POLYGON((9 49,11 49,11 51,9 51,9 49),(10.004 50.004,10.004 50.006,10.006 50.006,10.006 50.004,10.004 50.004))")}, ""},
		{"partly in the area", here, policy.Rules{Allow: shapes("POLYGON((10.003 49,11 49,11 51,10.003 51,10.003 49))")}, outside},
		{"a hole in the area", here, policy.Rules{Allow: shapes(ring)}, outside},
		{"a denied edge", here, policy.Rules{Allow: world, Deny: shapes("POLYGON((10.01 50,11 50,11 51,10.01 51,10.01 50))")}, denied},
		{"beside a denied edge", here, policy.Rules{Allow: world, Deny: shapes("POLYGON((10.0100001 50,11 50,11 51,10.0100001 51,10.0100001 50))")}, ""},
		{"all of it denied", here, policy.Rules{Allow: world, Deny: world}, denied},
		{"a denied point", here, policy.Rules{Allow: world, Deny: shapes("POINT(10.005 50.005)")}, denied},
		{"a denied point in a hole", ring, policy.Rules{Allow: world, Deny: shapes("POINT(10.005 50.005)")}, ""},
		{"a denied line", here, policy.Rules{Allow: world, Deny: shapes("LINESTRING(9 49.995,11 50.015)")}, denied},
		{"a denied line whose box it meets", here, policy.Rules{Allow: world, Deny: shapes("LINESTRING(9 49,10.02 50.003,11 51)")}, ""},
		{"denied over the meridian", meridian, policy.Rules{Allow: world, Deny: shapes("POLYGON((-180 5,-179.9 5,-179.9 5.01,-180 5.01,-180 5))")}, denied},
		{"denied away from the meridian", meridian, policy.Rules{Allow: world, Deny: shapes("POLYGON((-179.9999999 5,-179.9 5,-179.9 5.01,-179.9999999 5.01,-179.9999999 5))")}, ""},
		// A degree of longitude has 96,486 m at 30° and 78,847 m at 45°, see degreeTable: some 71,700 m here; 0.01 are 717 m.
		{"protected in the east", here, policy.Rules{Allow: world, Protected: protect(740, "POINT(10.02 50.005)")}, guarded},
		{"protected farther in the east", here, policy.Rules{Allow: world, Protected: protect(700, "POINT(10.02 50.005)")}, ""},
		// 680 m in the east and 667 m in the north are 953 m.
		{"protected aslant", here, policy.Rules{Allow: world, Protected: protect(980, "POINT(10.0195 50.016)")}, guarded},
		{"protected farther aslant", here, policy.Rules{Allow: world, Protected: protect(940, "POINT(10.0195 50.016)")}, ""},
		{"a protected line", here, policy.Rules{Allow: world, Protected: protect(740, "LINESTRING(10.02 49,10.02 51)")}, guarded},
		{"protected all around", here, policy.Rules{Allow: world, Protected: protect(1, "POLYGON((9 49,11 49,11 51,9 51,9 49))")}, guarded},
		{"protected in the middle", here, policy.Rules{Allow: world, Protected: protect(1, "POINT(10.005 50.005)")}, guarded},
		{"protected in a hole", ring, policy.Rules{Allow: world, Protected: protect(100, "POINT(10.005 50.005)")}, ""},
		{"protected itself", here, policy.Rules{Allow: world, Protected: protect(0, here)}, guarded},
		{"beside a protected edge", here, policy.Rules{Allow: world, Protected: protect(0, "POLYGON((10.01 50,11 50,11 51,10.01 51,10.01 50))")}, ""},
		{"protected over the meridian", meridian, policy.Rules{Allow: world, Protected: protect(1200, "POINT(-179.99 5.005)")}, guarded},
		{"protected far over the meridian", meridian, policy.Rules{Allow: world, Protected: protect(1000, "POINT(-179.99 5.005)")}, ""},
	} {
		if got := newGround(c.rules).exact(shapes(c.shape)[0]); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// The cell of the package, as WKT, and grown and shrunk by a ten-thousandth of a degree.
const (
	cellText  = "POLYGON((-48.9188721 -27.7088069,-48.9085079 -27.7088069,-48.9085079 -27.6999788,-48.9188721 -27.6999788,-48.9188721 -27.7088069))"
	around    = "POLYGON((-48.9189721 -27.7089069,-48.9084079 -27.7089069,-48.9084079 -27.6998788,-48.9189721 -27.6998788,-48.9189721 -27.7089069))"
	shrunk    = "POLYGON((-48.9187721 -27.7087069,-48.9086079 -27.7087069,-48.9086079 -27.7000788,-48.9187721 -27.7000788,-48.9187721 -27.7087069))"
	westHalf  = "POLYGON((-48.93 -27.72,-48.91 -27.72,-48.91 -27.69,-48.93 -27.69,-48.93 -27.72))"
	eastHalf  = "POLYGON((-48.91 -27.72,-48.9 -27.72,-48.9 -27.69,-48.91 -27.69,-48.91 -27.72))"
	fromBelow = "POLYGON((-49 -28,-48 -28,-48 -27.7088069,-49 -27.7088069,-49 -28))"
)

// TestCells: a package whose cells may hold a feature that satisfies the policy passes; one with a cell that cannot does not.
func TestCells(t *testing.T) {
	protect := func(distance float64, coarsen int, place string) func(*policy.Policy) {
		return func(p *policy.Policy) {
			p.Protected = []policy.Protected{{Places: shapes(place), Distance: distance, Coarsen: coarsen}}
			p.Approved = map[string]bool{"a": true, "b": true, "c": false}
		}
	}
	deny := func(zones ...string) func(*policy.Policy) {
		return func(p *policy.Policy) { p.Deny = shapes(zones...) }
	}
	allow := func(areas ...string) func(*policy.Policy) {
		return func(p *policy.Policy) { p.Allow = shapes(areas...) }
	}
	const denied, outside, finer = "wholly within denied zones", "no place in the allowed areas", "a finer cell than approved ones"
	for _, c := range []struct {
		what   string
		change func(*policy.Policy)
		want   string
	}{
		{"denied all around", deny(around), denied},
		{"denied but for a rim", deny(shrunk), ""},
		{"the cell itself, which is rounded", deny(cellText), ""},
		{"denied all around, aslant", deny("POLYGON((-48.9137 -27.8,-48.8 -27.7044,-48.9137 -27.6,-49.02 -27.7044,-48.9137 -27.8))"), denied},
		{"denied by less than it is rounded by", deny(strings.NewReplacer("721 ", "7215 ", "079 ", "0785 ", "069", "06905", "788", "78795").Replace(cellText)), ""},
		{"denied by half", deny(westHalf), ""},
		{"denied by both halves", deny(westHalf, eastHalf), denied},
		{"allowed beside it", allow(eastHalf, fromBelow), ""},
		{"allowed elsewhere", allow(strings.ReplaceAll(westHalf, "-48", "-47")), outside},
		{"allowed up to its edge", allow(fromBelow), ""},
		{"allowed up to 11 m from its edge", allow(strings.ReplaceAll(fromBelow, "-27.7088069", "-27.7089069")), outside},
		{"wholly in a protected place", protect(0, 10_000, around), finer},
		{"wholly in a protected place that asks for no more", protect(0, 1000, around), ""},
		// The cell is some 1022 m wide and 978 m high; its corners are √(511² + 489²) = 707 m from its middle.
		{"wholly near a protected point", protect(730, 10_000, "POINT(-48.91369 -27.70439)"), finer},
		{"partly near a protected point", protect(700, 10_000, "POINT(-48.91369 -27.70439)"), ""},
		{"wholly near a protected place that has its middle", protect(730, 10_000, westHalf), finer},
		{"partly near a protected place that has its middle", protect(700, 10_000, westHalf), ""},
		{"wholly near a protected line", protect(1500, 10_000, "LINESTRING(-48.92 -27.8,-48.92 -27.6)"), finer},
		{"partly near a protected line", protect(800, 10_000, "LINESTRING(-48.92 -27.8,-48.92 -27.6)"), ""},
		{"more of them than were approved", func(p *policy.Policy) {
			protect(0, 1000, around)(p)
			p.Approved["b"] = false
		}, "has approved 1 features"},
	} {
		f, p := files(), rules()
		p.Allow = append(p.Allow, p.Deny...)
		f["coverage.geojson"] = collected()
		c.change(p)
		err := check(t, f, p)
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
	// With exact places, cells are those of protected places and no others.
	f, p := files(), exactRules()
	f["manifest.json"], f["README.txt"] = strings.Replace(listing, "grid: 1000m", "exact", 1), strings.Replace(readme, "grid: 1000m", "exact", 1)
	f["detections.geojson"] = strings.ReplaceAll(f["detections.geojson"], `"t_after":"2026-05-11T00:00:00Z"`, `"t_after":null`)
	if err := check(t, f, p); err == nil || !strings.Contains(err.Error(), "a size that the policy does not have") {
		t.Error(err)
	}
	p.Protected[0].Coarsen, p.Approved = 1000, map[string]bool{"a": true}
	if err := check(t, f, p); err == nil || !strings.Contains(err.Error(), "has approved 1 features") {
		t.Error(err)
	}
	p.Approved["b"] = true
	if err := check(t, f, p); err != nil {
		t.Error(err)
	}
}

// TestMiddles: coverage has its middle in the allowed areas, or nearer to them than rounding is.
func TestMiddles(t *testing.T) {
	// PROJ has the middle of column −4720 and row −3401, of 1000 m of EPSG:6933, at −48.913689985 −27.695565063; its series and our halving differ by 1.4 mm.
	for _, c := range []struct {
		edge float64
		ok   bool
	}{{-48.9137, true}, {-48.913689985, true}, {-48.9136899, true}, {-48.91368, false}, {-48.9, false}} {
		p := rules()
		p.Allow = shapes(fmt.Sprintf("POLYGON((%[1]v -28,-48 -28,-48 -27,%[1]v -27,%[1]v -28))", c.edge), westHalfBelow)
		err := check(t, files(), p)
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "has its middle outside") {
			t.Errorf("an area that begins at %v: %v", c.edge, err)
		}
	}
	c := newChecker(rules(), "")
	f := c.collection("", []byte(files()["coverage.geojson"]))
	at, ok := c.cell("", "", f[0].get("geometry"), 1000)
	if m := at.middle(); !ok || math.Abs(m.X+48.913689985) > 1e-9 || math.Abs(m.Y+27.695565063) > 2e-8 {
		t.Errorf("the middle is %v", m)
	}
}

// westHalfBelow lets the features of the package be told when coverage is asked about.
const westHalfBelow = "POLYGON((-48.93 -27.72,-48.91 -27.72,-48.91 -27.7,-48.93 -27.7,-48.93 -27.72))"

// TestDegrees: the way back from the map is that to the map, at any latitude.
func TestDegrees(t *testing.T) {
	for lat := -89.9; lat < 90; lat += 3.7 {
		x, y := metres(12.5, lat)
		if at := degrees(x, y, -90, 90); math.Abs(at.X-12.5) > 1e-12 || math.Abs(at.Y-lat) > 1e-10 {
			t.Errorf("12.5 %v comes back as %v", lat, at)
		}
	}
	if at := degrees(0, 1e8, -90, 90); math.Abs(at.Y-90) > 1e-9 {
		t.Errorf("beyond the pole is %v", at)
	}
}
