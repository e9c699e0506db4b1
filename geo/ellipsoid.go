package geo

import "math"

// WGS 84 (EPSG:7030): semi-major axis in metres and flattening.
const (
	semiMajor    = 6378137.0
	flattening   = 1 / 298.257223563
	eccentricity = flattening * (2 - flattening) // e²
)

// space is a point in geocentric coordinates, metres.
type space [3]float64

// geocentric is the point of the ellipsoid at a longitude and latitude in degrees, by Snyder, Map projections: a working manual
// (USGS Professional Paper 1395, 1987, doi:10.3133/pp1395), the radius N of eq. 4-20.
func geocentric(lon, lat float64) space {
	sp, cp := sincosd(lat)
	return geocentricAt(lon, sp, cp)
}

// geocentricAt is geocentric for a latitude of that sine and cosine.
func geocentricAt(lon, sp, cp float64) space {
	sl, cl := sincosd(lon)
	n := semiMajor / math.Sqrt(1-float64(eccentricity*float64(sp*sp)))
	r := float64(n * cp)
	return space{float64(r * cl), float64(r * sl), float64(float64(n*(1-eccentricity)) * sp)}
}

// arc is the length in metres of the ellipsoid's surface between two of its points less than about 2,000 km apart. The chord is
// lengthened as on a sphere, arc = chord·(1 + s²/6 + 3s⁴/40) with s = chord/2R; that R is not the local radius costs 1e-8 of
// the length at 30 km, 1e-5 at 1,000 km.
func arc(p, q space) float64 {
	dx, dy, dz := q[0]-p[0], q[1]-p[1], q[2]-p[2]
	d2 := float64(dx*dx) + float64(dy*dy) + float64(dz*dz)
	s2 := d2 / (4 * 6371008.8 * 6371008.8)
	return float64(math.Sqrt(d2) * (1 + float64(s2*(1.0/6+float64(s2*(3.0/40))))))
}

// authalic is q(lat) − q(lat0), where q (Snyder 1987, eq. 3-12) is twice the northing of the cylindrical equal-area projection for
// a = 1 (eq. 10-16 with k0 = 1), so that da = a²/2·dλ·dq. The difference is formed term by term from
//
//	sin φ − sin φ0 = 2 cos((φ+φ0)/2) sin((φ−φ0)/2)
//
// and the addition theorem of artanh, and keeps its relative precision at the poles and for centimetres.
func authalic(lat, lat0 float64) float64 {
	s, _ := sincosd(lat)
	return northingFrom(lat0).at(lat, s)
}

// northing counts from a latitude.
type northing struct{ lat0, s0, b float64 }

func northingFrom(lat0 float64) northing {
	s0, _ := sincosd(lat0)
	return northing{lat0, s0, 1 - float64(eccentricity*float64(s0*s0))}
}

// at is authalic for a latitude of sine s.
func (n northing) at(lat, s float64) float64 {
	sh, _ := sincosd((lat - n.lat0) / 2)
	_, ch := sincosd(n.lat0 + float64((lat-n.lat0)/2))
	ds := 2 * float64(ch*sh)
	ss := float64(eccentricity * float64(s*n.s0))
	a := 1 - float64(eccentricity*float64(s*s))
	first := float64(ds*(1+ss)) / float64(a*n.b)
	// artanh(z)/e for |z| < 0.17; seven terms leave less than 1e-13 of z even from pole to pole, 1e-17 within a hemisphere.
	w := ds / (1 - ss)
	z2 := float64(eccentricity * float64(w*w))
	sum := 0.0
	for _, c := range artanhTerms {
		sum = c + float64(z2*sum)
	}
	return float64((1 - eccentricity) * (first + float64(w*sum)))
}

// artanhTerms are 1/15, 1/13 … 1.
var artanhTerms = [...]float64{1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1}

// local is a tangent plane: east and north of a point of the ellipsoid in metres.
type local struct {
	origin           space
	sl, cl, sin, cos float64
}

func tangentPlane(lon, lat float64) local {
	sl, cl := sincosd(lon)
	sp, cp := sincosd(lat)
	return local{origin: geocentric(lon, lat), sl: sl, cl: cl, sin: sp, cos: cp}
}

// project drops a point onto the plane along the normal at its origin.
func (l local) project(p space) (east, north float64) {
	dx, dy, dz := p[0]-l.origin[0], p[1]-l.origin[1], p[2]-l.origin[2]
	east = float64(dy*l.cl) - float64(dx*l.sl)
	inward := float64(dx*l.cl) + float64(dy*l.sl)
	north = float64(dz*l.cos) - float64(inward*l.sin)
	return east, north
}
