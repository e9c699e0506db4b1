package change

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"passdiff/raster"
)

// tilePair is a tile pair as a Stream hands it out, with the halo that Detect uses, and a model for it.
func tilePair(t testing.TB, method Method, side, bands int, masked bool) (*raster.TilePair, *Model) {
	t.Helper()
	const edge = 100 // more than any halo
	s := site{seed: 70, w: side + 2*edge, h: side + 2*edge, bands: bands, objects: 30}
	if masked {
		s.bad = 20
	}
	p := s.pair()
	m := fit(t, p, FitOptions{Method: method})
	var pair *raster.TilePair
	keep := func() func(*raster.TilePair) (int, error) {
		return func(tp *raster.TilePair) (int, error) {
			pair = tp.Keep()
			return 0, nil
		}
	}
	o := raster.StreamOptions{Windows: []raster.Window{{X: edge, Y: edge, W: side, H: side}}, Halo: 2*DefaultRim + m.Scorer.Halo()}
	if err := raster.Stream(t.Context(), p, o, keep, func(int, int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if masked == (pair.Valid == nil) {
		t.Fatal("the tile has the other kind of mask")
	}
	return pair, m
}

// TestScorerAllocates: once its buffers are there, scoring a tile allocates nothing.
func TestScorerAllocates(t *testing.T) {
	if testing.Short() {
		t.Skip("counts allocations, one after the other; not with -short")
	}
	for _, c := range []struct {
		method Method
		masked bool
	}{{CVA{}, false}, {CVA{}, true}, {Auto{}, false}, {Auto{}, true}} {
		pair, m := tilePair(t, c.method, 128, 4, c.masked)
		score := Worker(m.Scorer)
		var dst raster.Tile
		run := func() {
			dst.Shape(pair.Out.Grow(2*DefaultRim), 1)
			score(&dst, pair)
		}
		run()
		if n := testing.AllocsPerRun(5, run); n != 0 {
			t.Errorf("%s, masked %v: %v allocations a tile", c.method.Name(), c.masked, n)
		}
	}
}

// BenchmarkScore scores one tile of the default size. Bytes are those of the values read, both passes, and of the scores.
func BenchmarkScore(b *testing.B) {
	for _, bands := range []int{1, 4} {
		for _, mask := range []string{"none", "holes"} {
			b.Run(fmt.Sprintf("method=cva/bands=%d/mask=%s", bands, mask), func(b *testing.B) {
				pair, m := tilePair(b, CVA{}, squareTile, bands, mask == "holes")
				score := Worker(m.Scorer)
				var dst raster.Tile
				b.SetBytes(4 * int64(2*bands+1) * pair.Out.Pixels())
				for b.Loop() {
					dst.Shape(pair.Out.Grow(2*DefaultRim), 1)
					score(&dst, pair)
				}
			})
		}
	}
}

// BenchmarkRegions sweeps a plane of 2048² pixels in which that share has changed, in runs of 8 pixels at most. Bytes are the pixels of
// the plane.
func BenchmarkRegions(b *testing.B) {
	const side, bands = 2048, 4
	for _, density := range []float64{0.002, 0.05, 0.3} {
		b.Run(fmt.Sprintf("density=%v%%", density*100), func(b *testing.B) {
			r := rand.New(rand.NewPCG(8, 8))
			rows := make([][]changedRun, side)
			for y := range rows {
				for x := 0; x < side; {
					n := 1 + r.IntN(8)
					if r.Float64() < density/(1-density)*5/4.5 && x+n < side { // gaps of 5 on average
						rows[y] = append(rows[y], changedRun{Run: runAt(y, x, x+n), sums: sums{pixels: int64(n), peak: 1, vector: make([]int64, parts*bands)}})
						x += n
					}
					x += 1 + r.IntN(9)
				}
			}
			n := 0
			b.SetBytes(side * side)
			for b.Loop() {
				s := sweep{bands: bands, closed: func(*component) error { n++; return nil }}
				for y, runs := range rows {
					if err := s.row(int32(y), runs); err != nil {
						b.Fatal(err)
					}
				}
				if err := s.row(side, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/float64(b.N), "regions")
		})
	}
}

// BenchmarkDetect runs a whole pair from memory: 2048² pixels of uint16, of which that share has changed: at 0.5 % objects, beyond it noise.
// Bytes are those of both scenes.
func BenchmarkDetect(b *testing.B) {
	for _, bands := range []int{1, 4} {
		s := site{seed: 71, w: 2048, h: 2048, bands: bands, objects: 400}
		p := s.pair()
		scores := plane(b, p, fit(b, p, FitOptions{}), squareTile)
		for _, share := range []float64{0.005, 0.05, 0.3} {
			threshold := raster.Quantiles(func(f func([]float32)) { f(scores) }, int64(len(scores)), 1-share)[0]
			m := fit(b, p, FitOptions{Threshold: Fixed(threshold)})
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("method=cva/bands=%d/changed=%v%%/workers=%d", bands, share*100, workers), func(b *testing.B) {
					b.SetBytes(int64(2 * 2 * bands * s.w * s.h))
					b.ReportAllocs()
					var found Summary
					for b.Loop() {
						var err error
						if found, err = Detect(b.Context(), p, m, Options{Workers: workers}, Output{}); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(found.Regions), "regions")
				})
			}
		}
	}
}

// BenchmarkFit fits on a sample of 1.6 Mpx, as of any large scene. Bytes are those of the sample's values, both passes.
func BenchmarkFit(b *testing.B) {
	p := site{seed: 72, w: 1280, h: 1280, bands: 4, objects: 200}.pair()
	s, err := raster.ReadSample(b.Context(), p, raster.SampleOptions{Halo: Auto{}.Halo()})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		method Method
		told   Told
		name   string
	}{
		{CVA{}, Told{}, "cva"}, {IRMAD{}, Told{}, "irmad"}, {ISFA{}, Told{}, "isfa"},
		{Auto{}, Told{Kind: Multispectral}, "auto/kind=optical"}, {Auto{}, Told{Kind: VHR}, "auto/kind=vhr"},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("method=%s/workers=%d", c.name, workers), func(b *testing.B) {
				b.SetBytes(4 * 2 * 4 * s.Pixels)
				for b.Loop() {
					if _, err := Fit(b.Context(), s, 4, FitOptions{Method: c.method, Told: c.told, Workers: workers}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkNth takes the median of 1.6 million values. Bytes count one pass over them.
func BenchmarkNth(b *testing.B) {
	r := rand.New(rand.NewPCG(10, 10))
	v := make([]float64, 1<<20*3/2)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	b.SetBytes(8 * int64(len(v)))
	for b.Loop() {
		nth(v, len(v)/2)
	}
}

// BenchmarkMoments takes means and covariances of eight planes, as IR-MAD does in each round. Bytes count one pass over them.
func BenchmarkMoments(b *testing.B) {
	r := rand.New(rand.NewPCG(11, 11))
	var planes [][]float64
	for range 9 {
		v := make([]float64, fitPixels)
		for i := range v {
			v[i] = r.Float64()
		}
		planes = append(planes, v)
	}
	b.SetBytes(8 * 9 * fitPixels)
	for b.Loop() {
		weigh(planes[:8], planes[8], 1)
	}
}

// BenchmarkQuantile takes the median of 1.6 million values. Bytes count both passes over them.
func BenchmarkQuantile(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 9))
	v := slices.Repeat([]float32{0}, 1<<20*3/2)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	b.SetBytes(2 * 4 * int64(len(v)))
	for b.Loop() {
		raster.Quantiles(func(f func([]float32)) { f(v) }, int64(len(v)), 0.5)
	}
}
