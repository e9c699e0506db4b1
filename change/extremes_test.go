package change

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// TestNothingMeasured: a pair without a measured pixel is looked at, finds nothing, says so, and shows every pixel as blind.
func TestNothingMeasured(t *testing.T) {
	before, after := site{seed: 50, w: 70, h: 50, bands: 2, objects: 5}.passes()
	after.valid = make([]uint8, len(after.valid))
	p := before.with(after)
	for _, threshold := range []Threshold{Otsu{}, Fixed(1)} {
		m := fit(t, p, FitOptions{Threshold: threshold})
		if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "no pixel is measured") {
			t.Errorf("warnings %q", m.Warnings)
		}
		f := detect(t, p, m, Options{Tile: 32})
		if f.Summary != (Summary{Pixels: 70 * 50}) || len(f.Regions) != 0 || len(f.Blind) != 50 {
			t.Errorf("%+v, %d blind runs", f.Summary, len(f.Blind))
		}
		for y, r := range f.Blind {
			if r != (raster.Run{Y: int32(y), X0: 0, X1: 70}) {
				t.Errorf("blind run %+v", r)
			}
		}
	}
}

// TestConstantImages: a constant pass finds nothing; a constant band is left out, as if it were not there.
func TestConstantImages(t *testing.T) {
	before, after := site{seed: 51, w: 70, h: 50, bands: 2, objects: 5}.passes()
	flat := scene{70, 50, 2, slices.Repeat([]uint16{9}, 7000), before.valid}
	for name, p := range map[string]*raster.Pair{"before": flat.with(after), "after": before.with(flat), "both": flat.with(flat)} {
		m := fit(t, p, FitOptions{})
		if len(m.Warnings) != 3 || !strings.Contains(m.Warnings[0], "band 1 is constant") || !strings.Contains(m.Warnings[2], "no band can be compared") {
			t.Errorf("%s: warnings %q", name, m.Warnings)
		}
		if f := detect(t, p, m, Options{}); f.Summary.Changed != 0 || f.Summary.Observed != 3500 {
			t.Errorf("%s: %+v", name, f.Summary)
		}
	}
	one := func(s scene) scene { return scene{s.w, s.h, 1, s.data[:s.w*s.h], s.valid} }
	partly := scene{70, 50, 2, slices.Concat(after.data[:3500], flat.data[:3500]), after.valid}
	p, q := before.with(partly), one(before).with(one(after))
	m, n := fit(t, p, FitOptions{}), fit(t, q, FitOptions{})
	if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "band 2 is constant") {
		t.Errorf("warnings %q", m.Warnings)
	}
	if d := sameBits(plane(t, p, m, 64), plane(t, q, n, 64)); d != "" {
		t.Error(d)
	}
	for _, r := range detect(t, p, m, Options{}).Regions {
		if r.Inside[0][1] != 0 || r.Inside[1][1] != 0 {
			t.Errorf("the band left out has means %v and %v", r.Inside[0][1], r.Inside[1][1])
		}
	}
}

// TestHugeValues: numbers that nobody declared as nodata, as large as the type holds, in one pass or both, give finite scores and regions
// that can be written.
func TestHugeValues(t *testing.T) {
	const w, h = 64, 48
	before, after := site{seed: 52, w: w, h: h, bands: 2, objects: 4}.passes()
	for _, huge := range []float64{-math.MaxFloat32, math.MaxFloat32, -math.MaxFloat64, 1e30} {
		values := func(s scene, x0, x1 int) []float64 {
			v := make([]float64, len(s.data))
			for i, d := range s.data {
				v[i] = float64(d) / 10000 // reflectance: standard deviations far below 1
				if x := i % w; i/w%h < 10 && x >= x0 && x < x1 {
					v[i] = huge
				}
			}
			return v
		}
		// Columns 0…20 hold it before, columns 10…30 after.
		p := pairOf(raster.NewMemory("before", w, h, 2, values(before, 0, 20)), raster.NewMemory("after", w, h, 2, values(after, 10, 30)))
		m := fit(t, p, FitOptions{Threshold: Fixed(3)})
		for i, v := range plane(t, p, m, 16) {
			if !(v >= 0 && v <= math.MaxFloat32) {
				t.Fatalf("%v: pixel %d,%d scores %v", huge, i%w, i/w, v)
			}
			// Values that overflow in both passes differ by nothing that is known.
			if x, y := i%w, i/w; math.Abs(huge) > 1e38 && y < 7 && x >= 13 && x < 17 && v != 0 {
				t.Errorf("%v: pixel %d,%d, the same in both passes and all around, scores %v", huge, x, y, v)
			}
		}
		f := detect(t, p, m, Options{Tile: 16})
		if f.Summary.Regions < 2 {
			t.Errorf("%v: %+v", huge, f.Summary)
		}
		if _, err := json.Marshal(f.Regions); err != nil {
			t.Errorf("%v: %v", huge, err)
		}
		if _, err := json.Marshal(m); err != nil {
			t.Errorf("%v: %v", huge, err)
		}
		if _, err := json.Marshal(fit(t, p, FitOptions{})); err != nil {
			t.Errorf("%v, found threshold: %v", huge, err)
		}
	}
}

// TestFixedPoint: standardised values are clipped and rounded once, halves away from zero, the same on every machine.
func TestFixedPoint(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		z    scaled
		v    float32
		want int64
	}{
		{scaled{1, 0}, 1, 4096},
		{scaled{2, -1}, 3, 5 * 4096},
		{scaled{1, 0}, 0.5 / 4096, 1},
		{scaled{1, 0}, -0.5 / 4096, -1},
		{scaled{1, 0}, math.Nextafter32(0.5, 0) / 4096, 0},
		{scaled{1, 0}, 4097, 4097 * 4096}, // beyond 2²⁴ halves of float32
		{scaled{1, 0}, 1e9, 1 << 30},      // 2¹⁸·2¹²
		{scaled{1, 0}, -inf, -1 << 30},
		{scaled{0, 0}, inf, 0},
	} {
		got := []int32{0}
		kernel.FixedPoint(got, []float32{c.v}, c.z.gain, c.z.shift, valueClip, valueUnit)
		if got := int64(got[0]); got != c.want {
			t.Errorf("%+v of %v: %d, want %d", c.z, c.v, got, c.want)
		}
	}
}

// TestSentinelsByTiles: numbers at the end of what float32 holds, which nobody declared, stop no method, and give the same for any tiles.
func TestSentinelsByTiles(t *testing.T) {
	const side, bands = 300, 3
	plane32 := func(seed int) *raster.Memory {
		v := make([]float32, side*side*bands)
		for i := range v {
			v[i] = 0.2 + 0.1*float32(math.Sin(float64(i%side)/7)) + 1e-3*float32((i*7919+seed*31)%101)
		}
		for _, at := range []int{5, 4321, 4322, 4700, 40000, 77777} {
			for b := range bands {
				v[b*side*side+at+seed] = -math.MaxFloat32
			}
		}
		return raster.NewMemory("scene", side, side, bands, v)
	}
	before, after := plane32(1), plane32(2)
	p := &raster.Pair{Before: before, After: after, Window: before.Pixels.Window}
	for _, c := range everyMethod {
		if c.name == "index" {
			continue // it asks for four bands
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := fit(t, p, c.o)
			want := plane(t, p, m, 512)
			for _, tile := range []int{67, 100} {
				if d := sameBits(plane(t, p, m, tile), want); d != "" {
					t.Errorf("tiles of %d: %s", tile, d)
				}
			}
		})
	}
}
