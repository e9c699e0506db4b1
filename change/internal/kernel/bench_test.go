package kernel

import (
	"fmt"
	"testing"
)

// BenchmarkKernels is about rows in the cache, as they are in a tile. The bytes of Magnitude16 are those of the bands alone.
func BenchmarkKernels(b *testing.B) {
	const n = 1024
	for _, k := range vectorKernels {
		if k.bytes == 0 {
			continue
		}
		for _, l := range implementations() {
			if l == 16 && !k.wide {
				continue
			}
			b.Run(fmt.Sprintf("kernel=%s/impl=%s", k.name, implName(l)), func(b *testing.B) {
				defer use(l)()
				o := operate(n, 0, false, input(n, false))
				if k.prepare != nil {
					k.prepare(o)
				}
				b.SetBytes(int64(k.bytes * n))
				for b.Loop() {
					k.run(o)
				}
			})
		}
	}
}

// BenchmarkMagnitude16 goes over four bands of both passes in rows of 1024 pixels; the bytes are those of the bands alone.
func BenchmarkMagnitude16(b *testing.B) {
	const bands, row = 4, 1024
	coefs := []float32{0.5, 0.25, 2, 0.3}
	for _, mem := range []struct {
		name  string
		bytes int
	}{{"L2", 256 << 10}, {"memory", 512 << 20}} {
		for _, l := range implementations() {
			b.Run(fmt.Sprintf("in=%s/impl=%s", mem.name, implName(l)), func(b *testing.B) {
				defer use(l)()
				n := mem.bytes / (bands * 2 * 2)
				planes := make([][]uint16, 2*bands)
				for k := range planes {
					planes[k] = make([]uint16, n)
					for i := range planes[k] {
						planes[k][i] = uint16(i * 40503)
					}
				}
				rows, dst := make([][]uint16, len(planes)), make([]float32, row)
				b.SetBytes(int64(mem.bytes))
				for b.Loop() {
					for at := 0; at < n; at += row {
						for k, p := range planes {
							rows[k] = p[at : at+row]
						}
						Magnitude16(dst, rows[:bands], rows[bands:], coefs, coefs, coefs)
					}
				}
			})
		}
	}
}
