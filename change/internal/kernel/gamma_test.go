package kernel

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// TestChiSquaredTail compares with gonum's, to the bound that the doc states.
func TestChiSquaredTail(t *testing.T) {
	for n := 1; n <= 30; n++ {
		d := distuv.ChiSquared{K: float64(n)}
		for z := 0.0; z < 300; z += 0.173 {
			if got, want := ChiSquaredTail(z, n), 1-d.CDF(z); math.Abs(got-want) > 1e-12 {
				t.Fatalf("ChiSquaredTail(%v, %d) = %v, want %v", z, n, got, want)
			}
		}
	}
}

// TestPower compares with package math over the range of scores.
func TestPower(t *testing.T) {
	for x := float32(1e-30); x < 1e30; x *= 1.013 {
		if got, want := float64(log2(x)), math.Log2(float64(x)); math.Abs(got-want) > 3e-7*max(1, math.Abs(want)) {
			t.Fatalf("log2(%v) = %v, want %v", x, got, want)
		}
	}
	for x := float32(-126); x < 127; x += 0.0137 {
		if got, want := float64(exp2(x)), math.Exp2(float64(x)); math.Abs(got/want-1) > 3e-7 {
			t.Fatalf("exp2(%v) = %v, want %v", x, got, want)
		}
	}
	for x := float32(0.9); x < 1.1; x += 1e-5 {
		if got, want := float64(log2(x)), math.Log2(float64(x)); math.Abs(got-want) > 3e-7 {
			t.Fatalf("log2(%v) = %v, want %v", x, got, want)
		}
	}
}
