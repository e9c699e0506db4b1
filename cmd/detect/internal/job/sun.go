package job

import (
	"math"
	"strconv"
	"strings"

	"passdiff/geo"
	"passdiff/raster/gdal"
)

// sunlight is where the sun stood over a pass, in degrees above the horizon and from north, as far as is known.
type sunlight struct{ elevation, azimuth geo.Opt[float64] }

// sunOf is what a STAC item beside a file or its metadata say of the sun.
func sunOf(f gdal.Facts) sunlight {
	for _, item := range stacItems(f.Path) {
		p := item.Properties
		if s := (sunlight{angle(p.SunElevation), angle(p.SunAzimuth)}); s.elevation.Known || s.azimuth.Known {
			return s
		}
	}
	return sunlight{angleIn(f.SunElevation), angleIn(f.SunAzimuth)}
}

// angle is one in degrees, not known where it is none.
func angle(v *float64) geo.Opt[float64] {
	if v == nil || !(math.Abs(*v) <= 360) {
		return geo.Opt[float64]{}
	}
	return geo.Some(*v)
}

// angleIn reads an angle.
func angleIn(text string) geo.Opt[float64] {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return geo.Opt[float64]{}
	}
	return angle(&v)
}
