package raster

import "unsafe"

// align is the alignment of tile rows in bytes: a cache line and a 512-bit register.
const align = 64

// Tile is pixels in memory, ready for arithmetic: bands of float32 with a validity mask. Pixels that are not valid hold 0; so do pixels
// outside the scene, which are never valid. The zero value is empty.
//
// A tile of a Stream refers to the decoded blocks it lies in, in the file's own type, and converts what it is asked for: Row a row of a
// band, Band all bands at once. What is scored row by row so never exists as a plane of floats. Other tiles hold their values in Data.
type Tile struct {
	Window Window
	Bands  int
	// Stride is the number of values from one row to the next, at least Window.W.
	Stride int
	// Data is band-planar: value (band, x, y) of a tile with window w is Data[(band·w.H + y−w.Y)·Stride + x−w.X]. Rows start on 64-byte
	// boundaries. Of a tile of a Stream it is undefined until Band has been called.
	Data []float32
	// Valid has one byte a pixel, 255 measured and 0 not, pixel (x, y) at (y−w.Y)·Stride + x−w.X; nil when all are measured.
	Valid []uint8
	// Why says of pixels that are not measured for which reason, as Block.Why does, laid out like Valid; nil when it is NoData throughout.
	Why []uint8

	valid, why []uint8 // storage behind Valid and Why

	stored  bool      // the values are in patches, not in Data
	patches []patch   // row by row
	offset  []float64 // is subtracted from each band of the patches; nil for nothing
}

// TileValues is how many values a tile of one band over a window has.
func TileValues(w Window) int { return w.H * strideFor(w.W) }

// Shape sizes the tile for a window, reusing storage; values are undefined and Valid and Why are nil.
func (t *Tile) Shape(w Window, bands int) {
	t.frame(w, bands)
	t.Data = Aligned(t.Data, bands*w.H*t.Stride)
}

// frame sets all of the shape but the storage of values.
func (t *Tile) frame(w Window, bands int) {
	t.Window, t.Bands, t.Valid, t.Why = w, bands, nil, nil
	t.Stride = strideFor(w.W)
	t.stored, t.patches = false, t.patches[:0]
}

func strideFor(w int) int { return (w + align/4 - 1) / (align / 4) * (align / 4) }

// Band is the plane of one band. The first call on a tile of a Stream converts all bands; Row is cheaper where rows are looked at once.
func (t *Tile) Band(b int) []float32 {
	if t.stored {
		t.convert()
	}
	n := t.Window.H * t.Stride
	return t.Data[b*n : (b+1)*n : (b+1)*n]
}

// Row is the values of a band from pixel (x, y) on, as many as buf has, all inside Window. They are in buf or in the tile, and not to be
// written to.
func (t *Tile) Row(band, x, y int, buf []float32) []float32 {
	if t.stored {
		t.convertRow(band, x, y, buf)
		return buf
	}
	return t.Data[(band*t.Window.H+y-t.Window.Y)*t.Stride+x-t.Window.X:][:len(buf)]
}

// Stored16 is the pixels from (x, y), which is inside Window, on as the file stores them, where that is in uint16 and nothing is to be
// subtracted: n of them in a row of band 0 begin the data, and those of each next band plane values further. Values of pixels that are
// not valid are there, too; beyond the scene, where n pixels have none, data is nil. n is 0 where pixels are stored otherwise.
func (t *Tile) Stored16(x, y int) (data []uint16, plane, n int) {
	if !t.stored || t.offset != nil {
		return nil, 0, 0
	}
	end := t.Window.MaxX()
	for i := range t.patches {
		p := &t.patches[i]
		switch w := p.in; {
		case y < w.Y || y >= w.MaxY() || x >= w.MaxX():
		case x < w.X:
			end = min(end, w.X)
		default:
			data, ok := p.block.Data.([]uint16)
			if !ok {
				return nil, 0, 0
			}
			return data[p.at(0, x, y):], p.plane(), w.MaxX() - x
		}
	}
	return nil, 0, end - x
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
