package change

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

// TestUndeclaredNodata: a value that a share of one pass holds far from all others is told once, by Fit and by Examine, in the units of the
// file; the ends of measured values, a single outlier and a value near the others are not.
func TestUndeclaredNodata(t *testing.T) {
	const side, bands = 100, 2
	ground := func(far float64, n int, value float64) *raster.Memory {
		r := rand.New(rand.NewPCG(3, uint64(n)))
		v := make([]float64, side*side*bands)
		for i := range v {
			v[i] = far + 500 + 10*r.NormFloat64()
		}
		for k := range n {
			at := 11 + 89*k
			for b := range bands {
				v[b*side*side+at] = value
			}
		}
		return raster.NewMemory("pass", side, side, bands, v)
	}
	for _, c := range []struct {
		name     string
		far      float64
		n        int
		value    float64
		from, to string // around the number of the share
	}{
		{"-9999", 0, 110, -9999, "before: 1.1 % of the pixels of band 1 have the value -9999, far below all others: nodata", "(gdal_edit.py -a_nodata -9999 FILE) or mask it"},
		{"least float", 0, 100, -3.4e38, "before: 1 % of the pixels of band 1 have the value -3.4e+38, far below", ""},
		{"65535", 0, 100, 65535, "before: 1 % of the pixels of band 1 have the value 65535, far above all others", ""},
		{"two pixels", 0, 2, -9999, "before: 0.02 % of the pixels", ""},
		{"far from zero", 1e9, 100, 1e9 - 9999, "before: 1 % of the pixels of band 1 have the value 999990001, far below", ""},
		{"none", 0, 0, 0, "", ""},
		{"one outlier", 0, 1, -9999, "", ""},
		{"near the others", 0, 100, 0, "", ""}, // 50 spreads
	} {
		p, err := raster.Align(ground(c.far, c.n, c.value), ground(0, 0, 0), raster.AlignOptions{Pixels: true})
		if err != nil {
			t.Fatal(err)
		}
		said := slices.DeleteFunc(slices.Clone(fit(t, p, FitOptions{}).Warnings), func(w string) bool { return !strings.Contains(w, "nodata") })
		s, err := raster.ReadSample(t.Context(), p, raster.SampleOptions{Halo: SurveyHalo})
		if err != nil {
			t.Fatal(err)
		}
		v, err := Examine(s, bands, Told{Kind: VHR})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(said, v.Undeclared) {
			t.Errorf("%s: Fit says %q, Examine %q", c.name, said, v.Undeclared)
		}
		switch {
		case c.from == "" && len(said) == 0:
		case len(said) != 1 || c.from == "" || !strings.HasPrefix(said[0], c.from) || !strings.HasSuffix(said[0], c.to):
			t.Errorf("%s: %q, want %q … %q", c.name, said, c.from, c.to)
		}
	}
}

// TestEnds: the ends and those next to them, by hand and in any order.
func TestEnds(t *testing.T) {
	v := []float32{4, 1, 9, 1, 2, 9, 7, 9, 2, 2, 7, 4}
	want := ends{low: 1, afterLow: 2, high: 9, beforeHigh: 7, atLow: 2, pastLow: 3, atHigh: 3, pastHigh: 2}
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		r.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		if got := endsOf(func(f func([]float32)) { f(v[:5]); f(v[5:]) }); got != want {
			t.Fatalf("%v: %+v, want %+v", v, got, want)
		}
	}
	if e := endsOf(func(f func([]float32)) { f([]float32{3, 3}) }); e.low != 3 || e.high != 3 || e.atLow != 2 || e.pastLow != 0 || e.atHigh != 2 || e.pastHigh != 0 {
		t.Errorf("one value: %+v", e)
	}
}

// TestCountedEnds: counted values have the ends that looking at them finds.
func TestCountedEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(-3, 6), 1, 30).Draw(t, "v")
		v := make([]float32, len(whole))
		for i, x := range whole {
			v[i] = float32(x)
		}
		values := func(f func([]float32)) { f(v) }
		want, got := endsOf(values), countedEnds(raster.Count(values))
		if got != want {
			t.Fatalf("%v: %+v, want %+v", v, got, want)
		}
	})
}
