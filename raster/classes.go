package raster

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

// ClassOptions say which classes of a class raster rule a pixel out. Exactly one of Values and Bits is set.
type ClassOptions struct {
	// Values are the classes that rule out, as of Sentinel-2's SCL.
	Values []int64
	// Bits, counted from 0 for the least significant one, rule out where any of them is set, as of Landsat's QA_PIXEL. Negative
	// values count as two's complement of the raster's type.
	Bits []int
	// Buffer grows what is ruled out: pixels of the grid whose centre lies at most that many pixels from the centre of one that the
	// classes rule out, so a disk. Classes beyond the grid's edge count.
	Buffer int
	// SameCRS compares two CRS definitions; nil compares the strings.
	SameCRS func(a, b string) bool
}

// MaxBuffer is the largest Buffer: beyond it, what is asked for is another mask.
const MaxBuffer = 1024

// Validate reports everything that is wrong with the options.
func (o ClassOptions) Validate() error {
	var errs []error
	if (len(o.Values) == 0) == (len(o.Bits) == 0) {
		errs = append(errs, errors.New("a mask needs either the values or the bits that rule out"))
	}
	for _, b := range o.Bits {
		if b < 0 || b > 31 {
			errs = append(errs, fmt.Errorf("bit %d: 0 to 31 are known", b))
		}
	}
	if o.Buffer < 0 || o.Buffer > MaxBuffer {
		errs = append(errs, fmt.Errorf("a buffer of %d pixels: 0 to %d are possible", o.Buffer, MaxBuffer))
	}
	return errors.Join(errs...)
}

// ClassMask is a class raster (clouds, quality) seen from a scene's grid: which pixels it rules out. It is immutable and safe for
// concurrent use.
//
// The class of a pixel is that of the class raster's pixel in which its centre lies: nearest neighbour, as gdalwarp -r near
// and rasterio's reproject have it. A centre on the border of two class pixels (within 1e-6 of one) belongs to the right and to the
// lower one. Where the class raster ends before the scene, or is itself not measured, nobody knows: such pixels are ruled out too, but
// they do not grow by the buffer. Uncovered counts those beyond its edge.
type ClassMask struct {
	source  Source
	grid    Grid
	toClass Affine // from pixels of grid to pixels of the class raster
	size    Window // of the class raster
	ruled   func(b *Block, out []uint8)
	buffer  int
}

// NewClassMask looks at the one-band source classes from grid. The two share a CRS; the affines may differ in everything. Without
// any georeference both must have the same size.
func NewClassMask(classes Source, grid Grid, o ClassOptions) (*ClassMask, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	i := classes.Info()
	if i.Bands != 1 {
		return nil, fmt.Errorf("%s has %d bands; a class raster has one", i.label(), i.Bands)
	}
	if (i.Type == Float32 || i.Type == Float64) && len(o.Bits) > 0 {
		return nil, fmt.Errorf("%s is %v, which has no bits; convert it with gdal_translate -ot, or use values", i.label(), i.Type)
	}
	for _, b := range o.Bits {
		if b >= 8*i.Type.Size() {
			return nil, fmt.Errorf("%s is %v, which has no bit %d but 0 to %d", i.label(), i.Type, b, 8*i.Type.Size()-1)
		}
	}
	for _, v := range o.Values {
		if !i.Type.holds(v) {
			return nil, fmt.Errorf("%s is %v, which cannot hold the value %d", i.label(), i.Type, v)
		}
	}
	m := &ClassMask{source: classes, grid: grid, size: i.Grid.Window(), buffer: o.Buffer, ruled: predicate(o)}
	if err := m.place(i, o.SameCRS); err != nil {
		return nil, err
	}
	if m.Uncovered(grid.Window()) == grid.Window().Pixels() {
		return nil, fmt.Errorf("%s does not cover the scene anywhere; is it the one of this pass", i.label())
	}
	return m, nil
}

// place finds where the grid's pixels lie on the class raster.
func (m *ClassMask) place(i Info, same func(a, b string) bool) error {
	if same == nil {
		same = func(a, b string) bool { return a == b }
	}
	g, c := m.grid, i.Grid
	switch gg, cg := g.Georeferenced(), c.Georeferenced(); {
	case !gg && (g.Width != c.Width || g.Height != c.Height):
		return fmt.Errorf("%s is %d×%d pixels, the scene %d×%d; without a georeference both must have the same size",
			i.label(), c.Width, c.Height, g.Width, g.Height)
	case !gg:
		m.toClass = Affine{0, 1, 0, 0, 0, 1}
		return nil
	case !cg:
		return fmt.Errorf("%s has no georeference, the scene has one; give it one with gdal_edit", i.label())
	case !same(g.CRS, c.CRS):
		return fmt.Errorf("%s is %s, the scene %s; bring it there with gdalwarp -r near -t_srs", i.label(), crsName(c.CRS), crsName(g.CRS))
	}
	m.toClass = between(g.Affine, c.Affine)
	return nil
}

// between maps pixels of the grid of affine a to pixels of that of affine b, whose corner is subtracted first to keep digits.
func between(a, b Affine) Affine {
	a[0], a[3] = a[0]-b[0], a[3]-b[3]
	b[0], b[3] = 0, 0
	inv, _ := b.Inverse()
	var t Affine
	t[0], t[3] = inv.Apply(a[0], a[3])
	t[1], t[4] = inv.Apply(a[1], a[4])
	t[2], t[5] = inv.Apply(a[2], a[5])
	return t
}

// predicate writes 0 where the class rules out and 255 elsewhere.
func predicate(o ClassOptions) func(b *Block, out []uint8) {
	var bits uint32
	for _, b := range o.Bits {
		bits |= 1 << b
	}
	return func(b *Block, out []uint8) {
		switch d := b.Data.(type) {
		case []uint8:
			ruleOut(d, out, bits, o.Values)
		case []int8:
			ruleOut(d, out, bits, o.Values)
		case []uint16:
			ruleOut(d, out, bits, o.Values)
		case []int16:
			ruleOut(d, out, bits, o.Values)
		case []uint32:
			ruleOut(d, out, bits, o.Values)
		case []int32:
			ruleOut(d, out, bits, o.Values)
		case []float32:
			ruleOutFloats(d, out, o.Values)
		case []float64:
			ruleOutFloats(d, out, o.Values)
		}
	}
}

func ruleOut[T uint8 | int8 | uint16 | int16 | uint32 | int32](data []T, out []uint8, bits uint32, values []int64) {
	last, code := T(0), uint8(255)
	for i, v := range data {
		// classes come in patches
		if i == 0 || v != last {
			last, code = v, 255
			if uint32(v)&bits != 0 || bits == 0 && slices.Contains(values, int64(v)) {
				code = 0
			}
		}
		out[i] = code
	}
}

func ruleOutFloats[T float32 | float64](data []T, out []uint8, values []int64) {
	for i, v := range data {
		out[i] = 255
		if f := float64(v); f == math.Trunc(f) && math.Abs(f) < 1<<53 && slices.Contains(values, int64(f)) {
			out[i] = 0
		}
	}
}

// tie is how near to the border of two class pixels, in class pixels, a centre counts as on it.
const tie = 1e-6

// at is the class pixel in which the centre of pixel (x, y) lies, which may be outside the class raster.
func (m *ClassMask) at(x, y int) (col, row int) {
	u, v := m.toClass.Apply(float64(x)+0.5, float64(y)+0.5)
	return pixelOf(u), pixelOf(v)
}

// pixelOf is the pixel in which a coordinate lies; far outside, one far outside.
func pixelOf(u float64) int {
	return int(max(-1<<40, min(1<<40, math.Floor(u+tie))))
}

// Uncovered is the number of pixels of w, a window of the grid, whose centre lies outside the class raster.
func (m *ClassMask) Uncovered(w Window) int64 {
	n := w.Pixels()
	if n == 0 {
		return 0
	}
	for y := w.Y; y < w.MaxY(); y++ {
		c0, c1 := within(func(x int) int { col, _ := m.at(x, y); return col }, w, m.toClass[1] < 0, m.size.W)
		r0, r1 := within(func(x int) int { _, row := m.at(x, y); return row }, w, m.toClass[4] < 0, m.size.H)
		n -= int64(max(0, min(c1, r1)-max(c0, r0)))
	}
	return n
}

// within is the stretch of w's columns in which f, which grows with x or falls, is at least 0 and less than size.
func within(f func(x int) int, w Window, falls bool, size int) (x0, x1 int) {
	first := func(there func(v int) bool) int {
		return w.X + sort.Search(w.W, func(i int) bool { return there(f(w.X + i)) })
	}
	if falls {
		return first(func(v int) bool { return v < size }), first(func(v int) bool { return v < 0 })
	}
	return first(func(v int) bool { return v >= 0 }), first(func(v int) bool { return v >= size })
}
