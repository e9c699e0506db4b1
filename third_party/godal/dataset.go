package godal

/*
#include <stdlib.h>
#include "godal.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"path/filepath"
	"unsafe"
)

// object is what Dataset, Band and Layer have in common.
type object struct{ h C.GDALMajorObjectH }

// Dataset is an open file of rasters or vectors. It is made by Open or Create, and must be closed.
// It is not safe for concurrent use.
type Dataset struct{ object }

func newDataset(handle unsafe.Pointer) *Dataset {
	return &Dataset{object{C.GDALMajorObjectH(handle)}}
}

func (ds *Dataset) handle() C.GDALDatasetH { return C.GDALDatasetH(ds.h) }

// Open opens a file, or anything else GDAL takes for a name. Only the file itself
// is looked at unless SiblingFiles says otherwise.
func Open(name string, options ...OpenOption) (*Dataset, error) {
	o := openOpts{
		flags:    C.GDAL_OF_READONLY | C.GDAL_OF_VERBOSE_ERROR,
		siblings: []string{filepath.Base(name)},
	}
	for _, opt := range options {
		opt.setOpenOpt(&o)
	}
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	drivers := newStringList(o.drivers)
	defer drivers.free()
	siblings := newStringList(o.siblings)
	defer siblings.free()

	k := o.begin()
	r := C.gd_open(k.env, cname, o.flags, drivers.ptr(), siblings.ptr())
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return newDataset(r.handle), nil
}

// Create makes a raster of nBands bands of width × height pixels; existing files
// are overwritten. The driver must be registered. Close reports errors of
// writing, so its error matters.
func Create(driver DriverName, name string, nBands int, dtype DataType, width, height int, opts ...DatasetCreateOption) (*Dataset, error) {
	cdriver := C.CString(string(driver))
	defer C.free(unsafe.Pointer(cdriver))
	drv := C.GDALGetDriverByName(cdriver)
	if drv == nil {
		return nil, fmt.Errorf("driver %s is not registered", driver)
	}
	var o createOpts
	for _, opt := range opts {
		opt.setDatasetCreateOpt(&o)
	}
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	creation := newStringList(o.creation)
	defer creation.free()

	k := o.begin()
	r := C.gd_create(k.env, drv, cname, C.int(width), C.int(height), C.int(nBands), C.GDALDataType(dtype), creation.ptr())
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return newDataset(r.handle), nil
}

// Close writes what is still in memory and releases the dataset, also when it
// returns an error. A second Close is an error.
func (ds *Dataset) Close(opts ...CloseOption) error {
	if ds.h == nil {
		return errors.New("dataset is closed already")
	}
	var o common
	for _, opt := range opts {
		opt.setCloseOpt(&o)
	}
	k := o.begin()
	msg := C.gd_close(k.env, ds.handle())
	ds.h = nil
	return k.end(msg)
}

// Bands returns the bands in file order; nil when there are none.
func (ds *Dataset) Bands() []Band {
	n := int(C.GDALGetRasterCount(ds.handle()))
	if n == 0 {
		return nil
	}
	bands := make([]Band, n)
	for i := range bands {
		bands[i] = newBand(unsafe.Pointer(C.GDALGetRasterBand(ds.handle(), C.int(i+1))))
	}
	return bands
}

// CreateMaskBand makes one mask for all bands; flags are GDAL's GMF_ values. Mask
// bands taken before are no longer valid.
func (ds *Dataset) CreateMaskBand(flags int, opts ...DatasetCreateMaskOption) (Band, error) {
	var o common
	for _, opt := range opts {
		opt.setDatasetCreateMaskOpt(&o)
	}
	k := o.begin()
	r := C.gd_create_mask(k.env, ds.handle(), C.int(flags))
	if err := k.end(r.err); err != nil {
		return Band{}, err
	}
	return newBand(r.handle), nil
}

// BuildOverviews makes smaller copies of all bands: in the file where it is open for
// writing, beside it otherwise. Levels must be given.
func (ds *Dataset) BuildOverviews(opts ...BuildOverviewsOption) error {
	o := overviewsOpts{resampling: Average}
	for _, opt := range opts {
		opt.setBuildOverviewsOpt(&o)
	}
	if len(o.levels) == 0 {
		return errors.New("no levels of overviews given")
	}
	alg := C.CString(o.resampling.String())
	defer C.free(unsafe.Pointer(alg))
	k := o.begin()
	return k.end(C.gd_build_overviews(k.env, ds.handle(), alg, C.int(len(o.levels)), unsafe.SliceData(o.levels)))
}

// Metadata returns an item of the object's metadata; "" when it has no such item.
func (o object) Metadata(key string, opts ...MetadataOption) string {
	var m metadataOpts
	for _, opt := range opts {
		opt.setMetadataOpt(&m)
	}
	ckey := C.CString(key)
	defer C.free(unsafe.Pointer(ckey))
	domain := C.CString(m.domain)
	defer C.free(unsafe.Pointer(domain))
	return C.GoString(C.GDALGetMetadataItem(o.h, ckey, domain))
}

// Description returns what the object is called: a band's or a layer's name, the
// name a dataset was opened by.
func (o object) Description() string { return C.GoString(C.GDALGetDescription(o.h)) }

// SetMetadata sets an item of the object's metadata.
func (o object) SetMetadata(key, value string, opts ...MetadataOption) error {
	var m metadataOpts
	for _, opt := range opts {
		opt.setMetadataOpt(&m)
	}
	ckey := C.CString(key)
	defer C.free(unsafe.Pointer(ckey))
	cvalue := C.CString(value)
	defer C.free(unsafe.Pointer(cvalue))
	domain := C.CString(m.domain)
	defer C.free(unsafe.Pointer(domain))
	k := m.begin()
	return k.end(C.gd_set_metadata(k.env, o.h, ckey, cvalue, domain))
}
