package leak

import (
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/peterstace/simplefeatures/geom"
)

// The grid, written down once more from its definition (EPSG:6933: cylindrical equal-area on WGS 84, standard parallel 30°), with the formulas of
// Snyder, Map projections: a working manual (1987), eqs. 3-12, 10-13, 10-14 and 10-15.
const (
	axis    = 6378137.0
	inverse = 298.257223563
)

// metres is the place of a longitude and latitude on the map of the grid.
func metres(lon, lat float64) (x, y float64) {
	e2 := (2 - 1/inverse) / inverse
	e := math.Sqrt(e2)
	k0 := math.Cos(math.Pi/6) / math.Sqrt(1-e2/4)
	s := math.Sin(lat * math.Pi / 180)
	q := (1 - e2) * (s/(1-e2*s*s) + math.Atanh(e*s)/e)
	return axis * k0 * lon * math.Pi / 180, axis * q / (2 * k0)
}

// degrees is the longitude and latitude of a place on the map, the latitude between two that are given: halved until nothing is left of it.
func degrees(x, y, south, north float64) geom.XY {
	east, _ := metres(1, 0)
	for range 50 {
		middle := (south + north) / 2
		if _, m := metres(0, middle); m < y {
			south = middle
		} else {
			north = middle
		}
	}
	return geom.XY{X: x / east, Y: (south + north) / 2}
}

// slack is how far the corner of a cell may be from where it belongs: what seven decimals of a degree are, and a little more.
const slack = 0.02

// position reads a position of a geometry with at most that many decimals.
func position(n *node, form *regexp.Regexp) (lon, lat float64, ok bool) {
	if n.kind != '[' || len(n.members) != 2 || !form.MatchString(n.members[0].text) || !form.MatchString(n.members[1].text) {
		return 0, 0, false
	}
	lon, err1 := strconv.ParseFloat(n.members[0].text, 64)
	lat, err2 := strconv.ParseFloat(n.members[1].text, 64)
	return lon, lat, err1 == nil && err2 == nil && math.Abs(lon) <= 180 && math.Abs(lat) <= 90
}

var (
	sevenDecimals = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,7})?$`)
	mostDecimals  = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,340})?$`)
)

// square is a cell of the grid: its size in metres, its column and row, and its edges in longitude and latitude as they are told.
type square struct {
	size     int
	col, row float64
	box
}

// middle is the middle of the cell on the map.
func (s square) middle() geom.XY {
	m := float64(s.size)
	return degrees((s.col+0.5)*m, (s.row+0.5)*m, s.lo.Y, s.hi.Y)
}

// uncertainty is metres that no place in the cell is farther than from its middle: half of its height, or more, and half of its width at the parallel nearest
// to the equator, with the most metres that a degree has anywhere: the ellipsoid is the least curved at the poles, where its radius is a/(1−f).
func (s square) uncertainty() float64 {
	const radian = math.Pi / 180
	const degree = radian * axis / (1 - 1/inverse)
	middle := s.middle().Y
	north := degree * max(s.hi.Y-middle, middle-s.lo.Y)
	east := degree * (s.hi.X - s.lo.X) / 2 * math.Cos(radian*max(0, s.lo.Y, -s.hi.Y))
	return math.Hypot(east, north)
}

// uncertain looks whether a feature tells the uncertainty of its cell, rounded up.
func (c *checker) uncertain(name, what string, p *node, at square) {
	u, want := p.get("coordinateUncertaintyInMeters"), at.uncertainty()
	if n, err := strconv.Atoi(u.text); u.kind != 'n' || err != nil || float64(n) < want-slack || float64(n) > want+1+slack {
		c.leak(name, "%s has the uncertainty %.40q, and its cell's is %.0f m", what, u.text, math.Ceil(want))
	}
}

// cell looks whether a geometry is one cell of the grid, and returns which.
func (c *checker) cell(name, what string, g *node, size int) (at square, ok bool) {
	wrong := func() (square, bool) {
		c.leak(name, "%s is not told as one cell of %d m of the grid, with up to 7 decimals", what, size)
		return square{}, false
	}
	if len(g.keys) != 2 || g.keys[0] != "type" || g.keys[1] != "coordinates" || g.get("type").text != "Polygon" || len(g.get("coordinates").members) != 1 {
		return wrong()
	}
	ring := g.get("coordinates").members[0].members
	if len(ring) != 5 {
		return wrong()
	}
	var corners [5][2]float64
	for i, p := range ring {
		lon, lat, ok := position(p, sevenDecimals)
		if !ok {
			return wrong()
		}
		corners[i] = [2]float64{lon, lat}
	}
	w, s, e, n := corners[0][0], corners[0][1], corners[2][0], corners[2][1]
	if corners != [5][2]float64{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}} || w >= e || s >= n {
		return wrong()
	}
	x0, y0 := metres(w, s)
	x1, y1 := metres(e, n)
	m := float64(size)
	// The middle tells which cell it is; edges at ±180 and at the poles are cut.
	if e == 180 {
		x1 = math.Ceil(x1/m-slack/m) * m
	}
	if w == -180 {
		x0 = math.Floor(x0/m+slack/m) * m
	}
	col, row := math.Floor((x0+x1)/2/m), math.Floor((y0+y1)/2/m)
	for _, d := range []float64{x0 - col*m, x1 - (col+1)*m} {
		if math.Abs(d) > slack {
			return wrong()
		}
	}
	// Near the poles a degree of latitude is little northing, so that rounding is less than the slack; a pole cuts the last row.
	if math.Abs(y0-row*m) > slack && s != -90 || math.Abs(y1-(row+1)*m) > slack && n != 90 {
		return wrong()
	}
	return square{size, col, row, box{geom.XY{X: w, Y: s}, geom.XY{X: e, Y: n}}}, true
}

// outline reads an exact geometry: one valid polygon or several; false when it is none.
func (c *checker) outline(name, what string, g *node) (shape geom.Geometry, ok bool) {
	parts := []*node{g.get("coordinates")}
	if g.get("type").text == "MultiPolygon" {
		parts = g.get("coordinates").members
	}
	if len(g.keys) != 2 || g.keys[0] != "type" || g.keys[1] != "coordinates" || g.get("type").text != "Polygon" && g.get("type").text != "MultiPolygon" {
		c.leak(name, "%s has a geometry that is no polygon, or more than one", what)
		return shape, false
	}
	var polygons []geom.Polygon
	for _, p := range parts {
		var rings []geom.LineString
		for _, r := range p.members {
			var xy []float64
			for _, v := range r.members {
				lon, lat, ok := position(v, mostDecimals)
				if !ok {
					c.leak(name, "%s has a position that is no longitude and latitude", what)
					return shape, false
				}
				xy = append(xy, lon, lat)
			}
			rings = append(rings, geom.NewLineString(geom.NewSequence(slices.Clip(xy), geom.DimXY)))
		}
		polygons = append(polygons, geom.NewPolygon(rings))
	}
	shape = geom.NewMultiPolygon(polygons).AsGeometry()
	if err := shape.Validate(); err != nil || shape.IsEmpty() {
		c.leak(name, "%s has a geometry that is no valid polygon (%v)", what, err)
		return shape, false
	}
	return shape, true
}
