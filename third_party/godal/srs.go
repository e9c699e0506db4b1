package godal

/*
#include <stdlib.h>
#include "godal.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// Projection returns the WKT of the dataset's CRS; "" when it has none.
func (ds *Dataset) Projection() string { return C.GoString(C.GDALGetProjectionRef(ds.handle())) }

// SetSpatialRef sets the dataset's CRS to a copy of sr; nil removes it.
func (ds *Dataset) SetSpatialRef(sr *SpatialRef, opts ...SetSpatialRefOption) error {
	var o common
	for _, opt := range opts {
		opt.setSetSpatialRefOpt(&o)
	}
	var h C.OGRSpatialReferenceH
	if sr != nil {
		h = sr.h
	}
	k := o.begin()
	return k.end(C.gd_set_srs(k.env, ds.handle(), h))
}

// GeoTransform returns the affine transform from pixel corners (column, row) to
// CRS units: x = t[0] + column·t[1] + row·t[2], y = t[3] + column·t[4] + row·t[5].
// It is an error when the dataset has none.
func (ds *Dataset) GeoTransform(opts ...GetGeoTransformOption) ([6]float64, error) {
	var o common
	for _, opt := range opts {
		opt.setGetGeoTransformOpt(&o)
	}
	var gt [6]float64
	k := o.begin()
	msg := C.gd_geotransform(k.env, ds.handle(), (*C.double)(&gt[0]))
	if err := k.end(msg); err != nil {
		return [6]float64{}, err
	}
	return gt, nil
}

// SetGeoTransform sets the affine transform; see GeoTransform for its terms.
func (ds *Dataset) SetGeoTransform(transform [6]float64, opts ...SetGeoTransformOption) error {
	var o common
	for _, opt := range opts {
		opt.setSetGeoTransformOpt(&o)
	}
	k := o.begin()
	return k.end(C.gd_set_geotransform(k.env, ds.handle(), (*C.double)(&transform[0])))
}

// SpatialRef is a coordinate reference system (CRS). Those made by the functions
// called New order coordinates x or longitude first, whatever their authority says,
// and must be closed. It is not safe for concurrent use.
type SpatialRef struct {
	h     C.OGRSpatialReferenceH
	owned bool
}

// NewSpatialRefFromWKT makes a CRS from WKT, version 1 or 2.
func NewSpatialRefFromWKT(wkt string, opts ...CreateSpatialRefOption) (*SpatialRef, error) {
	text := C.CString(wkt)
	defer C.free(unsafe.Pointer(text))
	k := beginSpatialRef(opts)
	return newSpatialRef(k, C.gd_srs_from_wkt(k.env, text))
}

// NewSpatialRefFromEPSG makes a CRS from its EPSG code.
func NewSpatialRefFromEPSG(code int, opts ...CreateSpatialRefOption) (*SpatialRef, error) {
	k := beginSpatialRef(opts)
	return newSpatialRef(k, C.gd_srs_from_epsg(k.env, C.int(code)))
}

func beginSpatialRef(opts []CreateSpatialRefOption) call {
	var o common
	for _, opt := range opts {
		opt.setCreateSpatialRefOpt(&o)
	}
	return o.begin()
}

func newSpatialRef(k call, r C.gd_result) (*SpatialRef, error) {
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return &SpatialRef{C.OGRSpatialReferenceH(r.handle), true}, nil
}

// Close releases the CRS, except one that belongs to a layer. Further calls of Close
// do nothing.
func (sr *SpatialRef) Close() {
	if sr.owned && sr.h != nil {
		C.OSRRelease(sr.h)
	}
	sr.h = nil
}

// WKT returns the CRS as WKT 1, or as WKT 2 where WKT 1 cannot say it.
func (sr *SpatialRef) WKT(opts ...WKTExportOption) (string, error) {
	var o common
	for _, opt := range opts {
		opt.setWKTExportOpt(&o)
	}
	k := o.begin()
	r := C.gd_srs_wkt(k.env, sr.h)
	if err := k.end(r.err); err != nil {
		return "", err
	}
	defer C.VSIFree(r.handle)
	return C.GoString((*C.char)(r.handle)), nil
}

// IsSame says whether both describe the same CRS, names left aside.
func (sr *SpatialRef) IsSame(other *SpatialRef) bool { return C.OSRIsSame(sr.h, other.h) != 0 }

// Geographic says whether coordinates are angles on an ellipsoid.
func (sr *SpatialRef) Geographic() bool { return C.OSRIsGeographic(sr.h) != 0 }

// Projected says whether coordinates are on a map plane.
func (sr *SpatialRef) Projected() bool { return C.OSRIsProjected(sr.h) != 0 }

// AuthorityName returns who defined target ("PROJCS", "GEOGCS", "" for the whole
// CRS), "EPSG" for example; "" when that is not known.
func (sr *SpatialRef) AuthorityName(target string) string {
	node := newStringOrNil(target)
	defer C.free(unsafe.Pointer(node))
	return C.GoString(C.OSRGetAuthorityName(sr.h, node))
}

// AuthorityCode returns the code target has with its authority, "32631" for
// example; "" when that is not known.
func (sr *SpatialRef) AuthorityCode(target string) string {
	node := newStringOrNil(target)
	defer C.free(unsafe.Pointer(node))
	return C.GoString(C.OSRGetAuthorityCode(sr.h, node))
}

func newStringOrNil(s string) *C.char {
	if s == "" {
		return nil
	}
	return C.CString(s)
}

// AutoIdentifyEPSG adds the EPSG code where the definition is recognised, and is
// an error where not.
func (sr *SpatialRef) AutoIdentifyEPSG() error {
	if e := C.OSRAutoIdentifyEPSG(sr.h); e != C.OGRERR_NONE {
		return fmt.Errorf("no EPSG code identified: OGR error %d", e)
	}
	return nil
}

// Transform takes coordinates from one CRS to another. It is not safe for
// concurrent use.
type Transform struct {
	h C.OGRCoordinateTransformationH
}

// NewTransform makes a Transform, which does not need src and dst afterwards.
func NewTransform(src, dst *SpatialRef, opts ...TransformOption) (*Transform, error) {
	var o common
	for _, opt := range opts {
		opt.setTransformOpt(&o)
	}
	k := o.begin()
	r := C.gd_transform_new(k.env, src.h, dst.h)
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return &Transform{C.OGRCoordinateTransformationH(r.handle)}, nil
}

// Close releases the Transform. Further calls of Close do nothing.
func (trn *Transform) Close() {
	if trn.h != nil {
		C.OCTDestroyCoordinateTransformation(trn.h)
	}
	trn.h = nil
}

// TransformEx transforms points in place, in the axis order of both CRS. z and
// successful may be nil; other slices are at least as long as x, which must not be
// empty. It is an error when a point cannot be transformed: successful says which
// could, the others become +Inf.
func (trn *Transform) TransformEx(x []float64, y []float64, z []float64, successful []bool) error {
	n := len(x)
	px, py := doubles(x, n), doubles(y, n)
	var pz *C.double
	if len(z) > 0 {
		pz = doubles(z, n)
	}
	var ok []C.int
	if len(successful) > 0 {
		_ = successful[n-1]
		ok = make([]C.int, n)
	}
	all := C.gd_transform(trn.h, C.int(n), px, py, pz, unsafe.SliceData(ok))
	for i := range ok {
		successful[i] = ok[i] > 0
	}
	if all == 0 {
		return errors.New("not every point could be transformed")
	}
	return nil
}

// doubles gives C the first n values of v, and panics when there are fewer or n
// is 0.
func doubles(v []float64, n int) *C.double {
	_ = v[n-1]
	return (*C.double)(unsafe.SliceData(v))
}
