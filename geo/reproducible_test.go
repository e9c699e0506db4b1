package geo

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestNoFusedArithmetic looks for fused multiply-add in the machine code of the package, for targets whose compiler fuses.
func TestNoFusedArithmetic(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package for other machines")
	}
	fused := regexp.MustCompile(`/geo/(\w+\.go:\d+)\)\s+(V?FN?M(?:ADD|SUB)\w*)`)
	for _, target := range []string{"GOARCH=arm64", "GOAMD64=v3"} {
		cmd := exec.Command("go", "build", "-gcflags=-S", ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", target)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%.2000s", target, err, out)
		}
		if len(out) < 10_000 {
			t.Fatalf("%s: no machine code in %d bytes", target, len(out))
		}
		for _, m := range fused.FindAllSubmatch(out, -1) {
			t.Errorf("%s: %s at %s", target, m[2], m[1])
		}
	}
}
