package change

import (
	"fmt"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// box scores the pair after the bands of both passes have been averaged over squares of Width pixels, measured ones only.
type box struct {
	Of    Node `json:"of"`
	Width int  `json:"width"`

	taps kernel.Taps
}

// maxBox bounds the width of boxes of direct taps.
const maxBox = 9

func (*box) kind() string { return "box" }

func (b *box) Halo() int { return b.Width/2 + b.Of.Halo() }

func (b *box) prepare(bands int) error {
	if b.Width < 3 || b.Width > maxBox || b.Width%2 == 0 {
		return fmt.Errorf("box of %d pixels is not odd and in 3 to %d", b.Width, maxBox)
	}
	b.taps = boxTaps(b.Width)
	return b.Of.prepare(bands)
}

func (b *box) worker(mem *scratch) scoring {
	of := b.Of.worker(mem)
	var mean raster.TilePair
	f := newBoxer(mem)
	return func(dst *raster.Tile, t *raster.TilePair) {
		f.average(&mean, t, dst.Window.Grow(b.Of.Halo()), b.taps)
		of(dst, &mean)
	}
}

func boxTaps(width int) kernel.Taps { return kernel.Box(width / 2) }

func newBoxer(mem *scratch) boxer { return boxer{s: smoother{mem: mem}} }

// boxer averages both passes of a pair of tiles. It belongs to one goroutine.
type boxer struct {
	s    smoother
	in   raster.Tile
	out  raster.Tile
	mask []uint8
	copy []float32
}

// measured is a plane with 0 where the pair is not measured; what is measured in one pass only does not count.
func (f *boxer) measured(plane []float32, valid []uint8) []float32 {
	if valid == nil {
		return plane
	}
	f.copy = raster.Aligned(f.copy, len(plane))
	copy(f.copy, plane)
	kernel.ClearWhere(f.copy, valid)
	return f.copy
}

// average fills dst over window w with the means of t's bands. Pixels that are not measured stay so.
func (f *boxer) average(dst, t *raster.TilePair, w raster.Window, taps kernel.Taps) {
	dst.Index, dst.Out = t.Index, t.Out.Intersect(w)
	divisor := taps.Weight()
	for _, pass := range []struct{ dst, src *raster.Tile }{{&dst.Before, &t.Before}, {&dst.After, &t.After}} {
		pass.dst.Shape(w, pass.src.Bands)
		for b := range pass.src.Bands {
			f.in = raster.Tile{Window: pass.src.Window, Bands: 1, Stride: pass.src.Stride, Data: f.measured(pass.src.Band(b), t.Valid)}
			f.out = raster.Tile{Window: w, Bands: 1, Stride: pass.dst.Stride, Data: pass.dst.Band(b)}
			f.s.smooth(&f.out, &f.in, t, taps, divisor)
		}
	}
	dst.Valid, dst.Why = maskOver(&f.mask, t, w, dst.Before.Stride), nil
}

// maskOver copies the pair's mask over a window into rows of a stride, reusing storage; nil where all of the pair is measured.
func maskOver(storage *[]uint8, t *raster.TilePair, w raster.Window, stride int) []uint8 {
	if t.Valid == nil {
		return nil
	}
	if n := w.H * stride; cap(*storage) < n {
		*storage = make([]uint8, n)
	}
	mask := (*storage)[:w.H*stride]
	row := 0
	t.EachRow(w, func(_, at, n int) {
		copy(mask[row*stride:], t.Valid[at:at+n])
		row++
	})
	return mask
}
