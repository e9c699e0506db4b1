package raster

import (
	"fmt"
	"math"
)

// GridTolerance is how far, in pixels, corners of two grids may lie from a whole-pixel offset of each other and still count as the
// same lattice. A fiftieth of a pixel is below what co-registration can show.
const GridTolerance = 0.02

// Pair is two scenes in the frame of the before grid.
type Pair struct {
	Before, After Source
	// DX, DY move after into the frame: pixel (x, y) of after is pixel (x+DX, y+DY) of the frame.
	DX, DY int
	// Window is the part of the frame that both scenes cover.
	Window Window
	// Offset is subtracted from the values of each band before they become float32, per pass (before, after); nil subtracts
	// nothing. It keeps the low digits of 32-bit integers and doubles (see Sample).
	Offset [2][]float64
}

// AlignOptions says what may differ between the two grids. The zero value is strict.
type AlignOptions struct {
	// SameCRS compares two CRS definitions; nil compares the strings.
	SameCRS func(a, b string) bool
	// Pixels pairs pixel by pixel and ignores any georeference: both scenes must have the same size.
	Pixels bool
}

// Align decides how two scenes lie on each other before a pixel is read: on the same grid or at a whole-pixel offset. Everything else
// is an error that says what differs.
func Align(before, after Source, o AlignOptions) (*Pair, error) {
	b, a := before.Info(), after.Info()
	if b.Bands != a.Bands {
		return nil, fmt.Errorf("%s has %s, %s has %s; choose the same number in both with --bands",
			b.label(), count(b.Bands, "band"), a.label(), count(a.Bands, "band"))
	}
	p := &Pair{Before: before, After: after}
	if o.Pixels {
		if b.Grid.Width != a.Grid.Width || b.Grid.Height != a.Grid.Height {
			return nil, fmt.Errorf("%s is %d×%d pixels, %s is %d×%d; without a georeference both must have the same size",
				b.label(), b.Grid.Width, b.Grid.Height, a.label(), a.Grid.Width, a.Grid.Height)
		}
		p.Window = b.Grid.Window()
		return p, nil
	}
	for _, i := range []Info{b, a} {
		if !i.Grid.Georeferenced() {
			return nil, fmt.Errorf("%s has no georeference; use --no-georef to compare pixel by pixel", i.label())
		}
	}
	same := o.SameCRS
	if same == nil {
		same = func(a, b string) bool { return a == b }
	}
	if !same(b.Grid.CRS, a.Grid.CRS) {
		return nil, fmt.Errorf("%s is %s, %s is %s; use --resample bilinear",
			a.label(), crsName(a.Grid.CRS), b.label(), crsName(b.Grid.CRS))
	}
	dx, dy, err := latticeOffset(b, a)
	if err != nil {
		return nil, err
	}
	p.DX, p.DY = dx, dy
	p.Window = b.Grid.Window().Intersect(a.Grid.Window().Shift(dx, dy))
	if p.Window.Empty() {
		return nil, fmt.Errorf("%s and %s do not overlap: after starts %d columns and %d rows from the corner of before; choose passes over the same ground",
			b.label(), a.label(), dx, dy)
	}
	return p, nil
}

// latticeOffset finds the whole-pixel offset of after in before's frame, or says why there is none.
func latticeOffset(b, a Info) (dx, dy int, err error) {
	inv, _ := b.Grid.Affine.Inverse()
	at := func(col, row float64) (x, y float64) { return inv.Apply(a.Grid.Affine.Apply(col, row)) }
	x0, y0 := at(0, 0)
	w, h := float64(a.Grid.Width), float64(a.Grid.Height)
	// The pixel vectors must agree so well that the far corner is still on the lattice.
	for _, c := range [][2]float64{{w, 0}, {0, h}, {w, h}} {
		x, y := at(c[0], c[1])
		if math.Abs(x-x0-c[0]) > GridTolerance || math.Abs(y-y0-c[1]) > GridTolerance {
			bx, by := b.Grid.Affine.PixelSize()
			ax, ay := a.Grid.Affine.PixelSize()
			// Sizes that agree up to the far corner leave the angles.
			if math.Abs(ax-bx)*w <= GridTolerance*bx && math.Abs(ay-by)*h <= GridTolerance*by {
				return 0, 0, fmt.Errorf("%s is rotated or sheared against %s; use --resample bilinear", a.label(), b.label())
			}
			return 0, 0, fmt.Errorf("%s has pixels of %.8g×%.8g, %s of %.8g×%.8g; use --resample bilinear",
				a.label(), ax, ay, b.label(), bx, by)
		}
	}
	rx, ry := math.Round(x0), math.Round(y0)
	if math.Abs(x0-rx) > GridTolerance || math.Abs(y0-ry) > GridTolerance {
		return 0, 0, fmt.Errorf("%s lies %.3f columns and %.3f rows from the corner of %s, not a whole number of pixels; use --resample bilinear",
			a.label(), x0, y0, b.label())
	}
	if math.Abs(rx) > math.MaxInt32 || math.Abs(ry) > math.MaxInt32 {
		return 0, 0, fmt.Errorf("%s and %s do not overlap: they lie more than 2³¹ pixels apart", b.label(), a.label())
	}
	return int(rx), int(ry), nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// crsName shortens a WKT definition to the name in its first quotes.
func crsName(crs string) string {
	for i := range crs {
		if crs[i] != '"' {
			continue
		}
		for j := i + 1; j < len(crs); j++ {
			if crs[j] == '"' {
				return crs[i+1 : j]
			}
		}
	}
	return crs
}
