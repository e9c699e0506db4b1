package gdal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unsafe"

	"passdiff/raster"
)

// invalidate takes the pixels out of b that its values, or the lack of stored blocks, say were not measured. Masks and alpha bands are
// not its business.
func (s *Scene) invalidate(b *raster.Block) {
	switch d := b.Data.(type) {
	case []uint8:
		markNoData(b, d, s.bands)
	case []int8:
		markNoData(b, d, s.bands)
	case []uint16:
		markNoData(b, d, s.bands)
	case []int16:
		markNoData(b, d, s.bands)
	case []uint32:
		markNoData(b, d, s.bands)
	case []int32:
		markNoData(b, d, s.bands)
	case []float32:
		markNoData(b, d, s.bands)
		markNonFinite(b, d)
	case []float64:
		markNoData(b, d, s.bands)
		markNonFinite(b, d)
	default:
		panic(fmt.Sprintf("gdal: block of %T", b.Data))
	}
	switch {
	case s.layout != nil && s.layout.MissingCount > 0:
		s.markMissing(b)
	case s.absent != nil:
		for _, w := range s.absent {
			markWindow(b, w)
		}
	}
}

// markNoData takes out the pixels where a band equals its nodata value.
func markNoData[T raster.Number](b *raster.Block, data []T, bands []band) {
	n := len(data) / len(bands)
	for i, band := range bands {
		if band.nodata == band.nodata { // not NaN
			markEqual(b, data[i*n:(i+1)*n], T(band.nodata))
		}
	}
}

// markEqual takes out the pixels where plane, of one value a pixel, equals v. Most blocks hold no such value, so that is found out
// first and the mask left alone.
func markEqual[T raster.Number](b *raster.Block, plane []T, v T) {
	first := index(plane, v)
	if first < 0 {
		return
	}
	mask := maskOf(b)[:len(plane)]
	for i := first; i < len(plane); i++ {
		if plane[i] == v {
			mask[i] = 0
		}
	}
}

// index is where v first stands in s; -1 when nowhere.
func index[T raster.Number](s []T, v T) int {
	first := 0
	switch s := any(s).(type) {
	case []uint8:
		return bytes.IndexByte(s, uint8(v))
	case []uint16:
		first = skip16(unsafe.Pointer(unsafe.SliceData(s)), len(s), uint16(v))
	case []int16:
		first = skip16(unsafe.Pointer(unsafe.SliceData(s)), len(s), uint16(int16(v)))
	}
	for i, x := range s[first:] {
		if x == v {
			return first + i
		}
	}
	return -1
}

// skip16 is a number of leading values, of n 16-bit values at p, that all differ from v. It looks at four at a time: a 16-bit lane of
// x is 0 where the value equals v, and the borrow of the subtraction shows that in the lane's highest bit.
func skip16(p unsafe.Pointer, n int, v uint16) int {
	const ones = 0x0001_0001_0001_0001
	raw, want := unsafe.Slice((*byte)(p), 2*n), uint64(v)*ones
	i := 0
	for ; i+8 <= len(raw); i += 8 {
		if x := binary.NativeEndian.Uint64(raw[i:]) ^ want; (x-ones)&^x&(ones<<15) != 0 {
			break
		}
	}
	return i / 2
}

// markNonFinite takes out the pixels where a value of any band is NaN or infinite.
func markNonFinite[T float32 | float64](b *raster.Block, data []T) {
	n := int(b.Window.Pixels())
	for ; len(data) > 0; data = data[n:] {
		plane := data[:n]
		for i := range plane {
			// v−v is 0 only for finite v
			if plane[i]-plane[i] != 0 {
				maskOf(b)[i] = 0
			}
		}
	}
}

// maskOf is b's mask, made with all pixels measured when b has none.
func maskOf(b *raster.Block) []uint8 {
	if b.Valid == nil {
		mask := b.MaskStorage()
		for i := range mask {
			mask[i] = 255
		}
	}
	return b.Valid
}

// markMissing takes out the pixels of blocks that were never written.
func (s *Scene) markMissing(b *raster.Block) {
	w, h := int(s.dir.BlockW), int(s.dir.BlockH)
	for by := b.Window.Y / h; by*h < b.Window.MaxY(); by++ {
		for bx := b.Window.X / w; bx*w < b.Window.MaxX(); bx++ {
			if s.layout.Missing(bx, by) {
				markWindow(b, raster.Window{X: bx * w, Y: by * h, W: w, H: h})
			}
		}
	}
}

// markWindow takes out the pixels of b inside w, which are missing.
func markWindow(b *raster.Block, w raster.Window) {
	w = w.Intersect(b.Window)
	if w.Empty() {
		return
	}
	mask := maskOf(b)
	if b.Why == nil {
		b.WhyStorage()
	}
	for y := w.Y; y < w.MaxY(); y++ {
		start := (y-b.Window.Y)*b.Window.W + w.X - b.Window.X
		clear(mask[start : start+w.W])
		for i := range w.W {
			b.Why[start+i] = raster.Missing
		}
	}
}
