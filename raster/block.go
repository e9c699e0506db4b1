package raster

import "fmt"

// Number is a pixel value as files store it.
type Number interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~float32 | ~float64
}

// Block is a window of decoded pixels in the file's own type, band-planar: value (band, x, y) of a block with window w is
// Data[(band·w.H + y−w.Y)·w.W + x−w.X]. The zero value is empty; Shape makes it usable.
type Block struct {
	Window Window
	Bands  int
	// Data is a slice of the type that the source's DataType names: []uint8, []int8, []uint16 …, of length Bands·W·H.
	Data any
	// Valid has one byte a pixel, 255 measured and 0 not; nil when all are measured.
	Valid []uint8

	valid []uint8 // storage behind Valid, kept between uses
}

// Shape readies b for a read of w: it sets Window and Bands, sizes Data (reusing storage of the same type when it suffices) and
// clears Valid.
func (b *Block) Shape(w Window, bands int, t DataType) {
	b.Window, b.Bands, b.Valid = w, bands, nil
	n := bands * int(w.Pixels())
	switch t {
	case Uint8:
		b.Data = resized[uint8](b.Data, n)
	case Int8:
		b.Data = resized[int8](b.Data, n)
	case Uint16:
		b.Data = resized[uint16](b.Data, n)
	case Int16:
		b.Data = resized[int16](b.Data, n)
	case Uint32:
		b.Data = resized[uint32](b.Data, n)
	case Int32:
		b.Data = resized[int32](b.Data, n)
	case Float32:
		b.Data = resized[float32](b.Data, n)
	case Float64:
		b.Data = resized[float64](b.Data, n)
	default:
		panic(fmt.Sprintf("raster: block of %v", t))
	}
}

// resized returns a slice of n values over the storage of data when that has the type and room, else over new storage. Boxing a
// slice header allocates, so an unchanged length returns data itself.
func resized[T Number](data any, n int) any {
	if s, ok := data.([]T); ok {
		if len(s) == n {
			return data
		}
		if cap(s) >= n {
			return s[:n]
		}
	}
	return make([]T, n)
}

// MaskStorage sets Valid to W·H bytes whose content is undefined, reusing earlier storage, and returns it.
func (b *Block) MaskStorage() []uint8 {
	n := int(b.Window.Pixels())
	if cap(b.valid) < n {
		b.valid = make([]uint8, n)
	}
	b.Valid = b.valid[:n]
	return b.Valid
}
