package register

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// TestTransform compares with the sum that defines the transform, and transforms back.
func TestTransform(t *testing.T) {
	for _, n := range []int{8, 16, 32} {
		tr, p := newTransform(n), newPlane(n)
		r := rand.New(rand.NewPCG(1, 2))
		in := make([]complex128, n*n)
		for i := range in {
			in[i] = complex(r.NormFloat64(), r.NormFloat64())
			p.re[i], p.im[i] = real(in[i]), imag(in[i])
		}
		tr.forward(p)
		for kx := range n {
			for ky := range n {
				var want complex128
				for i, v := range in {
					want += v * cmplx.Exp(complex(0, -2*math.Pi*float64((kx*(i%n)+ky*(i/n))%n)/float64(n)))
				}
				if got := complex(p.re[kx*n+ky], p.im[kx*n+ky]); cmplx.Abs(got-want) > 1e-12*float64(n) {
					t.Fatalf("side %d, wavenumber %d, %d: %v, want %v", n, kx, ky, got, want)
				}
			}
		}
		tr.columns(p.im, p.re, n)
		tr.transpose(p)
		tr.columns(p.im, p.re, n)
		for i := range in {
			if got := complex(p.re[i], p.im[i]) / complex(float64(n*n), 0); cmplx.Abs(got-in[i]) > 1e-14*float64(n) {
				t.Fatalf("side %d, number %d: %v, want %v", n, i, got, in[i])
			}
		}
	}
}

func TestUnit(t *testing.T) {
	for a := -math.Pi / 4; a <= math.Pi/4; a += 0.01 {
		c, s := unit(a)
		if math.Abs(c-math.Cos(a)) > 2e-16 || math.Abs(s-math.Sin(a)) > 2e-16 {
			t.Errorf("angle %v: %v, %v", a, c, s)
		}
	}
}

// TestExpand compares the derivatives of the Fourier series with differences of it.
func TestExpand(t *testing.T) {
	const n, h = 64, 1e-4
	s := newSpectra(n)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range s.z.re {
		s.z.re[i], s.z.im[i] = r.NormFloat64(), r.NormFloat64()
	}
	if !s.cross(&s.one) {
		t.Fatal("no spectrum")
	}
	c := func(dx, dy float64) float64 { return s.expand(&s.one, dx, dy).c }
	x, y := 0.3, -1.2
	got := s.expand(&s.one, x, y)
	for _, d := range []struct {
		name      string
		got, want float64
	}{
		{"x", got.x, (c(x+h, y) - c(x-h, y)) / (2 * h)},
		{"y", got.y, (c(x, y+h) - c(x, y-h)) / (2 * h)},
		{"xx", got.xx, (c(x+h, y) - 2*got.c + c(x-h, y)) / (h * h)},
		{"yy", got.yy, (c(x, y+h) - 2*got.c + c(x, y-h)) / (h * h)},
		{"xy", got.xy, (c(x+h, y+h) - c(x+h, y-h) - c(x-h, y+h) + c(x-h, y-h)) / (4 * h * h)},
	} {
		if math.Abs(d.got-d.want) > 1e-5*(1+math.Abs(d.want)) {
			t.Errorf("derivative %s: %v, differences give %v", d.name, d.got, d.want)
		}
	}
	// At whole pixels the series is what surface makes.
	f := newSurface(farReach)
	s.surface(&s.one, f)
	for _, at := range [][2]int{{0, 0}, {1, 0}, {0, 2}, {-2, 1}} {
		if got, want := f.value(at[0], at[1]), c(float64(at[0]), float64(at[1])); math.Abs(got-want) > 1e-9 {
			t.Errorf("at %v: %v, the series gives %v", at, got, want)
		}
	}
}
