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

// object is what Dataset and Band have in common.
type object struct{ h C.GDALMajorObjectH }

// Dataset is an open raster. It is made by Open, Create, Warp or Translate, and
// must be closed. It is not safe for concurrent use.
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
	opts := newStringList(o.options)
	defer opts.free()
	siblings := newStringList(o.siblings)
	defer siblings.free()

	k := o.begin()
	r := C.gd_open(k.env, cname, o.flags, drivers.ptr(), opts.ptr(), siblings.ptr())
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return newDataset(r.handle), nil
}

// Create makes a raster of nBands bands of width × height pixels; existing files
// are overwritten. The driver must be registered. Close reports errors of
// writing, so its error matters.
func Create(driver DriverName, name string, nBands int, dtype DataType, width, height int, opts ...DatasetCreateOption) (*Dataset, error) {
	cdriver := C.CString(driver.short())
	defer C.free(unsafe.Pointer(cdriver))
	drv := C.GDALGetDriverByName(cdriver)
	if drv == nil {
		return nil, fmt.Errorf("driver %s is not registered", driver.short())
	}
	var o makeOpts
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

// Warp runs gdalwarp, with its command line switches, on ds. A VRT as result
// refers to ds, by its file name where it has one.
func (ds *Dataset) Warp(dstDS string, switches []string, opts ...DatasetWarpOption) (*Dataset, error) {
	var o makeOpts
	for _, opt := range opts {
		opt.setDatasetWarpOpt(&o)
	}
	cname := C.CString(dstDS)
	defer C.free(unsafe.Pointer(cname))
	args := newStringList(o.switches(switches))
	defer args.free()

	k := o.begin()
	r := C.gd_warp(k.env, cname, ds.handle(), args.ptr())
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return newDataset(r.handle), nil
}

// Translate runs gdal_translate, with its command line switches, on ds.
func (ds *Dataset) Translate(dstDS string, switches []string, opts ...DatasetTranslateOption) (*Dataset, error) {
	var o makeOpts
	for _, opt := range opts {
		opt.setDatasetTranslateOpt(&o)
	}
	cname := C.CString(dstDS)
	defer C.free(unsafe.Pointer(cname))
	args := newStringList(o.switches(switches))
	defer args.free()

	k := o.begin()
	r := C.gd_translate(k.env, cname, ds.handle(), args.ptr())
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	return newDataset(r.handle), nil
}

// switches appends the options to a copy of the caller's switches.
func (o *makeOpts) switches(given []string) []string {
	all := append([]string(nil), given...)
	for _, c := range o.creation {
		all = append(all, "-co", c)
	}
	if o.driver != "" {
		all = append(all, "-of", o.driver.short())
	}
	return all
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

// SetNoData sets the nodata value of every band. Formats with one value for all
// bands keep the last.
func (ds *Dataset) SetNoData(nd float64, opts ...SetNoDataOption) error {
	var o common
	for _, opt := range opts {
		opt.setSetNoDataOpt(&o)
	}
	k := o.begin()
	return k.end(C.gd_set_dataset_nodata(k.env, ds.handle(), C.double(nd)))
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
