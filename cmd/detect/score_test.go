package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// cmdDrawn writes a raster of classes as FROM draws it, a row a line: '.' is 0, '#' 1, '?' 255, and other digits are themselves. Options are those of
// tif for the place, type and nodata.
//
//	drawn NAME FROM [KEY=VALUE...]
func cmdDrawn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: drawn NAME FROM [KEY=VALUE...]")
	}
	rows := strings.Fields(ts.ReadFile(args[1]))
	p, err := parsePicture(append(args[2:], fmt.Sprintf("size=%dx%d", len(rows[0]), len(rows))))
	ts.Check(err)
	t := p.opts.Type
	if t == 0 {
		t = raster.Uint8
	}
	var b raster.Block
	b.Shape(p.grid.Window(), 1, t)
	for i, c := range strings.Join(rows, "") {
		switch c {
		case '.':
			setValue(b.Data, i, 0)
		case '#':
			setValue(b.Data, i, 1)
		case '?':
			setValue(b.Data, i, 255)
		default:
			v, err := strconv.Atoi(string(c))
			ts.Check(err)
			setValue(b.Data, i, float64(v))
		}
	}
	sink, err := gdal.Create(ts.MkAbs(args[0]), p.grid, p.opts)
	ts.Check(err)
	ts.Check(errors.Join(sink.WriteBlock(b.Window, &b), sink.Close()))
}

// oracleLine is a score as the oracle reads it.
func oracleLine(t *testing.T, out, truth, grid string, options ...string) string {
	t.Helper()
	args := append([]string{"score", out, truth, "--json"}, options...)
	if grid != "" {
		args = append(args, "--grid", grid)
	}
	written := call{}.succeed(t, args...).stdout
	if strings.Contains(written, "NaN") || strings.Contains(written, "Inf") {
		t.Errorf("%v: %s", args, written)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, []byte(written)); err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{out, truth, grid, line.String()}, "\t") + "\n"
}

// checkScores hands scores to the oracle, which must agree.
func checkScores(t *testing.T, lines []string, least int) {
	t.Helper()
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "oracle", "scores.py"))
	cmd.Stdin = strings.NewReader(strings.Join(lines, ""))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	complaints := strings.Split(strings.TrimSpace(string(out)), "\n")
	last := complaints[len(complaints)-1]
	for _, c := range complaints[:len(complaints)-1] {
		t.Error(c)
	}
	var numbers, scores int
	if _, err := fmt.Sscanf(last, "compared %d numbers of %d scores", &numbers, &scores); err != nil || scores != len(lines) || numbers < least {
		t.Errorf("%q, %v; want %d scores and %d numbers at least", last, err, len(lines), least)
	}
}

// TestScoreOracle computes scores again with numpy, scipy and rasterio: rasters and polygons on either side, in longitude and latitude and
// in pixels.
func TestScoreOracle(t *testing.T) {
	t.Parallel()
	needOracle(t)
	var lines []string
	for _, name := range []string{"coast", "farmland"} {
		dir := t.TempDir()
		in := func(file string) string { return filepath.Join(dir, file) }
		before, after := filepath.Join(tiles, name+"_before.tif"), filepath.Join(tiles, name+"_after.tif")
		truth := filepath.Join(tiles, name+"_truth.tif")
		run := func(out, mask string, options ...string) {
			call{}.succeed(t, append([]string{"run", before, after, in(out), "--mask-out", in(mask), "-q", "--method", "cva"}, options...)...)
		}
		run("otsu.geojson", "otsu.tif", "--threshold", "otsu")
		run("most.geojsonl", "most.tif", "--threshold", "percentile:95")
		run("pixels.geojson", "pixels.tif", "--threshold", "otsu", "--no-georef")
		lines = append(lines,
			oracleLine(t, in("otsu.tif"), truth, ""),
			oracleLine(t, in("otsu.geojson"), truth, ""),
			oracleLine(t, in("most.geojsonl"), truth, ""),
			oracleLine(t, in("pixels.geojson"), truth, ""),
			oracleLine(t, in("otsu.tif"), in("most.geojsonl"), ""),
			oracleLine(t, in("pixels.tif"), in("pixels.geojson"), ""),
			oracleLine(t, in("otsu.geojson"), in("most.geojsonl"), before),
		)
	}
	checkScores(t, lines, 100*len(lines))
}

// scorePairs are real pairs, each of another family: labelled on a seventh, on a twelfth, without georeference, without change, and wholly
// labelled.
var scorePairs = []string{"landsat_taizhou", "idabd_1_4", "sar_yellow_A", "whu_crop_1_30", "oscd_rennes"}

// TestScoreRealPairs compares with the oracle and with score.py, which lies beside the folder of pairs, $PASSDIFF_DATA.
func TestScoreRealPairs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("real pairs are left out with -short")
	}
	needOracle(t)
	folder := pairsFolder()
	script := filepath.Join(folder, "..", "score.py")
	if _, err := os.Stat(script); err != nil {
		t.Skipf("no pairs and script to compare with: %v", err)
	}
	dir := t.TempDir()
	exe, err := os.Executable()
	detect, goals, list := filepath.Join(dir, "detect"), filepath.Join(dir, "goals.json"), filepath.Join(dir, "pairs.json")
	if err := errors.Join(err, os.Symlink(exe, detect), os.WriteFile(goals, []byte("{}"), 0o644)); err != nil {
		t.Fatal(err)
	}
	chosen, err := json.Marshal(scorePairs)
	if err := errors.Join(err, os.WriteFile(list, chosen, 0o644)); err != nil {
		t.Fatal(err)
	}
	printed, err := exec.Command(python, "-W", "ignore", script, detect, folder, goals, list).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, printed)
	}
	var lines []string
	for _, name := range scorePairs {
		at := func(file string) string { return filepath.Join(folder, name, file) }
		truth := at("truth.tif")
		var options []string
		if !gridOf(t, truth).Georeferenced() {
			options = []string{"--no-georef"}
		}
		out, mask := filepath.Join(dir, name+".geojson"), filepath.Join(dir, name+".tif")
		call{}.succeed(t, append([]string{"run", at("before.tif"), at("after.tif"), out, "--mask-out", mask, "-q"}, options...)...)
		lines = append(lines, oracleLine(t, mask, truth, ""), oracleLine(t, out, truth, ""))
		checkAgainstScript(t, name, string(printed), call{}.succeed(t, "score", mask, truth, "--json").stdout)
	}
	checkScores(t, lines, 100*len(lines))
}

// checkAgainstScript wants score.py's row of a family of one pair, or its share flagged of the pair without change, to three and four decimals.
func checkAgainstScript(t *testing.T, name, printed, written string) {
	t.Helper()
	var r struct {
		Pixels struct {
			F1      *float64
			Flagged float64
			FN, TP  int
		}
		Objects struct {
			Recall, Precision *float64
			RecallMatched     *float64 `json:"recall_matched"`
			PrecisionMatched  *float64 `json:"precision_matched"`
		}
	}
	if err := json.Unmarshal([]byte(written), &r); err != nil {
		t.Fatal(err)
	}
	zero := func(v *float64) float64 { // what the script says of an undefined measure
		if v == nil {
			return 0
		}
		return *v
	}
	want := fmt.Sprintf(" F1 %.3f  object recall %.3f  object precision %.3f  matched at 10 %%: %.3f / %.3f\n",
		zero(r.Pixels.F1), zero(r.Objects.Recall), zero(r.Objects.Precision), zero(r.Objects.RecallMatched), zero(r.Objects.PrecisionMatched))
	if r.Pixels.TP+r.Pixels.FN == 0 {
		want = fmt.Sprintf("false alarm on 1 empty pairs %.4f\n", r.Pixels.Flagged)
	}
	if !strings.Contains(printed, want) {
		t.Errorf("%s: score.py prints\n%s, without %q", name, printed, want)
	}
}
