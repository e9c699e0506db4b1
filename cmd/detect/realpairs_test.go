package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// realRun is a run of a real pair. like, if not "", is the name of another run that finds the same regions.
type realRun struct {
	pair
	name, like string
	options    []string
}

// pairsFolder is where real pairs lie, each in a folder with before.tif and after.tif: $PASSDIFF_DATA, or shared/data beside the checkout.
func pairsFolder() string {
	if folder := os.Getenv("PASSDIFF_DATA"); folder != "" {
		return folder
	}
	return absolute("../../../shared/data")
}

// realPair is a real pair. Where there is none of that name the test is skipped.
func realPair(t *testing.T, name string) pair {
	t.Helper()
	if testing.Short() {
		t.Skip("real pairs are left out with -short")
	}
	dir := filepath.Join(pairsFolder(), name)
	p := pair{filepath.Join(dir, "before.tif"), filepath.Join(dir, "after.tif")}
	if _, err := os.Stat(p.before); err != nil {
		t.Skipf("no real pair: %v (PASSDIFF_DATA names another folder)", err)
	}
	return p
}

// TestRealPairs runs the real pairs. The first of each family, as names begin, is also run with simplified outlines. Further after_….tif in
// the folders are the pass as it was delivered.
func TestRealPairs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("real pairs are left out with -short")
	}
	folder := pairsFolder()
	befores, err := filepath.Glob(filepath.Join(folder, "*", "before.tif"))
	if err != nil {
		t.Fatal(err)
	}
	if len(befores) == 0 {
		t.Skipf("no real pairs: %s has no folders with before.tif (PASSDIFF_DATA names another)", folder)
	}
	var runs []realRun
	families := map[string]bool{}
	for _, before := range befores {
		at := filepath.Dir(before)
		r := realRun{pair: pair{before, filepath.Join(at, "after.tif")}, name: filepath.Base(at)}
		if !gridOf(t, before).Georeferenced() {
			r.options = []string{"--no-georef"}
		}
		runs = append(runs, r)
		if family, _, _ := strings.Cut(r.name, "_"); !families[family] {
			families[family] = true
			plain := realRun{r.pair, r.name + " by cva", "", slices.Concat(r.options, []string{"--method", "cva"})}
			runs = append(runs, plain)
			for _, px := range []string{"0.5", "1", "2"} {
				runs = append(runs, realRun{r.pair, r.name + " simplified " + px, plain.name, slices.Concat(r.options, []string{"--simplify", px, "--method", "cva"})})
			}
		}
		runs = append(runs, delivered(t, before)...)
	}
	checkRuns(t, runs)
}

// delivered are runs of the passes as they were delivered with each way to resample. On the grid of before they find what they find
// without; on another they are refused without.
func delivered(t *testing.T, before string) (runs []realRun) {
	t.Helper()
	afters, err := filepath.Glob(filepath.Join(filepath.Dir(before), "after_*.tif"))
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range afters {
		p, like := pair{before, after}, ""
		name := filepath.Base(filepath.Dir(before)) + " " + strings.TrimSuffix(filepath.Base(after), ".tif")
		if gridOf(t, before) == gridOf(t, after) {
			runs = append(runs, realRun{pair: p, name: name, options: []string{"--method", "cva"}})
			like = name
		} else {
			refusedAsDelivered(t, p)
		}
		for _, method := range []string{raster.Bilinear, raster.Cubic, raster.Nearest} {
			runs = append(runs, realRun{p, name + " " + method, like, []string{"--resample", method, "--method", "cva"}})
		}
	}
	return runs
}

// anotherGrid says in what the grids of two files differ, and the way out.
var anotherGrid = regexp.MustCompile(`(after_\S+ is EPSG:\d+, \S+before\.tif is EPSG:\d+|has pixels of .*|not a whole number of pixels); use --resample bilinear\n`)

func refusedAsDelivered(t *testing.T, p pair) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "x.geojson")
	o := call{}.run(t, "run", p.before, p.after, out)
	if o.code != 4 || !anotherGrid.MatchString(o.stderr) {
		t.Errorf("%s ends with %d: %s", p.after, o.code, o.stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Errorf("%s: a refused run wrote its output", p.after)
	}
}

// checkRuns runs detect and has the oracle look at all it wrote.
func checkRuns(t *testing.T, runs []realRun) {
	t.Helper()
	dir := t.TempDir()
	lines := make([]string, len(runs))
	var g errgroup.Group
	g.SetLimit(2)
	for i, r := range runs {
		g.Go(func() error {
			lines[i] = masked(t, dir, r.name, r.pair, r.options...)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if t.Failed() {
		return
	}
	for _, r := range runs {
		if r.like == "" {
			continue
		}
		got, want := ids(t, filepath.Join(dir, r.name+".geojson")), ids(t, filepath.Join(dir, r.like+".geojson"))
		if !slices.Equal(got, want) {
			t.Errorf("%s has %d features, %s has %d, or others", r.name, len(got), r.like, len(want))
		}
	}
	needOracle(t)
	checkOutputs(t, lines, 10*len(lines))
}

// ids are those of the features of OUT, in its order.
func ids(t *testing.T, out string) (ids []string) {
	t.Helper()
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseGeoJSON(string(data), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Features {
		ids = append(ids, f.ID)
	}
	return ids
}

func gridOf(t *testing.T, path string) raster.Grid {
	t.Helper()
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.Info().Grid
}
