package bench

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSummarise(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   Summary
		text   string
	}{
		{[]float64{3, 1, 2}, Summary{2, 1, 3}, "2.00 (1.00–3.00)"},
		{[]float64{4, 1, 2, 30}, Summary{3, 1, 30}, "3.00 (1.00–30.0)"},
		{[]float64{0.01234}, Summary{0.01234, 0.01234, 0.01234}, "0.0123 (0.0123–0.0123)"},
		{[]float64{0, 1234.5, 2000}, Summary{1234.5, 0, 2000}, "1234 (0.00–2000)"},
	} {
		if got := Summarise(c.values); got != c.want || got.String() != c.text {
			t.Errorf("%v gives %+v, %q", c.values, got, got)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, s := range []string{"10240", "10240x40960"} {
		if size, err := ParseSize(s); err != nil || size.String() != s {
			t.Errorf("%s is read as %v: %v", s, size, err)
		}
	}
	for _, s := range []string{"", "0", "x", "10x", "-3x4", "1e3"} {
		if size, err := ParseSize(s); err == nil {
			t.Errorf("%q is read as %v", s, size)
		}
	}
}

func TestPairNames(t *testing.T) {
	p := Pair{Dir: "d", Size: Size{10240, 10240}, Changed: UsualChange}
	if got, want := p.Before("deflate"), filepath.Join("d", "s10240_before_deflate.tif"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	p = Pair{Size: Size{20, 40}, Changed: 0.3}
	if got, want := p.After("none"), "s20x40_changed0.3_after_none.tif"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// sh is a command of the shell.
func sh(name, script, out string) Command {
	return Command{Name: name, Args: []string{"sh", "-c", script}, Out: out}
}

const square = `{"type":"Feature","properties":{"n":[1]},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}`

func TestOutputsAreChecked(t *testing.T) {
	for _, c := range []struct{ name, content, says string }{
		{"a.geojson", `{"type":"FeatureCollection","name":"x","features":[` + square + `,` + square + `]}`, ""},
		{"a.geojson", `{"type":"FeatureCollection","features":[` + square + `,` + square, "EOF"},
		{"a.geojson", `{"type":"FeatureCollection","features":[]}`, "no features"},
		{"a.geojson", `{"features":[{"geometry":{"type":"Point","coordinates":[0,0]}}]}`, `"Point"`},
		{"a.geojson", `[]`, "stands where"},
		{"a.geojson", ``, "EOF"},
		{"a.tif", "II*\x00rest", ""},
		{"a.tif", "II+\x00rest", ""},
		{"a.tif", "PNG\x00", "no TIFF"},
		{"a.tif", "", "EOF"},
		{"a.txt", "x", "do not know"},
	} {
		dir := t.TempDir()
		source, out := filepath.Join(dir, "source"), filepath.Join(dir, c.name)
		if err := os.WriteFile(source, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := sh("copy", "cp "+source+" "+out, out).Run()
		switch {
		case c.says == "" && (err != nil || s.Features != strings.Count(c.content, "Polygon")):
			t.Errorf("%s %q: %+v, %v", c.name, c.content, s, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s %q: %v, want %q", c.name, c.content, err, c.says)
		}
	}
}

// TestOldOutputDoesNotCount: a command that writes nothing fails although an earlier one left a file.
func TestOldOutputDoesNotCount(t *testing.T) {
	out := filepath.Join(t.TempDir(), "a.tif")
	if err := os.WriteFile(out, []byte("II*\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sh("idle", "true", out).Run(); err == nil {
		t.Error("nothing was written and it is no error")
	}
}

func TestFailuresSayWhy(t *testing.T) {
	_, err := Alternate([]Command{sh("good", "true", ""), sh("bad", "echo no disk >&2; exit 3", "")}, 1, new(strings.Builder))
	if err == nil || !strings.Contains(err.Error(), "bad: ") || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("got %v", err)
	}
}

// TestMeasures takes commands whose costs are known from below: a process that sleeps, a grandchild that computes, a
// shell that holds 64 MiB.
func TestMeasures(t *testing.T) {
	s, err := sh("sleep", "sleep 0.2", "").Run()
	if err != nil || s.Wall < 200*time.Millisecond || s.CPU > s.Wall {
		t.Errorf("sleeping: %+v, %v", s, err)
	}
	s, err = sh("nested", "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; true", "").Run()
	if err != nil || s.CPU < 20*time.Millisecond {
		t.Errorf("computing in a grandchild: %+v, %v", s, err)
	}
	s, err = sh("large", "x=$(head -c 67108864 /dev/zero | tr '\\0' x); true", "").Run()
	if err != nil || s.Peak < 64<<20 || s.Peak > 1<<30 {
		t.Errorf("holding 64 MiB: %+v, %v", s, err)
	}
}

// TestAlternation: every round runs each command once, the first of them without counting.
func TestAlternation(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	var progress strings.Builder
	s, err := Alternate([]Command{sh("a", "printf a >>"+log, ""), sh("b", "printf b >>"+log, "")}, 3, &progress)
	if err != nil {
		t.Fatal(err)
	}
	if order, err := os.ReadFile(log); err != nil || string(order) != "abababab" {
		t.Errorf("ran %q: %v", order, err)
	}
	if len(s["a"]) != 3 || len(s["b"]) != 3 || strings.Count(progress.String(), "warm-up") != 2 {
		t.Errorf("%d and %d samples\n%s", len(s["a"]), len(s["b"]), &progress)
	}
}

// TestRatiosAreOfTheSameRound: on a machine that becomes ten times slower a ratio of medians would say 1.1 to 10; the ratio is 2.
func TestRatiosAreOfTheSameRound(t *testing.T) {
	s := Samples{}
	for _, slow := range []time.Duration{1, 10, 100} {
		s["a"] = append(s["a"], Sample{Wall: 2 * slow * time.Second, CPU: 3 * slow * time.Second, Peak: 5 << 20, Features: 7})
		s["b"] = append(s["b"], Sample{Wall: slow * time.Second, CPU: slow * time.Second})
	}
	for _, c := range []struct{ got, want Summary }{
		{s.WallRatio("a", "b"), Summary{2, 2, 2}}, {s.CPURatio("a", "b"), Summary{3, 3, 3}},
		{s.Wall("a"), Summary{20, 2, 200}}, {s.CPU("b"), Summary{10, 1, 100}}, {s.Peak("a"), Summary{5, 5, 5}},
	} {
		if math.Abs(c.got.Median-c.want.Median) > 1e-9 || c.got != c.want {
			t.Errorf("got %+v, want %+v", c.got, c.want)
		}
	}
	if s.Features("a") != 7 {
		t.Errorf("%d features", s.Features("a"))
	}
}

// TestBusy: the numbers are hundredths of a second; 4 and 5 are idle, 9 and 10 are part of 1 and 2.
func TestBusy(t *testing.T) {
	if got := busyIn("cpu  100 20 3 4000 5000 6 7 800 9000 10000\ncpu0 1 1 1 1\n"); got != 9360*time.Millisecond {
		t.Errorf("got %v", got)
	}
	for _, s := range []string{"", "cpu", "cpu x"} {
		if got := busyIn(s); got != 0 {
			t.Errorf("%q gives %v", s, got)
		}
	}
}

// TestDisturbance: of 2 s and of 0.5 s on every CPU others took a quarter and all.
func TestDisturbance(t *testing.T) {
	cpus := time.Duration(runtime.NumCPU())
	s := Samples{"a": {{Wall: 2 * time.Second, Others: cpus * time.Second / 2}}, "b": {{Wall: time.Second / 2, Others: cpus * time.Second / 2}}}
	if got, want := s.Disturbance(), "Other programs took 40 % of the CPUs meanwhile, 25 % during the worst run."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	table := NewTable("", "a", "b")
	table.Row("x", 1, Summary{1, 1, 2})
	if got, want := table.String(), "|  | a | b |\n|--|--|--|\n| x | 1 | 1.00 (1.00–2.00) |\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestDetect(t *testing.T) {
	c := Detect("row", "bin/detect", "b.tif", "a.tif", "o.geojson", "cva", 2)
	want := []string{"bin/detect", "run", "b.tif", "a.tif", "o.geojson", "--overwrite", "-q", "--method", "cva", "-j", "2"}
	if !slices.Equal(c.Args, want) || c.Out != "o.geojson" {
		t.Errorf("%+v", c)
	}
}
