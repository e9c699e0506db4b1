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
	// Why says of each pixel that is not measured for which reason (NoData, CloudMask, Missing), laid out like Valid; of measured
	// pixels it says nothing. nil when the reason is NoData throughout.
	Why []uint8

	valid, why []uint8 // storage behind Valid and Why, kept between uses
}

// Reasons why a pixel is not measured, the values of Block.Why. A pixel with several has the first of Missing, NoData and
// CloudMask: what a missing block reads as says nothing, and a cloud over nodata does not matter.
const (
	// NoData: the scene holds nothing there by its nodata value, mask, alpha or NaN, or ends before.
	NoData uint8 = iota
	// CloudMask: a class raster rules the pixel out (see ClassMask).
	CloudMask
	// Missing: the block of the file was never written.
	Missing
)

// Shape readies b for a read of w: it sets Window and Bands, sizes Data (reusing storage of the same type when it suffices) and
// clears Valid and Why.
func (b *Block) Shape(w Window, bands int, t DataType) {
	b.Window, b.Bands, b.Valid, b.Why = w, bands, nil, nil
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

// WhyStorage sets Why to W·H bytes of NoData, reusing earlier storage, and returns it.
func (b *Block) WhyStorage() []uint8 {
	n := int(b.Window.Pixels())
	if cap(b.why) < n {
		b.why = make([]uint8, n)
	}
	b.Why = b.why[:n]
	clear(b.Why)
	return b.Why
}

// planes is the part of b that holds n bands from the band first on, without validity.
func (b *Block) planes(first, n int) Block {
	p := Block{Window: b.Window, Bands: n}
	lo, hi := first*int(b.Window.Pixels()), (first+n)*int(b.Window.Pixels())
	switch d := b.Data.(type) {
	case []uint8:
		p.Data = d[lo:hi]
	case []int8:
		p.Data = d[lo:hi]
	case []uint16:
		p.Data = d[lo:hi]
	case []int16:
		p.Data = d[lo:hi]
	case []uint32:
		p.Data = d[lo:hi]
	case []int32:
		p.Data = d[lo:hi]
	case []float32:
		p.Data = d[lo:hi]
	case []float64:
		p.Data = d[lo:hi]
	default:
		panic(fmt.Sprintf("raster: block of %T", b.Data))
	}
	return p
}

// invalidate takes over what o, of the same window, says is not measured. Of two reasons the one that comes first counts.
func (b *Block) invalidate(o *Block) {
	if o.Valid == nil {
		return
	}
	if b.Valid == nil {
		copy(b.MaskStorage(), o.Valid)
		if o.Why != nil {
			copy(b.WhyStorage(), o.Why)
		}
		return
	}
	if o.Why != nil && b.Why == nil {
		b.WhyStorage()
	}
	for i, v := range o.Valid {
		if v != 0 {
			continue
		}
		why := NoData
		if o.Why != nil {
			why = o.Why[i]
		}
		switch {
		case b.Valid[i] != 0:
			b.Valid[i] = 0
			if b.Why != nil {
				b.Why[i] = why
			}
		case why == Missing, b.Why != nil && b.Why[i] == CloudMask:
			b.Why[i] = why
		}
	}
}
