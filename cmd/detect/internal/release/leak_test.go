package release

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"
	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/leak"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
)

// many is how many random packages are made: 10,000 with PASSDIFF_LONG.
func many(short int) int {
	if os.Getenv("PASSDIFF_LONG") != "" {
		return 10_000
	}
	return short
}

// testSigner signs with a key made for the test.
func testSigner(t testing.TB) parcel.Signer {
	t.Helper()
	_, key, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sign.key")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := parcel.MinisignKey(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// caseOf is a random request.
func caseOf(seed uint64) Request {
	rules, features, r := randomCase(seed)
	q := Request{Policy: &policy.Policy{Partner: "north", Rules: rules}, Keys: Keys{ID: []byte(strconv.FormatUint(seed, 10))}, Features: features, Created: at, Software: "detect 0.0.0-test"}
	if r.IntN(2) == 0 {
		q.Keys.Origin = []byte("origin")
		q.Policy.OriginKey = "origin.key"
	}
	for _, f := range features[:len(features)/2] {
		b := f.Geometry.Bound()
		q.Looked = append(q.Looked, Looked{f.TBefore, f.TAfter, orb.MultiPolygon{{{{b.Min[0], b.Min[1] - 0.02}, {b.Max[0], b.Min[1] - 0.02}, {b.Max[0], b.Max[1]}, {b.Min[0], b.Max[1]}, {b.Min[0], b.Min[1] - 0.02}}}}})
	}
	return q
}

// packed is the package of a request.
func packed(t testing.TB, q Request, s parcel.Signer) (*Draft, []parcel.File) {
	t.Helper()
	d, err := NewDraft(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	plan, _ := NewPlan(q, d, History{}, PlanFile{}, nil)
	b := Build{Policy: q.Policy, Plan: plan, Signer: s, Software: q.Software}
	files, err := parcel.Build(d.Files, b.manifest(d, ""), s)
	if err != nil {
		t.Fatal(err)
	}
	return d, files
}

// secretsOf are texts that must not be in a package: everything that the policy does not let be told, of every feature, as it stands inside.
func secretsOf(r policy.Rules, d *Draft) (secrets []string) {
	texts := regexp.MustCompile(`[A-Za-z0-9_-]*CANARY[0-9a-f]{16}`)
	numbers := regexp.MustCompile(`-?[0-9]+\.[0-9]{9}|[0-9]{9}|[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}`)
	add := func(f *Input, told func(name string) bool, exact bool) {
		var inside map[string]json.RawMessage
		data, err := json.Marshal(f.Detection)
		if err == nil {
			err = json.Unmarshal(data, &inside)
		}
		if err != nil {
			panic(err)
		}
		if !exact {
			geometry, err := json.Marshal(f.Geometry)
			if err != nil {
				panic(err)
			}
			inside["geometry"] = geometry
		}
		inside["id"], _ = json.Marshal(f.ID)
		for name, raw := range inside {
			if told(name) {
				continue
			}
			secrets = append(append(secrets, texts.FindAllString(string(raw), -1)...), numbers.FindAllString(string(raw), -1)...)
		}
	}
	// Written once more, so that a mistake in package policy shows: what goes with a cell, and what tells the scene.
	listed := map[string]bool{}
	for _, a := range r.Attributes {
		listed[a] = true
	}
	withCells := map[string]bool{"confidence": true, "n_looked": true, "n_seen": true} // the others are coarsened, or words that are known
	for _, h := range d.Selection.Withheld {
		add(h.Feature, func(string) bool { return false }, false)
	}
	for _, c := range d.Selection.Released {
		exact := r.Grid == 0 && c.Coarsen == 0
		add(c.Feature, func(name string) bool {
			switch {
			case !listed[name]:
				return false
			case strings.HasPrefix(name, "src_"):
				return r.Sources == policy.SourceScenes && r.Times == policy.ExactTimes && exact
			case strings.HasPrefix(name, "t_") || strings.HasSuffix(name, "_seen") && name != "n_seen":
				return r.Times == policy.ExactTimes && exact
			case exact:
				return name != "obj_desc" && name != "direction" && name != "det_method" && name != "edge_flag"
			}
			return withCells[name]
		}, exact)
	}
	return secrets
}

var escaped = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

// forms are the ways in which a package is searched.
func forms(files []parcel.File) (all [][]byte) {
	var raw []byte
	for _, f := range files {
		raw = append(append(raw, f.Name...), f.Data...)
	}
	plain := escaped.ReplaceAllFunc(raw, func(b []byte) []byte {
		n, err := strconv.ParseUint(string(b[2:]), 16, 16)
		if err != nil {
			return b
		}
		return []byte(string(rune(n)))
	})
	return [][]byte{raw, plain, bytes.ToLower(raw)}
}

// hidden are the forms that a secret may take.
func hidden(secret string) (all []string) {
	all = []string{secret, strings.ToLower(secret), hex.EncodeToString([]byte(secret))}
	for shift := range 3 { // base 64 at each offset, without the characters at the ends, which neighbours share
		s := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret + "xxx"))
		from, to := (shift*8+5)/6, (shift+len(secret))*8/6
		all = append(all, s[from:to])
	}
	return all
}

// TestNoLeaks makes packages of random policies and data with something to find in every field inside, looks for it in the bytes of the package, and wants
// package leak to have nothing against them.
func TestNoLeaks(t *testing.T) {
	signer := testSigner(t)
	dir := t.TempDir()
	leaked, searched, features := 0, 0, 0
	n := many(400)
	for seed := range n {
		q := caseOf(uint64(seed))
		d, files := packed(t, q, signer)
		features += len(d.Features)
		haystacks := forms(files)
		for _, secret := range secretsOf(q.Policy.Rules, d) {
			for _, form := range hidden(secret) {
				searched++
				for _, h := range haystacks {
					if bytes.Contains(h, []byte(form)) {
						leaked++
						t.Errorf("package %d holds %q as %q", seed, secret, form)
					}
				}
			}
		}
		at := filepath.Join(dir, strconv.Itoa(seed))
		unpack(t, at, files)
		if err := leak.Check(at, q.Policy); err != nil {
			t.Errorf("package %d: %v", seed, err)
		}
		if err := os.RemoveAll(at); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d packages with %d features, %d forms of secrets searched, %d found", n, features, searched, leaked)
	if features < n/10 || searched < 100*n {
		t.Error("the packages hold too little")
	}
}

// TestTextsAreKnown: what package leak knows of README.txt, codebook.csv and schema.json is what is written, whatever partner and handling are called.
func TestTextsAreKnown(t *testing.T) {
	for _, c := range []struct{ partner, handling string }{
		{"north", ""}, {"north", "not onward"}, {strings.Repeat("a", 27), ""}, {strings.Repeat("a", 64), ""}, {"desk-20260501", ""}, {"north", "call 0171.5556666"},
	} {
		q := caseOf(3)
		q.Policy.Partner, q.Policy.Handling = c.partner, c.handling
		_, files := packed(t, q, testSigner(t))
		at := filepath.Join(t.TempDir(), "package")
		unpack(t, at, files)
		err := leak.Check(at, q.Policy)
		for _, name := range []string{readmeName, codebookName, schemaName} {
			if err != nil && strings.Contains(err.Error(), name) {
				t.Errorf("%s is not what package leak knows of it: when its text was changed on purpose, change leak/texts.go, too (readmeSum to the sum below): %v", name, err)
			}
		}
		if err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestSearchFinds is the negative control: a secret is found in each form.
func TestSearchFinds(t *testing.T) {
	const secret = "detCANARY0123456789abcdef"
	for _, text := range []string{
		secret, "xx" + hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("a" + secret + "b")),
		base64.StdEncoding.EncodeToString([]byte("ab" + secret + "bc")), `\u0064etCANARY0123456789abcdef`, strings.ToUpper(secret),
	} {
		found := false
		for _, h := range forms([]parcel.File{{Name: "a", Data: []byte(text)}}) {
			for _, form := range hidden(secret) {
				found = found || bytes.Contains(h, []byte(form))
			}
		}
		if !found {
			t.Errorf("%q is not found in %q", secret, text)
		}
	}
}

// unpack writes a package into a folder.
func unpack(t testing.TB, dir string, files []parcel.File) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOracleAgrees has a script that shares no code judge which features satisfy the policy, in which cells they lie, and what they may say.
func TestOracleAgrees(t *testing.T) {
	if err := exec.Command("/usr/bin/python3", "-c", "import shapely, pyproj").Run(); err != nil {
		t.Skipf("/usr/bin/python3 has no shapely or pyproj: %v", err)
	}
	path := filepath.Join(t.TempDir(), "cases.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	enc := json.NewEncoder(f)
	n := many(300)
	for seed := range n {
		q := caseOf(uint64(seed) + 1<<32)
		d, err := NewDraft(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var inputs []any
		for _, in := range q.Features {
			inputs = append(inputs, map[string]any{"id": Identity(&in.Feature), "geometry": map[string]any{"type": "Polygon", "coordinates": in.Geometry}, "properties": in.Detection, "confidence": in.Confidence, "tlp": in.TLP, "no_onward": in.NoOnward})
		}
		var detections json.RawMessage = d.Files[0].Data
		r := q.Policy.Rules
		if err := enc.Encode(map[string]any{"seed": seed, "at": at, "key": hex.EncodeToString(q.Keys.ID), "inputs": inputs, "released": detections, "rules": r, "embargo_s": r.Embargo / time.Second}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("/usr/bin/python3", filepath.Join("..", "..", "testdata", "oracle", "release.py"), path).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
