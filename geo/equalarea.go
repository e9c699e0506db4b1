package geo

import "math"

// equalAreaScale is k0 of the projection below: cos φ1 / √(1 − e² sin² φ1) for the standard parallel φ1 = 30° (Snyder 1987, eq. 10-13).
var equalAreaScale = math.Sqrt(0.75 / (1 - eccentricity*0.25))

// EqualArea is the place of a longitude and latitude, in degrees, in the cylindrical equal-area projection of the WGS 84 ellipsoid with
// standard parallels ±30°, metres (EPSG:6933, NSIDC EASE-Grid 2.0 Global; Snyder 1987, eqs. 10-14 and 10-15):
//
//	x = a k0 λ    y = a q(φ) / (2 k0)
//
// The same number on every machine. It is the inverse of FromEqualArea to a few nanometres.
func EqualArea(lon, lat float64) (x, y float64) {
	return float64(float64(semiMajor*equalAreaScale) * float64(lon*radian)), float64(semiMajor*authalic(lat, 0)) / float64(2*equalAreaScale)
}

// FromEqualArea is the longitude and latitude, in degrees, of a place of EqualArea. Ordinates beyond a pole are the pole's; longitudes
// are not brought into [−180, 180].
func FromEqualArea(x, y float64) (lon, lat float64) {
	lon = x / float64(semiMajor*equalAreaScale) / radian
	q := float64(y*float64(2*equalAreaScale)) / semiMajor
	most := authalic(90, 0)
	if math.Abs(q) >= most {
		return lon, math.Copysign(90, q)
	}
	// q grows with φ: bisection keeps the answer between bounds, and sixty halvings leave less than a float64 can tell.
	south, north := -90.0, 90.0
	for range 60 {
		lat = float64((south + north) / 2)
		if authalic(lat, 0) < q {
			south = lat
		} else {
			north = lat
		}
	}
	return lon, lat
}
