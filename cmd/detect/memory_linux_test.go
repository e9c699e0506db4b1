package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestMemoryOfOutputs bounds what rasters and coverage add to the memory of a run. By hand, for 4204 columns, in MiB: a row of tiles of the
// score, 4, and of the mask, 2, twice each; the scores of 12 tiles of 1 on their way; half as much again for the garbage collector; GDAL's
// cache of 64, which these passes alone hardly fill; and 28 for its overviews: 128 in all. Holding the score raster would add 67.
func TestMemoryOfOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("the large scene is left out with -short")
	}
	p := large(t)
	peak := func(options ...string) int64 {
		dir := t.TempDir()
		cmd := call{}.command(t, append([]string{"run", p.before, p.after, filepath.Join(dir, "out.geojson"), "-q", "-j", "2", "--method", "cva"}, options...)...)
		cmd.Dir = dir
		if o := wait(t, cmd); o.code != 0 {
			t.Fatal(o.stderr)
		}
		return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss // in KiB
	}
	bare := peak()
	all := peak("--mask-out", "mask.tif", "--score", "score.tif", "--coverage", "coverage.geojson")
	t.Logf("%d MiB with nothing but the features, %d MiB with all outputs", bare>>10, all>>10)
	if more := (all - bare) >> 10; more > 128 {
		t.Errorf("rasters and coverage take %d MiB; want at most 128", more)
	}
}
