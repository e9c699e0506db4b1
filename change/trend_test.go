package change

import (
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
