//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"passdiff/raster/gdal"
)

// sharded plans a pair, does the shards with the given indices in that order, and merges; it returns what merge said and where OUT is.
func sharded(t *testing.T, p pair, n int, order []int, options ...string) (outcome, string) {
	t.Helper()
	dir := t.TempDir()
	jobs, plan, out := filepath.Join(dir, "jobs.yaml"), filepath.Join(dir, "plan.json"), filepath.Join(dir, "out.geojson")
	var text strings.Builder
	fmt.Fprintf(&text, "version: 1\njobs:\n- id: one\n  before: %s\n  after: %s\n  outputs: [coverage, mask, model]\n  options: {register: auto", p.before, p.after)
	for i := 0; i < len(options); i += 2 {
		fmt.Fprintf(&text, ", %s: %q", strings.TrimPrefix(options[i], "--"), options[i+1])
	}
	text.WriteString("}\n")
	if err := os.WriteFile(jobs, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	call{}.succeed(t, "plan", jobs, plan, "--shards", strconv.Itoa(n), "-q")
	for _, i := range order {
		call{env: []string{fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", i), "SLURM_ARRAY_TASK_COUNT=1"}}.succeed(t, "run", "--plan", plan, "--out", filepath.Join(dir, "shards"), "-j", strconv.Itoa(1+i%3), "-q")
	}
	return call{}.run(t, "merge", "--plan", plan, "--in", filepath.Join(dir, "shards"), out, "-q"), out
}

// upTo counts from 0, every other one first, and the last twice.
func upTo(n int) (order []int) {
	for _, from := range []int{1, 0} {
		for i := from; i < n; i += 2 {
			order = append(order, i)
		}
	}
	return append(order, n-1)
}

// TestShards: what the shards of a plan find, merged, is to the byte what one run finds: features, coverage and record, for scenes of one tile
// and of many, tiled and in strips, that overlap in part, with dense change, holes, and more shards than rows of blocks.
func TestShards(t *testing.T) {
	t.Parallel()
	whole := []string{"--job-id", "one"}
	for _, c := range []struct {
		name    string
		pair    func(t testing.TB) pair
		options []string
	}{
		{"farmland", func(testing.TB) pair { return tile("farmland") }, []string{"--method", "cva", "--threshold", "fixed:2"}},
		{"coast", func(testing.TB) pair { return tile("coast") }, nil},
		{"dense", func(testing.TB) pair { return tile("coast") }, []string{"--method", "cva", "--threshold", "percentile:60", "--fill", "5000", "--mmu", "1px"}},
		{"strips", func(t testing.TB) pair { return tile("coast").restored(t, gdal.CreateOptions{StripRows: 3}) }, []string{"--simplify", "0.6"}},
		{"large", large, []string{"--method", "cva"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && c.name != "dense" {
				t.Skip("only one of the pairs is cut with -short")
			}
			p := c.pair(t)
			dir := t.TempDir()
			want := filepath.Join(dir, "out.geojson")
			args := append([]string{"run", p.before, p.after, want, "--coverage", filepath.Join(dir, "out.coverage.geojson"), "--mask-out", filepath.Join(dir, "out.mask.tif"), "--save-model", filepath.Join(dir, "out.model.json"), "-q"}, whole...)
			call{}.succeed(t, append(args, c.options...)...)
			for _, n := range []int{1, 2, 7, 16} {
				said, got := sharded(t, p, n, upTo(n), c.options...)
				if said.code != 0 {
					t.Fatalf("%d shards: merge ends with %d: %s", n, said.code, said.stderr)
				}
				sameResult(t, fmt.Sprintf("%d shards", n), want, got)
			}
		})
	}
}

// sameResult compares two outputs and their records without what belongs to the machine.
func sameResult(t *testing.T, what, want, got string) {
	t.Helper()
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".run.json") {
			if data, err = withoutMachine(data); err != nil {
				t.Fatal(err)
			}
		}
		return string(data)
	}
	stem := func(name string) string { return strings.TrimSuffix(name, ".geojson") }
	for _, ends := range []string{".geojson", ".geojson.run.json", ".coverage.geojson", ".mask.tif", ".model.json"} {
		if read(stem(want)+ends) != read(stem(got)+ends) {
			t.Errorf("%s: another result, %s and %s", what, stem(want)+ends, stem(got)+ends)
		}
	}
}

// TestShardsMissing: a merge without all shards names those that are missing as a scheduler takes them, writes nothing, and works once they are
// there.
func TestShardsMissing(t *testing.T) {
	t.Parallel()
	said, out := sharded(t, tile("coast"), 8, []int{0, 2, 6, 7})
	if said.code != 3 || !strings.Contains(said.stderr, "--array=1,3-5") {
		t.Errorf("merge ends with %d: %s", said.code, said.stderr)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Error("there is an output")
	}
}

// TestShardStopped: SIGTERM, as at a time limit, ends a shard with the status that says it can be resumed, and leaves nothing of it; the next try
// finishes it.
func TestShardStopped(t *testing.T) {
	t.Parallel()
	p := large(t)
	dir := t.TempDir()
	text := fmt.Sprintf("version: 1\njobs:\n- {id: one, before: %s, after: %s, options: {method: cva}}\n", p.before, p.after)
	if err := os.WriteFile(filepath.Join(dir, "jobs.yaml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	in := call{dir: dir}
	in.succeed(t, "plan", "jobs.yaml", "plan.json", "--shards", "1", "-q")
	cmd := in.command(t, "run", "--plan", "plan.json", "--shard", "0", "-j", "1", "-q")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(dir, "shards", "shard-00000")
	for end := time.Now().Add(time.Minute); len(list(t, shard)) < 5 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the status says how it ended
	if code := cmd.ProcessState.ExitCode(); code != 75 {
		t.Fatalf("it ends with %d", code)
	}
	if left := list(t, shard); len(left) > 1 {
		t.Fatalf("it leaves %v", left)
	}
	in.succeed(t, "run", "--plan", "plan.json", "--shard", "0", "-q")
	in.succeed(t, "merge", "--plan", "plan.json", "out.geojson", "-q")
}
