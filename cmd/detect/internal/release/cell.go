package release

import (
	"math"

	"github.com/paulmach/orb"

	"passdiff/geo"
)

// cell is a square of the fixed grid: metres of the projection of geo.EqualArea are cut at multiples of size, counted from longitude 0 and
// the equator; a cell holds its western and southern edge. Cells at the meridian of 180° and at the poles end there.
type cell struct {
	size     int // metres
	col, row int
}

// cellOf is the cell that holds a place.
func cellOf(lon, lat float64, size int) cell {
	x, y := geo.EqualArea(lon, lat)
	return cell{size, int(math.Floor(x / float64(size))), int(math.Floor(y / float64(size)))}
}

// degrees are the edges of the cell in longitude and latitude.
func (c cell) degrees() (west, south, east, north float64) {
	s := float64(c.size)
	west, south = geo.FromEqualArea(float64(c.col)*s, float64(c.row)*s)
	east, north = geo.FromEqualArea(float64(c.col+1)*s, float64(c.row+1)*s)
	return max(west, -180), south, min(east, 180), north
}

// polygon is the outline of the cell, rounded to 7 decimals. Its edges are meridians and parallels, straight in longitude and latitude.
func (c cell) polygon() orb.Polygon {
	w, s, e, n := c.degrees()
	w, s, e, n = rounded(w), rounded(s), rounded(e), rounded(n)
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

// centre is the middle of the cell in the projection.
func (c cell) centre() (lon, lat float64) {
	s := float64(c.size)
	return geo.FromEqualArea((float64(c.col)+0.5)*s, (float64(c.row)+0.5)*s)
}

// uncertainty is a whole number of metres that no place in the cell is farther than from its middle: half of the cell's diagonal with the most metres
// that a degree has on the ellipsoid, its edges along the parallel nearest to the equator.
func (c cell) uncertainty() int {
	w, s, e, n := c.degrees()
	const mostMeridian, mostNormal = 6399593.7, 6399593.7 // metres, a²/b, at the poles
	widest := math.Cos(min(math.Abs(s), math.Abs(n)) * math.Pi / 180)
	if s < 0 && n > 0 {
		widest = 1
	}
	lat := (s + n) / 2
	_, mid := c.centre()
	height := (math.Abs(mid-lat) + (n-s)/2) * math.Pi / 180 * mostMeridian
	width := (e - w) / 2 * math.Pi / 180 * mostNormal * widest
	return int(math.Ceil(math.Hypot(width, height)))
}

// rounded has the 7 decimals that coordinates of detections have at least.
func rounded(v float64) float64 { return math.RoundToEven(v*1e7)/1e7 + 0 }
