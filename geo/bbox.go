package geo

import "github.com/paulmach/orb"

// Bbox is west, south, east, north in degrees, or xmin, ymin, xmax, ymax in pixel space. West is greater than east when the box
// crosses the ±180° meridian (RFC 7946, 5.2). The zero value means that there is none.
type Bbox [4]float64

// extent gathers boxes, in any order with the same result. The zero value is empty. It keeps two boxes: one in [−180, 180], and one
// in [0, 360), which is narrower for what lies around ±180.
type extent struct {
	planar bool // x is just a number
	some   bool
	plain  Bbox
	// Longitudes of the second box are compared in [0, 360), but kept in [−180, 180].
	west, east float64
	greenwich  bool // a box crosses 0°: the second box is the whole circle
}

// add takes in a box.
func (x *extent) add(b Bbox) {
	p := b
	w, e := b[0], b[2]
	if !x.planar {
		if w > e {
			p[0], p[2] = -180, 180
			x.greenwich = x.greenwich || w < 0 || e >= 0
		} else {
			x.greenwich = x.greenwich || w < 0 && e >= 0
		}
	}
	if !x.some {
		x.some, x.plain, x.west, x.east = true, p, w, e
		return
	}
	x.plain = Bbox{min(x.plain[0], p[0]), min(x.plain[1], p[1]), max(x.plain[2], p[2]), max(x.plain[3], p[3])}
	if east360(w) < east360(x.west) {
		x.west = w
	}
	if east360(e) > east360(x.east) {
		x.east = e
	}
}

// east360 is a longitude in [0, 360).
func east360(lon float64) float64 {
	if lon < 0 {
		return lon + 360
	}
	return lon
}

// bbox is the narrower of the two boxes.
func (x *extent) bbox() Bbox {
	if !x.planar && !x.greenwich && east360(x.east)-east360(x.west) < x.plain[2]-x.plain[0] {
		return Bbox{x.west, x.plain[1], x.east, x.plain[3]}
	}
	return x.plain
}

// bboxOf encloses the exteriors of parts of one region.
func bboxOf(parts []orb.Polygon) Bbox {
	x := extent{planar: len(parts) == 1}
	for _, p := range parts {
		b := p[0].Bound()
		x.add(Bbox{b.Min[0], b.Min[1], b.Max[0], b.Max[1]})
	}
	return x.bbox()
}
