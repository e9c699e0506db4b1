package raster

import (
	"context"
	"fmt"
)

// Memory is a scene held in memory: the Source for tests, examples and pixels that come from elsewhere. Its fields are not changed
// while it is read.
type Memory struct {
	Scene Info
	// Pixels is the whole scene as one block: its window is the grid's, its Data has the type that Scene names.
	Pixels Block
}

// NewMemory makes a scene of band-planar values: value (band, x, y) is data[(band·height + y)·width + x]. Grid, name and block size
// may be set on the result before it is used. It panics when the length does not fit.
func NewMemory[T Number](name string, width, height, bands int, data []T) *Memory {
	if len(data) != width*height*bands {
		panic(fmt.Sprintf("raster: %d values for %d bands of %d×%d", len(data), bands, width, height))
	}
	m := &Memory{Pixels: Block{Window: Window{W: width, H: height}, Bands: bands, Data: data}}
	m.Scene = Info{
		Name: name, Grid: Grid{Width: width, Height: height}, Bands: bands, Type: typeOf[T](),
		BlockW: min(width, 256), BlockH: min(height, 256),
	}
	return m
}

func typeOf[T Number]() DataType {
	switch any(*new(T)).(type) {
	case uint8:
		return Uint8
	case int8:
		return Int8
	case uint16:
		return Uint16
	case int16:
		return Int16
	case uint32:
		return Uint32
	case int32:
		return Int32
	case float32:
		return Float32
	case float64:
		return Float64
	}
	panic("raster: named number types are not pixel types")
}

// Info describes the scene.
func (m *Memory) Info() Info { return m.Scene }

// Reader returns a reader that copies.
func (m *Memory) Reader() (Reader, error) { return memoryReader{m}, nil }

type memoryReader struct{ m *Memory }

func (r memoryReader) Read(ctx context.Context, w Window, b *Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	src := &r.m.Pixels
	if !src.Window.Contains(w) {
		panic(fmt.Sprintf("raster: read of %v outside %v", w, src.Window))
	}
	copyBlock(b, src)
	return nil
}

func (memoryReader) Close() error { return nil }

// copyBlock fills dst, already shaped for a window inside src's, from src.
func copyBlock(dst, src *Block) {
	switch s := src.Data.(type) {
	case []uint8:
		copyPlanes(dst, src, dst.Data.([]uint8), s)
	case []int8:
		copyPlanes(dst, src, dst.Data.([]int8), s)
	case []uint16:
		copyPlanes(dst, src, dst.Data.([]uint16), s)
	case []int16:
		copyPlanes(dst, src, dst.Data.([]int16), s)
	case []uint32:
		copyPlanes(dst, src, dst.Data.([]uint32), s)
	case []int32:
		copyPlanes(dst, src, dst.Data.([]int32), s)
	case []float32:
		copyPlanes(dst, src, dst.Data.([]float32), s)
	case []float64:
		copyPlanes(dst, src, dst.Data.([]float64), s)
	default:
		panic(fmt.Sprintf("raster: block of %T", src.Data))
	}
	if src.Valid != nil {
		copyRows(dst.MaskStorage(), dst.Window, src.Valid, src.Window)
	}
	if src.Why != nil {
		copyRows(dst.WhyStorage(), dst.Window, src.Why, src.Window)
	}
}

func copyPlanes[T Number](dst, src *Block, d, s []T) {
	nd, ns := int(dst.Window.Pixels()), int(src.Window.Pixels())
	for band := range dst.Bands {
		copyRows(d[band*nd:(band+1)*nd], dst.Window, s[band*ns:(band+1)*ns], src.Window)
	}
}

// copyRows copies the pixels of window dw, inside window sw, from plane s to plane d.
func copyRows[T Number](d []T, dw Window, s []T, sw Window) {
	for y := range dw.H {
		from := (dw.Y-sw.Y+y)*sw.W + dw.X - sw.X
		copy(d[y*dw.W:(y+1)*dw.W], s[from:])
	}
}
