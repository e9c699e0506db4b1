package godal

/*
#include <stdlib.h>
#include "godal.h"
*/
import "C"

import (
	"fmt"
	"strconv"
	"unsafe"
)

// Layer is one layer of a Dataset. It is valid until the dataset is closed, and is
// not safe for concurrent use with it or its other layers.
type Layer struct{ object }

func (layer Layer) handle() C.OGRLayerH { return C.OGRLayerH(layer.h) }

// Layers returns the layers in file order; nil when there are none.
func (ds *Dataset) Layers() []Layer {
	n := int(C.GDALDatasetGetLayerCount(ds.handle()))
	if n == 0 {
		return nil
	}
	layers := make([]Layer, n)
	for i := range layers {
		layers[i] = Layer{object{C.GDALMajorObjectH(C.GDALDatasetGetLayer(ds.handle(), C.int(i)))}}
	}
	return layers
}

// Name returns what the layer is called.
func (layer Layer) Name() string { return C.GoString(C.OGR_L_GetName(layer.handle())) }

// SpatialRef returns the layer's CRS, which belongs to the layer. Without a CRS the
// result is not nil but empty: its WKT is an error.
func (layer Layer) SpatialRef() *SpatialRef {
	return &SpatialRef{h: C.OGR_L_GetSpatialRef(layer.handle())}
}

// FeatureCount returns the number of features, counting them where the file does
// not say.
func (layer Layer) FeatureCount(opts ...FeatureCountOption) (int, error) {
	var o common
	for _, opt := range opts {
		opt.setFeatureCountOpt(&o)
	}
	var n C.GIntBig
	k := o.begin()
	r := C.gd_feature_count(k.env, layer.handle(), &n)
	if err := k.end(r.err); err != nil {
		return 0, err
	}
	return int(n), nil
}

// NextFeature returns the next feature, which must be closed; nil after the last
// one, and when the next cannot be read: compare with FeatureCount.
func (layer Layer) NextFeature() *Feature {
	h := C.OGR_L_GetNextFeature(layer.handle())
	if h == nil {
		return nil
	}
	return &Feature{h}
}

// Feature is one feature of a layer: a geometry with fields.
type Feature struct{ h C.OGRFeatureH }

// Close releases the feature. Further calls of Close do nothing.
func (f *Feature) Close() {
	if f.h != nil {
		C.OGR_F_Destroy(f.h)
	}
	f.h = nil
}

// Geometry returns the feature's geometry, which belongs to the feature. Without a
// geometry the result is not nil but empty.
func (f *Feature) Geometry() *Geometry { return &Geometry{C.OGR_F_GetGeometryRef(f.h)} }

// Fields returns the feature's fields by name; nil when there are none.
func (f *Feature) Fields() map[string]Field {
	n := C.OGR_F_GetFieldCount(f.h)
	if n == 0 {
		return nil
	}
	fields := make(map[string]Field, n)
	for i := range n {
		def := C.OGR_F_GetFieldDefnRef(f.h, i)
		field := Field{set: C.OGR_F_IsFieldSet(f.h, i) != 0}
		switch C.OGR_Fld_GetType(def) {
		case C.OFTInteger:
			field.typ, field.whole = FTInt, int64(C.OGR_F_GetFieldAsInteger64(f.h, i))
		case C.OFTInteger64:
			field.typ, field.whole = FTInt64, int64(C.OGR_F_GetFieldAsInteger64(f.h, i))
		case C.OFTReal:
			field.typ, field.real = FTReal, float64(C.OGR_F_GetFieldAsDouble(f.h, i))
		case C.OFTString:
			field.typ, field.text = FTString, C.GoString(C.OGR_F_GetFieldAsString(f.h, i))
		}
		fields[C.GoString(C.OGR_Fld_GetNameRef(def))] = field
	}
	return fields
}

// FieldType is the type of a field.
type FieldType int

// The types of fields whose values are kept; others have other types.
const (
	FTInt = FieldType(iota + 1)
	FTInt64
	FTReal
	FTString
)

// Field is the value of a field.
type Field struct {
	set   bool
	typ   FieldType
	whole int64
	real  float64
	text  string
}

// IsSet says whether the feature has a value there; null counts as one.
func (fld Field) IsSet() bool { return fld.set }

// Type returns the field's type.
func (fld Field) Type() FieldType { return fld.typ }

// Float returns a number as it is and a text as the number it spells, else 0.
func (fld Field) Float() float64 {
	switch fld.typ {
	case FTInt, FTInt64:
		return float64(fld.whole)
	case FTReal:
		return fld.real
	case FTString:
		v, _ := strconv.ParseFloat(fld.text, 64)
		return v
	}
	return 0
}

// String returns a text as it is and a number in decimals, a fraction with six
// of them; "" for other types.
func (fld Field) String() string {
	switch fld.typ {
	case FTInt, FTInt64:
		return strconv.FormatInt(fld.whole, 10)
	case FTReal:
		return fmt.Sprintf("%f", fld.real)
	case FTString:
		return fld.text
	}
	return ""
}

// Geometry is the geometry of a feature, valid until that is closed.
type Geometry struct{ h C.OGRGeometryH }

// Empty says whether the geometry has no point.
func (g *Geometry) Empty() bool { return g.h == nil || C.OGR_G_IsEmpty(g.h) != 0 }

// WKB returns the geometry as ISO WKB, little-endian.
func (g *Geometry) WKB(opts ...GeometryWKBOption) ([]byte, error) {
	var o common
	for _, opt := range opts {
		opt.setGeometryWKBOpt(&o)
	}
	var size C.int
	k := o.begin()
	r := C.gd_geometry_wkb(k.env, g.h, &size)
	if err := k.end(r.err); err != nil {
		return nil, err
	}
	defer C.free(r.handle)
	return C.GoBytes(unsafe.Pointer(r.handle), size), nil
}
