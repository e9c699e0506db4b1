package kernel

import (
	"fmt"
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

func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		g, w := math.Float32bits(got[i]), math.Float32bits(want[i])
		if g != w && !(math.IsNaN(float64(got[i])) && math.IsNaN(float64(want[i]))) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// TestTaps checks that the filters written out for radius 3 equal the general ones bit for bit, for every length and offset, and that
// nothing outside is written.
func TestTaps(t *testing.T) {
	taps := Gauss(1)
	if taps.Radius() != 3 {
		t.Fatalf("radius %d", taps.Radius())
	}
	for n := range 258 {
		for off := range 4 {
			src := noise(n+6+off, true)[off:]
			got, want := make([]float32, n+2), make([]float32, n)
			got[0], got[n+1] = 42, 42
			taps.Row(got[1:n+1], src)
			Scale(want, src[3:3+n], taps[0])
			for k := 1; k <= 3; k++ {
				addPair(want, src[3-k:], src[3+k:], taps[k])
			}
			same(t, fmt.Sprintf("row n=%d off=%d", n, off), got[1:n+1], want)
			rows := make([][]float32, 7)
			for i := range rows {
				rows[i] = noise(n+i+off, true)[i:]
			}
			taps.Column(got[1:n+1], rows)
			Scale(want, rows[3], taps[0])
			for k := 1; k <= 3; k++ {
				addPair(want, rows[3-k], rows[3+k], taps[k])
			}
			same(t, fmt.Sprintf("column n=%d off=%d", n, off), got[1:n+1], want)
			if got[0] != 42 || got[n+1] != 42 {
				t.Fatal("guard cell overwritten")
			}
		}
	}
}

// TestGaussWeight: by hand for σ = 1, weights 1, e^−½, e^−2, e^−4.5: (1 + 2·(0.60653+0.13534+0.01111))² = 2.50596² = 6.2798.
func TestGaussWeight(t *testing.T) {
	if w := Gauss(1).Weight(); math.Abs(float64(w)-6.2798) > 1e-4 {
		t.Errorf("weight %v", w)
	}
}

func TestMagnitude(t *testing.T) {
	sum := []float32{0, 1}
	AddSquaredDifference(sum, []float32{1, 2}, []float32{4, 1}, 2, 0.5, 1)
	if sum[0] != 1 || sum[1] != 1+6.25 { // (2−2+1)², 1 + (0.5−4+1)²
		t.Errorf("sum %v", sum)
	}
	v := []float32{9, 2}
	Sqrt(v)
	if v[0] != 3 || v[1] != float32(math.Sqrt2) {
		t.Errorf("sqrt %v", v)
	}
}

func BenchmarkScore(b *testing.B) {
	const n = 16384
	x, y, sum := noise(n, false), noise(n+1, false)[1:], make([]float32, n)
	b.Run("kernel=magnitude/bands=1/impl=go", func(b *testing.B) {
		b.SetBytes(4 * 4 * n)
		for b.Loop() {
			AddSquaredDifference(sum, x, y, 0.5, 0.25, 1)
		}
	})
	b.Run("kernel=sqrt/impl=go", func(b *testing.B) {
		b.SetBytes(2 * 4 * n)
		for b.Loop() {
			Sqrt(sum)
		}
	})
	for _, sigma := range []float64{1, 2, 8} {
		taps := Gauss(sigma)
		r := taps.Radius()
		src := noise(n+2*r, false)
		rows := make([][]float32, 2*r+1)
		for i := range rows {
			rows[i] = src[i:][:n]
		}
		b.Run(fmt.Sprintf("kernel=gaussrow/radius=%d/impl=go", r), func(b *testing.B) {
			b.SetBytes(2 * 4 * n)
			for b.Loop() {
				taps.Row(sum, src)
			}
		})
		b.Run(fmt.Sprintf("kernel=gausscolumn/radius=%d/impl=go", r), func(b *testing.B) {
			b.SetBytes(int64(4 * n * (2*r + 2)))
			for b.Loop() {
				taps.Column(sum, rows)
			}
		})
	}
}
