package raster_test

import (
	"fmt"
	"testing"

	"passdiff/raster"
)

// TestSampleKeepsBlocks: what the sample was read from is not decoded again by the Stream that is given it, and every pixel is right, also
// in strips, some of which are asked for few columns of and not kept. What is cheap to read is not kept.
func TestSampleKeepsBlocks(t *testing.T) {
	const w, h = 4096, 3000
	for _, l := range []layout{{"tiled256", 256, 256}, {"tiled512", 512, 512}, {"strip8", w, 8}} {
		for _, costly := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/costly=%v", l.name, costly), func(t *testing.T) {
				before, after := newComputed("before", w, h, l.bw, l.bh), newComputed("after", w, h, l.bw, l.bh)
				before.info.Costly = costly
				p := whole(before, after)
				s, err := raster.ReadSample(t.Context(), p, raster.SampleOptions{Halo: 6, Workers: 2, Keep: true, Quarter: true})
				if err != nil {
					t.Fatal(err)
				}
				sampled := before.decoded.Load()
				if sampled == 0 || (s.Decoded != nil) != costly {
					t.Fatalf("the sample decoded %d pixels and kept %v", sampled, s.Decoded)
				}
				for run, least := range []int64{w*h - sampled, w * h} { // blocks are used once
					most := least
					if !costly || l.bw == w {
						most = w * h
					}
					if !costly {
						least = w * h
					}
					earlier := before.decoded.Load()
					work := func() func(*raster.TilePair) (error, error) {
						return func(p *raster.TilePair) (error, error) { return checkCorners(p), nil }
					}
					o := raster.StreamOptions{Windows: raster.Tiles(p.Window, 512, 512, 6), Halo: 6, Workers: 2, Have: s.Decoded}
					if err := raster.Stream(t.Context(), p, o, work, func(_ int, err error) error { return err }); err != nil {
						t.Fatal(err)
					}
					if got := before.decoded.Load() - earlier; got < least || got > most {
						t.Errorf("run %d decoded %d pixels, want %d to %d", run, got, least, most)
					}
				}
			})
		}
	}
}
