package geo

import (
	"errors"
	"math"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// surveyor measures the cells of a PixelAreas.
type surveyor struct {
	locator Locator
	areas   *PixelAreas
	lon     []float64 // of the nodes, row by row
	lat     []float64
	east    [nodesAcross * nodesAcross]float64   // degrees; that of the first node is 0
	at      [nodesAcross * nodesAcross]orb.Point // in an equal-area plane, metres
}

const (
	partsAcross = 8 // measured along each side, twice as many as kept
	// Corners of parts and the middles of their sides; the middles of parts are not used.
	nodesAcross = 2*partsAcross + 1
)

// divide makes the subtree of node n, the square q.
func (s *surveyor) divide(n int, q raster.Window) error {
	p := s.areas
	if q.Intersect(p.window).Empty() {
		p.nodes[n].cell = nowhere
		return nil
	}
	r := q.Intersect(s.locator.Grid.Window())
	c := areaCell{x: float64(r.X), y: float64(r.Y), w: float64(r.W), h: float64(r.H)}
	some, all, err := s.project(&c)
	if err != nil {
		return err
	}
	switch {
	case q.W > leastCell && (!some || s.onPole()):
		p.nodes[n].cell = nowhere
		return nil
	case all && (s.fit(&c, s.cylindrical) || s.fit(&c, s.polar)):
	case q.W > leastCell:
		p.nodes[n] = areaNode{child: int32(len(p.nodes)), cell: divided}
		p.nodes = append(p.nodes, make([]areaNode, 4)...)
		child, half := len(p.nodes)-4, q.W/2
		for k := range 4 {
			part := raster.Window{X: q.X + k%2*half, Y: q.Y + k/2*half, W: half, H: half}
			if err := s.divide(child+k, part); err != nil {
				return err
			}
		}
		return nil
	default:
		c = areaCell{x: float64(q.X), y: float64(q.Y), w: leastCell, h: leastCell}
		if err := s.pixelByPixel(&c); err != nil {
			return err
		}
	}
	p.nodes[n].cell = int32(len(p.cells))
	p.cells = append(p.cells, c)
	return nil
}

// project puts the nodes of a cell on the map, and tells whether some and whether all have a place there.
func (s *surveyor) project(c *areaCell) (some, all bool, err error) {
	const n = nodesAcross
	s.lon, s.lat = s.lon[:0], s.lat[:0]
	for k := range n * n {
		s.lon = append(s.lon, c.x+float64(float64(c.w*float64(k%n))/(n-1)))
		s.lat = append(s.lat, c.y+float64(float64(c.h*float64(k/n))/(n-1)))
	}
	return s.locator.tryMap(s.lon, s.lat)
}

// onPole reports whether all nodes lie on one pole, as rows beyond it do.
func (s *surveyor) onPole() bool {
	for _, lat := range s.lat {
		if math.Abs(lat) != 90 || lat != s.lat[0] {
			return false
		}
	}
	return true
}

// fit measures the parts of a cell in an equal-area plane and reports whether they are measured well, and are those of a cubic.
func (s *surveyor) fit(c *areaCell, plane func() bool) bool {
	if !plane() {
		return false
	}
	var fine [partsAcross * partsAcross]float64
	total, length := 0.0, 0.0
	for k := range fine {
		fine[k] = s.part(2*(k%partsAcross), 2*(k/partsAcross), 1)
		total += fine[k]
	}
	c.parts = [16]float64{}
	for k, a := range fine {
		if s.locator.mirrored {
			a = -a
		}
		if !(a > 0) {
			return false
		}
		c.parts[k/partsAcross/2*4+k%partsAcross/2] += a
	}
	corners := [4]orb.Point{s.at[0], s.at[nodesAcross-1], s.at[nodesAcross*nodesAcross-1], s.at[nodesAcross*(nodesAcross-1)]}
	for i, a := range corners {
		b := corners[(i+1)%4]
		length += hypot(b[0]-a[0], b[1]-a[1])
	}
	noise := float64(areaNoise * length / partsAcross)
	// With half as many vertices on its outline, a part has the same area: its edges are parabolas.
	for k, a := range c.parts {
		if !(math.Abs(math.Abs(s.part(4*(k%4), 4*(k/4), 2))-a) <= float64(cellError*a)+noise) {
			return false
		}
	}
	var g [partsAcross + 1][4]float64
	for i := range g {
		cumulate(float64(i)/2, &g[i])
	}
	for k, a := range fine {
		i, j := k%partsAcross, k/partsAcross
		sum := 0.0
		for v := range 4 {
			for u := range 4 {
				sum += float64(float64((g[i+1][u]-g[i][u])*(g[j+1][v]-g[j][v])) * c.parts[4*v+u])
			}
		}
		a = math.Abs(a)
		if !(math.Abs(sum-a) <= float64(cellError*a)+noise) {
			return false
		}
	}
	return true
}

// part is the signed area of the rectangle of nodes that begins at (i, j), in m²; its sides are of 2·step nodes, with a vertex in
// the middle, through which a parabola is laid.
func (s *surveyor) part(i, j, step int) float64 {
	// Clockwise as seen in the grid: (i, j) → right → down → left → up.
	at := func(u, v int) orb.Point { return s.at[(j+v*step)*nodesAcross+i+u*step] }
	o := at(0, 0)
	loop := [8]orb.Point{o, at(1, 0), at(2, 0), at(2, 1), at(2, 2), at(1, 2), at(0, 2), at(0, 1)}
	for k := range loop {
		loop[k][0] -= o[0]
		loop[k][1] -= o[1]
	}
	sum := 0.0
	for k := 0; k < 8; k += 2 {
		a, m, b := loop[k], loop[k+1], loop[(k+2)%8]
		chord := float64(a[0]*b[1]) - float64(a[1]*b[0])
		triangle := float64((m[0]-a[0])*(b[1]-a[1])) - float64((m[1]-a[1])*(b[0]-a[0]))
		sum += float64(chord/2) + float64(triangle*(2.0/3))
	}
	return 0 - sum
}

// cylindrical lays the nodes into the cylindrical equal-area plane (Snyder 1987, section 10), coordinates relative to the first. It
// reports false when it is not clear which way round the Earth a node lies, as where a pole is enclosed.
func (s *surveyor) cylindrical() bool {
	const n = nodesAcross
	x := &s.east
	for k := 1; k < n*n; k++ {
		left, up := k-1, k-n
		if k%n == 0 {
			left = up
		}
		step := wrap(s.lon[k] - s.lon[left])
		x[k] = x[left] + step
		if math.Abs(step) > 90 || up >= 0 && math.Abs(x[up]+wrap(s.lon[k]-s.lon[up])-x[k]) > 90 {
			return false
		}
	}
	// Northings are counted from the node nearest to a pole, where they are small.
	lat0 := s.lat[0]
	for _, lat := range s.lat {
		if math.Abs(lat) > math.Abs(lat0) {
			lat0 = lat
		}
	}
	for k := range s.at {
		s.at[k] = orb.Point{float64(x[k] * (radian * semiMajor)), float64(authalic(s.lat[k], lat0) * (semiMajor / 2))}
	}
	return true
}

// polar lays the nodes into Lambert's azimuthal equal-area plane about the nearer pole (Snyder 1987, eq. 24-23 ff.).
func (s *surveyor) polar() bool {
	pole := math.Copysign(90, s.lat[0])
	for k, lat := range s.lat {
		if math.Abs(lat-pole) > 45 {
			return false
		}
		rho := semiMajor * math.Sqrt(math.Abs(authalic(pole, lat)))
		sin, cos := sincosd(s.lon[k])
		s.at[k] = orb.Point{float64(rho * sin), float64(rho * cos)}
		if pole > 0 {
			s.at[k][1] = 0 - s.at[k][1]
		}
	}
	return true
}

// pixelByPixel measures a cell's pixels as Place measures outlines.
func (s *surveyor) pixelByPixel(c *areaCell) error {
	for k := range c.parts {
		x, y := c.x+float64(k%4), c.y+float64(k/4)
		if x >= float64(s.locator.Grid.Width) || y >= float64(s.locator.Grid.Height) {
			continue
		}
		a, err := s.pixel(x, y)
		if err != nil {
			return err
		}
		c.parts[k] = a
	}
	return nil
}

func (s *surveyor) pixel(x, y float64) (float64, error) {
	lines, _, err := s.locator.densify(orb.Polygon{{{x, y}, {x, y + 1}, {x + 1, y + 1}, {x + 1, y}, {x, y}}})
	if errors.Is(err, errNowhere) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	atPoles(lines)
	return measure(lines).AreaM2.Value, nil
}
