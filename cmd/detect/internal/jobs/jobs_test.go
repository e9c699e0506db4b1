package jobs

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"passdiff/cmd/detect/internal/exit"
)

// folder is a folder with files of that content.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read reads jobs.yaml of a folder.
func read(t *testing.T, dir string) []Pair {
	t.Helper()
	f, err := Read(filepath.Join(dir, "jobs.yaml"), Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return f.Pairs
}

// summary is a pair without its folder.
func summary(dir string, p Pair) string {
	s := strings.Join(p.Args("out"), " ")
	return strings.ReplaceAll(s, dir+"/", "")
}

// hashes are those in names.
var hashes = regexp.MustCompile(`-[0-9a-f]{8}\b`)

func TestPairs(t *testing.T) {
	dir := folder(t, map[string]string{"sub/x.tif": "", "jobs.yaml": `version: 1
defaults:
  options: {mmu: 9px, bands: [1, 2], no-georef: true}
  outputs: [model, mask]
jobs:
  - id: one
    before: a.tif
    after: [b2.tif, /abs/b3.tif]
    options: {mmu: 100m2, exclude: zones.geojson, before-time: 2024-01-01}
  - id: "Two: zwei"
    before: /vsicurl/x.tif
    after: https://example.org/y.tif
    options: &o {threshold: fixed:4, hysteresis: 1.5}
    outputs: [coverage]
  - {id: three, before: a.tif, after: b.tif, options: *o, outputs: []}
`})
	want := []string{
		"--bands=1,2 --before-time=2024-01-01 --exclude=zones.geojson --job-id=one --mmu=100m2 --no-georef=true --mask-out=out/one/a_b2.mask.tif --save-model=out/one/a_b2.model.json a.tif b2.tif,/abs/b3.tif out/one/a_b2.geojson",
		"--bands=1,2 --hysteresis=1.5 --job-id=Two: zwei --mmu=9px --no-georef=true --threshold=fixed:4 --coverage=out/two-zwei/x_y.coverage.geojson /vsicurl/x.tif https://example.org/y.tif out/two-zwei/x_y.geojson",
		"--bands=1,2 --hysteresis=1.5 --job-id=three --mmu=9px --no-georef=true --threshold=fixed:4 a.tif b.tif out/three/a_b.geojson",
	}
	for i, p := range read(t, dir) {
		if got := hashes.ReplaceAllString(summary(dir, p), ""); got != want[i] {
			t.Errorf("pair %d is\n%s, want\n%s", i, got, want[i])
		}
	}
	p := read(t, dir)[0]
	var inputs []string
	for _, in := range p.Inputs() {
		inputs = append(inputs, in.What+" "+strings.TrimPrefix(in.Path, dir+"/"))
	}
	if want := []string{"BEFORE a.tif", "AFTER b2.tif", "AFTER /abs/b3.tif", "exclude zones.geojson"}; !slices.Equal(inputs, want) {
		t.Errorf("inputs are %q, want %q", inputs, want)
	}
	if n := len(p.Files("x")); n != 4 {
		t.Errorf("%d files, want GeoJSON, record, mask and model", n)
	}
}

// TestSeries pairs passes whose times stand in the file of jobs and in STAC items.
func TestSeries(t *testing.T) {
	item := func(time string) string { return `{"stac_version":"1.0.0","properties":{"datetime":"` + time + `"}}` }
	files := map[string]string{
		"p/c.tif": "", "p/c.json": item("2024-03-01T10:00:00Z"),
		"p/a.TIFF": "", "p/a.json": item("2024-02-01T10:00:00Z"),
		"p/b.tif": "", "p/b.json": item("2024-01-01T10:00:00Z"),
		"p/.b.tif.part-1": "", "p/notes.txt": "",
		"stac/catalog.json": `{"type":"Catalog","links":[{"rel":"self","href":"catalog.json"},{"rel":"child","href":"./c/col.json"},{"rel":"item","href":"i3.json"}]}`,
		"stac/c/col.json":   `{"type":"Collection","links":[{"rel":"parent","href":"../catalog.json"},{"rel":"item","href":"items.json"},{"rel":"child","href":"../catalog.json"}]}`,
		"stac/c/items.json": `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"i2","properties":{"datetime":"2024-02-01T00:00:00Z"},"assets":{"data":{"href":"two.tif","roles":["data"]},"scl":{"href":"../scl2.tif"}}},
{"type":"Feature","id":"i1","properties":{"datetime":null,"start_datetime":"2024-01-01T00:00:00Z"},"assets":{"data":{"href":"/abs/one.tif","roles":["data"]},"scl":{"href":"scl1.tif"}}}]}`,
		"stac/i3.json": `{"type":"Feature","id":"i3","properties":{"datetime":"2024-03-01T00:00:00Z"},"assets":{"data":{"href":"three.tif","roles":["data"]},"scl":{"href":"scl3.tif"}}}`,
	}
	for _, c := range []struct{ series, want string }{
		{"{passes: p, pairing: consecutive}", "p/b.tif p/a.TIFF; p/a.TIFF p/c.tif"},
		{"{passes: 'p/*.tif', pairing: consecutive}", "p/b.tif p/c.tif"},
		{"{passes: p, pairing: against-first}", "p/b.tif p/a.TIFF; p/b.tif p/c.tif"},
		{"{passes: p, pairing: {against: 2024-02-01}}", "p/a.TIFF p/c.tif"},
		{"{passes: p, pairing: {against: '2024-02-01T09:59:59Z'}}", "p/b.tif p/a.TIFF; p/b.tif p/c.tif"},
		{"{passes: [{path: y.tif, time: 2024-05-01, mask: m.tif}, {path: [x1.tif, x2.tif], time: 2024-04-01}], pairing: consecutive}",
			"--after-mask=m.tif --after-time=2024-05-01T00:00:00Z --before-time=2024-04-01T00:00:00Z x1.tif,x2.tif y.tif"},
		{"{stac: stac/catalog.json, mask-asset: scl, pairing: consecutive}",
			"--after-mask=stac/scl2.tif --after-time=2024-02-01T00:00:00Z --before-mask=stac/c/scl1.tif --before-time=2024-01-01T00:00:00Z /abs/one.tif stac/c/two.tif; " +
				"--after-mask=stac/scl3.tif --after-time=2024-03-01T00:00:00Z --before-mask=stac/scl2.tif --before-time=2024-02-01T00:00:00Z stac/c/two.tif stac/three.tif"},
		{"{stac: stac/c/items.json, asset: [data, scl], pairing: against-first}",
			"--after-time=2024-02-01T00:00:00Z --before-time=2024-01-01T00:00:00Z /abs/one.tif,stac/c/scl1.tif stac/c/two.tif,stac/scl2.tif"},
	} {
		files["jobs.yaml"] = "version: 1\njobs:\n  - id: s\n    series: " + c.series + "\n"
		dir := folder(t, files)
		var got []string
		for _, p := range read(t, dir) {
			args := strings.Split(summary(dir, p), " ")
			got = append(got, strings.Replace(strings.Join(args[:len(args)-1], " "), "--job-id=s ", "", 1))
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("%s gives\n%s, want\n%s", c.series, g, c.want)
		}
	}
}

// TestSeriesRefused wants what cannot be paired to be said with its line.
func TestSeriesRefused(t *testing.T) {
	files := map[string]string{
		"item.json":   `{"type":"Feature","id":"i","properties":{"datetime":"2024-02-01T00:00:00Z"},"assets":{"a":{"href":"a.tif"},"b":{"href":"b.tif"}}}`,
		"undated":     `{"type":"Feature","id":"i","properties":{},"assets":{"a":{"href":"a.tif"}}}`,
		"web.json":    `{"type":"Catalog","links":[{"rel":"item","href":"https://example.org/item.json"}]}`,
		"other.json":  `{"type":"Other"}`,
		"broken.json": `{`,
		"cut.tif":     "II*",
	}
	const two = "{path: a.tif, time: 2024-01-01}, {path: b.tif, time: 2024-02-01}"
	for _, c := range []struct {
		series, says string
		code         exit.Code
	}{
		{"{passes: [{path: a.tif, time: 2024-01-01}], pairing: consecutive}", "jobs.yaml:4: the series has 1 passes; a pair needs two", exit.Input},
		{"{passes: [{path: a.tif, time: yesterday}], pairing: consecutive}", `jobs.yaml:4: time: "yesterday" is not a time`, exit.Usage},
		{"{passes: [" + two + "], pairing: {against: 2023-01-01}}", "jobs.yaml:4: no pass was acquired up to 2023-01-01; the first is of 2024-01-01T00:00:00Z", exit.Usage},
		{"{passes: [" + two + "], pairing: {against: 2025-01-01}}", "jobs.yaml:4: no pass was acquired after 2025-01-01; the last is of 2024-02-01T00:00:00Z", exit.Usage},
		{"{passes: [" + two + "], pairing: {against: soon}}", `jobs.yaml:4: against: "soon" is not a time`, exit.Usage},
		{"{passes: [" + two + ", cut.tif], pairing: consecutive}", "jobs.yaml:4: ", exit.Input},
		{"{stac: item.json, pairing: consecutive}", "jobs.yaml:4: item.json: item i has the assets a, b, and not one of them alone has the role data; choose with asset", exit.Input},
		{"{stac: item.json, asset: c, pairing: consecutive}", `jobs.yaml:4: item.json: item i has no asset "c"; it has a, b`, exit.Input},
		{"{stac: undated, pairing: consecutive}", "jobs.yaml:4: undated: item i has no datetime", exit.Input},
		{"{stac: web.json, pairing: consecutive}", "web.json: links to https://example.org/item.json, which is not a file of this machine", exit.Input},
		{"{stac: other.json, pairing: consecutive}", `other.json: is of type "Other"; name a STAC item`, exit.Input},
		{"{stac: broken.json, pairing: consecutive}", "broken.json: is no STAC file", exit.Input},
		{"{stac: none.json, pairing: consecutive}", "none.json: no such file or directory", exit.Input},
	} {
		files["jobs.yaml"] = "version: 1\njobs:\n  - id: s\n    series: " + c.series + "\n"
		_, err := Read(filepath.Join(folder(t, files), "jobs.yaml"), Rules{})
		var e *exit.Error
		if err == nil || !strings.Contains(err.Error(), c.says) || !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: %v, want %q with code %d", c.series, err, c.says, c.code)
		}
	}
}

// TestNames wants names that are safe, differ when what they name does, and do not depend on where batch is started.
func TestNames(t *testing.T) {
	area := func(name string) string {
		return `{"type":"Feature","properties":{"name":"` + name + `"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}`
	}
	ids := []string{"../../etc/passwd", "West", "west", "WEST ", "wëst", "日本", "...", "-", "a/b", "a_b", strings.Repeat("x", 300), "con", "a\\\\b", "a:b"}
	var areas []string
	for _, id := range ids {
		areas = append(areas, area(id))
	}
	files := map[string]string{
		"areas.geojson": `{"type":"FeatureCollection","features":[` + strings.Join(areas, ",") + `]}`,
		"jobs.yaml": `version: 1
jobs:
  - {id: x, before: ../a.tif, after: ./b.tif, aois: {file: areas.geojson, field: name}}
  - {id: X, before: ../a.tif, after: ./b.tif, aois: {file: areas.geojson, field: name}}
`,
	}
	dir := folder(t, files)
	safe := regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$`)
	seen := map[string]bool{}
	pairs := read(t, dir)
	for _, p := range pairs {
		if !safe.MatchString(p.Name) || len(p.Name) > 2*(2*longestLabel+12) {
			t.Errorf("area %q is called %q", p.AOI, p.Name)
		}
		if seen[p.Name] {
			t.Errorf("two pairs are called %q", p.Name)
		}
		seen[p.Name] = true
	}
	if len(pairs) != 2*len(ids) {
		t.Errorf("%d pairs of %d areas and 2 jobs", len(pairs), len(ids))
	}
	t.Chdir(dir)
	for i, p := range read(t, ".") {
		if p.Name != pairs[i].Name {
			t.Errorf("%q is called %q elsewhere", pairs[i].Name, p.Name)
		}
	}
}

func TestRules(t *testing.T) {
	dir := folder(t, map[string]string{"jobs.yaml": "version: 1\njobs:\n  - id: a\n    before: a.tif\n    after: b.tif\n    options:\n      mmu: 5\n      fill: 6\n"})
	_, err := Read(filepath.Join(dir, "jobs.yaml"), Rules{
		Option: func(flag, value string) error {
			if value == "6" {
				return errors.New(flag + " is wrong")
			}
			return nil
		},
	})
	if err == nil || !strings.HasSuffix(err.Error(), "jobs.yaml:8: fill is wrong") {
		t.Errorf("the error is %v", err)
	}
	_, err = Read(filepath.Join(dir, "jobs.yaml"), Rules{Run: func(args []string) error { return errors.New(args[0] + " does not go") }})
	if err == nil || !strings.HasSuffix(err.Error(), "jobs.yaml:3: job a: --fill=6 does not go") {
		t.Errorf("the error is %v", err)
	}
}

// TestBomb wants aliases that stand for billions of values to be refused before they take memory.
func TestBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		n := string(rune('b' + i))
		p := string(rune('a' + i))
		ref := "*" + p + "0"
		b.WriteString(n + "0: &" + n + "0 [" + strings.Repeat(ref+", ", 9) + ref + "]\n")
	}
	dir := folder(t, map[string]string{"jobs.yaml": b.String()})
	if _, err := Read(filepath.Join(dir, "jobs.yaml"), Rules{}); err == nil || !strings.Contains(err.Error(), "too many values") {
		t.Errorf("the error is %v", err)
	}
}

// TestExample wants the example to fit the schema, with every path in the folder that was named.
func TestExample(t *testing.T) {
	dir := folder(t, map[string]string{"jobs.yaml": Example("../tiles")})
	_, err := Read(filepath.Join(dir, "jobs.yaml"), Rules{})
	if err == nil || !strings.Contains(err.Error(), "../tiles/plain_[ab]*.tif: there are no such passes") {
		t.Errorf("the error is %v", err)
	}
}
