package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"golang.org/x/sys/cpu"

	"passdiff/raster/gdal"
)

// way is a way to do the same: what changes nothing in the result.
type way struct {
	name  string
	flags []string
	call
}

func flags(name string, f ...string) way { return way{name: name, flags: f} }

func env(kv ...string) way { return way{name: fmt.Sprint(kv), call: call{env: kv}} }

// cuttings cover tile sizes × workers, each tile size twice and each number of workers at least twice.
var cuttings = []way{
	cutting(64, 8), cutting(100, 3), cutting(256, 1), cutting(512, 2), cutting(4096, 8),
	cutting(64, 1), cutting(100, 2), cutting(256, 8), cutting(512, 3), cutting(4096, 1),
}

func cutting(tile, workers int) way {
	f := []string{"--tile", strconv.Itoa(tile), "-j", strconv.Itoa(workers)}
	return flags(fmt.Sprint(f), f...)
}

// surroundings are what a machine may bring along.
var surroundings = []way{
	flags("again"),
	env("LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8", "TZ=Asia/Kathmandu"), env("LC_ALL=C", "TZ=America/St_Johns"),
	env("GODEBUG=cpu.fma=off,cpu.avx=off,cpu.avx2=off,cpu.avx512f=off"), env("GDAL_CACHEMAX=8"), env("GDAL_CACHEMAX=512", "GDAL_NUM_THREADS=4"),
	env("GODEBUG=cpu.avx512f=off"), env("GOMAXPROCS=1"), env("GOMAXPROCS=7", "GOGC=10"),
}

// layouts are ways to store the same pixels.
var layouts = map[string]gdal.CreateOptions{
	"strips of 1, raw":              {StripRows: 1, Compression: "NONE"},
	"strips of 37, deflate":         {StripRows: 37},
	"tiles of 16, LZW":              {Tile: 16, Compression: "LZW"},
	"tiles of 208, raw, by band":    {Tile: 208, Compression: "NONE", BandInterleave: true},
	"strips of 8, ZSTD, by band":    {StripRows: 8, Compression: "ZSTD", BandInterleave: true},
	"one tile of 1424, unpredicted": {Tile: 1424, NoPredictor: true},
}

// TestSameBytes wants one result, to the byte, whatever the cutting, the storage, the surroundings and the build.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	for _, p := range []pair{tile("farmland"), tile("coast"), tile("plain")} {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && p.name() == "plain" {
				t.Skip("the largest of the pairs is left out with -short")
			}
			ways := append(append([]way{}, cuttings...), surroundings...)
			if testing.Short() {
				ways = []way{cuttings[0], cuttings[4], surroundings[3]}
			}
			want := sameForAll(t, p, ways)
			if !testing.Short() {
				with := func(w way) way {
					w.flags = append([]string{"--method", "cva"}, w.flags...)
					return w
				}
				want := fingerprint(t, p, with(cuttings[1]))
				for _, w := range []way{cuttings[2], cuttings[8], surroundings[3]} {
					if fingerprint(t, p, with(w)) != want {
						t.Errorf("cva, %s: another result", w.name)
					}
				}
				if fingerprint(t, p.restored(t, layouts["strips of 37, deflate"]), with(cuttings[1])) != want {
					t.Error("cva, strips of 37: another result")
				}
			}
			for layout, o := range layouts {
				if testing.Short() && !o.BandInterleave {
					continue
				}
				if got := fingerprint(t, p.restored(t, o), cutting(100, 3)); got != want {
					t.Errorf("%s: another result", layout)
				}
			}
		})
	}
	t.Run("large", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("the scene above the limit of the whole sample is left out with -short")
		}
		p := large(t)
		ways := append([]way{}, cuttings[:5]...)
		ways = append(ways, cuttings[7], surroundings[1], surroundings[3], surroundings[4], surroundings[8])
		want := sameForAll(t, p, ways)
		q := p.restored(t, gdal.CreateOptions{StripRows: 3})
		for _, w := range []way{flags("strips of 3"), cutting(256, 3)} {
			if got := fingerprint(t, q, w); got != want {
				t.Errorf("strips of 3, %s: another result", w.name)
			}
		}
	})
}

// TestSameBytesOfBuilds wants the result of builds for the first and the third level of amd64, and without assembly, to be the test binary's.
func TestSameBytesOfBuilds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("other builds are left out with -short")
	}
	if runtime.GOARCH != "amd64" {
		t.Skipf("GOAMD64 has no meaning on %s", runtime.GOARCH)
	}
	dir := t.TempDir()
	for _, level := range []string{"v1", "v3", "purego"} {
		t.Run(level, func(t *testing.T) {
			if level == "v3" && !(cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasBMI2) {
				t.Skip("this CPU cannot run GOAMD64=v3: it lacks AVX2, FMA or BMI2")
			}
			exe := filepath.Join(dir, "detect-"+level)
			build := exec.Command("go", "build", "-o", exe, ".")
			if level == "purego" {
				build.Args = append(build.Args[:2:2], append([]string{"-tags", level}, build.Args[2:]...)...)
			} else {
				build.Env = append(os.Environ(), "GOAMD64="+level)
			}
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, p := range []pair{tile("farmland"), tile("coast"), tile("plain"), large(t)} {
				if fingerprint(t, p, way{call: call{exe: exe}}) != fingerprint(t, p, way{}) {
					t.Errorf("%s: another result", p.name())
				}
			}
		})
	}
}

// sameForAll is the fingerprint of a pair, which all ways must give.
func sameForAll(t *testing.T, p pair, ways []way) string {
	t.Helper()
	want := fingerprint(t, p, way{})
	for _, w := range ways {
		if got := fingerprint(t, p, w); got != want {
			t.Errorf("%s: another result", w.name)
		}
	}
	return want
}

// fingerprint is a sum of everything that detect makes of a pair.
func fingerprint(t *testing.T, p pair, w way) string {
	t.Helper()
	dir := t.TempDir()
	defer os.RemoveAll(dir) // a test makes many
	out, mask := filepath.Join(dir, "out.geojson"), filepath.Join(dir, "mask.tif")
	args := append([]string{"run", p.before, p.after, out, "--mask-out", mask, "--quiet"}, p.flags()...)
	w.succeed(t, append(args, w.flags...)...)
	h := sha256.New()
	for _, name := range []string{out, mask, out + ".run.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if features := bytes.Count(data, []byte("\n")) - 2; name == out && features < 10 {
			t.Fatalf("%s has %d features, too few to tell ways apart", p.name(), features)
		}
		if name == out+".run.json" {
			if whole := bytes.Contains(data, []byte(`"whole": true`)); whole == (p.name() == "large") {
				t.Fatalf("%s was read whole for the fit: %v", p.name(), whole)
			}
			if data, err = withoutMachine(data); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintf(h, "%d\n%s", len(data), data)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// withoutMachine is a run record without what may differ between two machines that give the same result.
func withoutMachine(data []byte) ([]byte, error) {
	var record map[string]json.RawMessage
	if err := json.Unmarshal(data, &record); err != nil {
		return nil, err
	}
	if record["machine"] == nil {
		return nil, fmt.Errorf("the record has no machine")
	}
	delete(record, "machine")
	return json.Marshal(record) // keys are sorted
}
