package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestIRMADAgainstOracle compares IR-MAD with an independent one, from the formulas in numpy, on the same pixels: canonical correlations to
// 10⁻⁶, and what P(χ² > S²) > 5 % calls unchanged on 99.9 % of them.
func TestIRMADAgainstOracle(t *testing.T) {
	t.Parallel()
	needOracle(t)
	t.Run("farmland", func(t *testing.T) { compareIRMAD(t, tile("farmland")) })
	t.Run("landsat", func(t *testing.T) { compareIRMAD(t, realPair(t, "landsat_taizhou")) })
}

func compareIRMAD(t *testing.T, p pair) {
	dir := t.TempDir()
	out, scores := filepath.Join(dir, "out.geojson"), filepath.Join(dir, "scores.tif")
	call{}.succeed(t, "run", p.before, p.after, out, "--method", "irmad", "--register", "off", "--score", scores, "-q")
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "oracle", "irmad.py"), p.before, p.after, scores, out+".run.json")
	cmd.Stderr = os.Stderr
	printed, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var apart, unchanged, same float64
	if _, err := fmt.Sscan(string(printed), &apart, &unchanged, &same); err != nil {
		t.Fatalf("%q: %v", printed, err)
	}
	t.Logf("correlations %.1e apart; %.2f %% of the pixels unchanged; %.4f %% the same", apart, 100*unchanged, 100*same)
	if apart > 1e-6 || same < 0.999 || unchanged < 0.1 || unchanged > 0.99 {
		t.Errorf("correlations %v apart, %v of the pixels the same, %v unchanged", apart, same, unchanged)
	}
}
