package geo

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// Locator says where the pixels of a grid lie. The zero value stands for pixel space: x = column, y = −row, exact. One with a
// georeference is made by NewLocator. It is a value, and as safe for concurrent use as its Project.
type Locator struct {
	// Grid gives the affine; its size bounds the scene that Decimals were chosen for.
	Grid raster.Grid
	// Project turns coordinates of the grid's CRS, in place, into CRS84 longitude and latitude in degrees. Points that it cannot
	// turn become NaN or infinite; it returns an error only when it cannot work at all. nil means pixel space.
	Project func(x, y []float64) error
	// Decimals is the number of decimals of written coordinates, 7 to 13: the rounding error is at most 1/50 of the scene's
	// smallest pixel side, and at most 5e-8 degrees. 0 in pixel space, where nothing is rounded.
	Decimals int

	mirrored bool // columns and rows, as seen from above the Earth, are wound the wrong way round
}

const (
	minDecimals = 7
	maxDecimals = 13 // 180·10^13 is below 2^53
)

// NewLocator studies the scene at 25 places: the size of its pixels on the ground, and whether the CRS or the affine mirrors it. A
// nil project gives a Locator for pixel space. The error says that no place has a longitude and latitude, or is that of project.
func NewLocator(grid raster.Grid, project func(x, y []float64) error) (Locator, error) {
	l := Locator{Grid: grid, Project: project}
	if project == nil {
		return l, nil
	}
	if _, ok := grid.Affine.Inverse(); !ok {
		return Locator{}, fmt.Errorf("geo: the affine of the grid (%v) cannot be inverted", grid)
	}
	const n = 5
	const step = 0.25 // of a pixel: a pixel may be as large as the world
	x, y := make([]float64, 0, 3*n*n), make([]float64, 0, 3*n*n)
	for k := range n * n {
		// From the centre outwards: 2, 1, 3, 0, 4.
		i, j := [n]int{2, 1, 3, 0, 4}[k%n], [n]int{2, 1, 3, 0, 4}[k/n]
		c, r := float64(grid.Width*(2*i+1))/(2*n), float64(grid.Height*(2*j+1))/(2*n)
		for _, d := range [3][2]float64{{0, 0}, {step, 0}, {0, step}} {
			px, py := grid.Affine.Apply(c+d[0], r+d[1])
			x, y = append(x, px), append(y, py)
		}
	}
	if err := project(x, y); err != nil {
		return Locator{}, fmt.Errorf("geo: pixels to longitude and latitude: %w", err)
	}
	side, wound := math.Inf(1), 0.0
	for i := 0; i < len(x); i += 3 {
		if !finite(x[i], y[i]) || !finite(x[i+1], y[i+1]) || !finite(x[i+2], y[i+2]) {
			continue
		}
		p, col, row := geocentric(x[i], y[i]), geocentric(x[i+1], y[i+1]), geocentric(x[i+2], y[i+2])
		for _, d := range [2]float64{arc(p, col), arc(p, row)} {
			if d > 0 {
				side = min(side, d/step)
			}
		}
		if wound == 0 {
			plane := tangentPlane(x[i], y[i])
			ce, cn := plane.project(col)
			re, rn := plane.project(row)
			wound = float64(ce*rn) - float64(cn*re)
		}
	}
	if wound == 0 || math.IsInf(side, 1) {
		return Locator{}, fmt.Errorf("geo: no part of the grid (%v) has a longitude and latitude", grid)
	}
	l.mirrored = wound > 0 // rows grow down: the usual grid is wound negatively
	l.Decimals = minDecimals
	// A degree is at most 111.7 km, so side/111700 degrees or more.
	for half := 0.5e-7; half > side/111700/50 && l.Decimals < maxDecimals; half /= 10 {
		l.Decimals++
	}
	return l, nil
}

// Placed is a region on the map: what a feature says about where it is and how large.
type Placed struct {
	// Geometry is an orb.Polygon, or an orb.MultiPolygon when the region crosses the ±180° meridian. Exteriors run
	// counter-clockwise. It is valid as written, coordinates rounded.
	Geometry orb.Geometry
	// Bbox encloses exactly the vertices of Geometry.
	Bbox Bbox
	// Decimals is the number of decimals that the coordinates are rounded to: that of the Locator, or more where fewer would have
	// made the geometry invalid. 0 in pixel space.
	Decimals int
	// Inside lies inside Geometry: in its largest part when there are several. It is rounded as the coordinates are.
	Inside orb.Point
	// Measures are unknown in pixel space.
	Measures Measures
}

// Place moves a polygon of pixel corners, wound as Trace winds them, onto the map.
//
// With a georeference, edges are split until the middle of each lies within 1/100 pixel of the straight line between its ends in
// longitude and latitude; how an edge is split does not depend on its direction or on the polygon it belongs to. Outlines are cut
// at ±180° and led along the meridian to ±90° where they enclose a pole (RFC 7946, 3.1.9). Coordinates are rounded to Decimals, and
// the result is checked; where rounding has made it invalid, more decimals are tried, up to 13.
//
// The error is that of Project, or names a region that has no place on the map or no valid outline. An empty polygon and a Locator
// with a Project that NewLocator did not make are programmer errors and panic.
func (l Locator) Place(p orb.Polygon) (Placed, error) {
	if len(p) == 0 || len(p[0]) < 4 {
		panic("geo: place of an empty polygon")
	}
	if l.Project == nil {
		return l.placePixels(p)
	}
	if l.Decimals < minDecimals || l.Decimals > maxDecimals {
		panic("geo: Locator not made by NewLocator")
	}
	lines, middle, err := l.densify(p, widestSpan(p))
	if err != nil {
		return Placed{}, fmt.Errorf("geo: region %s: %w", regionName(p), err)
	}
	atPoles(lines)
	parts, whole := cut(lines)
	if len(parts) == 0 {
		return Placed{}, fmt.Errorf("geo: region %s: the outline does not close in longitude and latitude", regionName(p))
	}
	for d := l.Decimals; ; d++ {
		out, err := l.written(p, parts, whole, middle[0], d)
		switch {
		case err == nil:
			out.Measures = measure(lines)
			return out, nil
		case !errors.Is(err, errUnwritable):
			return Placed{}, fmt.Errorf("geo: region %s: %w", regionName(p), err)
		case d == maxDecimals:
			return Placed{}, fmt.Errorf("geo: region %s: no valid outline in longitude and latitude: %w", regionName(p), err)
		}
	}
}

// errUnwritable says that more decimals may help.
var errUnwritable = errors.New("with rounded coordinates")

// written rounds parts to d decimals, checks them, and finds a point inside; middle, on the map, is likely to be.
func (l Locator) written(p orb.Polygon, parts []orb.Polygon, whole bool, middle orb.Point, d int) (Placed, error) {
	rounded, err := roundParts(parts, d, !whole)
	if err == nil {
		err = validate(rounded, pow10[d])
	}
	if err != nil {
		return Placed{}, fmt.Errorf("%w: %w", errUnwritable, err)
	}
	out := Placed{Geometry: asGeometry(rounded), Bbox: bboxOf(rounded), Decimals: d}
	out.Inside, err = l.inside(p, out, middle)
	return out, err
}

// placePixels mirrors the rows: y grows up.
func (l Locator) placePixels(p orb.Polygon) (Placed, error) {
	q := make(orb.Polygon, len(p))
	for i, ring := range p {
		q[i] = make(orb.Ring, len(ring))
		for j, v := range ring {
			q[i][j] = orb.Point{v[0], 0 - v[1]}
		}
	}
	if err := validate([]orb.Polygon{q}, placesPerPixel); err != nil {
		return Placed{}, fmt.Errorf("geo: region %s: not a valid outline: %w", regionName(p), err)
	}
	in := widestSpan(p)
	return Placed{Geometry: q, Bbox: bboxOf([]orb.Polygon{q}), Inside: orb.Point{in[0], 0 - in[1]}}, nil
}

var errNowhere = errors.New("no longitude and latitude")

// toMap projects pixel positions in place; each must have a place on the map.
func (l Locator) toMap(col, row []float64) error {
	_, all, err := l.tryMap(col, row)
	if err == nil && !all {
		return fmt.Errorf("%w in CRS %.40s", errNowhere, l.Grid.CRS)
	}
	return err
}

// tryMap projects pixel positions in place, and reports whether some and whether all have a place on the map.
func (l Locator) tryMap(col, row []float64) (some, all bool, err error) {
	for i := range col {
		col[i], row[i] = l.Grid.Affine.Apply(col[i], row[i])
	}
	if err := l.Project(col, row); err != nil {
		return false, false, fmt.Errorf("pixels to longitude and latitude: %w", err)
	}
	all = true
	for i := range col {
		if !finite(col[i], row[i]) {
			all = false
			continue
		}
		some = true
		col[i] = wrap(math.Mod(col[i], 360))
		row[i] = min(max(row[i], -90), 90)
		if math.Abs(col[i]) > 180-lineTolerance {
			col[i] = math.Copysign(180, col[i])
		}
		if math.Abs(row[i]) > 90-poleTolerance {
			row[i] = math.Copysign(90, row[i])
		}
	}
	return some, all, nil
}

func asGeometry(parts []orb.Polygon) orb.Geometry {
	if len(parts) == 1 {
		return parts[0]
	}
	return orb.MultiPolygon(parts)
}

// regionName says which pixels an error is about.
func regionName(p orb.Polygon) string {
	b := p[0].Bound()
	return fmt.Sprintf("at columns %.0f to %.0f, rows %.0f to %.0f", b.Min[0], b.Max[0], b.Min[1], b.Max[1])
}

func finite(x, y float64) bool { return !math.IsNaN(x-x) && !math.IsNaN(y-y) }
