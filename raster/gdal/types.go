package gdal

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// dataTypes by GDAL's names. 64-bit integers are read as float64.
var dataTypes = map[string]raster.DataType{
	"Byte": raster.Uint8, "Int8": raster.Int8, "UInt16": raster.Uint16, "Int16": raster.Int16, "UInt32": raster.Uint32,
	"Int32": raster.Int32, "Float32": raster.Float32, "Float64": raster.Float64, "Int64": raster.Float64, "UInt64": raster.Float64,
}

// bandType is the type in which band n (from 0) is stored; wide says that it is a 64-bit integer, signed that it is what GDAL before
// 3.7 calls a signed byte.
func bandType(n int, b godal.Band) (t raster.DataType, wide, signed bool, err error) {
	name := b.Structure().DataType.String()
	t, ok := dataTypes[name]
	if !ok {
		way := "convert it with gdal_translate -ot Float32"
		if len(name) > 1 && name[0] == 'C' {
			way = "write its amplitude with gdal_translate DERIVED_SUBDATASET:AMPLITUDE:IN.tif OUT.tif"
			name = "complex (" + name + ")"
		}
		return 0, false, false, fmt.Errorf("band %d is %s; %s", n+1, name, way)
	}
	if name == "Byte" && b.Metadata("PIXELTYPE", godal.Domain("IMAGE_STRUCTURE")) == "SIGNEDBYTE" {
		t, signed = raster.Int8, true
	}
	return t, name == "Int64" || name == "UInt64", signed, nil
}

// ranges are the whole numbers that a type holds without a gap.
var ranges = map[raster.DataType][2]float64{
	raster.Uint8: {0, math.MaxUint8}, raster.Int8: {math.MinInt8, math.MaxInt8}, raster.Uint16: {0, math.MaxUint16},
	raster.Int16: {math.MinInt16, math.MaxInt16}, raster.Uint32: {0, math.MaxUint32}, raster.Int32: {math.MinInt32, math.MaxInt32},
	raster.Float32: {-1 << 24, 1 << 24}, raster.Float64: {-1 << 53, 1 << 53},
}

func float(t raster.DataType) bool { return t == raster.Float32 || t == raster.Float64 }

// union is the smallest type that holds every value of a and of b; 0 stands for no type yet.
func union(a, b raster.DataType) raster.DataType {
	if a == b || a == 0 {
		return b
	}
	for _, t := range []raster.DataType{raster.Uint8, raster.Int8, raster.Uint16, raster.Int16, raster.Uint32, raster.Int32, raster.Float32} {
		if holds(t, a) && holds(t, b) {
			return t
		}
	}
	return raster.Float64
}

func holds(t, a raster.DataType) bool {
	if float(a) {
		return float(t) && t.Size() >= a.Size()
	}
	return ranges[t][0] <= ranges[a][0] && ranges[a][1] <= ranges[t][1]
}

// quantised is the nodata value v as a band of type t holds it; NaN, which matches nothing, when it cannot.
func quantised(v float64, t raster.DataType) float64 {
	switch {
	case t == raster.Float64:
		return v
	case t == raster.Float32:
		return float64(float32(v))
	case v != math.Trunc(v) || v < ranges[t][0] || v > ranges[t][1]:
		return math.NaN()
	}
	return v
}

// unsigned views signed bytes as the unsigned ones that GDAL before 3.7 reads and writes.
func unsigned(s []int8) []uint8 {
	return unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}
