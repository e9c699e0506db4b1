package raster

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestTally: what is counted has the order statistics of the values.
func TestTally(t *testing.T) {
	number := rapid.OneOf(rapid.IntRange(-32768, 65535), rapid.IntRange(-2, 9), rapid.SampledFrom([]int{-32768, 65535}))
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(number, 1, 60).Draw(t, "v")
		v := make([]float32, len(whole))
		for i, x := range whole {
			v[i] = float32(x)
		}
		cut, n := rapid.IntRange(0, len(v)).Draw(t, "cut"), int64(len(v))
		values := func(f func([]float32)) { f(v[:cut]); f(v[cut:]) }
		c := Count(values)
		if c == nil || c.N != n {
			t.Fatalf("%v is counted as %+v", v, c)
		}
		qs := append(rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 3).Draw(t, "q"), 0, 0.5, 1)
		want := Quantiles(values, n, qs...)
		if got := c.Quantiles(qs...); !slices.Equal(got, want) {
			t.Fatalf("quantiles %v of %v are %v, want %v", qs, v, got, want)
		}
		for i, centre := range want {
			from := func(f func([]float32)) {
				d := make([]float32, len(v))
				for k, x := range v {
					d[k] = float32(math.Abs(float64(x) - centre))
				}
				f(d)
			}
			if got, want := c.Deviation(centre, qs[i]), Quantiles(from, n, qs[i])[0]; got != want {
				t.Fatalf("quantile %v of the distances of %v from %v is %v, want %v", qs[i], v, centre, got, want)
			}
		}
		slices.Sort(v)
		var up, down []float32
		for x, n := range c.Ascending() {
			up = append(up, slices.Repeat([]float32{x}, int(n))...)
		}
		for x, n := range c.Descending() {
			down = append(down, slices.Repeat([]float32{x}, int(n))...)
		}
		slices.Reverse(down)
		if !slices.Equal(up, v) || !slices.Equal(down, v) {
			t.Fatalf("%v comes as %v and backwards as %v", v, up, down)
		}
	})
}

// TestTallyRefuses: what is no whole number of 16 bits is not counted.
func TestTallyRefuses(t *testing.T) {
	for _, x := range []float32{0.5, -32769, 65536, 1 << 31, 1 << 32, -1 << 31, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), float32(math.Copysign(0, -1))} {
		if Count(func(f func([]float32)) { f([]float32{1, x}); f([]float32{2}) }) != nil {
			t.Errorf("%v is counted", x)
		}
	}
}

// BenchmarkCount counts 1.6 million values, as of one band of the sample of a large scene. Bytes are those of the values.
func BenchmarkCount(b *testing.B) {
	v := make([]float32, 1<<20*3/2)
	for i := range v {
		v[i] = float32(i * 7 % 5000)
	}
	b.SetBytes(4 * int64(len(v)))
	for b.Loop() {
		Count(func(f func([]float32)) { f(v) })
	}
}
