package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passdiff/change"
)

const (
	root  = "../../../../../"
	tiles = root + "testdata/tiles/"
)

// light is the luminance of Rec. 709, of linear light taken as the square of the value.
func light(c color.RGBA) float64 {
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	return 0.2126*r*r + 0.7152*g*g + 0.0722*b*b
}

func TestRampGetsLighter(t *testing.T) {
	for i := range ramp[1:] {
		if light(ramp[i]) >= light(ramp[i+1]) {
			t.Errorf("colour %d, %v, is not darker than the next, %v", i, ramp[i], ramp[i+1])
		}
	}
	for share, want := range map[float64]color.RGBA{-1: ramp[0], 0: ramp[0], 0.5: ramp[30], 1: ramp[60], 7: ramp[60]} {
		if got := rampAt(share); got != want {
			t.Errorf("%g is %v, want %v", share, got, want)
		}
	}
}

// TestClassesDiffer: what stands side by side in a mask differs in lightness, too.
func TestClassesDiffer(t *testing.T) {
	classes := []color.RGBA{rightly, falsely, missed, unobserved, same}
	slices.SortFunc(classes, func(a, b color.RGBA) int { return int(light(a) - light(b)) })
	for i := range classes[1:] {
		if light(classes[i+1]) < 1.1*light(classes[i]) {
			t.Errorf("%v and %v are as light", classes[i], classes[i+1])
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		mask, truth float64
		want        color.RGBA
	}{
		{0, 0, same}, {1, 1, rightly}, {1, 0, falsely}, {0, 1, missed}, {math.NaN(), 1, unobserved}, {1, 255, unobserved},
	} {
		if got := verdict(c.mask, c.truth); got != c.want {
			t.Errorf("mask %g where the truth is %g: %v, want %v", c.mask, c.truth, got, c.want)
		}
	}
}

// TestQuantise: exact colours stay; of others there are at most shades, and all stay where they are no more. Two clusters do not mix.
func TestQuantise(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 200, 3))
	for x := range 200 {
		img.SetRGBA(x, 0, ink)
		img.SetRGBA(x, 1, color.RGBA{uint8(x % 100), 20, 30, 255})
		img.SetRGBA(x, 2, color.RGBA{uint8(x % 100), 220, 200, 255})
	}
	got := quantise(img, []color.RGBA{ink, paper})
	if n := len(got.Palette); n != 2+shades {
		t.Errorf("%d colours", n)
	}
	for x := range 200 {
		for y, want := range []color.RGBA{ink, {uint8(x % 100), 20, 30, 255}, {uint8(x % 100), 220, 200, 255}} {
			c := got.At(x, y).(color.RGBA)
			if y == 0 && c != want || c.G != want.G || c.B != want.B || c.R > want.R+3 || want.R > c.R+3 {
				t.Errorf("(%d, %d) is %v, want %v", x, y, c, want)
			}
		}
	}
	few := image.NewRGBA(image.Rect(0, 0, 3, 1))
	for x, c := range []color.RGBA{missed, {1, 2, 3, 255}, {1, 2, 4, 255}} {
		few.SetRGBA(x, 0, c)
	}
	for x, c := range quantise(few, []color.RGBA{ink, missed}).Pix {
		if want := few.RGBAAt(x, 0); quantise(few, []color.RGBA{ink, missed}).Palette[c] != want {
			t.Errorf("pixel %d is not %v", x, want)
		}
	}
}

// TestDrawIsReproduced draws the truth as if detect had found it, twice: the same bytes, and nothing false or missed beyond the legend.
func TestDrawIsReproduced(t *testing.T) {
	record := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(record, []byte(`{"model": {"threshold": 20}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := pair{tiles + "radar_before.tif", tiles + "radar_after.tif", tiles + "radar_truth.tif"}
	f := on(radar, "x", 2, 220, 10)
	var files [2][]byte
	for i := range files {
		img, err := f.draw(t.Context(), p, result{score: p.before, mask: p.truth, record: record})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "x.png")
		if err := save(path, img); err != nil {
			t.Fatal(err)
		}
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		counts := map[color.RGBA]int{}
		for y := range panelH {
			for x := range panelW {
				counts[img.At(left(3)+x, line+y).(color.RGBA)]++
			}
		}
		if counts[rightly] == 0 || counts[rightly]+counts[same] != panelW*panelH {
			t.Errorf("the mask has %v", counts)
		}
	}
	if string(files[0]) != string(files[1]) {
		t.Error("the same figure has other bytes the second time")
	}
}

// TestFiguresAreInTheDocs: each method has its figure, and docs/figures holds these alone, small enough to load at once.
func TestFiguresAreInTheDocs(t *testing.T) {
	page, err := os.ReadFile(root + "docs/methods.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range change.MethodNames() {
		name, _, _ := strings.Cut(m, ":")
		shown := func(f figure) bool { return f.name == name || name == "auto" && slices.Contains(f.args, "--kind") }
		if !slices.ContainsFunc(figures, shown) {
			t.Errorf("%s has no figure", m)
		}
	}
	files, err := os.ReadDir(root + "docs/figures")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(figures) {
		t.Errorf("%d files for %d figures", len(files), len(figures))
	}
	for _, f := range figures {
		if !strings.Contains(string(page), fmt.Sprintf("](figures/%s.png)", f.name)) {
			t.Errorf("the page does not show %s", f.name)
		}
		file, err := os.Open(root + "docs/figures/" + f.name + ".png")
		if err != nil {
			t.Error(err)
			continue
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if head, err := png.DecodeConfig(file); err != nil || head.Width != 4*panelW+3*gutter || info.Size() > 60_000 {
			t.Errorf("%s is %d pixels wide and takes %d bytes (%v)", f.name, head.Width, info.Size(), err)
		}
	}
}
