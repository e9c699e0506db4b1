package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// In degrees: what lies so near a pole (0.1 mm) is the pole, what lies so near ±180 (1 µm) is on the meridian.
const (
	poleTolerance = 1e-9
	lineTolerance = 1e-11
)

// Splitting an edge ends at sides of 1/128 pixel, which only edges through a pole or through a tear of the projection reach.
const (
	minSide   = 1.0 / 128
	maxLevels = 40
)

// edge is a piece of an outline: where it starts in pixels and in degrees, and where its middle lies. It ends where the next
// begins.
type edge struct {
	col, row   float64
	lon, lat   float64
	mlon, mlat float64
	measured   bool // the middle is known
	split      bool // the middle is too far from the straight line
	jump       bool // no edge on the ground: from one meridian to another at a pole
}

// line is a ring of edges; the last ends where the first begins.
type line []edge

func (l line) next(i int) edge {
	if i+1 < len(l) {
		return l[i+1]
	}
	return l[0]
}

// densify puts the rings of p on the map, exteriors with their interior on the left as seen from above, and splits their edges
// level by level until the middle of each is straight enough. It puts further pixel positions on the map, too. All points of a level
// are projected in one call, the corners with the first: a call takes as long as many points.
func (l Locator) densify(p orb.Polygon, more ...orb.Point) (lines []line, at []orb.Point, err error) {
	lines = make([]line, len(p))
	n := 0
	for _, ring := range p {
		n += len(ring) - 1
	}
	x, y := make([]float64, 0, 2*n+len(more)), make([]float64, 0, 2*n+len(more))
	for i, ring := range p {
		n := len(ring) - 1
		edges := make(line, n)
		for j := range edges {
			v := ring[j]
			if l.mirrored {
				v = ring[n-j]
			}
			edges[j].col, edges[j].row = v[0], v[1]
			x, y = append(x, v[0]), append(y, v[1])
		}
		lines[i] = edges
	}
	for _, v := range more {
		x, y = append(x, v[0]), append(y, v[1])
	}
	x, y = middles(lines, x, y)
	if err := l.toMap(x, y); err != nil {
		return nil, nil, err
	}
	k := 0
	for _, edges := range lines {
		for j := range edges {
			edges[j].lon, edges[j].lat = x[k], y[k]
			k++
		}
	}
	for range more {
		at = append(at, orb.Point{x[k], y[k]})
		k++
	}
	for level := 0; ; level++ {
		for i, edges := range lines {
			splits := 0
			for j := range edges {
				a, b := &edges[j], edges.next(j)
				if a.measured {
					continue
				}
				a.mlon, a.mlat, a.measured = x[k], y[k], true
				k++
				a.split = level < maxLevels && bends(*a, b)
				if a.split {
					splits++
				}
			}
			if splits > 0 {
				lines[i] = edges.divide(splits)
			}
		}
		if x, y = middles(lines, x[:0], y[:0]); len(x) == 0 {
			return lines, at, nil
		}
		if err := l.toMap(x, y); err != nil {
			return nil, nil, err
		}
		k = 0
	}
}

// middles appends the middles, in pixels, of the edges of which they are not known.
func middles(lines []line, x, y []float64) ([]float64, []float64) {
	for _, edges := range lines {
		for j := range edges {
			if a, b := &edges[j], edges.next(j); !a.measured {
				x, y = append(x, (a.col+b.col)/2), append(y, (a.row+b.row)/2)
			}
		}
	}
	return x, y
}

// divide cuts the edges marked for it at their middles.
func (l line) divide(splits int) line {
	out := make(line, 0, len(l)+splits)
	for j, a := range l {
		if !a.split {
			out = append(out, a)
			continue
		}
		b := l.next(j)
		out = append(out,
			edge{col: a.col, row: a.row, lon: a.lon, lat: a.lat},
			edge{col: (a.col + b.col) / 2, row: (a.row + b.row) / 2, lon: a.mlon, lat: a.mlat})
	}
	return out
}

// bends reports whether the middle of the edge from a to b is further than 1/100 pixel from the straight line in longitude and
// latitude. It gives the same answer for the edge from b to a.
func bends(a, b edge) bool {
	pixels := max(math.Abs(b.col-a.col), math.Abs(b.row-a.row))
	if pixels <= minSide {
		return false
	}
	atA, atB, atM := math.Abs(a.lat) == 90, math.Abs(b.lat) == 90, math.Abs(a.mlat) == 90
	if atM && !(atA && atB) {
		return true // through a pole, or onto it: the pole becomes a vertex
	}
	bent := offChord(a, b, a.lon, b.lon, pixels)
	if !bent || atA == atB {
		return bent
	}
	lon := a.lon // a pole lies on every meridian
	if atA {
		lon = b.lon
	}
	return offChord(a, b, lon, lon, pixels)
}

// offChord reports whether the middle of the edge from a to b, of a length in pixels, is further than 1/100 pixel from the straight
// line between its ends at the longitudes la and lb.
func offChord(a, b edge, la, lb, pixels float64) bool {
	d1, d2 := wrap(a.mlon-la), wrap(lb-a.mlon)
	if math.Abs(d1+d2) >= 180 {
		return true // which way round is not clear yet
	}
	_, cos := sincosd(a.mlat)
	if math.Abs(a.mlat) == 90 {
		cos = 1 // along a pole's line in a cylindrical grid
	}
	east, north := float64(cos*(d1-d2))/2, a.mlat-float64((a.lat+b.lat)/2)
	dev2 := float64(east*east) + float64(north*north)
	de, dn := float64(cos*(d1+d2)), b.lat-a.lat
	len2 := float64(de*de) + float64(dn*dn)
	return dev2*1e4*float64(pixels*pixels) > len2
}

// meridian is the longitude at which the edge from a to b meets the pole at one of its ends: that which the projection gave there
// when the longitude of the middle is on its way to it, as in a cylindrical grid, else that of the other end.
func meridian(a, b edge) float64 {
	own, other := a.lon, b.lon
	if math.Abs(b.lat) == 90 {
		own, other = b.lon, a.lon
	}
	if math.Abs(a.mlat) == 90 || math.Abs(wrap(a.mlon-other)) < math.Abs(wrap(own-other))/4 {
		return other
	}
	return own
}

// atPoles gives vertices at a pole the longitudes of their neighbours: a vertex there becomes two, with a jump between them.
func atPoles(lines []line) {
	for i, edges := range lines {
		if edges.pole() != 0 {
			lines[i] = edges.atPoles()
		}
	}
}

// pole is the latitude of the first vertex at a pole, 0 for none.
func (l line) pole() float64 {
	for j := range l {
		if math.Abs(l[j].lat) == 90 {
			return l[j].lat
		}
	}
	return 0
}

func (l line) atPoles() line {
	out := make(line, 0, len(l)+4)
	before := l[len(l)-1]
	for j, a := range l {
		b := l.next(j)
		if math.Abs(a.lat) != 90 {
			if math.Abs(b.lat) == 90 && a.mlat == b.lat {
				a.mlon = a.lon
			}
			out = append(out, a)
			before = a
			continue
		}
		in, leave := a.lon, a.lon
		if before.lat != a.lat {
			in = meridian(before, a)
		}
		if b.lat != a.lat {
			leave = meridian(a, b)
			if a.mlat == a.lat {
				a.mlon = leave
			}
		}
		if math.Abs(wrap(leave-in)) > poleTolerance {
			out = append(out, edge{lon: in, lat: a.lat, mlon: in, mlat: a.lat, jump: true})
		}
		a.lon = leave
		out = append(out, a)
		before = l[j]
	}
	return out
}

// turn is the difference of longitudes of a jump from a to b: with the interior on the left it leads west around the north pole,
// east around the south pole.
func turn(a, b edge) float64 {
	d := math.Mod(b.lon-a.lon, 360)
	switch {
	case a.lat > 0 && d > 0:
		d -= 360
	case a.lat < 0 && d < 0:
		d += 360
	}
	return d
}

// winding is the number of times the line goes round the Earth eastward: 0, or ±1 when it encloses a pole.
func (l line) winding() int {
	sum := 0.0
	for j, a := range l {
		sum += wrap(l.next(j).lon - a.lon)
	}
	return int(math.RoundToEven(sum / 360))
}
