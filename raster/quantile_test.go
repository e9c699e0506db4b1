package raster

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestQuantile compares with sorting. Zeros of both signs are one value; infinities and the least numbers count like others.
func TestQuantile(t *testing.T) {
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, float32(math.Inf(1)), float32(math.Inf(-1)),
		math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.OneOf(rapid.Float32(), rapid.SampledFrom(special), rapid.Float32Range(0, 2)), 1, 60).Draw(t, "v")
		cut := rapid.IntRange(0, len(v)).Draw(t, "cut")
		values := func(f func([]float32)) { f(v[:cut]); f(v[cut:]) }
		qs := append(rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 3).Draw(t, "q"), 0, 0.5, 1)
		sorted := slices.Clone(v)
		slices.Sort(sorted)
		for i, got := range Quantiles(values, int64(len(v)), qs...) {
			if want := float64(sorted[int(math.Floor(qs[i]*float64(len(v)-1)))]); got != want {
				t.Fatalf("quantile %v of %v is %v, want %v", qs[i], sorted, got, want)
			}
		}
	})
}

func TestQuantileByHand(t *testing.T) {
	v := []float32{9, 1, 5, 3, 7} // 1 3 5 7 9
	values := func(f func([]float32)) { f(v) }
	for q, want := range map[float64]float64{0: 1, 0.24: 1, 0.25: 3, 0.5: 5, 0.99: 7, 1: 9} {
		if got := Quantiles(values, 5, q)[0]; got != want {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	v = []float32{4, 2, 1, 3}
	if got := Quantiles(values, 4, 0.5)[0]; got != 2 { // the lower of the two middle ones
		t.Errorf("median of four: %v", got)
	}
}

// TestOrdered: the bits keep the order of numbers, and come back.
func TestOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float32().Draw(t, "a"), rapid.Float32().Draw(t, "b")
		if (a < b) != (ordered(a) < ordered(b)) || unordered(ordered(a)) != a {
			t.Fatalf("%v and %v are %x and %x", a, b, ordered(a), ordered(b))
		}
	})
	if ordered(float32(math.Copysign(0, -1))) != ordered(0) {
		t.Error("zeros differ")
	}
}
