package arch

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fused matches the line of a compiler listing that holds a fused multiply-add, on arm64 and on amd64 from GOAMD64=v3 on. A line reads
//
//	0x0010 00016 (passdiff/raster/grid.go:20)	FMADDD	F1, F2, F0, F3
var fused = regexp.MustCompile(`\(([^()]+:\d+)\)\s+(FN?M(?:ADD|SUB)[SD]|VFN?M(?:ADD|SUB)\w+)\b`)

// targets are the machines on which the compiler fuses.
var targets = []struct {
	name string
	env  []string
}{
	{"arm64", []string{"GOARCH=arm64"}},
	{"amd64v3", []string{"GOARCH=amd64", "GOAMD64=v3"}},
}

// compile lists the instructions of packages. go build replays the listing of packages that it has compiled before.
func compile(t *testing.T, dir string, env []string, pattern string, packages ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-gcflags=" + pattern + "=-S"}, packages...)...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return out
}

// findFused lists the places of fused instructions, each once, in order.
func findFused(listing []byte) (places []string) {
	for _, m := range fused.FindAllSubmatch(listing, -1) {
		places = append(places, string(m[1])+" "+string(m[2]))
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// TestNothingFused: in the packages that define results, the compiler fuses nothing, neither in their own lines nor in those of functions
// that it inlines there.
func TestNothingFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for other machines; not with -short")
	}
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			listing := compile(t, root, target.env, module+"/...", "./raster", "./change/...", "./geo")
			for _, p := range []string{"raster", "change", "change/internal/kernel", "change/register", "geo"} {
				if n := bytes.Count(listing, []byte("("+module+"/"+p+"/")); n < 1000 {
					t.Errorf("the listing holds %d instructions of %s", n, p)
				}
			}
			for _, place := range findFused(listing) {
				t.Errorf("%s: round the product, float64(a*b) + c", place)
			}
		})
	}
}

// TestFusedFinds is the negative control: of two functions in a package made up for this, the one that does not round its product shows.
func TestFusedFinds(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for other machines; not with -short")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module control\n\ngo 1.26\n",
		"control.go": `package control

func Fused64(a, b, c float64) float64 { return a*b + c }
func Fused32(a, b, c float32) float32 { return a*b + c }
func Rounded64(a, b, c float64) float64 { return float64(a*b) + c }
func Rounded32(a, b, c float32) float32 { return float32(a*b) + c }
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range targets {
		for range 2 { // compiled, then replayed
			var lines []string
			for _, place := range findFused(compile(t, dir, target.env, "control", ".")) {
				lines = append(lines, strings.Fields(place)[0])
			}
			if want := []string{"control/control.go:3", "control/control.go:4"}; !slices.Equal(slices.Compact(lines), want) {
				t.Errorf("%s: found %v, want %v", target.name, lines, want)
			}
		}
	}
}
