package raster

import (
	"bytes"
	"fmt"
	"math"

	"passdiff/raster/internal/kernel"
)

// patch is the part of a decoded block that lies in a tile.
type patch struct {
	block  *Block
	in     Window // the part, in the frame
	dx, dy int    // from the block's coordinates to the frame's
}

// plane is the number of values of one band of the block.
func (p *patch) plane() int { return int(p.block.Window.Pixels()) }

// at is where the value of a band at pixel (x, y) of the frame stands in the block.
func (p *patch) at(band, x, y int) int {
	w := p.block.Window
	return (band*w.H+y-p.dy-w.Y)*w.W + x - p.dx - w.X
}

// add makes the part of b in the tile's window, moved by (dx, dy) from b's coordinates to the frame's, one of its patches, and takes over
// its mask. t.Valid and t.Why are there whenever b's are. Patches are added row by row.
func (t *Tile) add(b *Block, dx, dy int) {
	p := patch{block: b, in: b.Window.Shift(dx, dy).Intersect(t.Window), dx: dx, dy: dy}
	if p.in.Empty() {
		return
	}
	t.patches = append(t.patches, p)
	if t.Valid == nil {
		return
	}
	for y := p.in.Y; y < p.in.MaxY(); y++ {
		to := (y-t.Window.Y)*t.Stride + p.in.X - t.Window.X
		if b.Valid == nil {
			fill(t.Valid[to:][:p.in.W], 255)
			continue
		}
		from := p.at(0, p.in.X, y)
		copy(t.Valid[to:], b.Valid[from:][:p.in.W])
		if b.Why != nil {
			copy(t.Why[to:], b.Why[from:][:p.in.W])
		}
	}
}

// convert fills Data from the patches.
func (t *Tile) convert() {
	t.Data = Aligned(t.Data, t.Bands*t.Window.H*t.Stride)
	for band := range t.Bands {
		for y := range t.Window.H {
			t.convertRow(band, t.Window.X, t.Window.Y+y, t.Data[(band*t.Window.H+y)*t.Stride:][:t.Window.W])
		}
	}
	t.stored = false
}

// convertRow fills row with the values of a band from pixel (x, y) on.
func (t *Tile) convertRow(band, x, y int, row []float32) {
	o := 0.0
	if t.offset != nil {
		o = t.offset[band]
	}
	done := 0
	for i := range t.patches {
		p := &t.patches[i]
		if y < p.in.Y || y >= p.in.MaxY() {
			continue
		}
		lo, hi := max(p.in.X-x, done), min(p.in.MaxX()-x, len(row))
		if lo >= hi {
			continue
		}
		clear(row[done:lo]) // outside the scene
		p.convert(row[lo:hi], band, x+lo, y, o)
		done = hi
	}
	clear(row[done:])
	if t.Valid != nil {
		clearInvalid(row, t.Valid[(y-t.Window.Y)*t.Stride+x-t.Window.X:][:len(row)])
	}
}

// convert fills dst with the values of a band from pixel (x, y) of the frame on, less offset.
func (p *patch) convert(dst []float32, band, x, y int, offset float64) {
	at := p.at(band, x, y)
	switch s := p.block.Data.(type) {
	case []uint8:
		toFloat32(dst, s[at:], offset)
	case []int8:
		toFloat32(dst, s[at:], offset)
	case []uint16:
		toFloat32(dst, s[at:], offset)
	case []int16:
		toFloat32(dst, s[at:], offset)
	case []uint32:
		toFloat32(dst, s[at:], offset)
	case []int32:
		toFloat32(dst, s[at:], offset)
	case []float32:
		toFloat32(dst, s[at:], offset)
	case []float64:
		toFloat32(dst, s[at:], offset)
		clip(dst)
	default:
		panic(fmt.Sprintf("raster: block of %T", p.block.Data))
	}
}

// toFloat32 converts the first values of src, less offset, into dst. The difference is rounded once.
func toFloat32[T Number](dst []float32, src []T, offset float64) {
	src = src[:len(dst)]
	if offset != 0 {
		for i, v := range src {
			dst[i] = float32(float64(v) - offset)
		}
		return
	}
	kernel.Floats(dst, src)
}

// clearInvalid sets to 0 the values whose mask byte is 0.
func clearInvalid(row []float32, valid []uint8) {
	for i := bytes.IndexByte(valid, 0); i >= 0 && i < len(valid); i++ {
		if valid[i] == 0 {
			row[i] = 0
		}
	}
}

// clip brings what float32 does not reach back to its largest values: tiles hold finite numbers.
func clip(row []float32) {
	for i, v := range row {
		if v-v != 0 { // NaN for infinities
			row[i] = float32(math.Copysign(math.MaxFloat32, float64(v)))
		}
	}
}

func fill[T Number](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}
