package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The oracle is GEOS, PROJ and GDAL through the Python packages of the operating system.
const python = "/usr/bin/python3"

// needOracle skips a test, visibly, when a package is missing.
func needOracle(t *testing.T) {
	t.Helper()
	const imports = "import json, numpy, pyproj, rasterio, shapely"
	if out, err := exec.Command(python, "-c", imports).CombinedOutput(); err != nil {
		t.Skipf("no oracle: %s cannot %s (%v: %.200s)", python, imports, err, out)
	}
}

// TestTilesAgainstOracle has every polygon of the pairs with known truth checked, over the options that shape polygons.
func TestTilesAgainstOracle(t *testing.T) {
	t.Parallel()
	needOracle(t)
	dir := t.TempDir()
	var runs []string
	for _, p := range []pair{tile("farmland"), tile("coast"), tile("plain")} {
		for i, options := range [][]string{nil, {"--no-georef"}, {"--threshold", "kittler", "--hysteresis", "1", "--mmu", "1px"}} {
			if p.name() == "plain" && i == 1 || testing.Short() && i == 2 {
				continue // plain's passes differ in size
			}
			runs = append(runs, masked(t, dir, fmt.Sprint(p.name(), i), p, options...))
		}
	}
	least := 170 // half of the objects in the three pairs
	if testing.Short() {
		least = 100 // without the runs that keep every pixel
	}
	checkOutputs(t, runs, least)
}

// masked runs detect with a mask raster and returns the oracle's line.
func masked(t *testing.T, dir, name string, p pair, options ...string) string {
	t.Helper()
	out, mask := filepath.Join(dir, name+".geojson"), filepath.Join(dir, name+".tif")
	o := call{}.run(t, append([]string{"run", p.before, p.after, out, "--mask-out", mask, "--quiet"}, options...)...)
	if o.code != 0 {
		t.Errorf("%s ends with %d: %s", name, o.code, o.stderr)
		return ""
	}
	data, err := os.ReadFile(out)
	if err == nil {
		_, err = parseGeoJSON(string(data), false)
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return out + "\t" + mask + "\n"
}

// checkOutputs hands runs to the oracle, which must have looked at so many features at least and complain of none.
func checkOutputs(t *testing.T, runs []string, least int) {
	t.Helper()
	cmd := exec.Command(python, filepath.Join("testdata", "oracle", "outputs.py"))
	cmd.Stdin = strings.NewReader(strings.Join(runs, ""))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, l := range lines[:len(lines)-1] {
		if i == 20 {
			t.Errorf("and %d more", len(lines)-1-i)
			break
		}
		t.Error(l)
	}
	var features, compared int
	if _, err := fmt.Sscanf(lines[len(lines)-1], "compared %d features of %d runs", &features, &compared); err != nil {
		t.Fatalf("%q: %v", lines[len(lines)-1], err)
	}
	if features < least || compared != len(runs) {
		t.Errorf("%d features of %d runs were looked at; want %d features at least, of %d", features, compared, least, len(runs))
	}
	t.Logf("%d features of %d runs", features, compared)
}
