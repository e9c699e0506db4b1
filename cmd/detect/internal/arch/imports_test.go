package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	module = "passdiff"
	godal  = "github.com/airbusgeo/godal"
	sqlite = "github.com/mattn/go-sqlite3"
)

// root is the module's folder, seen from this package.
const root = "../../../.."

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath, ForTest                          string
	Standard                                     bool
	CgoFiles, Imports, TestImports, XTestImports []string
}

// list runs go list in the module.
func list(t *testing.T, cgo string, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,ForTest,Standard,CgoFiles,Imports,TestImports,XTestImports"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.Bytes())
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// layers say what each part of the module may import of the others. A package belongs to the part with the longest prefix; within its
// own part it may import anything.
var layers = map[string][]string{
	"raster":      {},
	"raster/gdal": {"raster"},
	"change":      {"raster"},
	"geo":         {"raster"},
	"geo/ogr":     {"raster", "raster/gdal", "geo"},
	"docs":        {},
	"cmd":         {"raster", "raster/gdal", "change", "geo", "geo/ogr", "docs", exits, tracks, parcels, pools, forms, policies, audits, leaks, releases},
	// Tracking knows features, and neither rasters nor how they are compared: what it is fed comes from outside.
	exits:  {},
	tracks: {"geo", exits},
	// What strangers send is opened by little code: packages know features as geo reads them, and the pool knows what was opened.
	parcels: {"geo", exits, frugal},
	pools:   {exits, tracks, parcels},
	// What looks for leaks shares only the policy with what makes releases, whose tests use it.
	forms:    {exits},
	policies: {exits, forms, tracks, "docs", frugal},
	audits:   {exits, frugal},
	leaks:    {exits, policies, frugal},
	releases: {"geo", exits, policies, parcels, audits, leaks, frugal},
	frugal:   {},
}

// Parts of the command.
const (
	exits  = "cmd/detect/internal/exit"
	tracks = "cmd/detect/internal/track"

	parcels = "cmd/detect/internal/parcel"
	pools   = "cmd/detect/internal/pool"

	forms    = "cmd/detect/internal/form"
	policies = "cmd/detect/internal/policy"
	audits   = "cmd/detect/internal/audit"
	leaks    = "cmd/detect/internal/leak"
	releases = "cmd/detect/internal/release"

	// frugal bounds what parsers may take, in tests.
	frugal = "cmd/detect/internal/frugal"
)

// pure are the parts without C. An external test, such as an example that goes from pixels to features, may use all of them.
var pure = []string{"raster", "change", "geo"}

// mayUseC are the parts that import the GDAL binding.
var mayUseC = []string{"raster/gdal", "geo/ogr"}

// layerOf is the part to which an import path belongs; "" when it is not the module's, an error when no part fits.
func layerOf(path string) (string, error) {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		if path == module {
			return "", fmt.Errorf("there is a package at the module's root")
		}
		return "", nil
	}
	best := ""
	for l := range layers {
		if (rest == l || strings.HasPrefix(rest, l+"/")) && len(l) > len(best) {
			best = l
		}
	}
	if best == "" {
		return "", fmt.Errorf("%s belongs to no part of the module", path)
	}
	return best, nil
}

// violations lists the imports that point the wrong way, those of tests too.
func violations(packages []listed) (wrong []string) {
	for _, p := range packages {
		from, err := layerOf(p.ImportPath)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		check := func(imports, may []string) {
			for _, i := range imports {
				to, err := layerOf(i)
				switch {
				case err != nil:
					wrong = append(wrong, err.Error())
				case to != "" && to != from && !slices.Contains(may, to):
					wrong = append(wrong, fmt.Sprintf("%s imports %s", p.ImportPath, i))
				case (i == godal || strings.HasPrefix(i, godal+"/")) && !slices.Contains(mayUseC, from):
					wrong = append(wrong, fmt.Sprintf("%s imports %s", p.ImportPath, i))
				case i == sqlite && from != tracks:
					wrong = append(wrong, fmt.Sprintf("%s imports %s", p.ImportPath, i))
				}
			}
		}
		check(slices.Concat(p.Imports, p.TestImports), layers[from])
		check(p.XTestImports, slices.Concat(layers[from], pure))
	}
	return wrong
}

func TestImportDirection(t *testing.T) {
	packages := list(t, "1", "./...")
	found := map[string]bool{}
	for _, p := range packages {
		l, _ := layerOf(p.ImportPath)
		found[l] = true
	}
	for _, l := range []string{"raster", "raster/gdal", "change", "geo", "cmd"} {
		if !found[l] {
			t.Errorf("no package of %s was listed, only %v", l, slices.Sorted(maps.Keys(found)))
		}
	}
	for _, w := range violations(packages) {
		t.Error(w)
	}
}

// TestImportDirectionFinds is the negative control.
func TestImportDirectionFinds(t *testing.T) {
	for _, c := range []struct {
		p    listed
		want bool
	}{
		{listed{ImportPath: "passdiff/change", Imports: []string{"passdiff/raster", "passdiff/change/internal/kernel", "math"}}, false},
		{listed{ImportPath: "passdiff/change", Imports: []string{"passdiff/geo"}}, true},
		{listed{ImportPath: "passdiff/geo", TestImports: []string{"passdiff/change"}}, true},
		{listed{ImportPath: "passdiff/geo", XTestImports: []string{"passdiff/change"}}, false},
		{listed{ImportPath: "passdiff/raster", XTestImports: []string{"passdiff/raster/gdal"}}, true},
		{listed{ImportPath: "passdiff/raster", XTestImports: []string{godal}}, true},
		{listed{ImportPath: "passdiff/raster/gdal", Imports: []string{godal, "passdiff/raster/gdal/internal/tiffdir"}}, false},
		{listed{ImportPath: "passdiff/geo/ogr", Imports: []string{godal, "passdiff/geo"}}, false},
		{listed{ImportPath: "passdiff/change/register", Imports: []string{godal}}, true},
		{listed{ImportPath: "passdiff/cmd/detect", Imports: []string{"passdiff/geo/ogr", "passdiff/raster/gdal", "passdiff/change"}}, false},
		{listed{ImportPath: "passdiff/cmd/detect", Imports: []string{godal}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/track", Imports: []string{"passdiff/geo", sqlite, "passdiff/cmd/detect/internal/exit"}}, false},
		{listed{ImportPath: "passdiff/cmd/detect/internal/track", Imports: []string{"passdiff/cmd/detect/internal/job"}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/track", Imports: []string{"passdiff/raster/gdal"}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/job", Imports: []string{"passdiff/cmd/detect/internal/track"}}, false},
		{listed{ImportPath: "passdiff/cmd/detect/internal/job", Imports: []string{sqlite}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/parcel", Imports: []string{"passdiff/geo", "passdiff/cmd/detect/internal/exit"}}, false},
		{listed{ImportPath: "passdiff/cmd/detect/internal/parcel", Imports: []string{"passdiff/cmd/detect/internal/job"}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/pool", Imports: []string{"passdiff/geo/ogr"}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/leak", TestImports: []string{"passdiff/cmd/detect/internal/release"}}, true},
		{listed{ImportPath: "passdiff/cmd/detect/internal/leak", Imports: []string{"passdiff/cmd/detect/internal/parcel"}}, true},
		{listed{ImportPath: "passdiff/utils"}, true},
		{listed{ImportPath: "passdiff"}, true},
	} {
		if got := violations([]listed{c.p}); (len(got) > 0) != c.want {
			t.Errorf("%+v: %q", c.p, got)
		}
	}
}

// TestNoC: with cgo on, nothing that raster, change and geo or their tests need is made of C, but for the standard library's own use.
func TestNoC(t *testing.T) {
	packages := list(t, "1", "-deps", "-test", "./raster", "./change/...", "./geo")
	std := 0
	for _, p := range packages {
		switch {
		case p.Standard:
			std++
		case len(p.CgoFiles) > 0:
			t.Errorf("%s has C in %v", p.ImportPath, p.CgoFiles)
		case p.ImportPath == godal || slices.Contains(p.Imports, godal):
			t.Errorf("%s is or imports %s", p.ImportPath, godal)
		}
	}
	if std == 0 || std == len(packages) {
		t.Errorf("%d packages listed, %d of them standard", len(packages), std)
	}
	// The control: the binding shows as C.
	if !slices.ContainsFunc(list(t, "1", "-deps", "./raster/gdal"), func(p listed) bool { return p.ImportPath == godal && len(p.CgoFiles) > 0 }) {
		t.Errorf("%s shows no C under raster/gdal", godal)
	}
}
