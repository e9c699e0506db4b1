package kernel

import (
	"fmt"
	"math"
	"testing"
)

// TestMagnitude16: the bits are those of squared linear forms, one a band, and their root, also where coefficients are not finite, sums
// overflow, or there is no band.
func TestMagnitude16(t *testing.T) {
	inf, nan, negative := float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	for _, coefs := range [][3]float32{{0.1, -0.3, 7.7}, {1e36, -1e36, 0}, {inf, -inf, 1}, {nan, 1, 1}, {negative, negative, negative}, {1e-30, 1e-31, 0}, {0x1.fffffep103, -0x1p103, 0}} {
		for bands := range 6 {
			const n = 61
			in, rows := input(n, false), make([][]float32, 2*bands)
			for k := range rows {
				rows[k] = make([]float32, n)
				for i, v := range in.words[k][:n] {
					rows[k][i] = float32(v)
				}
			}
			var c [3][]float32
			for k := range bands {
				for i := range c {
					c[i] = append(c[i], coefs[(i+k)%3])
				}
			}
			want := make([]float32, n)
			for k := range bands {
				AddSquaredLinear(want, [][]float32{rows[k], rows[bands+k]}, []float32{c[0][k], c[1][k]}, c[2][k], 1)
			}
			Sqrt(want)
			for _, l := range implementations() {
				t.Run(fmt.Sprintf("coefs=%v/bands=%d/impl=%s", coefs, bands, implName(l)), func(t *testing.T) {
					defer use(l)()
					got := make([]float32, n)
					Magnitude16(got, in.words[:bands], in.words[bands:2*bands], c[0], c[1], c[2])
					for i := range got {
						if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
							t.Fatalf("pixel %d is %v, want %v", i, got[i], want[i])
						}
					}
				})
			}
		}
	}
}

// TestMagnitude16Values: of every value, times coefficients from the smallest to the largest, the product is that of plain Go.
func TestMagnitude16Values(t *testing.T) {
	const n = 1 << 16
	all, none := make([]uint16, n), make([]uint16, n)
	for i := range all {
		all[i] = uint16(i)
	}
	for _, c := range []float32{1, -1.0 / 3, 0x1p-149, 0x1.234566p-130, 1e-20, 0.0123, 977.7, 1e15, 0x1.fffffep103, 0x1p104} {
		for bands := range 5 { // the product is that of the last; four bands have a routine of their own
			after, before, a, b := make([][]uint16, bands+1), make([][]uint16, bands+1), make([]float32, bands+1), make([]float32, bands+1)
			for k := range after {
				after[k], before[k] = none, none
			}
			after[bands], a[bands] = all, c
			for _, l := range implementations() {
				restore := use(l)
				got := make([]float32, n)
				Magnitude16(got, after, before, a, b, make([]float32, bands+1))
				restore()
				for i, v := range got {
					p := float32(c * float32(all[i]))
					if want := root(p * p); math.Float32bits(v) != math.Float32bits(want) {
						t.Fatalf("%s, %d bands: %v·%d is %v, want %v", implName(l), bands+1, c, i, v, want)
					}
				}
			}
		}
	}
}
