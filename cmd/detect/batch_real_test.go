package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/jobs"
)

// realPairs is how many comparisons of real pairs TestBatchReal has, beside as many broken ones as brokenPasses times three.
const realPairs = 60

// TestBatchReal compares 60 times on real pairs, with 12 broken pairs among them: the good ones are as single runs make them, and the broken
// ones are explained.
func TestBatchReal(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("real pairs are left out with -short")
	}
	befores, err := filepath.Glob(filepath.Join(pairsFolder(), "*", "before.tif"))
	if err != nil {
		t.Fatal(err)
	}
	if len(befores) == 0 {
		t.Skipf("no real pairs: %s has no folders with before.tif (PASSDIFF_DATA names another)", pairsFolder())
	}
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("version: 1\ndefaults: {options: {mmu: 20px}, outputs: [mask]}\njobs:\n")
	methods := []string{"cva", "logratio", "auto"}
	for i := range realPairs {
		at := befores[i%len(befores)]
		georef := "false"
		if !gridOf(t, at).Georeferenced() {
			georef = "true"
		}
		fmt.Fprintf(&b, "  - {id: good%d, before: %s, after: %s, options: {method: %s, no-georef: %s}}\n", i, at, filepath.Join(filepath.Dir(at), "after.tif"),
			methods[i/len(befores)%len(methods)], georef)
		if i%5 == 4 {
			broken(t, &b, dir, i/5)
		}
	}
	path := filepath.Join(dir, "jobs.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := jobs.Read(path, jobs.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	begun := time.Now()
	o := call{env: []string{"DETECT_TEST_CHILD=crash=crash.tif"}}.run(t, "batch", path, "--out", out)
	took := time.Since(begun)
	if o.code != 3 {
		t.Fatalf("the batch ends with %d: %s", o.code, o.stderr)
	}
	r := readBatch(t, out)
	good := map[string]bool{}
	seconds := 0.0
	for _, p := range r.Pairs {
		seconds += p.Machine.Seconds
		kind, _, _ := strings.Cut(p.Name, "-")
		says := map[string]string{"truncated": "", "crs": "EPSG:32632", "missing": "none.tif", "sparse": "never written", "crash": "it crashed: SIGABRT"}
		want, bad := says[strings.TrimRight(kind, "0123456789")]
		switch {
		case !bad:
			good[p.Name] = true
			if p.Status != "done" && p.Status != "nothing changed" {
				t.Errorf("%s is %s: %v", p.Name, p.Status, p.Why)
			}
		case p.Why == nil || !strings.Contains(*p.Why, want):
			t.Errorf("%s is %s, without %q", p.Name, p.Status, want)
		}
	}
	if len(good) != realPairs || r.Counts.Pairs != realPairs+12 || r.Counts.Refused+r.Counts.Failed != 12 {
		t.Errorf("%d good pairs, counts %+v", len(good), r.Counts)
	}
	t.Logf("%d pairs in %.1f s, %.1f s of their processes", r.Counts.Pairs, took.Seconds(), seconds)
	begun = time.Now()
	likeSingleRuns(t, path, out, f.Pairs, func(name string) bool { return good[name] })
	t.Logf("%d single runs in %.1f s", len(good), time.Since(begun).Seconds())
	begun = time.Now()
	if o := (call{}).run(t, "batch", path, "--out", out, "--dry-run"); strings.Count(o.stdout, "keep\t") != realPairs {
		t.Errorf("a second batch would run more than the broken ones: %s", o.stdout)
	}
	t.Logf("looking at all again took %.1f s", time.Since(begun).Seconds())
}

// broken adds the job of a broken pair: by n truncated, of another CRS, missing, sparse, or one whose process crashes.
func broken(t *testing.T, b *strings.Builder, dir string, n int) {
	t.Helper()
	kind := []string{"truncated", "crs", "missing", "sparse", "crash"}[n%5]
	for name, options := range map[string][]string{"a.tif": {}, "b.tif": {"pass=1"}, "crs.tif": {"crs=EPSG:32632"}} {
		p, err := parsePicture(append(options, "size=200x128", "compress=NONE"))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.write(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "b.tif"))
	if err != nil {
		t.Fatal(err)
	}
	after := map[string]string{"missing": "none.tif"}[kind]
	if after == "" {
		after = kind + ".tif"
	}
	switch kind {
	case "truncated":
		err = os.WriteFile(filepath.Join(dir, after), data[:len(data)*2/3], 0o644)
	case "crash":
		err = os.WriteFile(filepath.Join(dir, after), data, 0o644)
	case "sparse":
		offsets, lengths := blockFields(data)
		clear(offsets[5])
		clear(lengths[5])
		err = os.WriteFile(filepath.Join(dir, after), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "  - {id: %s%d, before: a.tif, after: %s}\n", kind, n, after)
}
