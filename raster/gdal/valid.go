package gdal

import (
	"bytes"
	"fmt"
	"slices"
	"unsafe"

	"passdiff/raster"
	"passdiff/raster/internal/kernel"
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

// markEqual takes out the pixels where plane, of one value a pixel, equals v.
func markEqual[T raster.Number](b *raster.Block, plane []T, v T) {
	switch p := any(plane).(type) {
	case []uint8:
		markWhere(b, p, uint8(v), bytes.IndexByte, kernel.Clear8)
	case []uint16:
		markWhere(b, p, uint16(v), kernel.Index16, kernel.Clear16)
	case []int16:
		unsigned := unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(p))), len(p))
		markWhere(b, unsigned, uint16(int16(v)), kernel.Index16, kernel.Clear16)
	case []float32:
		markWhere(b, p, float32(v), kernel.IndexFloat, kernel.ClearFloat)
	default:
		markWhere(b, plane, v, slices.Index, clearEqual)
	}
}

// markWhere takes out the pixels of plane that hold v. Most blocks hold none, so that is found out first and the mask left alone.
func markWhere[T raster.Number](b *raster.Block, plane []T, v T, index func([]T, T) int, clear func([]uint8, []T, T)) {
	if first := index(plane, v); first >= 0 {
		clear(maskOf(b)[first:len(plane)], plane[first:], v)
	}
}

// clearEqual sets mask to 0 where plane equals v.
func clearEqual[T raster.Number](mask []uint8, plane []T, v T) {
	for i, x := range plane {
		if x == v {
			mask[i] = 0
		}
	}
}

// markNonFinite takes out the pixels where a value of any band is NaN or infinite.
func markNonFinite[T float32 | float64](b *raster.Block, data []T) {
	n := int(b.Window.Pixels())
	for ; len(data) > 0; data = data[n:] {
		plane := data[:n]
		if p, ok := any(plane).([]float32); ok {
			if first := kernel.IndexNonFinite(p); first >= 0 {
				kernel.ClearNonFinite(maskOf(b)[first:n], p[first:])
			}
			continue
		}
		for i, v := range plane {
			if v-v != 0 { // NaN for infinities
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
