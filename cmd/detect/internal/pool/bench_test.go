package pool

import (
	"fmt"
	"testing"

	"passdiff/cmd/detect/internal/parcel"
)

// BenchmarkCombine pools three packages of as many features each: two exact ones that overlap by half, and one in cells that hold a hundred of them.
func BenchmarkCombine(b *testing.B) {
	const side = 100
	b.Run(fmt.Sprintf("features=%d", 3*side*side), func(b *testing.B) {
		var p Pool
		p.OriginKey = key
		for n, name := range []string{"a", "b", "c"} {
			var features []parcel.Feature
			for i := range side * side {
				x, y := float64(i%side)*0.002, float64(i/side)*0.002
				size := 0.001
				if n == 2 { // ten by ten share a cell
					x, y, size = float64(i%side/10)*0.02, float64(i/side/10)*0.02, 0.02
				}
				features = append(features, feature(fmt.Sprint("f", i), box(10+x+float64(n%2)*0.0003, y, size), "t_after", may1))
			}
			grid := func(m *parcel.Manifest) {
				if n == 2 {
					m.Precision = "grid: 2000m"
				}
			}
			if err := p.AddPackage(release(name, 1, grid, features...)); err != nil {
				b.Fatal(err)
			}
		}
		for b.Loop() {
			r, err := p.Combine(b.Context())
			if err != nil || r.Joined < side*side {
				b.Fatal(err, r.Summary())
			}
		}
	})
}
