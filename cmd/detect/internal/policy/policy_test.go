package policy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/frugal"
	"passdiff/docs"
)

// read reads a policy beside an area.
func read(t testing.TB, text string) (*Policy, error) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string]string{
		"policy.yaml":    text,
		"area.geojson":   `{"type":"Polygon","coordinates":[[[30,-18],[31,-18],[31,-17],[30,-17],[30,-18]]]}`,
		"metres.geojson": `{"type":"Point","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32735"}},"coordinates":[30,-18]}`,
		"point.geojson":  `{"type":"Feature","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"properties":null,"geometry":{"type":"Point","coordinates":[30,-18]}}`,
		"ok.csv":         "id,verdict,who,when\na,accepted,ana,2026-01-01\nb,accepted,ana,2026-01-01\nb,rejected,ben,2026-01-02\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Read(filepath.Join(dir, "policy.yaml"))
}

// TestDefaults: what a policy does not say is no.
func TestDefaults(t *testing.T) {
	p, err := read(t, "version: 1\npartner: north\n")
	if err != nil {
		t.Fatal(err)
	}
	r := p.Effective()
	if len(r.Allow) != 0 || r.Review != Accepted || r.Embargo != 72*time.Hour || r.Grid != 1000 || r.Times != Day || r.Sources != NoSources || len(r.Attributes) != 0 ||
		r.TLP != "TLP:AMBER+STRICT" || r.SmallCount != 10 || r.ValidFor != 30*24*time.Hour || p.Approvals != 1 {
		t.Errorf("%+v", p)
	}
}

func TestRead(t *testing.T) {
	p, err := read(t, `version: 1
partner: north
allow_aois: area.geojson
deny_zones: point.geojson
protected: [ {file: point.geojson, distance: 500m}, {file: area.geojson, distance: 0m, coarsen: 5000m} ]
approved: ok.csv
min_confidence: 0
generalise: exact
times: week
redact_source: none
attributes: [ area_m2, src_after, obj_desc ]
embargo: 10d
small_count: 3
`)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Effective()
	if len(p.Allow) != 1 || len(p.Deny) != 1 || p.Protected[0].Distance != 500 || p.Protected[0].Coarsen != 10_000 || p.Protected[1].Coarsen != 5000 ||
		!p.Approved["a"] || p.Approved["b"] || p.AnyConfidence || p.Grid != 0 || r.Sources != SourceFamily || r.Embargo != 240*time.Hour || r.SmallCount != 3 ||
		!slices.Equal(r.Attributes, []string{"obj_desc", "src_after", "area_m2"}) {
		t.Errorf("%+v", p)
	}
	if c := r.Coarsened(5000); c.Grid != 5000 || !slices.Equal(c.Attributes, []string{"obj_desc", "src_after"}) {
		t.Errorf("%+v", c)
	}
	for _, yes := range []string{"true", "True", "TRUE"} {
		if p, err := read(t, "version: 1\npartner: north\namber_client: "+yes+"\n"); err != nil || !p.AmberClient {
			t.Errorf("%s: %+v %v", yes, p, err)
		}
	}
	for text, coarsen := range map[string]int{"exact": 10_000, "{grid: 250m}": 10_000, "{grid: 3000m}": 12_000, "{grid: 25000m}": 25_000} {
		p, err := read(t, "version: 1\npartner: north\namber_client: true\nprotected: [ {file: point.geojson, distance: 5m} ]\ngeneralise: "+text+"\n")
		if err != nil || p.Protected[0].Coarsen != coarsen || !p.AmberClient {
			t.Errorf("%s: %+v %v", text, p, err)
		}
	}
	// However YAML writes a number, it is that number.
	for text, want := range map[string][3]int{"approvals: 0x2": {2, 0, 10}, "approvals: 0b10": {2, 0, 10}, "approvals: 2.0": {2, 0, 10}, "min_confidence: 0x5A": {1, 90, 10},
		"min_confidence: 0o132": {1, 90, 10}, "min_confidence: 9_0": {1, 90, 10}, "min_confidence: 9e1": {1, 90, 10}, "small_count: 1_000": {1, 0, 1000}, "small_count: +20": {1, 0, 20}} {
		p, err := read(t, "version: 1\npartner: north\n"+text+"\n")
		if err != nil || [3]int{p.Approvals, p.MinConfidence, p.SmallCount} != want {
			t.Errorf("%s: %+v %v", text, p, err)
		}
	}
	for text, grid := range map[string]int{"exact": 0, "{grid: 250m}": 250, "'grid: 1000m'": 1000} {
		p, err := read(t, "version: 1\npartner: north\ngeneralise: "+text+"\n")
		if err != nil || p.Grid != grid {
			t.Errorf("%s: %v %v", text, p, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"deny_zone: x":                     `policy.yaml:3: "deny_zone" is not known; choose among allow_aois, `,
		"protected: [{file: a}]":           "policy.yaml:3: entry lacks distance",
		"generalise: fine":                 "policy.yaml:3: generalise: ",
		"generalise: {grid: 10m}":          "policy.yaml:3: grid: ",
		"attributes: [det_id]":             "policy.yaml:3: entry: ",
		"attributes: [obj_desc, obj_desc]": "policy.yaml:3: attributes: ",
		"embargo: 3 days":                  "policy.yaml:3: embargo: ",
		"tlp: TLP:WHITE":                   "policy.yaml:3: tlp: ",
		"handling: \"a\\nb\"":              "policy.yaml:3: handling: ",
		"require_review: rejected":         "policy.yaml:3: require_review: ",
		"allow_aois: none.geojson":         "none.geojson: no such file or directory",
		"allow_aois: point.geojson":        "policy.yaml:3: an area is a Point, not a polygon",
		"deny_zones: policy.yaml":          "policy.yaml: is no GeoJSON: ",
		"deny_zones: ''":                   "policy.yaml:3: deny_zones: has no value; a path",
		"deny_zones:":                      "policy.yaml:3: deny_zones: has no value; a path",
		"partner: two":                     `"partner" stands here twice`,
		"valid_for: 0h":                    "policy.yaml:3: valid_for: ",
		"handling: 'for you '":             "policy.yaml:3: handling begins or ends with a blank",
		"handling: \"a\\u200Bb\"":          "policy.yaml:3: handling begins or ends with a blank, or has a character",
		"approvals: 0x3":                   "policy.yaml:3: approvals: ",
		"amber_client: maybe":              "policy.yaml:3: amber_client: ",
		"deny_zones: metres.geojson":       `metres.geojson: is in "urn:ogc:def:crs:EPSG::32735"; places need longitude and latitude`,
		"generalise: {grid: 1500m}\nprotected: [{file: point.geojson, distance: 5m, coarsen: 4000m}]":                                               "policy.yaml:4: cells of 1500 m and of 4000 m do not lie within each other",
		"generalise: exact\nprotected: [{file: point.geojson, distance: 5m, coarsen: 4000m}, {file: point.geojson, distance: 5m, coarsen: 10000m}]": "policy.yaml:4: cells of 4000 m and of 10000 m do not lie",
	} {
		_, err := read(t, "version: 1\npartner: north\n"+text+"\n")
		var e *exit.Error
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &e) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestSchemaKnowsAttributes: the list in the schema is that of the code.
func TestSchemaKnowsAttributes(t *testing.T) {
	for _, a := range Attributes {
		if !strings.Contains(string(docs.PolicySchema), `"`+a.Name+`"`) {
			t.Errorf("the schema lacks %s", a.Name)
		}
		if _, err := read(t, "version: 1\npartner: n\nattributes: ["+a.Name+"]\n"); err != nil {
			t.Error(err)
		}
	}
}

// FuzzPolicy wants any policy to be read or refused, and never one that allows without an area.
func FuzzPolicy(f *testing.F) {
	for _, seed := range []string{"", "version: 1\npartner: a", "version: 1\npartner: a\nallow_aois: area.geojson\ngeneralise: {grid: 100m}\nprotected: [{file: point.geojson, distance: 5m}]",
		"version: 1\npartner: a\nembargo: 99999d\nvalid_for: 0h", "a: &a [*a]"} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	path := filepath.Join(dir, "policy.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		frugal.Do(t, func() {
			p, err := Read(path)
			if err == nil && (p.Partner == "" || len(p.Allow) > 0 || p.Embargo < 0 || p.Grid != 0 && p.Grid < 100) {
				t.Errorf("%q is read as %+v", data, p)
			}
		})
	})
}

// FuzzPlaces wants any GeoJSON to be read or refused.
func FuzzPlaces(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", `{"type":"Point","coordinates":[1,2]}`, `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null}]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}}]}`,
		`{"type":"GeometryCollection","geometries":[]}`, `{"type":"LineString","coordinates":[[1,2,3],[3,4,5]]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			all, err := parsePlaces(data)
			if (err == nil) != (len(all) > 0) {
				t.Errorf("%q: %d places, %v", data, len(all), err)
			}
		})
	})
}

// TestDigest: whatever file a policy names, other bytes in it make another digest, and so does a list of approvers that comes later.
func TestDigest(t *testing.T) {
	text := "version: 1\npartner: north\nallow_aois: area.geojson\ndeny_zones: point.geojson\nprotected: [ {file: more.geojson, distance: 5m} ]\napproved: ok.csv\napprovers: keys\n"
	if _, err := read(t, text); err == nil {
		t.Fatal("more.geojson is not there")
	}
	dir := t.TempDir()
	for name, data := range map[string]string{
		"policy.yaml": text, "area.geojson": `{"type":"Polygon","coordinates":[[[30,-18],[31,-18],[31,-17],[30,-17],[30,-18]]]}`,
		"point.geojson": `{"type":"Point","coordinates":[30,-18]}`, "more.geojson": `{"type":"Point","coordinates":[30,-17]}`, "ok.csv": "id,verdict,who,when\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Read(filepath.Join(dir, "policy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{p.Digest: "nothing"}
	for _, name := range []string{"policy.yaml", "area.geojson", "point.geojson", "more.geojson", "ok.csv", "keys", "keys"} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("\n"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		p, err := Read(filepath.Join(dir, "policy.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if other, same := seen[p.Digest]; same {
			t.Errorf("the digest after a change of %s is that after %s", name, other)
		}
		seen[p.Digest] = name
	}
}
