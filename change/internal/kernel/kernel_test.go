package kernel

import (
	"math"
	"testing"
)

// TestElementary compares with package math; the bounds are those that the docs state.
func TestElementary(t *testing.T) {
	for x := -1.0; x <= 1; x += 1e-3 {
		if got, want := Acos(x), math.Acos(x); math.Abs(got-want) > 3e-8 {
			t.Errorf("Acos(%v) = %v, want %v", x, got, want)
		}
	}
	for x := -700.0; x <= 700; x += 0.37 {
		if got, want := Exp(x), math.Exp(x); math.Abs(got/want-1) > 4e-16*(1+math.Abs(x)/64) {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	for x := 1e-300; x < 1e300; x *= 1.37 {
		if got, want := Log(x), math.Log(x); math.Abs(got-want) > 4e-16*max(1, math.Abs(want)) {
			t.Errorf("Log(%v) = %v, want %v", x, got, want)
		}
	}
	for x := 0.3; x < 3; x += 0.0007 {
		if got, want := Log(x), math.Log(x); math.Abs(got-want) > 4e-16 {
			t.Errorf("Log(%v) = %v, want %v", x, got, want)
		}
	}
	if Exp(0) != 1 || Log(1) != 0 || Exp(-1e4) != 0 || !math.IsInf(Exp(1e4), 1) || !math.IsInf(Log(0), -1) || !math.IsNaN(Log(-1)) || !math.IsNaN(Exp(math.NaN())) {
		t.Error("special values")
	}
}

// noise is a fixed pattern with NaN, infinities and a negative zero.
func noise(n int, special bool) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((i*7919)%1009)/37 - 5
		if special && i%53 == 17 {
			v[i] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Copysign(0, -1))}[i/53%4]
		}
	}
	return v
}

// TestGaussWeight: by hand for σ = 1, weights 1, e^−½, e^−2, e^−4.5: (1 + 2·(0.60653+0.13534+0.01111))² = 2.50596² = 6.2798.
func TestGaussWeight(t *testing.T) {
	if w := Gauss(1).Weight(); math.Abs(float64(w)-6.2798) > 1e-4 {
		t.Errorf("weight %v", w)
	}
}

// TestForms: by hand, (0.5·4 − 2·1 + 1)² and 1 + (0.5·1 − 2·2 + 1)².
func TestForms(t *testing.T) {
	sum := []float32{0, 1}
	AddSquaredLinear(sum, [][]float32{{4, 1}, {1, 2}}, []float32{0.5, -2}, 1, 1)
	if sum[0] != 1 || sum[1] != 1+6.25 {
		t.Errorf("sum %v", sum)
	}
	v := []float32{9, 2}
	Sqrt(v)
	if v[0] != 3 || v[1] != float32(math.Sqrt2) {
		t.Errorf("sqrt %v", v)
	}
}
