package change

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"passdiff/raster"
)

// sameBits reports the first value that differs, "" when none does.
func sameBits(got, want []float32) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d values, want %d", len(got), len(want))
	}
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			return fmt.Sprintf("value %d is %v, want %v", i, got[i], want[i])
		}
	}
	return ""
}

// TestCVAByHand: one pixel of change in one band, without smoothing (3σ < 1): (5 − 2)/1 against (9 − 3)/2 standard deviations.
func TestCVAByHand(t *testing.T) {
	before := scene{3, 1, 1, []uint16{2, 5, 2}, []uint8{255, 255, 255}}
	after := scene{3, 1, 1, []uint16{3, 3, 9}, []uint8{255, 255, 255}}
	m := &Model{Bands: 1, Norm: Norm{Before: []Scale{{2, 1}}, After: []Scale{{3, 2}}}}
	var err error
	if m.Scorer, err = newCVA(0.2, m.Norm); err != nil {
		t.Fatal(err)
	}
	if got := plane(t, before.with(after), m, 8); !slices.Equal(got, []float32{0, 3, 3}) {
		t.Errorf("scores %v", got)
	}
}

// TestCVASmoothing: one changed pixel of magnitude 1 spreads as the Gaussian's weights over their sum, by hand for σ = 1 and radius 3:
// weights 1, e^−½, e^−2, e^−4.5 and total 2.50596². In a corner only the weights inside count.
func TestCVASmoothing(t *testing.T) {
	w := []float64{1, 0.6065306597, 0.1353352832, 0.0111089965}
	sum := w[0] + 2*(w[1]+w[2]+w[3])
	half := w[0] + w[1] + w[2] + w[3]
	for _, c := range []struct {
		x, y, px, py int
		want         float64
	}{
		{10, 10, 10, 10, 1 / (sum * sum)},
		{10, 10, 12, 9, w[2] * w[1] / (sum * sum)},
		{10, 10, 13, 13, w[3] * w[3] / (sum * sum)},
		{10, 10, 14, 10, 0},
		{0, 0, 0, 0, 1 / (half * half)},
		{0, 10, 0, 11, w[0] * w[1] / (half * sum)},
		{1, 0, 0, 0, w[1] / (half * half)},
	} {
		s := scene{21, 21, 1, make([]uint16, 441), slices.Repeat([]uint8{255}, 441)}
		changed := scene{21, 21, 1, make([]uint16, 441), s.valid}
		changed.data[c.y*21+c.x] = 1
		m := &Model{Bands: 1, Norm: Norm{Before: []Scale{{0, 1}}, After: []Scale{{0, 1}}}}
		var err error
		if m.Scorer, err = newCVA(1, m.Norm); err != nil {
			t.Fatal(err)
		}
		got := plane(t, s.with(changed), m, 64)[c.py*21+c.px]
		if math.Abs(float64(got)-c.want) > 1e-6 {
			t.Errorf("pixel %d,%d from change at %d,%d: %v, want %v", c.px, c.py, c.x, c.y, got, c.want)
		}
	}
}

// TestIdenticalPair: nothing changed, and the model says so.
func TestIdenticalPair(t *testing.T) {
	before, _ := site{seed: 40, w: 120, h: 90, bands: 2, objects: 9, bad: 6}.passes()
	p := before.with(before)
	for _, threshold := range []Threshold{Otsu{}, Kittler{}, Fixed(0.001)} {
		m := fit(t, p, FitOptions{Threshold: threshold})
		if len(m.Warnings) != 1 {
			t.Errorf("%v: warnings %q", threshold, m.Warnings)
		}
		f := detect(t, p, m, Options{Tile: 50})
		if len(f.Regions) != 0 || f.Summary.Changed != 0 || f.Summary.Observed == 0 || len(f.Blind) == 0 {
			t.Errorf("%v: %+v", threshold, f.Summary)
		}
		for i, v := range plane(t, p, m, 64) {
			if v != 0 {
				t.Fatalf("%v: pixel %d scores %v", threshold, i, v)
			}
		}
	}
}

// TestSwappedPair: d turns into −d without a rounding of its own, so scores, threshold and regions keep every bit; what appeared
// disappeared, what got brighter got darker.
func TestSwappedPair(t *testing.T) {
	before, after := site{seed: 41, w: 130, h: 100, bands: 3, objects: 12, bad: 8}.passes()
	p, q := before.with(after), after.with(before)
	m, n := fit(t, p, FitOptions{Threshold: Kittler{}}), fit(t, q, FitOptions{Threshold: Kittler{}})
	if m.Threshold != n.Threshold || m.Keep != n.Keep {
		t.Errorf("thresholds %v and %v", m.Threshold, n.Threshold)
	}
	if d := sameBits(plane(t, q, n, 64), plane(t, p, m, 64)); d != "" {
		t.Error(d)
	}
	f, g := detect(t, p, m, Options{}), detect(t, q, n, Options{})
	kinds := map[Kind]int{}
	for _, r := range f.Regions {
		kinds[r.Kind()]++
	}
	if kinds[Appeared] == 0 || kinds[Disappeared] == 0 {
		t.Errorf("the scene tests little: %v", kinds)
	}
	flipped := map[Direction]Direction{Brighter: Darker, Darker: Brighter, Mixed: Mixed}
	for i, r := range g.Regions {
		if i < len(f.Regions) {
			if k := f.Regions[i]; r.Kind() != swapped(k.Kind()) || r.Direction() != flipped[k.Direction()] {
				t.Errorf("region %d: %s and %s, swapped %s and %s", i, k.Kind(), k.Direction(), r.Kind(), r.Direction())
			}
		}
		r.Inside[0], r.Inside[1] = r.Inside[1], r.Inside[0]
		r.Rim[0], r.Rim[1] = r.Rim[1], r.Rim[0]
	}
	if d := difference(f, g); d != "" {
		t.Error(d)
	}
}

// regained is a pass as float32, each band with a gain and an offset of its own.
func (s scene) regained(name string, gain, offset []float32) *raster.Memory {
	data := make([]float32, len(s.data))
	for i, v := range s.data {
		b := i / (s.w * s.h)
		data[i] = gain[b]*float32(v) + offset[b]
	}
	m := raster.NewMemory(name, s.w, s.h, s.bands, data)
	m.Pixels.Valid = s.valid
	return m
}

// TestRadiometry: gains and offsets of the bands of one pass do not matter.
func TestRadiometry(t *testing.T) {
	before, after := site{seed: 42, w: 130, h: 100, bands: 3, objects: 12, bad: 8}.passes()
	p := before.with(after)
	m := fit(t, p, FitOptions{})
	want, regions := plane(t, p, m, 64), detect(t, p, m, Options{})
	if len(regions.Regions) < 3 {
		t.Fatalf("the scene tests little: %+v", regions.Summary)
	}
	// Powers of two only move exponents: every bit is kept.
	q := pairOf(before.source("before"), after.regained("after", []float32{2, 0.25, 64}, []float32{0, 0, 0}))
	n := fit(t, q, FitOptions{})
	if d := sameBits(plane(t, q, n, 64), want); d != "" {
		t.Error("powers of two: " + d)
	}
	if d := difference(regions, detect(t, q, n, Options{})); d != "" {
		t.Error("powers of two: " + d)
	}
	// Others change roundings: v/s is below 100 here, four float32 operations on numbers of that size err by
	// 4·100·2⁻²⁴ < 2.4·10⁻⁵ in each of three bands, and so does the score.
	const bound = 1e-4
	q = pairOf(before.source("before"), after.regained("after", []float32{3, 7, 1.5}, []float32{17, 20000, -900}))
	n = fit(t, q, FitOptions{})
	if math.Abs(n.Threshold-m.Threshold) > bound {
		t.Errorf("threshold %v, want %v", n.Threshold, m.Threshold)
	}
	for i, v := range plane(t, q, n, 64) {
		if math.Abs(float64(v-want[i])) > bound {
			t.Fatalf("pixel %d scores %v, want %v", i, v, want[i])
		}
		changed := func(v float32, m *Model) bool { return v >= float32(m.Threshold) }
		if math.Abs(float64(want[i])-m.Threshold) > 2*bound && changed(v, n) != changed(want[i], m) {
			t.Errorf("pixel %d: mask differs", i)
		}
	}
}
