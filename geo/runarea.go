package geo

import (
	"errors"
	"fmt"
	"math"

	"passdiff/raster"
)

// PixelAreas tells the area on the ellipsoid of runs of pixels. It is made by Locator.PixelAreas, immutable, and safe for
// concurrent use; it does not refer to Project.
//
// Areas are counted in whole units (see Unit), so that they add up exactly and in any order: those of [x0, x1) and of [x1, x2)
// are that of [x0, x2), and the classes that tile an area of interest have exactly its area. No sum of different pixels of the
// window overflows.
type PixelAreas struct {
	window raster.Window
	unit   float64 // m², a power of two
	root   raster.Window
	nodes  []areaNode // a quadtree; nodes[0] is root
	cells  []areaCell
}

// areaNode is a square of the quadtree: cell is −1 when it is divided, into the four nodes from child on, and −2 when it has no
// area.
type areaNode struct {
	child, cell int32
}

const (
	divided = -1
	nowhere = -2
)

// areaCell has the areas in m² of the 4×4 equal parts of a rectangle of pixels: row by row, west to east.
type areaCell struct {
	x, y, w, h float64
	parts      [16]float64
}

const (
	leastCell = 4 // pixels: parts are pixels then
	// cellError is how far a cell's polynomial may be from measured areas, relative; areaNoise what degrees in float64 may do to
	// an area, in metres along its outline.
	cellError = 3e-9
	areaNoise = 4e-9
)

var errNoMetres = errors.New("geo: pixels without a georeference have no area in m²")

// PixelAreas prepares the areas of the pixels of a window of the grid: it measures rectangles of up to some 100 km as Place measures
// polygons, and between them takes area for a polynomial of degree 3 in column and row, cut finer until it agrees to 3e-9 with
// measured parts. The area of a run then differs from that of its outline by less than 1e-8; by up to 1e-7 for single pixels at a
// pole and 2e-7 for those of 2 cm, where measuring outlines in degrees ends. But for the rounding to units it does not depend on w.
//
// Pixels that project cannot place have no area. Parts of w outside the grid are left out. The error is that of Project, or says
// that the Locator has no georeference.
func (l Locator) PixelAreas(w raster.Window) (*PixelAreas, error) {
	if l.Project == nil {
		return nil, errNoMetres
	}
	w = w.Intersect(l.Grid.Window())
	p := &PixelAreas{window: w, unit: 1, nodes: make([]areaNode, 1)}
	if w.Empty() {
		p.nodes[0].cell = nowhere
		return p, nil
	}
	side := leastCell
	for side < max(l.Grid.Width, l.Grid.Height) {
		side *= 2
	}
	p.root = raster.Window{W: side, H: side}
	s := surveyor{locator: l, areas: p}
	if err := s.divide(0, p.root); err != nil {
		return nil, fmt.Errorf("geo: areas of pixels: %w", err)
	}
	total := 0.0
	for i := range p.cells {
		for _, a := range p.cells[i].parts {
			total += a
		}
	}
	if total > 0 {
		_, exp := math.Frexp(total)
		p.unit = math.Ldexp(1, exp-61)
	}
	return p, nil
}

// Unit is the unit of Units in m²: a power of two, at most 2⁻⁶⁰ of the area of the window's cells.
func (p *PixelAreas) Unit() float64 { return p.unit }

// SquareMetres is a number of units in m², correctly rounded.
func (p *PixelAreas) SquareMetres(units int64) float64 { return float64(float64(units) * p.unit) }

// Area is the area of columns [x0, x1) of row y in m²: SquareMetres of Units.
func (p *PixelAreas) Area(y, x0, x1 int) float64 {
	return p.SquareMetres(p.Units(raster.Run{Y: int32(y), X0: int32(x0), X1: int32(x1)}))
}

// Units is the area of a run in units. A run that leaves the window is a programmer error and panics; an empty one has no area.
func (p *PixelAreas) Units(r raster.Run) int64 {
	if r.X0 >= r.X1 {
		return 0
	}
	y, x0, x1 := int(r.Y), int(r.X0), int(r.X1)
	if w := p.window; x0 < w.X || x1 > w.MaxX() || y < w.Y || y >= w.MaxY() {
		panic(fmt.Sprintf("geo: run [%d, %d) of row %d outside the window %v of areas", x0, x1, y, p.window))
	}
	sum := int64(0)
	for x0 < x1 {
		cell, end := p.find(x0, y)
		end = min(end, x1)
		if cell >= 0 {
			sum += p.cells[cell].units(float64(y), float64(x0), float64(end), p.unit)
		}
		x0 = end
	}
	return sum
}

// find is the cell of a pixel and the first column right of it.
func (p *PixelAreas) find(x, y int) (cell, end int) {
	side, cx, cy := p.root.W, 0, 0
	n := p.nodes[0]
	for n.cell == divided {
		side /= 2
		k := n.child
		if x >= cx+side {
			cx += side
			k++
		}
		if y >= cy+side {
			cy += side
			k += 2
		}
		n = p.nodes[k]
	}
	return int(n.cell), cx + side
}

// units is the area of [x0, x1) of row y: the difference of rounded areas from the cell's western edge, so that areas add up.
func (c *areaCell) units(y, x0, x1, unit float64) int64 {
	var top, bottom, row [4]float64
	cumulate((y-c.y)*4/c.h, &top)
	cumulate((y+1-c.y)*4/c.h, &bottom)
	for j := range top {
		d := bottom[j] - top[j]
		for i := range row {
			row[i] += float64(d * c.parts[4*j+i])
		}
	}
	return c.fromWest(&row, x1, unit) - c.fromWest(&row, x0, unit)
}

// fromWest is the area from the cell's western edge to x in units, given the areas of the row's four parts.
func (c *areaCell) fromWest(row *[4]float64, x, unit float64) int64 {
	var g [4]float64
	cumulate((x-c.x)*4/c.w, &g)
	sum := 0.0
	for i := range g {
		sum += float64(g[i] * row[i])
	}
	return int64(math.RoundToEven(sum / unit))
}

// cumulate gives the shares g of four equal parts in the integral from 0 to u, 0 ≤ u ≤ 4, of the cubic whose integrals over the
// parts are given: g[i] is the polynomial of degree 4 that is 0 at 0 … i and 1 at i+1 … 4.
func cumulate(u float64, g *[4]float64) {
	// Lagrange's polynomials for the nodes 1 to 4 (that of 0 is not needed: the integral is 0 there), summed from the right.
	a, b, c, d := u-1, u-2, u-3, u-4
	ab, cd := float64(a*b), float64(c*d)
	l1 := float64(float64(u*b)*cd) / -6
	l2 := float64(float64(float64(u*a)*cd) / 4)
	l3 := float64(float64(u*ab)*d) / -6
	l4 := float64(float64(u*ab)*c) / 24
	g[3] = l4
	g[2] = l3 + g[3]
	g[1] = l2 + g[2]
	g[0] = l1 + g[1]
}
