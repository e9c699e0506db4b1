package raster

import "unsafe"

// align is the alignment of tile rows in bytes: a cache line and a 512-bit register.
const align = 64

// Tile is pixels in memory, ready for arithmetic: band-planar float32 with a validity mask. Value (band, x, y) of a tile with
// window w is Data[(band·w.H + y−w.Y)·Stride + x−w.X]. Rows start on 64-byte boundaries. Pixels that are not valid hold 0; so do
// pixels outside the scene, which are never valid. The zero value is empty.
type Tile struct {
	Window Window
	Bands  int
	// Stride is the number of values from one row to the next, at least Window.W.
	Stride int
	Data   []float32
	// Valid has one byte a pixel, 255 measured and 0 not, pixel (x, y) at (y−w.Y)·Stride + x−w.X; nil when all are measured.
	Valid []uint8
	// Why says of pixels that are not measured for which reason, as Block.Why does, laid out like Valid; nil when it is NoData throughout.
	Why []uint8

	valid, why []uint8 // storage behind Valid and Why
}

// TileValues is how many values a tile of one band over a window has.
func TileValues(w Window) int { return w.H * strideFor(w.W) }

// Shape sizes the tile for a window, reusing storage; values are undefined and Valid and Why are nil.
func (t *Tile) Shape(w Window, bands int) {
	t.Window, t.Bands, t.Valid, t.Why = w, bands, nil, nil
	t.Stride = strideFor(w.W)
	t.Data = Aligned(t.Data, bands*w.H*t.Stride)
}

func strideFor(w int) int { return (w + align/4 - 1) / (align / 4) * (align / 4) }

// Band is the plane of one band.
func (t *Tile) Band(b int) []float32 {
	n := t.Window.H * t.Stride
	return t.Data[b*n : (b+1)*n : (b+1)*n]
}

// maskStorage sets Valid to storage of the tile's size with undefined content.
func (t *Tile) maskStorage() []uint8 {
	n := t.Window.H * t.Stride
	if cap(t.valid) < n {
		t.valid = make([]uint8, n)
	}
	t.Valid = t.valid[:n]
	return t.Valid
}

// whyStorage sets Why to NoData throughout.
func (t *Tile) whyStorage() {
	n := t.Window.H * t.Stride
	if cap(t.why) < n {
		t.why = make([]uint8, n)
	}
	t.Why = t.why[:n]
	clear(t.Why)
}

// Aligned returns n float32 values whose first lies on a 64-byte boundary, over the storage of old when it suffices. Their content
// is undefined.
func Aligned(old []float32, n int) []float32 {
	if cap(old) >= n {
		return old[:n]
	}
	const pad = align / 4
	s := make([]float32, n+pad)
	off := 0
	for uintptr(unsafe.Pointer(unsafe.SliceData(s[off:])))%align != 0 {
		off++
	}
	return s[off : off+n : off+n]
}
