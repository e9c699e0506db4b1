package leak

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/frugal"
	"passdiff/cmd/detect/internal/policy"
)

// A package in a cell of 1000 m, as detect release build made it once; what is not looked through in it is left out.
const (
	feature = `{"type":"Feature","id":"r-aisdnwtjhqbj77w2vv3jsc7422","geometry":{"type":"Polygon","coordinates":[[[-48.9188721,-27.7088069],[-48.9085079,-27.7088069],[-48.9085079,-27.6999788],[-48.9188721,-27.6999788],[-48.9188721,-27.7088069]]]},"properties":{"det_id":"r-aisdnwtjhqbj77w2vv3jsc7422","schema":"passdiff-release/1","obj_desc":"disappeared","t_after":"2026-05-11T00:00:00Z","src_after":"other","tlp":"TLP:AMBER+STRICT","handling":"for north only","coordinateUncertaintyInMeters":712,"dataGeneralizations":"place: the cell of 1000 m of the grid in EPSG:6933 that holds a point of it; times: the beginning of the day, UTC","informationWithheld":"outline, size, direction and exact place and time; identifiers and properties that the publisher does not share","origins":null,"origins_any":null}}`
	cover   = `{"type":"Feature","id":"observed-1","geometry":{"type":"Polygon","coordinates":[[[-48.9188721,-27.6999788],[-48.9085079,-27.6999788],[-48.9085079,-27.6911515],[-48.9188721,-27.6911515],[-48.9188721,-27.6999788]]]},"properties":{"class":"observed","schema":"passdiff-release/1","t_before":"2026-05-01T00:00:00Z","t_after":"2026-05-11T00:00:00Z","coordinateUncertaintyInMeters":712,"dataGeneralizations":"place: the cell of 1000 m of the grid in EPSG:6933 that holds a point of it; times: the beginning of the day, UTC"}}`
	listing = `{
  "format": "passdiff-release/1",
  "partner": "north",
  "sequence": 1,
  "prev_manifest_sha256": "",
  "tlp": "TLP:AMBER+STRICT",
  "handling": "for north only",
  "created": "2026-06-01T00:00:00Z",
  "valid_until": "2026-07-01T00:00:00Z",
  "counts": {
    "features": 2,
    "withheld": null
  },
  "precision": "grid: 1000m",
  "origins": [],
  "audit_head": "",
  "retractions": [],
  "software": "detect 0.1.0",
  "subjects": []
}
`
	readme = `Candidates for changes between satellite passes, for north
Marking: TLP:AMBER+STRICT
Handling: for north only
Created 2026-06-01T00:00:00Z, valid until 2026-07-01T00:00:00Z; delete it then, and delete what
"retractions" in manifest.json lists from earlier packages.

What it is
  detections.geojson  candidates for changes. A change is not an identification.
  coverage.geojson    ground that was looked at
  codebook.csv        what the properties mean; schema.json has their form
  manifest.json       which package this is, and the SHA-256 of every file

Places are grid: 1000m, times day. What is not here was not found, not looked at, not reviewed,
or is not told: the absence of a feature says nothing about a place, also where
coverage.geojson says that it was observed.

To check it with the publisher's public key, which you got on another way:
  minisign -Vm SHA256SUMS -P KEY && sha256sum -c SHA256SUMS
or, when there is SHA256SUMS.sig,
  ssh-keygen -Y verify -f allowed_signers -I NAME -n passdiff-release -s SHA256SUMS.sig < SHA256SUMS && sha256sum -c SHA256SUMS
`
)

// collected is a collection of features.
func collected(features ...string) string {
	if len(features) == 0 {
		return `{"type":"FeatureCollection","features":[]}` + "\n"
	}
	return `{"type":"FeatureCollection","features":[` + "\n" + strings.Join(features, ",\n") + "\n]}\n"
}

// minisigned is a signature of minisign as to its form.
func minisigned(key, global int) string {
	return "untrusted comment: signature from minisign secret key\n" + base64.StdEncoding.EncodeToString(append([]byte("ED"), make([]byte, key-2)...)) +
		"\ntrusted comment: passdiff-release/1 SHA256SUMS\n" + base64.StdEncoding.EncodeToString(make([]byte, global)) + "\n"
}

// files is that package.
func files() map[string]string {
	other := strings.ReplaceAll(feature, "r-aisdnwtjhqbj77w2vv3jsc7422", "r-gaivd372m3gjiy6dlsdi4jdqbo")
	return map[string]string{
		"detections.geojson": collected(feature, other), "coverage.geojson": collected(cover), "manifest.json": listing, "README.txt": readme,
		"SHA256SUMS.minisig": minisigned(74, 64),
	}
}

var subjectList = regexp.MustCompile(`(?s)"subjects": \[.*\]`)

// seal writes what is made of the other files where it is not there: codebook and schema, the list of the manifest, and the sums.
func seal(files map[string]string, p *policy.Policy) map[string]string {
	c := newChecker(p, "")
	for name, text := range map[string]string{"codebook.csv": c.codebook(), "schema.json": c.schema()} {
		if files[name] == "" {
			files[name] = text
		}
	}
	var subjects []string
	sums := ""
	for _, name := range []string{"README.txt", "codebook.csv", "coverage.geojson", "detections.geojson", "schema.json"} {
		subjects = append(subjects, fmt.Sprintf("    {\n      \"name\": %q,\n      \"size\": %d,\n      \"sha256\": \"%x\"\n    }", name, len(files[name]), sha256.Sum256([]byte(files[name]))))
	}
	files["manifest.json"] = subjectList.ReplaceAllLiteralString(files["manifest.json"], "\"subjects\": [\n"+strings.Join(subjects, ",\n")+"\n  ]")
	for _, name := range []string{"README.txt", "codebook.csv", "coverage.geojson", "detections.geojson", "manifest.json", "schema.json"} {
		sums += fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(files[name])), name)
	}
	files["SHA256SUMS"] = sums
	return files
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

// check seals a package and looks through it.
func check(t *testing.T, files map[string]string, p *policy.Policy) error {
	t.Helper()
	return checkAsIs(t, seal(files, p), p)
}

func checkAsIs(t *testing.T, files map[string]string, p *policy.Policy) error {
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
		{"a small number", "manifest.json", `"withheld": null`, `"withheld": 2`, "fewer than 3 are not told"},
		{"another count", "manifest.json", `"features": 2`, `"features": 3`, "the manifest counts 3"},
		{"counts by rule", "manifest.json", `"withheld": null`, `"withheld": null, "deny_zone": 1`, "deny_zone"},
		{"a host in the manifest", "manifest.json", `"format"`, `"host": "h", "format"`, "only these"},
		{"a user in the software", "manifest.json", `detect 0.1.0`, `detect 0.1.0 by ana`, "software"},
		{"a longer validity", "manifest.json", `2026-07-01`, `2026-07-02`, "valid_until"},
		{"another partner", "manifest.json", `north`, `south`, "partner"},
		{"an input hash", "manifest.json", `"retractions": []`, "\"retractions\": [\n    \"" + strings.Repeat("a", 64) + "\"\n  ]", "retractions"},
		{"another person in the software", "manifest.json", `detect 0.1.0`, `detect host-alice.lan`, "software"},
		{"a host behind the version", "manifest.json", `detect 0.1.0`, `detect 0.1.0-alice`, "software"},
		{"a fraction of a second", "manifest.json", `2026-06-01T00:00:00Z`, `2026-06-01T00:00:00.000Z`, "created"},
		{"another sequence", "manifest.json", `"sequence": 1`, `"sequence": 33905`, "prev_manifest_sha256"},
		{"no package", "manifest.json", `"sequence": 1`, `"sequence": -33905`, "sequence"},
		{"a sequence with a fraction", "manifest.json", `"sequence": 1`, `"sequence": 1.5`, "only these"},
		{"a number written otherwise", "manifest.json", `"sequence": 1`, `"sequence": 1e0`, "only these"},
		{"spaces", "manifest.json", `"sequence": 1`, "\"sequence\": \t1", "nothing between"},
		{"a text behind the manifest", "manifest.json", "\n}\n", "\n}\nalice\n", "nothing between"},
		{"a member twice in the manifest", "manifest.json", `"sequence": 1,`, `"sequence": 5, "sequence": 1,`, "nothing between"},
		{"retractions that are a text", "manifest.json", `"retractions": []`, `"retractions": "alice"`, "only these"},
		{"a place among retractions", "manifest.json", `"retractions": []`, "\"retractions\": [\n    \"33.90 35.53\"\n  ]", "retractions"},
		{"retractions in another order", "manifest.json", `"retractions": []`, "\"retractions\": [\n    \"r-" + strings.Repeat("b", 26) + "\",\n    \"r-" + strings.Repeat("a", 26) + "\"\n  ]", "stand where it belongs"},
		{"a retraction of what is there", "manifest.json", `"retractions": []`, "\"retractions\": [\n    \"r-aisdnwtjhqbj77w2vv3jsc7422\"\n  ]", "which is there"},
		{"tokens of no feature", "manifest.json", `"origins": []`, "\"origins\": [\n    \"o-" + strings.Repeat("a", 32) + "\"\n  ]", "origins are not those of the features"},
		{"a token that the manifest does not have", "detections.geojson", `"origins":null`, `"origins":"o-` + strings.Repeat("a", 32) + `"`, "origins are not those of the features"},
		{"another token that the manifest does not have", "detections.geojson", `"origins_any":null`, `"origins_any":"o-` + strings.Repeat("a", 32) + `"`, "origins are not those of the features"},
		{"a stricter marking of the manifest", "manifest.json", `"tlp": "TLP:AMBER+STRICT"`, `"tlp": "TLP:RED"`, "the strictest of policy and features"},
		{"a subject that is not there", "manifest.json", `"name": "schema.json"`, `"name": "S2A_MSIL1C.tif"`, "subjects are not the files"},
		{"a subject with another sum", "manifest.json", `"sha256": "`, `"sha256": "00`, "subjects are not the files"},
		{"a line behind the readme", "README.txt", "-c SHA256SUMS\nor", "-c SHA256SUMS\n# alice /home/alice/S2A_MSIL1C.tif 33.90 35.53\nor", "other lines than a release has"},
		{"a line at its end", "README.txt", "< SHA256SUMS && sha256sum -c SHA256SUMS\n", "< SHA256SUMS && sha256sum -c SHA256SUMS\n# alice /home/alice/S2A_MSIL1C.tif 33.90 35.53\n", "other lines than a release has"},
		{"a word of the readme", "README.txt", "A change is not an identification.", "A change is an identification.", "other lines than a release has"},
		{"a space of the readme", "README.txt", "What it is\n", "What it is \n", "other lines than a release has"},
		{"another partner of the readme", "README.txt", "for north\n", "for alice\n", "does not begin with partner"},
		{"another marking of the readme", "README.txt", "Marking: TLP:AMBER+STRICT", "Marking: TLP:CLEAR", "does not begin with partner"},
		{"another handling of the readme", "README.txt", "for north only", "for north and south only", "does not begin with partner"},
		{"another time of the readme", "README.txt", "2026-06-01T00:00:00Z", "2026-06-01T10:20:31Z", "does not begin with partner"},
		{"another precision of the readme", "README.txt", "grid: 1000m", "exact", "does not say that places are"},
		{"other times of the readme", "README.txt", "times day", "times exact", "does not say that places are"},
		{"a row of the codebook", "codebook.csv", "field,meaning\n", "field,meaning\nalice,33.90 35.53\n", `the line "alice`},
		{"a row at its end", "codebook.csv", "the passes were acquired\n", "the passes were acquired\nalice,33.90 35.53\n", `the line "alice`},
		{"a word of the codebook", "codebook.csv", "disappeared or", "hospital or", `the line "`},
		{"a row less", "codebook.csv", "\"t_before, t_after\",in coverage: the day or week in which the passes were acquired\n", "", "the line"},
		{"a member of the schema", "schema.json", `"title":`, `"$comment": "alice", "title":`, "the line"},
		{"a text of the schema", "schema.json", "detections.geojson of a release", "detections.geojson of alice", "the line"},
		{"a property of the schema", "schema.json", `"obj_desc":`, `"area_m2":`, "the line"},
		{"a text behind the schema", "schema.json", "\n}\n", "\n}\nalice\n", "the line"},
		{"a line feed less", "schema.json", "\n}\n", "\n}", "the line"},
		{"another uncertainty", "detections.geojson", `InMeters":712`, `InMeters":355311965`, "uncertainty"},
		{"an uncertainty by two more", "detections.geojson", `InMeters":712`, `InMeters":714`, "uncertainty"},
		{"an uncertainty by two less", "detections.geojson", `InMeters":712`, `InMeters":710`, "uncertainty"},
		{"an uncertainty that is a text", "detections.geojson", `InMeters":712`, `InMeters":"712"`, "uncertainty"},
		{"no uncertainty", "detections.geojson", `InMeters":712`, `InMeters":null`, "uncertainty"},
		{"another uncertainty of coverage", "coverage.geojson", `InMeters":712`, `InMeters":355311965`, "uncertainty"},
		{"a list in place of a text", "detections.geojson", `"handling":"for north only"`, `"handling":["alice"]`, "a list or an object"},
		{"lines behind the handling", "detections.geojson", `"for north only"`, `"for north only; \nlies at"`, "handling"},
		{"a book behind the handling", "detections.geojson", `"for north only"`, `"for north only; ` + strings.Repeat("a", 4001) + `"`, "handling"},
		{"a text at the handling", "detections.geojson", `"for north only"`, `"for north only alice"`, "handling"},
		{"two tokens in another order", "detections.geojson", `"origins":null`, `"origins":"o-` + strings.Repeat("b", 32) + ",o-" + strings.Repeat("a", 32) + `"`, "feature 1 has origins"},
		{"a text behind the features", "coverage.geojson", "\n]}\n", "\n]}\n ", "not written as a release is"},
		{"spaces between features", "detections.geojson", "\n", "\n\t \t", "not written as a release is"},
		{"an escape", "coverage.geojson", "observed", `\u006fbserved`, "not written as a release is"},
		{"a 0 more than need be", "detections.geojson", "-48.9188721", "-48.91887210", "not told as one cell"},
		{"features of coverage twice", "coverage.geojson", "\n]}", ",\n" + strings.ReplaceAll(cover, "observed-1", "observed-2") + "\n]}", "the order tells something"},
		{"features of coverage in another order of time", "coverage.geojson", "\n]}", ",\n" + strings.NewReplacer("observed-1", "observed-2", "2026-05-11", "2026-05-10", "-48.9188721", "-48.9085079", "-48.9085079", "-48.8981437").Replace(cover) + "\n]}", "the order tells something"},
		{"coverage of no time", "coverage.geojson", `"t_after":"2026-05-11T00:00:00Z"`, `"t_after":null`, "t_after"},
		{"a comment of the signature", "SHA256SUMS.minisig", "passdiff-release/1 SHA256SUMS", "timestamp:1700000000 file:/home/ana/x", "nothing else"},
		{"a time under the embargo", "detections.geojson", "2026-05-11T00:00:00Z", "2026-05-30T00:00:00Z", "t_after 2026-05-30T00:00:00Z, which is under the embargo"},
		{"coverage under the embargo", "coverage.geojson", "2026-05-11T00:00:00Z", "2026-05-30T00:00:00Z", "t_after 2026-05-30T00:00:00Z, which is under the embargo"},
		{"no time", "detections.geojson", `"t_after":"2026-05-11T00:00:00Z"`, `"t_after":null`, "t_after"},
		{"a name in the sums", "SHA256SUMS", "README.txt", "secret.tif", "SHA256SUMS"},
		{"a line of the sums", "SHA256SUMS", "\n", "\n# alice\n", "SHA256SUMS"},
		{"another sum", "SHA256SUMS", "  codebook", "0  codebook", "SHA256SUMS"},
	} {
		f := seal(files(), rules())
		changed := strings.Replace(f[c.file], c.old, c.new, 1)
		if c.file == "detections.geojson" && strings.HasPrefix(c.old, "-48") || c.what == "an id of ours" || c.what == "an order" || c.file == "coverage.geojson" {
			changed = strings.ReplaceAll(f[c.file], c.old, c.new)
		}
		if changed == f[c.file] {
			t.Fatalf("%s: %q is not in %s", c.what, c.old, c.file)
		}
		f[c.file] = changed
		if c.file != "SHA256SUMS" && !strings.HasPrefix(c.what, "a subject") {
			seal(f, rules())
		}
		if err := checkAsIs(t, f, rules()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
	}
}

// TestNames: names and texts of a policy that look like what was never to be told are its own.
func TestNames(t *testing.T) {
	for _, c := range []struct{ partner, handling string }{
		{strings.Repeat("a", 27), "for north only"}, {strings.Repeat("Aa0", 21) + "a", "for north only"}, {"desk-20260501", "for north only"},
		{"north", "call 0171.5556666"}, {"north", "until 2026-06-01T10:20:31Z, see " + strings.Repeat("a", 64)}, {"north", "a; b, <c> & \"d\" é"},
	} {
		f, p := files(), rules()
		p.Partner, p.Handling = c.partner, c.handling
		for name, text := range f {
			quoted := c.handling
			if name != "README.txt" {
				quoted = strings.ReplaceAll(quoted, `"`, `\"`)
			}
			f[name] = strings.ReplaceAll(strings.ReplaceAll(text, "for north only", "HANDLING"), "north", c.partner)
			f[name] = strings.ReplaceAll(f[name], "HANDLING", quoted)
		}
		if err := check(t, f, p); err != nil {
			t.Errorf("%s, %s: %v", c.partner, c.handling, err)
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

// FuzzCheck wants any file to be looked through without a crash.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(files()["detections.geojson"]))
	f.Add([]byte(files()["coverage.geojson"]))
	f.Add([]byte(exactly(square1)["detections.geojson"]))
	f.Add([]byte(listing))
	zero := exactRules()
	zero.Protected = append(zero.Protected, policy.Protected{Places: zero.Deny})
	strict := rules()
	strict.Attributes, strict.MinConfidence = []string{"review_state", "confidence", "status", "t_after"}, 50
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range []*policy.Policy{rules(), exactRules(), zero, strict, {}} {
			frugal.Do(t, func() {
				c := newChecker(p, "")
				c.manifest(map[string][]byte{"manifest.json": []byte(listing)})
				c.detections(data)
				c.coverage(data)
				c.manifest(map[string][]byte{"manifest.json": data})
				c.readme(data)
				c.same("schema.json", data, c.schema())
				isMinisign(string(data))
				isSSH(string(data))
			})
		}
	})
}
