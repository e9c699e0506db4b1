package geo

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// benchRegions are the same pixels in different shapes: many small regions, and one large one.
func benchRegions() map[string][][]raster.Run {
	r := rand.New(rand.NewPCG(8, 8))
	square := make([]raster.Run, 3200)
	for y := range square {
		square[y] = raster.Run{Y: int32(y), X0: 10, X1: 3210}
	}
	return map[string][][]raster.Run{
		"mask=30%":      randomMask(r, 1000, 1000, 0.30).regions(),
		"mask=blobs":    smooth(r, 1000, 1000).regions(),
		"region=1e7":    {square},
		"region=sponge": {largestRegion(randomMask(r, 2000, 2000, 0.75))},
	}
}

// smooth is a mask of compact regions: random pixels, each spread to a disc.
func smooth(r *rand.Rand, w, h int) mask {
	m := newMask(w, h)
	for range w * h / 400 {
		cx, cy, rad := r.IntN(w), r.IntN(h), 1+r.IntN(6)
		for y := max(cy-rad, 0); y < min(cy+rad, h); y++ {
			for x := max(cx-rad, 0); x < min(cx+rad, w); x++ {
				if (x-cx)*(x-cx)+(y-cy)*(y-cy) < rad*rad {
					m.on[y*w+x] = true
				}
			}
		}
	}
	return m
}

// BenchmarkTrace counts the bytes of the runs.
func BenchmarkTrace(b *testing.B) {
	for _, name := range []string{"mask=30%", "mask=blobs", "region=1e7", "region=sponge"} {
		regions := benchRegions()[name]
		bytes := 0
		for _, runs := range regions {
			bytes += len(runs) * int(unsafe.Sizeof(raster.Run{}))
		}
		b.Run(name, func(b *testing.B) {
			var t Tracer
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				for _, runs := range regions {
					t.Trace(runs)
				}
			}
			b.ReportMetric(float64(len(regions)), "regions/op")
		})
	}
}

// BenchmarkPlace reports the time for a vertex of the outline: projection in closed form, densifying, rounding, checking,
// measuring.
func BenchmarkPlace(b *testing.B) {
	for _, name := range []string{"mask=blobs", "region=sponge"} {
		regions := benchRegions()[name]
		var polys []orb.Polygon
		vertices := 0
		for _, runs := range regions {
			p := Trace(runs)
			for _, ring := range p {
				vertices += len(ring) - 1
			}
			polys = append(polys, p)
		}
		l, err := NewLocator(raster.Grid{CRS: "tm", Affine: raster.Affine{1e5, 10, 0, 5.4e6, 0, -10}, Width: 2000, Height: 2000}, transverseMercator(9))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range polys {
					if _, err := l.Place(p); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(vertices), "ns/vertex")
		})
	}
}

// BenchmarkWrite counts the bytes written.
func BenchmarkWrite(b *testing.B) {
	for _, vertices := range []int{4, 40, 4000} {
		for _, decimals := range []int{0, 7, 9} {
			b.Run(fmt.Sprintf("vertices=%d/decimals=%d", vertices, decimals), func(b *testing.B) {
				r := rand.New(rand.NewPCG(9, 9))
				ring := make(orb.Ring, vertices+1)
				for i := range ring {
					ring[i] = orb.Point{roundTo(8+r.Float64()*2000, decimals), roundTo(47+r.Float64()*2000, decimals)}
					if decimals > 0 {
						ring[i] = orb.Point{roundTo(8+r.Float64()*0.01, decimals), roundTo(47+r.Float64()*0.01, decimals)}
					}
				}
				ring[vertices] = ring[0]
				f := fullFeature()
				f.Geometry = orb.Polygon{ring}
				one := write(b, Format{Lines: true}, f)
				w := NewWriter(io.Discard, Format{})
				b.SetBytes(int64(len(one) + 1))
				b.ReportAllocs()
				for b.Loop() {
					if err := w.Write(f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
