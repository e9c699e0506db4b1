package geo

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// mask is a w×h raster of changed pixels.
type mask struct {
	w, h int
	on   []bool
}

func newMask(w, h int) mask { return mask{w, h, make([]bool, w*h)} }

func (m mask) at(x, y int) bool { return x >= 0 && y >= 0 && x < m.w && y < m.h && m.on[y*m.w+x] }

// parseMask reads rows of '#' and '.'.
func parseMask(rows ...string) mask {
	m := newMask(len(rows[0]), len(rows))
	for y, r := range rows {
		for x := range r {
			m.on[y*m.w+x] = r[x] == '#'
		}
	}
	return m
}

// regions labels 4-connected components by flood filling, in the order of their first pixels, as runs.
func (m mask) regions() [][]raster.Run {
	label := make([]int, len(m.on))
	n := 0
	var stack []int
	for i := range m.on {
		if !m.on[i] || label[i] != 0 {
			continue
		}
		n++
		label[i] = n
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := p%m.w, p/m.w
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				if q := (y+d[1])*m.w + x + d[0]; m.at(x+d[0], y+d[1]) && label[q] == 0 {
					label[q] = n
					stack = append(stack, q)
				}
			}
		}
	}
	out := make([][]raster.Run, n)
	for y := range m.h {
		for x := 0; x < m.w; {
			l := label[y*m.w+x]
			x0 := x
			for x < m.w && label[y*m.w+x] == l {
				x++
			}
			if l > 0 {
				out[l-1] = append(out[l-1], raster.Run{Y: int32(y), X0: int32(x0), X1: int32(x)})
			}
		}
	}
	return out
}

// randomMask has pixels on with probability p.
func randomMask(r *rand.Rand, w, h int, p float64) mask {
	m := newMask(w, h)
	for i := range m.on {
		m.on[i] = r.Float64() < p
	}
	return m
}

func checkerboard(w, h int) mask {
	m := newMask(w, h)
	for i := range m.on {
		m.on[i] = (i%w+i/w)%2 == 0
	}
	return m
}

// spiral is a one-pixel path that winds inwards with one-pixel gaps.
func spiral(n int) mask {
	m := newMask(n, n)
	x, y, dx, dy := 0, 0, 1, 0
	m.on[0] = true
	free := func(x, y int) bool { return x >= 0 && y >= 0 && x < n && y < n && !m.at(x, y) }
	for turned := 0; turned < 2; {
		ax, ay := x+dx, y+dy
		if free(ax, ay) && !m.at(ax+dx, ay+dy) {
			x, y, turned = ax, ay, 0
			m.on[y*n+x] = true
			continue
		}
		dx, dy = -dy, dx
		turned++
	}
	return m
}

// comb has teeth on a spine at the bottom.
func comb(w, h int) mask {
	m := newMask(w, h)
	for i := range m.on {
		m.on[i] = i%w%2 == 0 || i/w == h-1
	}
	return m
}

// nested are square rings inside each other.
func nested(n int) mask {
	m := newMask(n, n)
	for i := range m.on {
		x, y := i%n, i/n
		m.on[i] = min(x, y, n-1-x, n-1-y)%2 == 0
	}
	return m
}

// lattice has a hole at every second diagonal cell, so that holes touch holes at their corners.
func lattice(n int) mask {
	m := newMask(n, n)
	for i := range m.on {
		x, y := i%n, i/n
		m.on[i] = x == 0 || y == 0 || x == n-1 || y == n-1 || (x+y)%4 != 0
	}
	return m
}

func shapes() map[string]mask {
	return map[string]mask{
		"pixel":        parseMask("#"),
		"corner touch": parseMask("##.", "#.#", "###"),
		"corner pair":  parseMask("#.", ".#"),
		"eight":        parseMask("###..", "#.#..", "#####", "..#.#", "..###"),
		"ring open at a corner": parseMask(
			"####.",
			"#..#.",
			"#...#",
			"#...#",
			"#####"),
		"checkerboard": checkerboard(20, 20),
		"spiral":       spiral(41),
		"comb":         comb(40, 20),
		"nested":       nested(31),
		"lattice":      lattice(33),
	}
}

// shoelace is the signed area of a closed ring, positive counter-clockwise with y up.
func shoelace(r orb.Ring) float64 {
	sum := 0.0
	for i := 0; i+1 < len(r); i++ {
		a, b := r[i], r[i+1]
		sum += (a[0]-r[0][0])*(b[1]-r[0][1]) - (b[0]-r[0][0])*(a[1]-r[0][1])
	}
	return sum / 2
}

// fill rasterises a polygon of pixel corners: the parity of vertical edges to the left of every pixel.
func fill(p orb.Polygon, w, h int) mask {
	m := newMask(w, h)
	toggles := newMask(w+1, h)
	for _, r := range p {
		for i := 0; i+1 < len(r); i++ {
			a, b := r[i], r[i+1]
			if a[0] != b[0] {
				continue
			}
			for y := int(min(a[1], b[1])); y < int(max(a[1], b[1])); y++ {
				k := y*toggles.w + int(a[0])
				toggles.on[k] = !toggles.on[k]
			}
		}
	}
	for y := range h {
		on := false
		for x := range w {
			on = on != toggles.on[y*toggles.w+x]
			m.on[y*w+x] = on
		}
	}
	return m
}

// Projections in closed form on the WGS 84 ellipsoid or the sphere, for tests without PROJ.

// lonLat is a geographic CRS.
func lonLat(x, y []float64) error { return nil }

// webMercator inverts EPSG:3857 (Snyder 1987, eq. 7-4).
func webMercator(x, y []float64) error {
	for i := range x {
		x[i] = x[i] / semiMajor * 180 / math.Pi
		y[i] = 90 - 2*math.Atan(math.Exp(-y[i]/semiMajor))*180/math.Pi
	}
	return nil
}

// polarSphere inverts a polar stereographic projection of a sphere (Snyder 1987, eq. 20-14 ff.), true scale at the pole; sign +1
// for the north.
func polarSphere(sign float64) func(x, y []float64) error {
	return func(x, y []float64) error {
		for i := range x {
			rho := math.Hypot(x[i], y[i])
			lon := math.Atan2(x[i], -sign*y[i]) * 180 / math.Pi
			lat := sign * (90 - 2*math.Atan(rho/2/semiMajor)*180/math.Pi)
			x[i], y[i] = lon, lat
		}
		return nil
	}
}

// transverseMercator inverts the projection on a sphere (Snyder 1987, eq. 8-6 f.) about a central meridian.
func transverseMercator(lon0 float64) func(x, y []float64) error {
	return func(x, y []float64) error {
		for i := range x {
			d, xi := y[i]/semiMajor, x[i]/semiMajor
			lat := math.Asin(math.Sin(d) / math.Cosh(xi))
			lon := math.Atan2(math.Sinh(xi), math.Cos(d))
			x[i], y[i] = lon0+lon*180/math.Pi, lat*180/math.Pi
		}
		return nil
	}
}
