package raster_test

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"passdiff/raster"
)

// computed is a Source of one uint8 band that stores nothing: pixel (x, y) is computed(x, y). It keeps count of what a decoder would
// have done.
type computed struct {
	info     raster.Info
	measured *raster.Window // nil: everywhere

	decoded atomic.Int64 // pixels of all blocks touched by reads
	reads   atomic.Int64
	lowest  atomic.Int64 // the last row read so far, plus 1

	mu      sync.Mutex
	storage map[*raster.Block]bool // blocks that were read into
}

func newComputed(name string, w, h, blockW, blockH int) *computed {
	return &computed{
		info:    raster.Info{Name: name, Grid: raster.Grid{Width: w, Height: h}, Bands: 1, Type: raster.Uint8, BlockW: blockW, BlockH: blockH},
		storage: map[*raster.Block]bool{},
	}
}

func computedValue(x, y int) uint8 { return pattern[(x+101*y)%256] }

// pattern repeats every 256 values, so that a row of any width is one copy of it.
var pattern = func() []uint8 {
	p := make([]uint8, 1<<15)
	for i := range p {
		p[i] = uint8(i*3) | 1
	}
	return p
}()

// slow is set under the race detector, where smaller scenes and half of the combinations must do.
var slow bool

func (c *computed) Info() raster.Info { return c.info }

func (c *computed) Reader() (raster.Reader, error) { return computedReader{c}, nil }

type computedReader struct{ *computed }

func (r computedReader) Close() error { return nil }

func (r computedReader) Read(_ context.Context, w raster.Window, b *raster.Block) error {
	i := r.info
	x0, y0 := w.X/i.BlockW*i.BlockW, w.Y/i.BlockH*i.BlockH
	x1, y1 := (w.MaxX()+i.BlockW-1)/i.BlockW*i.BlockW, (w.MaxY()+i.BlockH-1)/i.BlockH*i.BlockH
	r.decoded.Add(raster.Window{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}.Intersect(i.Grid.Window()).Pixels())
	r.reads.Add(1)
	for low := r.lowest.Load(); low < int64(w.MaxY()) && !r.lowest.CompareAndSwap(low, int64(w.MaxY())); low = r.lowest.Load() {
	}
	r.mu.Lock()
	r.storage[b] = true
	r.mu.Unlock()
	data := b.Data.([]uint8)
	for y := range w.H {
		copy(data[y*w.W:][:w.W], pattern[(w.X+101*(w.Y+y))%256:])
	}
	if r.measured != nil {
		valid := b.MaskStorage()
		clear(valid)
		m := r.measured.Intersect(w)
		for y := m.Y; y < m.MaxY(); y++ {
			for i := range m.W {
				valid[(y-w.Y)*w.W+m.X-w.X+i] = 255
			}
		}
	}
	return nil
}

// settle waits until nothing has been read for a while.
func (c *computed) settle() {
	for last := int64(-1); c.reads.Load() != last; time.Sleep(50 * time.Millisecond) {
		last = c.reads.Load()
	}
}

// whole pairs two scenes of one size.
func whole(before, after raster.Source) *raster.Pair {
	return &raster.Pair{Before: before, After: after, Window: before.Info().Grid.Window()}
}
