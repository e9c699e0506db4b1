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

// Read fills buffer, a slice of bufWidth·bufHeight samples, row by row, with the
// window whose upper left pixel is srcX, srcY. Samples are converted to the
// buffer's type: rounded and clamped where it is narrower than the band's.
//
// The buffer is []byte, []int8, []int16, []uint16, []int32, []uint32, []float32 or
// []float64. Another type, or a shorter buffer, panics. A window that leaves the
// raster is an error.
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
	b := takeApart(buffer)
	band, pixel := b.size, b.size*n
	if o.bandInterleaved {
		band, pixel = w*h*b.size, b.size
	}
	line := w * pixel
	if need := ((n-1)*band+(h-1)*line+(w-1)*pixel)/b.size + 1; b.length < need || b.length == 0 {
		panic(fmt.Sprintf("godal: buffer of %d samples, %d needed", b.length, need))
	}
	return C.gd_pixels{
		x: C.int(x), y: C.int(y), width: C.int(w), height: C.int(h),
		data:  b.data,
		_type: C.GDALDataType(b.dtype),
		pixel: C.GSpacing(pixel), line: C.GSpacing(line), band: C.GSpacing(band),
	}
}

// samples is a buffer taken apart.
type samples struct {
	data   unsafe.Pointer
	length int // samples
	size   int // bytes of one
	dtype  DataType
}

func takeApart(buffer any) samples {
	switch b := buffer.(type) {
	case []byte:
		return samplesOf(b, Byte)
	case []int8:
		return samplesOf(b, Int8)
	case []int16:
		return samplesOf(b, Int16)
	case []uint16:
		return samplesOf(b, UInt16)
	case []int32:
		return samplesOf(b, Int32)
	case []uint32:
		return samplesOf(b, UInt32)
	case []float32:
		return samplesOf(b, Float32)
	case []float64:
		return samplesOf(b, Float64)
	}
	panic(fmt.Sprintf("godal: unsupported type of buffer %T", buffer))
}

func samplesOf[T any](s []T, dtype DataType) samples {
	var one T
	return samples{unsafe.Pointer(unsafe.SliceData(s)), len(s), int(unsafe.Sizeof(one)), dtype}
}
