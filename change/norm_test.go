package change

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"passdiff/raster"
)

// sampleOf is a whole sample of two scenes of one row.
func sampleOf(t *testing.T, bands int, before, after []float32, valid []uint8) *raster.Sample {
	t.Helper()
	w := len(before) / bands
	b, a := raster.NewMemory("before", w, 1, bands, before), raster.NewMemory("after", w, 1, bands, after)
	b.Pixels.Valid = valid
	s, err := raster.ReadSample(t.Context(), pairOf(b, a), raster.SampleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// near32 compares with 32 significant bits, to which a Norm is rounded.
func near32(got, want float64) bool { return math.Abs(got-want) <= math.Abs(want)*0x1p-32 }

func TestStandardise(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		name           string
		values         []float32
		valid          []uint8
		center, spread float64
	}{
		// Sorted 1 2 3 4 100: median 3, deviations 0 1 1 2 97, their median 1.
		{"median and MAD", []float32{100, 1, 2, 4, 3}, nil, 3, 1.482602218505602},
		// The lower middle of 1 2 10 20 is 2; deviations 0 1 8 18, lower middle 1.
		{"even number", []float32{1, 2, 10, 20}, nil, 2, 1.482602218505602},
		{"masked pixels do not count", []float32{inf, 100, 1, 2, 4, 3}, []uint8{0, 255, 255, 255, 255, 255}, 3, 1.482602218505602},
		{"constant", []float32{7, 7, 7}, nil, 7, 0},
		// More than half equal: √((0+0+0+0+3²+4²)/6) = √(25/6).
		{"MAD 0", []float32{5, 8, 5, 5, 9, 5}, nil, 5, math.Sqrt(25. / 6)},
		{"one pixel", []float32{3}, nil, 3, 0},
		{"negative", []float32{-100, -1, -2, -4, -3}, nil, -3, 1.482602218505602},
		{"nothing measured", []float32{1, 2}, []uint8{0, 0}, 0, 0},
	} {
		n := Standardise(sampleOf(t, 1, c.values, slices.Repeat([]float32{1}, len(c.values)), c.valid), 1)
		if got := n.Before[0]; !near32(got.Center, c.center) || !near32(got.Spread, c.spread) {
			t.Errorf("%s: %+v, want center %v, spread %v", c.name, got, c.center, c.spread)
		}
		if n.After[0].Spread != 0 || n.usable(0) {
			t.Errorf("%s: constant pass has %+v", c.name, n.After[0])
		}
	}
}

// TestStandardiseBands: each band of each pass has its own numbers, and constant ones are listed.
func TestStandardiseBands(t *testing.T) {
	s := sampleOf(t, 3, []float32{1, 2, 3, 5, 5, 5, 10, 20, 30}, []float32{2, 4, 6, 1, 2, 3, 9, 9, 9}, nil)
	n := Standardise(s, 3)
	centers := []float64{n.Before[0].Center, n.Before[1].Center, n.Before[2].Center, n.After[0].Center, n.After[1].Center, n.After[2].Center}
	if !slices.Equal(centers, []float64{2, 5, 20, 4, 2, 9}) {
		t.Errorf("medians %v", centers)
	}
	want := []string{"band 2 is constant in one pass or both and is left out", "band 3 is constant in one pass or both and is left out"}
	if got := n.warnings(); !slices.Equal(got, want) {
		t.Errorf("warnings %q, want %q", got, want)
	}
	// 1e300 is beyond float32, and so is the reciprocal of 1e-39: neither is called constant.
	n.Before[1], n.After[1] = Scale{Center: 1, Spread: 1}, Scale{Center: 1, Spread: 1e-39}
	n.Before[2], n.After[2] = Scale{Center: math.MaxFloat32}, Scale{Center: 1, Spread: 1}
	for _, w := range n.warnings() {
		if !strings.Contains(w, "too large or too small") {
			t.Errorf("warning %q", w)
		}
	}
}

// TestSaturated: one band in ten is clipped in one pass; few values, each of many pixels, are not clipped.
func TestSaturated(t *testing.T) {
	few, clipped, free := make([]float32, 1000), make([]float32, 1000), make([]float32, 1000)
	for i := range few {
		few[i], clipped[i], free[i] = float32(i%7), float32(min(i, 900)), float32(i)
	}
	s := sampleOf(t, 3, slices.Concat(few, free, free), slices.Concat(few, free, clipped), nil)
	got := newTraining(s, 3, 1, Told{}).saturated()
	if len(got) != 1 || !strings.HasPrefix(got[0], "band 3 of after is saturated: 10 % of its pixels") {
		t.Errorf("%q", got)
	}
}

func TestRound32(t *testing.T) {
	for _, c := range [][2]float64{
		{0, 0}, {1, 1}, {-3, -3}, {1 + 0x1p-31, 1 + 0x1p-31}, {1 + 0x1p-33, 1}, {-1 - 0x1p-33, -1},
		{1 + 3*0x1p-32, 1 + 0x1p-30}, // halfway goes to even
		{0x1p-1050, 0x1p-1050}, {math.MaxFloat32, math.MaxFloat32},
	} {
		if got := round32(c[0]); got != c[1] {
			t.Errorf("round32(%x) = %x, want %x", c[0], got, c[1])
		}
	}
	if !math.IsInf(round32(math.Inf(-1)), -1) || !math.IsNaN(round32(math.NaN())) {
		t.Error("special values")
	}
}

// TestMADToSigma: the median absolute deviation of a standard normal distribution is its upper quartile.
func TestMADToSigma(t *testing.T) {
	if want := 1 / distuv.UnitNormal.Quantile(0.75); math.Abs(madToSigma-want) > 1e-12 {
		t.Errorf("%v, want %v", madToSigma, want)
	}
}
