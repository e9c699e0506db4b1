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

// DriverName names a raster driver. Any other short name of GDAL's can be used by
// conversion: DriverName("COG"). As an option it is the format of what Warp or
// Translate makes.
type DriverName string

// The drivers with a name of their own here.
const (
	GTiff  DriverName = "GTiff"
	Memory DriverName = "Memory"
	VRT    DriverName = "VRT"
)

func (d DriverName) setDatasetWarpOpt(o *makeOpts)      { o.driver = d }
func (d DriverName) setDatasetTranslateOpt(o *makeOpts) { o.driver = d }

// short is the driver's name inside GDAL.
func (d DriverName) short() string {
	if d == Memory {
		return "MEM"
	}
	return string(d)
}

// RegisterRaster makes drivers available. Registering twice is harmless; it is an
// error when the GDAL library has no function GDALRegister_ of that name. Call it
// before other goroutines use the package.
func RegisterRaster(drivers ...DriverName) error {
	for _, d := range drivers {
		function := "GDALRegister_" + d.short()
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
