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

// DriverName is GDAL's short name of a raster driver. Those without a constant
// are used by conversion: DriverName("VRT").
type DriverName string

// GTiff reads and writes TIFF, GeoTIFF and BigTIFF.
const GTiff DriverName = "GTiff"

// RegisterRaster makes drivers available. Registering twice is harmless; it is an
// error when the GDAL library has no function GDALRegister_ of that name. Call it
// before other goroutines use the package.
func RegisterRaster(drivers ...DriverName) error {
	return register("GDALRegister_", drivers)
}

// RegisterVector is RegisterRaster for drivers of vectors, by the names that follow
// RegisterOGR in GDAL's functions, "GeoJSON" and "Shape" for example.
func RegisterVector(drivers ...DriverName) error { return register("RegisterOGR", drivers) }

func register(prefix string, drivers []DriverName) error {
	for _, d := range drivers {
		function := prefix + string(d)
		name := C.CString(function)
		ret := C.gd_register(name)
		C.free(unsafe.Pointer(name))
		if ret != 0 {
			return fmt.Errorf("GDAL has no function %s", function)
		}
	}
	return nil
}

// LibVersion is a version of GDAL.
type LibVersion int

// Version is the version of the GDAL library in use.
func Version() LibVersion {
	key := C.CString("VERSION_NUM")
	defer C.free(unsafe.Pointer(key))
	n, _ := strconv.Atoi(C.GoString(C.GDALVersionInfo(key)))
	return LibVersion(n)
}

// Major is the 3 of 3.6.2.
func (lv LibVersion) Major() int { return int(lv) / 1000000 }

// Minor is the 6 of 3.6.2.
func (lv LibVersion) Minor() int { return int(lv) / 10000 % 100 }

// Revision is the 2 of 3.6.2.
func (lv LibVersion) Revision() int { return int(lv) / 100 % 100 }
