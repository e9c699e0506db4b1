package raster_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"passdiff/raster"
)

// counting is a Source that counts the pixels a decoder would decode: a read costs every block it touches, whole.
type counting struct {
	*raster.Memory
	decoded atomic.Int64
	fail    int64 // reads after which reading fails; 0 never
	reads   atomic.Int64
}

func (c *counting) Reader() (raster.Reader, error) {
	r, err := c.Memory.Reader()
	return countingReader{r, c}, err
}

type countingReader struct {
	raster.Reader
	c *counting
}

var errBroken = errors.New("broken block")

func (r countingReader) Read(ctx context.Context, w raster.Window, b *raster.Block) error {
	i := r.c.Info()
	for by := w.Y / i.BlockH * i.BlockH; by < w.MaxY(); by += i.BlockH {
		for bx := w.X / i.BlockW * i.BlockW; bx < w.MaxX(); bx += i.BlockW {
			blk := raster.Window{X: bx, Y: by, W: i.BlockW, H: i.BlockH}
			r.c.decoded.Add(blk.Intersect(i.Grid.Window()).Pixels())
		}
	}
	if n := r.c.reads.Add(1); r.c.fail > 0 && n > r.c.fail {
		return errBroken
	}
	return r.Reader.Read(ctx, w, b)
}

// scene makes a scene whose value at (band, x, y) is value(band, x+ox, y+oy) and where the pixels with bad(x+ox, y+oy) are not measured.
func scene(name string, w, h, bands, blockW, blockH, ox, oy int, bad func(x, y int) bool) *counting {
	data := make([]uint16, w*h*bands)
	valid := make([]uint8, w*h)
	for y := range h {
		for x := range w {
			for b := range bands {
				data[(b*h+y)*w+x] = value(b, x+ox, y+oy)
			}
			if bad == nil || !bad(x+ox, y+oy) {
				valid[y*w+x] = 255
			}
		}
	}
	m := raster.NewMemory(name, w, h, bands, data)
	m.Scene.BlockW, m.Scene.BlockH = blockW, blockH
	if bad != nil {
		m.Pixels.Valid = valid
	}
	return &counting{Memory: m}
}

func value(b, x, y int) uint16 { return uint16((x*7+y*131+b*977)%65536) | 1 }

type layout struct {
	name   string
	bw, bh int
}

// TestStream checks, for block layouts, tile sizes, halos, offsets and workers, that every pixel arrives once in Out with its halo, that
// masks are right, that results come in order, and that no block is decoded twice.
func TestStream(t *testing.T) {
	const w, h = 640, 530
	bad := func(x, y int) bool { return (x/97+y/61)%5 == 0 && x > 200 }
	for _, bl := range []layout{{"tiled128", 128, 128}, {"tiled512", 512, 512}, {"strip8", w, 8}, {"strip1", w, 1}, {"odd", 240, 112}} {
		for _, tile := range []int{64, 100, 4096} {
			for _, halo := range []int{0, 6, 64} {
				for k, off := range [][2]int{{0, 0}, {37, -23}, {-300, 211}} {
					if slow && (tile+halo/2+k)%2 == 1 {
						continue
					}
					workers := 1 + (tile/64+halo+k)%3
					t.Run(fmt.Sprintf("%s/tile%d/halo%d/offset%d,%d/j%d", bl.name, tile, halo, off[0], off[1], workers), func(t *testing.T) {
						t.Parallel()
						before := scene("before", w, h, 2, bl.bw, bl.bh, 0, 0, bad)
						after := scene("after", w, h, 2, 256, 256, off[0], off[1], nil)
						checkStream(t, before, after, off, tile, halo, workers, bad)
					})
				}
			}
		}
	}
}

func checkStream(t *testing.T, before, after *counting, off [2]int, tile, halo, workers int, bad func(x, y int) bool) {
	win := before.Info().Grid.Window().Intersect(after.Info().Grid.Window().Shift(off[0], off[1]))
	p := &raster.Pair{Before: before, After: after, DX: off[0], DY: off[1], Window: win}
	tiles := raster.Tiles(win, tile, tile, halo)
	seen := make([]uint8, win.Pixels())
	last := -1
	work := func() func(*raster.TilePair) (raster.Window, error) {
		return func(p *raster.TilePair) (raster.Window, error) {
			if err := checkTile(p, win, bad); err != nil {
				return p.Out, err
			}
			return p.Out, nil
		}
	}
	err := raster.Stream(t.Context(), p, raster.StreamOptions{Windows: tiles, Halo: halo, Workers: workers}, work, func(i int, out raster.Window) error {
		if i != last+1 || out != tiles[i] {
			return fmt.Errorf("result %d %v after %d", i, out, last)
		}
		last = i
		for y := out.Y; y < out.MaxY(); y++ {
			for x := out.X; x < out.MaxX(); x++ {
				seen[(y-win.Y)*win.W+x-win.X]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range seen {
		if n != 1 {
			t.Fatalf("pixel %d delivered %d times", i, n)
		}
	}
	for _, c := range []*counting{before, after} {
		i := c.Info()
		// Blocks cut by the window are decoded whole: allow the border blocks, and nothing else, beyond the window.
		limit := int64(win.W+2*i.BlockW) * int64(win.H+2*i.BlockH)
		if all := i.Grid.Window().Pixels(); c.decoded.Load() > min(limit, all) {
			t.Errorf("%s: decoded %d pixels of %d in the window", i.Name, c.decoded.Load(), win.Pixels())
		}
	}
}

func checkTile(p *raster.TilePair, win raster.Window, bad func(x, y int) bool) error {
	in := p.Before.Window
	for y := in.Y; y < in.MaxY(); y++ {
		for x := in.X; x < in.MaxX(); x++ {
			i := (y-in.Y)*p.Before.Stride + x - in.X
			inside := win.Contains(raster.Window{X: x, Y: y, W: 1, H: 1})
			for b := range 2 {
				wantB, wantA := float32(0), float32(0)
				if inside {
					wantA = float32(value(b, x, y))
					if !bad(x, y) {
						wantB = wantA
					}
				}
				if gb, ga := p.Before.Band(b)[i], p.After.Band(b)[i]; gb != wantB || ga != wantA {
					return fmt.Errorf("tile %v pixel %d,%d band %d: got %v, %v, want %v, %v", p.Out, x, y, b, gb, ga, wantB, wantA)
				}
			}
			if got, want := p.Valid == nil || p.Valid[i] != 0, inside && !bad(x, y); got != want {
				return fmt.Errorf("tile %v pixel %d,%d: valid %v, want %v", p.Out, x, y, got, want)
			}
		}
	}
	return nil
}

func TestStreamStops(t *testing.T) {
	nothing := func() func(*raster.TilePair) (int, error) {
		return func(*raster.TilePair) (int, error) { return 0, nil }
	}
	pair := func(fail int64) *raster.Pair {
		b, a := scene("before", 900, 900, 1, 128, 128, 0, 0, nil), scene("after", 900, 900, 1, 128, 128, 0, 0, nil)
		a.fail = fail
		return &raster.Pair{Before: b, After: a, Window: b.Info().Grid.Window()}
	}
	tiles := raster.Tiles(raster.Window{W: 900, H: 900}, 64, 64, 3)
	o := raster.StreamOptions{Windows: tiles, Halo: 3, Workers: 3}
	t.Run("read error", func(t *testing.T) {
		err := raster.Stream(t.Context(), pair(3), o, nothing, func(int, int) error { return nil })
		if !errors.Is(err, errBroken) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("work error", func(t *testing.T) {
		bad := func() func(*raster.TilePair) (int, error) {
			return func(p *raster.TilePair) (int, error) {
				if p.Index == 20 {
					return 0, errBroken
				}
				return 0, nil
			}
		}
		if err := raster.Stream(t.Context(), pair(0), o, bad, func(int, int) error { return nil }); !errors.Is(err, errBroken) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("sink error", func(t *testing.T) {
		err := raster.Stream(t.Context(), pair(0), o, nothing, func(i, _ int) error {
			if i == 30 {
				return errBroken
			}
			return nil
		})
		if !errors.Is(err, errBroken) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err := raster.Stream(ctx, pair(0), o, nothing, func(int, int) error { time.Sleep(5 * time.Millisecond); return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
	})
}
