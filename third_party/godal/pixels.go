package godal

/*
#include "godal.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// ResamplingAlg is a way to make pixels of another size.
type ResamplingAlg int

// The resampling algorithms passdiff uses.
const (
	Nearest ResamplingAlg = iota
	Bilinear
	Cubic
)

func (alg ResamplingAlg) forIO() C.GDALRIOResampleAlg {
	switch alg {
	case Nearest:
		return C.GRIORA_NearestNeighbour
	case Bilinear:
		return C.GRIORA_Bilinear
	case Cubic:
		return C.GRIORA_Cubic
	}
	panic("godal: unknown resampling algorithm")
}

// Read fills buffer, a slice of bufWidth·bufHeight samples, row by row, with the
// window whose upper left pixel is srcX, srcY. Samples are converted to the
// buffer's type: rounded and clamped where it is narrower than the band's.
//
// The buffer is []byte, []int8, []int16, []uint16, []int32, []uint32, []float32,
// []float64, []complex64 or []complex128. Another type, or a shorter buffer,
// panics. A window that leaves the raster is an error.
func (band Band) Read(srcX, srcY int, buffer interface{}, bufWidth, bufHeight int, opts ...BandIOOption) error {
	return band.transfer(C.GF_Read, srcX, srcY, buffer, bufWidth, bufHeight, opts)
}

// Write is Read in the other direction.
func (band Band) Write(srcX, srcY int, buffer interface{}, bufWidth, bufHeight int, opts ...BandIOOption) error {
	return band.transfer(C.GF_Write, srcX, srcY, buffer, bufWidth, bufHeight, opts)
}

func (band Band) transfer(rw C.GDALRWFlag, x, y int, buffer any, w, h int, opts []BandIOOption) error {
	var o ioOpts
	for _, opt := range opts {
		opt.setBandIOOpt(&o)
	}
	px := o.pixels(x, y, buffer, w, h, 1)
	k := o.begin()
	return k.end(C.gd_band_io(k.env, band.handle(), rw, px))
}

// Read fills buffer like Band.Read, with all bands or those of the option Bands.
// Samples come pixel by pixel, or band by band with BandInterleaved.
func (ds *Dataset) Read(srcX, srcY int, buffer interface{}, bufWidth, bufHeight int, opts ...DatasetIOOption) error {
	return ds.transfer(C.GF_Read, srcX, srcY, buffer, bufWidth, bufHeight, opts)
}

// Write is Read in the other direction.
func (ds *Dataset) Write(srcX, srcY int, buffer interface{}, bufWidth, bufHeight int, opts ...DatasetIOOption) error {
	return ds.transfer(C.GF_Write, srcX, srcY, buffer, bufWidth, bufHeight, opts)
}

func (ds *Dataset) transfer(rw C.GDALRWFlag, x, y int, buffer any, w, h int, opts []DatasetIOOption) error {
	var o ioOpts
	for _, opt := range opts {
		opt.setDatasetIOOpt(&o)
	}
	n := len(o.bands)
	if o.bands == nil {
		n = int(C.GDALGetRasterCount(ds.handle()))
		if n == 0 {
			return errors.New("dataset has no bands to read or write")
		}
	}
	px := o.pixels(x, y, buffer, w, h, n)
	k := o.begin()
	return k.end(C.gd_dataset_io(k.env, ds.handle(), rw, px, C.int(n), unsafe.SliceData(o.bands)))
}

// pixels describes a transfer of w × h pixels of n bands, after checking that the
// buffer can hold them.
func (o *ioOpts) pixels(x, y int, buffer any, w, h, n int) C.gd_pixels {
	if o.width == 0 {
		o.width = w
	}
	if o.height == 0 {
		o.height = h
	}
	data, length, dtype := samples(buffer)
	size := dtype.Size()
	band, pixel := size, size*n
	if o.bandInterleaved {
		band, pixel = w*h*size, size
	}
	line := w * pixel
	if need := ((n-1)*band+(h-1)*line+(w-1)*pixel)/size + 1; length < need || length == 0 {
		panic(fmt.Sprintf("godal: buffer of %d samples, %d needed", length, need))
	}
	return C.gd_pixels{
		x: C.int(x), y: C.int(y), width: C.int(o.width), height: C.int(o.height),
		data:      data,
		buf_width: C.int(w), buf_height: C.int(h),
		_type: C.GDALDataType(dtype),
		pixel: C.GSpacing(pixel), line: C.GSpacing(line), band: C.GSpacing(band),
		resample: o.resampling.forIO(),
	}
}

// samples takes a buffer apart: its memory, its length in samples and its type.
func samples(buffer any) (unsafe.Pointer, int, DataType) {
	switch b := buffer.(type) {
	case []byte:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), Byte
	case []int8:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), Int8
	case []int16:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), Int16
	case []uint16:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), UInt16
	case []int32:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), Int32
	case []uint32:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), UInt32
	case []float32:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), Float32
	case []float64:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), Float64
	case []complex64:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), CFloat32
	case []complex128:
		return unsafe.Pointer(unsafe.SliceData(b)), len(b), CFloat64
	}
	panic(fmt.Sprintf("godal: unsupported type of buffer %T", buffer))
}
