package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Measures are sizes of a region on the ground, from coordinates before rounding. The region is bounded by straight edges in its
// grid's CRS; holes do not count to its area, and count to its perimeter.
type Measures struct {
	// AreaM2 is the area on the WGS 84 ellipsoid in square metres. The formula is exact between vertices as long as each piece of
	// an edge is a parabola in the cylindrical equal-area plane; measured against geodesic polygons with many more vertices it
	// errs by less than 1e-7, or by 1e-6 for single pixels of 2 cm, where degrees in float64 end.
	AreaM2 Opt[float64]
	// PerimM is the length of all rings on the ellipsoid in metres, to 1e-6.
	PerimM Opt[float64]
	// LenM and WidM are the sides of the rectangle of least area around the exterior, in metres, in the plane that touches the
	// ellipsoid at the middle of the region; 1e-4 too small for regions of 300 km. LenM ≥ WidM.
	LenM, WidM Opt[float64]
	// OrientDeg is the direction of the longer side, degrees clockwise from north, [0, 180).
	OrientDeg Opt[float64]
}

// measure adds up edges in the order in which they are traced.
func measure(lines []line) Measures {
	// Northings are counted from the first vertex, or from the pole that is enclosed or touched: −∮ y dx is the area only when
	// the curve is closed or y vanishes where it is led along the pole.
	lat0, around := lines[0][0].lat, false
	for _, edges := range lines {
		if pole := edges.pole(); pole != 0 && !around {
			lat0, around = pole, true
		}
	}
	if w := lines[0].winding(); w != 0 && !around {
		lat0, around = math.Copysign(90, float64(w)), true
	}
	var area, perim float64
	outline := make([]space, 0, len(lines[0]))
	from := northingFrom(lat0)
	locate := func(lon, lat float64) (space, float64) {
		sp, cp := sincosd(lat)
		return geocentricAt(lon, sp, cp), from.at(lat, sp)
	}
	for i, edges := range lines {
		ringA, ringP := 0.0, 0.0
		p, y := locate(edges[0].lon, edges[0].lat)
		start, yStart := p, y
		for j, a := range edges {
			b := edges.next(j)
			m, ym := locate(a.mlon, a.mlat)
			q, yb := start, yStart
			if j+1 < len(edges) {
				q, yb = locate(b.lon, b.lat)
			}
			ringP += arc(p, m) + arc(m, q)
			ringA += strip(a, b, y, ym, yb)
			if i == 0 {
				outline = append(outline, p)
			}
			p, y = q, yb
		}
		area += ringA
		perim += ringP
	}
	area *= radian * (semiMajor * semiMajor / 2)
	l, w, deg := leastRectangle(flatten(lines[0], outline, around, lat0))
	return Measures{Some(math.Abs(area)), Some(perim), Some(l), Some(w), Some(deg)}
}

// strip is −∫ y dx along an edge, x in degrees: the trapezoid under the chord and the segment of the parabola through the middle,
// 4/3 of the triangle with the chord.
func strip(a, b edge, ya, ym, yb float64) float64 {
	if a.jump {
		return 0 - float64(ya*turn(a, b))
	}
	xm := wrap(a.mlon - a.lon)
	xb := xm + wrap(b.lon-a.mlon)
	chord := float64((ya + yb) / 2 * xb)
	triangle := (float64(xm*(yb-ya)) - float64(xb*(ym-ya))) / 2
	return float64(triangle*(4.0/3)) - chord
}

// ringArea is the area of a closed ring of straight edges in longitude and latitude, in square metres.
func ringArea(r orb.Ring) float64 {
	sum := 0.0
	y := authalic(r[0][1], r[0][1])
	for i := 0; i+1 < len(r); i++ {
		yb := authalic(r[i+1][1], r[0][1])
		sum -= float64((y + yb) / 2 * (r[i+1][0] - r[i][0]))
		y = yb
	}
	return math.Abs(sum) * radian * (semiMajor * semiMajor / 2)
}

// flatten drops the outline onto the plane that touches the ellipsoid in the middle of its longitudes and latitudes, or at the
// pole that it encloses, where north is the way the first vertex's meridian comes in.
func flatten(l line, outline []space, around bool, pole float64) []orb.Point {
	lon, x := l[0].lon, 0.0
	west, east, south, north := 0.0, 0.0, l[0].lat, l[0].lat
	for j, a := range l {
		x += wrap(l.next(j).lon - a.lon)
		west, east = min(west, x), max(east, x)
		south, north = min(south, a.lat), max(north, a.lat)
	}
	lat := (south + north) / 2
	if around {
		lat = pole
	} else {
		lon = wrap(lon + float64((west+east)/2))
	}
	plane := tangentPlane(lon, lat)
	out := make([]orb.Point, len(outline))
	for i, p := range outline {
		out[i][0], out[i][1] = plane.project(p)
	}
	return out
}
