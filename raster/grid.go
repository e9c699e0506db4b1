package raster

import (
	"fmt"
	"math"
)

// Affine maps pixel corners to coordinates of a CRS, in GDAL's order:
//
//	X = a[0] + a[1]·column + a[2]·row
//	Y = a[3] + a[4]·column + a[5]·row
//
// The zero value is singular and means "no georeference".
type Affine [6]float64

// Apply maps a pixel position (column, row; corners are whole numbers) to CRS coordinates. The products are rounded before they
// are added, so that the result is the same on machines that would fuse them.
func (a Affine) Apply(col, row float64) (x, y float64) {
	x = a[0] + float64(a[1]*col) + float64(a[2]*row)
	y = a[3] + float64(a[4]*col) + float64(a[5]*row)
	return x, y
}

// Det is the signed area of a pixel in square CRS units: negative for the usual north-up grid.
func (a Affine) Det() float64 { return float64(a[1]*a[5]) - float64(a[2]*a[4]) }

// Inverse maps CRS coordinates to pixels. It reports false when the affine is singular.
func (a Affine) Inverse() (Affine, bool) {
	d := a.Det()
	if d == 0 || math.IsNaN(d) || math.IsInf(d, 0) {
		return Affine{}, false
	}
	inv := Affine{0, a[5] / d, -a[2] / d, 0, -a[4] / d, a[1] / d}
	inv[0] = -(float64(inv[1]*a[0]) + float64(inv[2]*a[3]))
	inv[3] = -(float64(inv[4]*a[0]) + float64(inv[5]*a[3]))
	return inv, true
}

// PixelSize is the length of a pixel's two sides in CRS units (along a row, along a column).
func (a Affine) PixelSize() (dx, dy float64) {
	return math.Hypot(a[1], a[4]), math.Hypot(a[2], a[5])
}

// Grid is where pixels lie: a CRS, an affine and a size. It is a value; equal grids compare equal with ==.
type Grid struct {
	// CRS is "EPSG:n" where the definition has a code, else WKT; "" without a georeference.
	CRS string
	// Affine is the zero value without a georeference.
	Affine Affine
	// Width and Height are in pixels.
	Width, Height int
}

// Window is the whole grid.
func (g Grid) Window() Window { return Window{W: g.Width, H: g.Height} }

// Georeferenced reports whether the grid has a CRS and an invertible affine.
func (g Grid) Georeferenced() bool {
	_, ok := g.Affine.Inverse()
	return g.CRS != "" && ok
}

// String says size, CRS and pixel size for messages.
func (g Grid) String() string {
	if !g.Georeferenced() {
		return fmt.Sprintf("%d×%d pixels without georeference", g.Width, g.Height)
	}
	dx, dy := g.Affine.PixelSize()
	return fmt.Sprintf("%d×%d pixels of %.6g×%.6g, %s", g.Width, g.Height, dx, dy, g.CRS)
}
