package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// optioned is a run with options. Its words name inputs: a word with a dot in it is a file that inputs writes.
type optioned struct {
	name string
	// inputs writes the files of the run into a folder, stored as o says.
	inputs func(t *testing.T, dir string, o gdal.CreateOptions)
	args   string // BEFORE AFTER and options
	layout bool   // the storage has a say in the result
}

// optionedRuns give every option of detect run that changes outputs a place.
var optionedRuns = []optioned{
	{"areas", plainInputs, "before.tif after.tif --aoi areas.geojson --aoi-id-field name --aoi-layer areas --exclude zones.geojson --threshold triangle " +
		"--fit scene", false},
	{"box", plainInputs, "before.tif after.tif --bbox 30.68,-17.17,30.74,-17.1,EPSG:4326 --threshold percentile:97 --fit quarter --known zones.geojson", false},
	{"shapes", plainInputs, "before.tif after.tif --opening 1 --hysteresis 1.2 --mmu 900m2 --fill 40 --simplify 0.7 --threshold kittler", false},
	{"pixel by pixel", farmlandInputs, "before.tif after.tif --no-georef --fill 9 --threshold fixed:2 --job-id a/b --aoi-id c", false},
	{"missing", sparseInputs, "before.tif after.tif --allow-sparse --exclude zones.geojson", true},
	{"nearest", otherGrid(0, 1), "before.tif after.tif --resample nearest --threshold rosin", false},
	{"bilinear", otherGrid(0.37, 1.001), "before.tif after.tif --resample bilinear --register off --method cva --threshold fixed:4", false},
	{"cubic", otherGrid(0.37, 0.9), "before.tif after.tif --resample cubic --threshold percentile:98 --aoi areas.geojson", false},
	{"classes", farmlandInputs, "before.tif after.tif --after-mask cloud.tif --before-mask quality.tif --mask-values 1,72,75 --mask-buffer 3 " +
		"--threshold percentile:95 --before-time 2024-05-01 --after-time 2024-06-01T10:00:00Z", false},
	{"bits", farmlandInputs, "before.tif after.tif --before-mask quality.tif --mask-bits 3,4 --mask-buffer 1 --threshold fixed:2", false},
	{"stack", farmlandInputs, "b1.tif,b2.tif,b3.tif a1.tif,a2.tif,a3.tif --after-mask cloud.tif --mask-values 1 --threshold rosin", false},
	{"bands", farmlandInputs, "before.tif after.tif --bands 1,3 --threshold fixed:1.5", false},
	{"profile", farmlandInputs, "before.tif after.tif --bands 1,2,3 --profile buildings --hysteresis 1 --mmu 4px --fill 1 --threshold percentile:80", false},
	{"vhr", farmlandInputs, "before.tif after.tif --bands 1,2,3 --method auto --kind vhr --hysteresis 1 --mmu 4px --fill 1 --threshold percentile:80", false},
	{"radar", farmlandInputs, "before.tif after.tif --bands 4 --method auto --kind sar --threshold percentile:90 --hysteresis 1 --mmu 4px", false},
	{"other bands", farmlandInputs, "before.tif after.tif --before-bands 4,2 --after-bands 4,2 --model model.json --simplify 0.3", false},
}

// outputFlags are the further outputs of each of these runs.
var outputFlags = []string{
	"--mask-out", "mask.tif", "--score", "score.tif", "--coverage", "coverage.geojson", "--save-model", "saved.json", "--record", "record.json", "--quiet",
}

// indifferent options change no output, say only which files may be opened, are the ways themselves, or are for shards (TestShards).
var indifferent = []string{"overwrite", "hash-inputs", "driver", "sidecars", "allow-remote", "jobs", "tile", "plan", "shard", "out"}

// optionStorage are ways to store the inputs, each with the ways to run on it.
var optionStorage = []struct {
	gdal.CreateOptions
	ways []way
}{
	{gdal.CreateOptions{Tile: 64}, []way{cutting(90, 1), smallCache(cutting(250, 2))}},
	{gdal.CreateOptions{StripRows: 37, BandInterleave: true}, []way{smallCache(cutting(90, 2)), cutting(250, 1)}},
}

// smallCache is w with a cache of GDAL smaller than the score raster, so that blocks of that leave it while others are read.
func smallCache(w way) way {
	w.name += ", small cache"
	w.env = []string{"GDAL_CACHEMAX=1"}
	return w
}

// TestSameBytesOfOptions wants one result with every option, whatever the cutting and the storage.
func TestSameBytesOfOptions(t *testing.T) {
	t.Parallel()
	for _, run := range optionedRuns {
		t.Run(run.name, func(t *testing.T) {
			t.Parallel()
			var want map[string]string
			for i, storage := range optionStorage {
				if i > 0 && testing.Short() {
					break
				}
				dir := t.TempDir()
				run.inputs(t, dir, storage.CreateOptions)
				ways := storage.ways
				if testing.Short() { // one way with two workers: for the race detector
					ways = ways[1:]
				}
				for _, w := range ways {
					got := outputsOf(t, dir, w, run.args)
					if want == nil || i > 0 && run.layout && w.name == storage.ways[0].name {
						want = got
					}
					for _, name := range slices.Sorted(maps.Keys(want)) {
						if got[name] != want[name] {
							t.Errorf("storage %d, %s: another %s", i, w.name, name)
						}
					}
				}
			}
		})
	}
}

// TestOptionsHaveAPlace fails for an option of detect run that no run of TestSameBytesOfOptions has.
func TestOptionsHaveAPlace(t *testing.T) {
	words := append(slices.Clone(outputFlags), indifferent...)
	for _, run := range optionedRuns {
		words = append(words, strings.Fields(run.args)...)
	}
	newRun(nil).Flags().VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(words, "--"+f.Name) && !slices.Contains(words, f.Name) {
			t.Errorf("--%s is in no run", f.Name)
		}
	})
}

// outputsOf are sums of everything that detect makes of inputs in a folder, by name.
func outputsOf(t *testing.T, dir string, w way, args string) map[string]string {
	t.Helper()
	out := t.TempDir()
	defer os.RemoveAll(out) // a test makes many
	words := []string{"run"}
	for i, word := range strings.Fields(args) {
		files := strings.Split(word, ",")
		for k, f := range files {
			if _, err := os.Stat(filepath.Join(dir, f)); err == nil && f != "" {
				files[k] = filepath.Join(dir, f)
			}
		}
		if words = append(words, strings.Join(files, ",")); i == 1 {
			words = append(words, "out.geojson")
		}
	}
	if !strings.Contains(args, "--method") && !strings.Contains(args, "--model") {
		words = append(words, "--method", "cva") // cheap on the smallest tiles
	}
	w.dir = out
	w.succeed(t, append(append(words, outputFlags...), w.flags...)...)
	sums := map[string]string{}
	for _, name := range []string{"out.geojson", "mask.tif", "score.tif", "coverage.geojson", "saved.json", "record.json"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte("\n")) - 2; name == "out.geojson" && n < 10 {
			t.Fatalf("%d features, too few to tell ways apart", n)
		}
		if name == "record.json" {
			if data, err = withoutMachine(data); err != nil {
				t.Fatal(err)
			}
		}
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	return sums
}

// put stores pixels, or fails the test.
func put(t *testing.T, p pixels, dir, name string, o gdal.CreateOptions) {
	t.Helper()
	if err := p.store(filepath.Join(dir, name), o); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) pixels {
	t.Helper()
	p, err := load(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// text writes a text file.
func text(t *testing.T, dir, name, data string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

// plainInputs: one band, the after pass covers a part; areas that lie apart and cross tiles, one in two parts with a hole.
func plainInputs(t *testing.T, dir string, o gdal.CreateOptions) {
	put(t, get(t, tile("plain").before), dir, "before.tif", o)
	put(t, get(t, tile("plain").after), dir, "after.tif", o)
	text(t, dir, "areas.geojson", `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"west"},"geometry":{"type":"Polygon","coordinates":[
 [[30.68,-17.17],[30.72,-17.165],[30.72,-17.10],[30.68,-17.10],[30.68,-17.17]],[[30.69,-17.15],[30.70,-17.12],[30.70,-17.15],[30.69,-17.15]]]}},
{"type":"Feature","properties":{"name":"east"},"geometry":{"type":"MultiPolygon","coordinates":[
 [[[30.74,-17.16],[30.76,-17.165],[30.77,-17.10],[30.74,-17.16]]],[[[30.72,-17.11],[30.75,-17.11],[30.73,-17.09],[30.72,-17.11]]]]}}]}`)
	text(t, dir, "zones.geojson", `{"type":"Polygon","coordinates":[[[30.70,-17.17],[30.71,-17.17],[30.71,-17.08],[30.70,-17.08],[30.70,-17.17]]]}`)
}

// sparseInputs are plainInputs without some blocks of the before pass.
func sparseInputs(t *testing.T, dir string, o gdal.CreateOptions) {
	plainInputs(t, dir, o)
	path := filepath.Join(dir, "before.tif")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	offsets, lengths := blockFields(data)
	for i := 5; i < len(offsets); i += 17 {
		clear(offsets[i])
		clear(lengths[i])
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// otherGrid is plainInputs with an after pass whose grid begins shift pixels later and has pixels of scale times the size. Its pixels stay,
// so that the passes also differ by where the ground seems to lie.
func otherGrid(shift, scale float64) func(*testing.T, string, gdal.CreateOptions) {
	return func(t *testing.T, dir string, o gdal.CreateOptions) {
		plainInputs(t, dir, o)
		after := get(t, tile("plain").after)
		a := &after.grid.Affine
		a[0], a[3] = a.Apply(shift, shift)
		a[1], a[5] = a[1]*scale, a[5]*scale
		put(t, after, dir, "after.tif", o)
	}
}

// farmlandInputs: four bands, together and each for itself, the clouds of the after pass, and a raster of bits for the before pass on a
// coarser grid.
func farmlandInputs(t *testing.T, dir string, o gdal.CreateOptions) {
	for pass, path := range map[string]string{"before": tile("farmland").before, "after": tile("farmland").after} {
		p := get(t, path)
		put(t, p, dir, pass+".tif", o)
		for b := range p.block.Bands {
			one := p
			n := int(p.block.Window.Pixels())
			one.block = &raster.Block{Window: p.block.Window, Bands: 1, Data: p.block.Data.([]uint16)[b*n : (b+1)*n], Valid: p.block.Valid}
			put(t, one, dir, fmt.Sprintf("%c%d.tif", pass[0], b+1), o)
		}
	}
	cloud := get(t, filepath.Join(tiles, "farmland_cloud.tif"))
	put(t, cloud, dir, "cloud.tif", o)
	quality := pixels{grid: cloud.grid, typ: raster.Uint16, block: new(raster.Block)}
	g := &quality.grid
	g.Affine[0], g.Affine[3] = g.Affine.Apply(-2.3, -1.6)
	g.Affine[1], g.Affine[5] = 2*g.Affine[1], 2*g.Affine[5]
	g.Width, g.Height = g.Width/2+3, g.Height/2+3
	quality.block.Shape(g.Window(), 1, raster.Uint16)
	bits := quality.block.Data.([]uint16)
	for i := range bits {
		x, y := i%g.Width, i/g.Width
		bits[i] = 64 + uint16(x%7)
		if (x-60)*(x-60)+(y-80)*(y-80) < 300 {
			bits[i] |= 8
		}
		if x > 2*y+90 {
			bits[i] |= 16
		}
	}
	put(t, quality, dir, "quality.tif", o)
	// A model of two bands, fitted on the pair itself.
	model := []string{"--before-bands", "4,2", "--after-bands", "4,2", "--threshold", "percentile:96", "--hysteresis", "1", "--save-model", "model.json", "-q", "--method", "cva"}
	call{dir: dir}.succeed(t, append([]string{"run", "before.tif", "after.tif", "fit.geojson"}, model...)...)
}
