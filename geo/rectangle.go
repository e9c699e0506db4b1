package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// leastRectangle is the rectangle of least area around points of a plane (x east, y north): its sides, the longer first, and the
// longer side's direction in degrees clockwise from north, [0, 180), rounded to 4 decimals. One of its sides lies on an edge of
// the convex hull (Freeman and Shapira 1975, doi:10.1145/360881.360919). Among rectangles within 1e-6 of the least area the one
// met first along the hull is taken, and sides that differ by less count as equal: the direction is then below 90. It reorders
// points.
func leastRectangle(points []orb.Point) (length, width, orient float64) {
	hull := convexHull(points)
	n := len(hull)
	if n < 3 {
		return 0, 0, 0
	}
	best := math.Inf(1)
	var bl, bw, bx, by float64
	far, right, left := 1, 1, 1
	for i := range n {
		a, b := hull[i], hull[(i+1)%n]
		dx, dy := b[0]-a[0], b[1]-a[1]
		d := hypot(dx, dy)
		if d == 0 {
			continue
		}
		dx, dy = dx/d, dy/d
		along := func(k int) float64 {
			p := hull[k%n]
			return float64((p[0]-a[0])*dx) + float64((p[1]-a[1])*dy)
		}
		across := func(k int) float64 {
			p := hull[k%n]
			return float64((p[1]-a[1])*dx) - float64((p[0]-a[0])*dy)
		}
		// The three other extremes only move forward as the edge turns.
		right = max(right, i+1)
		for right < i+n && along(right+1) >= along(right) {
			right++
		}
		far = max(far, right)
		for far < i+n && across(far+1) >= across(far) {
			far++
		}
		left = max(left, far)
		for left < i+n && along(left+1) <= along(left) {
			left++
		}
		l, w := along(right)-along(left), across(far)
		if area := float64(l * w); area < best*(1-1e-6) {
			best, bl, bw, bx, by = area, l, w, dx, dy
		}
	}
	if bw > bl {
		bl, bw, bx, by = bw, bl, -by, bx
	}
	deg := math.Mod(atan2d(bx, by)+360, 180) // atan2d(east, north)
	if bl-bw < 1e-6*bl && deg >= 90 {
		deg -= 90
	}
	if deg = roundTo(deg, 4); deg >= 180 {
		deg -= 180
	}
	return bl, bw, deg
}

// convexHull is the hull counter-clockwise without its collinear points (Andrew 1979, doi:10.1016/0020-0190(79)90072-3). It
// reorders points.
func convexHull(points []orb.Point) []orb.Point {
	slices.SortFunc(points, func(a, b orb.Point) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	points = slices.Compact(points)
	n := len(points)
	if n < 3 {
		return points
	}
	hull := make([]orb.Point, 0, 16)
	grow := func(p orb.Point, floor int) {
		for len(hull) >= floor+2 {
			a, b := hull[len(hull)-2], hull[len(hull)-1]
			if float64((b[0]-a[0])*(p[1]-a[1]))-float64((b[1]-a[1])*(p[0]-a[0])) > 0 {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, p)
	}
	for _, p := range points {
		grow(p, 0)
	}
	floor := len(hull) - 1
	for i := n - 2; i >= 0; i-- {
		grow(points[i], floor)
	}
	return hull[:len(hull)-1]
}
