package register

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestRound compares with math.Round, around halves too.
func TestRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(
			rapid.Float64Range(-1e6, 1e6), rapid.Float64Range(-0x1p62, 0x1p62),
			rapid.Map(rapid.IntRange(-1000, 1000), func(n int) float64 { return float64(n) / 2 }),
		).Draw(t, "v")
		for _, v := range []float64{v, math.Nextafter(v, math.Inf(1)), math.Nextafter(v, math.Inf(-1))} {
			if got, want := round(v), int64(math.Round(v)); got != want {
				t.Fatalf("%v is rounded to %d, want %d", v, got, want)
			}
		}
	})
}
