package change

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestNth compares selection with sorting.
func TestNth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(-3, 3), 1, 200).Draw(t, "values")
		if rapid.Bool().Draw(t, "ties") {
			for i := range v {
				v[i] = float64(int(v[i]))
			}
		}
		k := rapid.IntRange(0, len(v)-1).Draw(t, "k")
		sorted := slices.Sorted(slices.Values(v))
		if got := nth(slices.Clone(v), k); got != sorted[k] {
			t.Errorf("value %d of %v is %v, want %v", k, v, got, sorted[k])
		}
	})
}

// TestNthOfMany: what a look at a sample leaves is as right, also where the sample says nothing.
func TestNthOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, draw := range map[string]func(i int) float64{
		"normal":     func(int) float64 { return r.NormFloat64() },
		"ascending":  func(i int) float64 { return float64(i) },
		"few values": func(int) float64 { return float64(r.IntN(5)) },
		"one value":  func(int) float64 { return 7 },
		// Every value that is looked at first is 0.
		"misleading": func(i int) float64 { return float64(i % 16) },
	} {
		v := make([]float64, 16*selectSample)
		for i := range v {
			v[i] = draw(i)
		}
		sorted := slices.Sorted(slices.Values(v))
		for _, k := range []int{0, 1, len(v) / 3, len(v) / 2, len(v) - 1} {
			if got := nth(slices.Clone(v), k); got != sorted[k] {
				t.Errorf("%s: value %d is %v, want %v", name, k, got, sorted[k])
			}
		}
	}
}
