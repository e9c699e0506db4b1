package leak

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/frugal"
	"passdiff/cmd/detect/internal/policy"
)

// A package in a cell of 1000 m, as detect release build made it once; what is not looked through in it is left out.
const (
	feature  = `{"type":"Feature","id":"r-aisdnwtjhqbj77w2vv3jsc7422","geometry":{"type":"Polygon","coordinates":[[[-48.9188721,-27.7088069],[-48.9085079,-27.7088069],[-48.9085079,-27.6999788],[-48.9188721,-27.6999788],[-48.9188721,-27.7088069]]]},"properties":{"det_id":"r-aisdnwtjhqbj77w2vv3jsc7422","schema":"passdiff-release/1","obj_desc":"disappeared","t_after":"2026-05-11T00:00:00Z","src_after":"other","tlp":"TLP:AMBER+STRICT","handling":"for north only","coordinateUncertaintyInMeters":712,"dataGeneralizations":"place: the cell of 1000 m of the grid in EPSG:6933 that holds a point of it; times: the beginning of the day, UTC","informationWithheld":"outline, size, direction and exact place and time; identifiers and properties that the publisher does not share","origins":null,"origins_any":null}}`
	second   = `{"type":"Feature","id":"observed-1","geometry":{"type":"Polygon","coordinates":[[[-48.9188721,-27.6999788],[-48.9085079,-27.6999788],[-48.9085079,-27.6911515],[-48.9188721,-27.6911515],[-48.9188721,-27.6999788]]]},"properties":{"class":"observed","schema":"passdiff-release/1","t_before":"2026-05-01T00:00:00Z","t_after":"2026-05-11T00:00:00Z","coordinateUncertaintyInMeters":712,"dataGeneralizations":"place: the cell of 1000 m of the grid in EPSG:6933 that holds a point of it; times: the beginning of the day, UTC"}}`
	manifest = `{"format":"passdiff-release/1","partner":"north","sequence":1,"prev_manifest_sha256":"","tlp":"TLP:AMBER+STRICT","handling":"for north only","created":"2026-06-01T00:00:00Z","valid_until":"2026-07-01T00:00:00Z","counts":{"features":2,"withheld":null},"precision":"grid: 1000m","origins":[],"audit_head":"","retractions":[],"software":"detect 0.1.0","subjects":[]}`
)

// files is that package.
func files() map[string]string {
	other := strings.ReplaceAll(feature, "r-aisdnwtjhqbj77w2vv3jsc7422", "r-gaivd372m3gjiy6dlsdi4jdqbo")
	return map[string]string{
		"detections.geojson": `{"type":"FeatureCollection","features":[` + feature + "," + other + "]}",
		"coverage.geojson":   `{"type":"FeatureCollection","features":[` + second + "]}",
		"manifest.json":      manifest, "README.txt": "Created 2026-06-01T00:00:00Z", "codebook.csv": "field,meaning\n", "schema.json": "{}",
		"SHA256SUMS":         strings.Repeat("0", 64) + "  README.txt\n",
		"SHA256SUMS.minisig": "untrusted comment: signature from minisign secret key\nAAA\ntrusted comment: passdiff-release/1 SHA256SUMS\nBBB\n",
	}
}

// rules are those of that package, with places of each kind that it does not come near.
func rules() *policy.Policy {
	return &policy.Policy{Partner: "north", Rules: policy.Rules{
		Allow: shapes("POLYGON((-49 -28,-48 -28,-48 -27,-49 -27,-49 -28))"), Deny: shapes("POLYGON((-48.5 -28,-48 -28,-48 -27,-48.5 -27,-48.5 -28))"),
		Protected: []policy.Protected{{Places: shapes("POINT(-48.8 -27.7)", "LINESTRING(-48.8 -27.5,-48.9 -27.5)"), Distance: 5000, Coarsen: 10_000}}, Embargo: 72 * time.Hour,
		Grid: 1000, Attributes: []string{"obj_desc", "t_after", "src_after", "area_m2"}, Sources: policy.SourceFamily, TLP: "TLP:AMBER+STRICT", Handling: "for north only",
		ValidFor: 30 * 24 * time.Hour, SmallCount: 3,
	}}
}

func check(t *testing.T, files map[string]string, p *policy.Policy) error {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Check(dir, p)
}

func TestClean(t *testing.T) {
	if err := check(t, files(), rules()); err != nil {
		t.Error(err)
	}
}

// TestLeaks: each change lets something out, and is found.
func TestLeaks(t *testing.T) {
	for _, c := range []struct{ what, file, old, new, want string }{
		{"more decimals", "detections.geojson", "-48.9188721,-27.7088069]", "-48.91887214,-27.7088069]", "not told as one cell"},
		{"a corner moved", "detections.geojson", "-48.9188721", "-48.9188725", "not told as one cell"},
		{"a finer cell", "detections.geojson", "-48.9085079", "-48.9136900", "not told as one cell"},
		{"a cell beside the grid", "coverage.geojson", "-27.6999788", "-27.6999700", "not told as one cell"},
		{"a smaller cell that says so", "detections.geojson", "cell of 1000 m", "cell of 250 m", "the policy says 1000 m"},
		{"another size", "detections.geojson", "cell of 1000 m", "cell of 5000 m", "a size that the policy does not have"},
		{"a time of day", "detections.geojson", "2026-05-11T00:00:00Z", "2026-05-11T10:20:31Z", `t_after "2026-05-11T10:20:31Z"`},
		{"a time of day of coverage", "coverage.geojson", "2026-05-01T00:00:00Z", "2026-05-01T00:00:00.5Z", "t_before"},
		{"a scene", "detections.geojson", `"src_after":"other"`, `"src_after":"S2A_MSIL2A_20260511T102031"`, "src_after"},
		{"free text", "detections.geojson", "disappeared", "a hospital", `obj_desc "a hospital"`},
		{"a stray property", "detections.geojson", `"schema":`, `"area_m2":2168.4,"schema":`, "the policy lets it have"},
		{"a property of the policy that cells exclude", "detections.geojson", `"src_after":"other"`, `"src_after":"other","area_m2":null`, "the policy lets it have"},
		{"a bbox", "detections.geojson", `"geometry":`, `"bbox":[-48.9,-27.7,-48.8,-27.6],"geometry":`, "other members"},
		{"a bbox of all", "detections.geojson", `{"type":"FeatureCollection",`, `{"type":"FeatureCollection","bbox":[0,0,1,1],`, "no FeatureCollection"},
		{"a member twice", "detections.geojson", `"type":"Feature",`, `"type":"Feature","type":"Feature",`, "twice"},
		{"an id of ours", "detections.geojson", "r-aisdnwtjhqbj77w2vv3jsc7422", "uhrt5yolbjdjbbbiigs5vwqswm", "none of a release"},
		{"an order", "detections.geojson", "r-aisdnwtjhqbj77w2vv3jsc7422", "r-zisdnwtjhqbj77w2vv3jsc7422", "the order tells something"},
		{"a height", "detections.geojson", "-48.9085079,-27.7088069]", "-48.9085079,-27.7088069,12.5]", "not told as one cell"},
		{"another marking", "detections.geojson", `"tlp":"TLP:AMBER+STRICT"`, `"tlp":"TLP:CLEAR"`, "is marked"},
		{"another handling", "detections.geojson", `"handling":"for north only"`, `"handling":"lies at 48.91887 west"`, "handling"},
		{"a host among origins", "detections.geojson", `"origins":null`, `"origins":"host7"`, "origins"},
		{"a small number", "manifest.json", `"withheld":null`, `"withheld":2`, "fewer than 3 are not told"},
		{"another count", "manifest.json", `"features":2`, `"features":3`, "the manifest counts 3"},
		{"counts by rule", "manifest.json", `"withheld":null`, `"withheld":null,"deny_zone":1`, "counts has the members"},
		{"a host in the manifest", "manifest.json", `"format"`, `"host":"h","format"`, "only these"},
		{"a user in the software", "manifest.json", `detect 0.1.0`, `detect 0.1.0 by ana`, "software"},
		{"a longer validity", "manifest.json", `2026-07-01`, `2026-07-02`, "valid_until"},
		{"another partner", "manifest.json", `north`, `south`, "partner"},
		{"an input hash", "manifest.json", `"retractions":[]`, `"retractions":["` + strings.Repeat("a", 64) + `"]`, "retractions"},
		{"a place in a text", "README.txt", "Created", "48.9189 Created", "8.9189"},
		{"a time in a text", "codebook.csv", "field", "2026-05-11T10:20:31Z", "2026-05-11T10:20:31Z"},
		{"a hash in a text", "schema.json", "{}", `{"a":"` + strings.Repeat("a", 40) + `"}`, "holds"},
		{"a comment of the signature", "SHA256SUMS.minisig", "passdiff-release/1 SHA256SUMS", "timestamp:1700000000 file:/home/ana/x", "comments"},
		{"a time under the embargo", "detections.geojson", "2026-05-11T00:00:00Z", "2026-05-30T00:00:00Z", "t_after 2026-05-30T00:00:00Z, which is under the embargo"},
		{"coverage under the embargo", "coverage.geojson", "2026-05-11T00:00:00Z", "2026-05-30T00:00:00Z", "t_after 2026-05-30T00:00:00Z, which is under the embargo"},
		{"no time", "detections.geojson", `"t_after":"2026-05-11T00:00:00Z"`, `"t_after":null`, "t_after"},
		{"a name in the sums", "SHA256SUMS", "README.txt", "secret.tif", "SHA256SUMS"},
	} {
		f := files()
		changed := strings.Replace(f[c.file], c.old, c.new, 1)
		if c.file == "detections.geojson" && strings.HasPrefix(c.old, "-48") || c.what == "an id of ours" || c.what == "an order" || c.file == "coverage.geojson" {
			changed = strings.ReplaceAll(f[c.file], c.old, c.new)
		}
		if changed == f[c.file] {
			t.Fatalf("%s: %q is not in %s", c.what, c.old, c.file)
		}
		f[c.file] = changed
		if err := check(t, f, rules()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
	}
}

func TestOtherFiles(t *testing.T) {
	f := files()
	f["changes.geojson.run.json"] = "{}"
	if err := check(t, f, rules()); err == nil || !strings.Contains(err.Error(), "is no file of a package") {
		t.Error(err)
	}
	f = files()
	delete(f, "coverage.geojson")
	if err := check(t, f, rules()); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Error(err)
	}
}

// FuzzCheck wants any detections to be looked through without a crash.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(files()["detections.geojson"]))
	f.Add([]byte(files()["coverage.geojson"]))
	f.Add([]byte(exactly(square1)["detections.geojson"]))
	f.Add([]byte(manifest))
	zero := exactRules()
	zero.Protected = append(zero.Protected, policy.Protected{Places: zero.Deny})
	strict := rules()
	strict.Attributes, strict.MinConfidence = []string{"review_state", "confidence", "status", "t_after"}, 50
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range []*policy.Policy{rules(), exactRules(), zero, strict, {}} {
			frugal.Do(t, func() {
				c := newChecker(p, "")
				c.manifest([]byte(manifest))
				c.detections(data, -1)
				c.coverage(data)
				c.manifest(data)
			})
		}
	})
}
