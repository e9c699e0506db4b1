package geo

import (
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// pow10 are exact.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

var errCollapsed = errors.New("a ring collapses")

// roundTo gives the number with d decimals that is nearest to x, ties to even; |x|·10^d is below 2^53.
func roundTo(x float64, d int) float64 {
	// Adding 0 turns −0 into 0.
	return math.RoundToEven(float64(x*pow10[d]))/pow10[d] + 0
}

func roundPoint(p orb.Point, d int) orb.Point { return orb.Point{roundTo(p[0], d), roundTo(p[1], d)} }

// roundParts rounds open rings to d decimals, drops vertices that fall onto their predecessor, and closes the rings. A part that
// collapses is left out when slivers are to be expected, since a meridian has cut them off, and another part remains.
func roundParts(parts []orb.Polygon, d int, slivers bool) ([]orb.Polygon, error) {
	out := make([]orb.Polygon, 0, len(parts))
	for _, part := range parts {
		n := 0
		for _, ring := range part {
			n += len(ring) + 1
		}
		points := make([]orb.Point, 0, n)
		poly := make(orb.Polygon, 0, len(part))
		for i, ring := range part {
			from := len(points)
			for _, v := range ring {
				w := roundPoint(v, d)
				if len(points) == from || w != points[len(points)-1] {
					points = append(points, w)
				}
			}
			for len(points)-1 > from && points[len(points)-1] == points[from] {
				points = points[:len(points)-1]
			}
			if len(points)-from < 3 {
				if i == 0 && slivers {
					break
				}
				return nil, errCollapsed
			}
			points = append(points, points[from])
			poly = append(poly, orb.Ring(points[from:len(points):len(points)]))
		}
		if len(poly) > 0 && !(slivers && flat(poly[0])) {
			out = append(out, poly)
		}
	}
	if len(out) == 0 {
		return nil, errCollapsed
	}
	return out, nil
}

// flat reports whether a ring has no width.
func flat(r orb.Ring) bool {
	b := r.Bound()
	return b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]
}
