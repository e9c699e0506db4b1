package geo

import (
	"fmt"
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// where a point lies relative to a ring.
type where int

const (
	outside where = iota
	inside
	onEdge
)

// within tells where a point lies, by the parity of edges to its left. Rings may be closed or not.
func within(ring orb.Ring, p orb.Point) where {
	odd := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if a[1] > b[1] || a[1] == b[1] && a[0] > b[0] {
			a, b = b, a
		}
		if p[1] < a[1] || p[1] > b[1] || a == b {
			continue
		}
		if a[1] == b[1] {
			if a[0] <= p[0] && p[0] <= b[0] {
				return onEdge
			}
			continue
		}
		cross := float64((b[0]-a[0])*(p[1]-a[1])) - float64((b[1]-a[1])*(p[0]-a[0]))
		if cross == 0 {
			return onEdge
		}
		if cross < 0 && p[1] < b[1] {
			odd = !odd
		}
	}
	if odd {
		return inside
	}
	return outside
}

// contains reports whether a point lies inside a polygon, on no ring.
func contains(p orb.Polygon, at orb.Point) bool {
	for i, ring := range p {
		want := outside
		if i == 0 {
			want = inside
		}
		if within(ring, at) != want {
			return false
		}
	}
	return true
}

// crossings are the x of the polygon's edges on the line y, sorted; between the first and the second, third and fourth … lies the
// interior. No vertex lies on the line, or it counts as lying above it.
func crossings(p orb.Polygon, y float64, xs []float64) []float64 {
	xs = xs[:0]
	for _, ring := range p {
		for i := 0; i+1 < len(ring); i++ {
			a, b := ring[i], ring[i+1]
			if (a[1] <= y) == (b[1] <= y) {
				continue
			}
			if a[1] > b[1] {
				a, b = b, a
			}
			xs = append(xs, a[0]+float64((b[0]-a[0])*((y-a[1])/(b[1]-a[1]))))
		}
	}
	sort.Float64s(xs)
	return xs
}

// rowsOf are up to n rows of pixels of the polygon, the middle one first and then outwards, by their centres.
func rowsOf(p orb.Polygon, n int) []float64 {
	b := p[0].Bound()
	y0, rows := math.Floor(b.Min[1]), math.Ceil(b.Max[1])-math.Floor(b.Min[1])
	count := min(float64(n), rows)
	out := make([]float64, 0, n)
	for k := range int(count) {
		// 0, +1, −1, +2 … of count equal shares, from the middle share.
		share := float64(int(count) / 2)
		if step := float64((k + 1) / 2); k%2 == 1 {
			share -= step
		} else {
			share += step
		}
		if share >= count {
			continue
		}
		out = append(out, y0+math.Floor((share+0.5)*rows/count)+0.5)
	}
	return out
}

// widestSpan is the middle of the widest stretch of interior on up to nine rows of a polygon of pixel corners, those nearer the
// middle preferred: half a pixel or more from any edge of a traced outline.
func widestSpan(p orb.Polygon) orb.Point {
	var xs []float64
	best, at := 0.0, p[0][0]
	for _, y := range rowsOf(p, 9) {
		xs = crossings(p, y, xs)
		for i := 0; i+1 < len(xs); i += 2 {
			if d := xs[i+1] - xs[i]; d > best*1.25 {
				best, at = d, orb.Point{(xs[i] + xs[i+1]) / 2, y}
			}
		}
	}
	return at
}

var errInside = fmt.Errorf("%w: no point lies inside", errUnwritable)

// inside is a point inside the written geometry, rounded as its coordinates are. It starts from the middles of wide stretches of
// pixels, of a whole polygon with that of widestSpan, on the map; when none falls into the largest part, it looks between that part's
// vertices.
func (l Locator) inside(p orb.Polygon, placed Placed, middle orb.Point) (orb.Point, error) {
	part, whole := placed.Geometry.(orb.Polygon)
	if whole {
		if at := roundPoint(middle, placed.Decimals); contains(part, at) {
			return at, nil
		}
	} else {
		part = largest(placed.Geometry.(orb.MultiPolygon))
		var xs []float64
		var try []orb.Point
		for _, y := range rowsOf(p, 33) {
			xs = crossings(p, y, xs)
			for i := 0; i+1 < len(xs) && len(try) < 1024; i += 2 {
				for _, t := range [3]float64{0.5, 0.25, 0.75} {
					try = append(try, orb.Point{xs[i] + float64(t*(xs[i+1]-xs[i])), y})
				}
			}
		}
		at, err := l.rounded(try, placed.Decimals)
		if err != nil {
			return orb.Point{}, err
		}
		for _, c := range at {
			if contains(part, c) {
				return c, nil
			}
		}
	}
	if at, ok := between(part, placed.Decimals); ok {
		return at, nil
	}
	return orb.Point{}, errInside
}

// rounded projects pixel positions and rounds them.
func (l Locator) rounded(pixels []orb.Point, d int) ([]orb.Point, error) {
	x, y := make([]float64, len(pixels)), make([]float64, len(pixels))
	for i, p := range pixels {
		x[i], y[i] = p[0], p[1]
	}
	if err := l.toMap(x, y); err != nil {
		return nil, err
	}
	out := make([]orb.Point, len(pixels))
	for i := range out {
		out[i] = roundPoint(orb.Point{x[i], y[i]}, d)
	}
	return out, nil
}

// largest is the part with the largest exterior on the ellipsoid, the first of equals.
func largest(parts orb.MultiPolygon) orb.Polygon {
	best, at := -1.0, 0
	for i, p := range parts {
		if a := ringArea(p[0]); a > best {
			best, at = a, i
		}
	}
	return parts[at]
}

// between looks for the widest stretch of interior on lines half-way between latitudes of the polygon's vertices.
func between(p orb.Polygon, d int) (orb.Point, bool) {
	var ys []float64
	for _, v := range p[0] {
		ys = append(ys, v[1])
	}
	sort.Float64s(ys)
	step := max(1, len(ys)/64)
	var xs []float64
	best, at := 0.0, orb.Point{}
	for i := 0; i+step < len(ys); i++ {
		y := roundTo((ys[i]+ys[i+1])/2, d)
		if ys[i] == ys[i+1] || i%step != 0 && step > 1 && i+2*step < len(ys) {
			continue
		}
		xs = crossings(p, y, xs)
		for k := 0; k+1 < len(xs); k += 2 {
			c := orb.Point{roundTo((xs[k]+xs[k+1])/2, d), y}
			if w := xs[k+1] - xs[k]; w > best && contains(p, c) {
				best, at = w, c
			}
		}
	}
	return at, best > 0
}
