package raster_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"passdiff/raster"
)

// decodeLimit is the promise: decoded pixels against the scene's.
const decodeLimit = 1.02

// TestDecodeOnce streams a scene of many tiles, stored in three ways, and counts what a decoder would have done. The pixels themselves
// are checked at the corners of every tile; TestStream checks them all.
func TestDecodeOnce(t *testing.T) {
	const tile = 512
	w, h := 4096, 3000
	if slow {
		w, h = 2048, 1500
	}
	for _, l := range []layout{{"tiled256", 256, 256}, {"tiled512", 512, 512}, {"strip8", w, 8}} {
		for _, halo := range []int{6, 64} {
			for workers := 1; workers <= 3; workers++ {
				t.Run(fmt.Sprintf("%s/halo%d/j%d", l.name, halo, workers), func(t *testing.T) {
					before, after := newComputed("before", w, h, l.bw, l.bh), newComputed("after", w, h, l.bw, l.bh)
					p := whole(before, after)
					work := func() func(*raster.TilePair) (error, error) {
						return func(p *raster.TilePair) (error, error) { return checkCorners(p), nil }
					}
					pixels := int64(0)
					tiles := raster.Tiles(p.Window, tile, tile, halo)
					o := raster.StreamOptions{Windows: tiles, Halo: halo, Workers: workers}
					err := raster.Stream(t.Context(), p, o, work, func(i int, err error) error {
						pixels += tiles[i].Pixels()
						return err
					})
					if err != nil || pixels != p.Window.Pixels() {
						t.Fatalf("%d pixels: %v", pixels, err)
					}
					for _, c := range []*computed{before, after} {
						if n := c.decoded.Load(); n < pixels || float64(n) > decodeLimit*float64(pixels) {
							t.Errorf("%s: decoded %d pixels of %d", c.info.Name, n, pixels)
						}
					}
				})
			}
		}
	}
}

func checkCorners(p *raster.TilePair) error {
	for _, x := range []int{p.Out.X, p.Out.MaxX() - 1} {
		for _, y := range []int{p.Out.Y, p.Out.MaxY() - 1} {
			at := (y-p.Before.Window.Y)*p.Before.Stride + x - p.Before.Window.X
			want := float32(computedValue(x, y))
			if b, a := p.Before.Band(0)[at], p.After.Band(0)[at]; b != want || a != want {
				return fmt.Errorf("pixel %d,%d: %v and %v, want %v", x, y, b, a, want)
			}
		}
	}
	return nil
}

// TestDecodeOnceUnderWindow: a pair that shares a part of both scenes decodes the blocks under that part, each once.
func TestDecodeOnceUnderWindow(t *testing.T) {
	const w, h, dx, dy = 2000, 1500, 300, -200
	before, after := newComputed("before", w, h, 128, 128), newComputed("after", w, h, w, 8)
	p := &raster.Pair{Before: before, After: after, DX: dx, DY: dy}
	p.Window = before.info.Grid.Window().Intersect(after.info.Grid.Window().Shift(dx, dy))
	nothing := func() func(*raster.TilePair) (int, error) {
		return func(*raster.TilePair) (int, error) { return 0, nil }
	}
	o := raster.StreamOptions{Windows: raster.Tiles(p.Window, 256, 256, 20), Halo: 20, Workers: 2}
	if err := raster.Stream(t.Context(), p, o, nothing, func(int, int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	// Before: columns 300…2000 lie in block columns 2…15 (256…2000), rows 0…1300 in block rows 0…10 (0…1408). After: rows 200…1500 lie in
	// strips 25…187, whole width.
	if got, want := before.decoded.Load(), int64((2000-256)*1408); got != want {
		t.Errorf("before: decoded %d pixels, want %d", got, want)
	}
	if got, want := after.decoded.Load(), int64(w*1300); got != want {
		t.Errorf("after: decoded %d pixels, want %d", got, want)
	}
}

// TestMemoryBounded streams a tall scene of which the first tile takes so long that the other worker runs as far ahead as it may; then the
// sink is slow for a while. What may be held is a number of rows, whatever the height: the sink lags by 4 tiles for each worker, decoding
// leads by one more each and one, and a unit of 2¹⁸ pixels is 512 rows.
func TestMemoryBounded(t *testing.T) {
	const w, tile, halo, workers = 512, 512, 64, 2
	h := 40000
	if slow {
		h = 20000
	}
	const leadRows = (4*workers+workers+1+1)*tile + halo + 512
	for _, l := range []layout{{"tiled256", 256, 256}, {"strip8", w, 8}} {
		t.Run(l.name, func(t *testing.T) {
			before, after := newComputed("before", w, h, l.bw, l.bh), newComputed("after", w, h, l.bw, l.bh)
			p := whole(before, after)
			tiles := raster.Tiles(p.Window, tile, tile, halo)
			wait := func() func(*raster.TilePair) (int, error) {
				return func(p *raster.TilePair) (int, error) {
					if p.Index == 0 {
						before.settle()
					}
					return 0, nil
				}
			}
			heap := func() uint64 {
				var s runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&s)
				return s.HeapAlloc
			}
			start, lead, most := heap(), 0, uint64(0)
			o := raster.StreamOptions{Windows: tiles, Halo: halo, Workers: workers}
			err := raster.Stream(t.Context(), p, o, wait, func(i, _ int) error {
				if i < 3 {
					time.Sleep(20 * time.Millisecond)
				}
				lead = max(lead, int(before.lowest.Load())-tiles[i].Y, int(after.lowest.Load())-tiles[i].Y)
				if i%8 == 2 {
					most = max(most, heap())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if lead > leadRows || lead < 2*tile {
				t.Errorf("reading led the sink by %d rows; want at most %d, and at least two tiles in a test that means something", lead, leadRows)
			}
			// Both passes' pixels of the rows read ahead, and two float tiles with halo of each worker.
			limit := uint64(2*w*(leadRows+tile)) + workers*2*4*(tile+2*halo+16)*(2*tile)
			if most > start+limit {
				t.Errorf("heap grew by %d bytes; want at most %d, the scene has %d", most-start, limit, 2*w*h)
			}
			// Storage is pooled: an early tile's blocks serve the late ones.
			for _, c := range []*computed{before, after} {
				if reads, n := c.reads.Load(), len(c.storage); n > int(reads)/3 || n > leadRows/512*2 {
					t.Errorf("%s: %d reads into %d blocks", c.info.Name, reads, n)
				}
			}
		})
	}
}
