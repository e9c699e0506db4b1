package raster

import (
	"bytes"
	"fmt"
	"math"

	"passdiff/raster/internal/kernel"
)

// paste converts the part of b that lies in t's window to float32, moved by (dx, dy) from b's coordinates to t's, minus offset[band].
// offset nil means zeros. Pixels of b that are not valid become 0. t.Valid and
// t.Why, which are there whenever b's are, take over b's.
func paste(t *Tile, b *Block, dx, dy int, offset []float64) {
	w := b.Window.Shift(dx, dy).Intersect(t.Window)
	if w.Empty() {
		return
	}
	switch s := b.Data.(type) {
	case []uint8:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []int8:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []uint16:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []int16:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []uint32:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []int32:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []float32:
		pastePlanes(t, b, w, dx, dy, s, offset)
	case []float64:
		pastePlanes(t, b, w, dx, dy, s, offset)
		t.clip(w)
	default:
		panic(fmt.Sprintf("raster: block of %T", b.Data))
	}
}

func pastePlanes[T Number](t *Tile, b *Block, w Window, dx, dy int, s []T, offset []float64) {
	bw := b.Window.Shift(dx, dy)
	plane := int(bw.Pixels())
	for y := w.Y; y < w.MaxY(); y++ {
		from := (y-bw.Y)*bw.W + w.X - bw.X
		to := (y-t.Window.Y)*t.Stride + w.X - t.Window.X
		for band := range t.Bands {
			src := s[band*plane+from:][:w.W]
			dst := t.Data[band*t.Window.H*t.Stride+to:][:w.W]
			if offset == nil || offset[band] == 0 {
				kernel.Floats(dst, src)
				continue
			}
			o := offset[band]
			for i, v := range src {
				dst[i] = float32(float64(v) - o)
			}
		}
		switch {
		case t.Valid == nil:
		case b.Valid == nil:
			fill(t.Valid[to:][:w.W], 255)
		default:
			valid := b.Valid[from:][:w.W]
			copy(t.Valid[to:], valid)
			t.clearInvalid(to, valid)
			if b.Why != nil {
				copy(t.Why[to:], b.Why[from:][:w.W])
			}
		}
	}
}

// clearInvalid sets to 0, in every band, the pixels from offset to on whose mask byte is 0.
func (t *Tile) clearInvalid(to int, valid []uint8) {
	if bytes.IndexByte(valid, 0) < 0 {
		return
	}
	for band := range t.Bands {
		row := t.Data[band*t.Window.H*t.Stride+to:][:len(valid)]
		for i, v := range valid {
			if v == 0 {
				row[i] = 0
			}
		}
	}
}

// clip brings what float32 does not reach back to its largest values: tiles hold finite numbers.
func (t *Tile) clip(w Window) {
	for band := range t.Bands {
		plane := t.Band(band)
		for y := w.Y; y < w.MaxY(); y++ {
			row := plane[(y-t.Window.Y)*t.Stride+w.X-t.Window.X:][:w.W]
			for i, v := range row {
				if v-v != 0 { // NaN for infinities
					row[i] = float32(math.Copysign(math.MaxFloat32, float64(v)))
				}
			}
		}
	}
}

func fill[T Number](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}
