package godal

/*
#include "godal.h"
*/
import "C"

import "unsafe"

// Band is one band of a Dataset, or its mask. It is valid until the dataset is
// closed, and is not safe for concurrent use with it or its other bands.
type Band struct{ object }

func newBand(handle unsafe.Pointer) Band {
	return Band{object{C.GDALMajorObjectH(handle)}}
}

func (band Band) handle() C.GDALRasterBandH { return C.GDALRasterBandH(band.h) }

// NoData returns the value that marks pixels without data. It may be NaN. ok is
// false when the band has none.
func (band Band) NoData() (nodata float64, ok bool) {
	var set C.int
	nd := C.GDALGetRasterNoDataValue(band.handle(), &set)
	if set == 0 {
		return 0, false
	}
	return float64(nd), true
}

// SetNoData sets the value that marks pixels without data.
func (band Band) SetNoData(nd float64, opts ...SetNoDataOption) error {
	var o common
	for _, opt := range opts {
		opt.setSetNoDataOpt(&o)
	}
	k := o.begin()
	return k.end(C.gd_set_nodata(k.env, band.handle(), C.double(nd)))
}

// MaskFlags returns GDAL's GMF_ flags of the mask: 1 all valid, 2 per dataset,
// 4 alpha, 8 nodata.
func (band Band) MaskFlags() int { return int(C.GDALGetMaskFlags(band.handle())) }

// MaskBand returns the mask, made from nodata where the file has none: 255 valid,
// 0 not.
func (band Band) MaskBand() Band {
	return newBand(unsafe.Pointer(C.GDALGetMaskBand(band.handle())))
}

// ColorInterp is what a band stands for, as a number of GDAL's.
type ColorInterp int

// CIAlpha is opacity, the one interpretation passdiff tells from others.
const CIAlpha = ColorInterp(C.GCI_AlphaBand)

// ColorInterp returns what the band stands for.
func (band Band) ColorInterp() ColorInterp {
	return ColorInterp(C.GDALGetRasterColorInterpretation(band.handle()))
}

// SetColorInterp says what the band stands for.
func (band Band) SetColorInterp(colorInterp ColorInterp, opts ...SetColorInterpOption) error {
	var o common
	for _, opt := range opts {
		opt.setSetColorInterpOpt(&o)
	}
	k := o.begin()
	return k.end(C.gd_set_color_interp(k.env, band.handle(), C.GDALColorInterp(colorInterp)))
}
