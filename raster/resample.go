package raster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Methods of making values between the centres of a scene's pixels.
const (
	Nearest  = "nearest"
	Bilinear = "bilinear"
	Cubic    = "cubic"
)

// Projector takes coordinates from one CRS to another, in place; points that have none there become NaN. It belongs to one goroutine.
type Projector interface {
	Project(x, y []float64) error
	Close()
}

// ResampleOptions say how a scene comes onto another grid.
type ResampleOptions struct {
	// Method is Nearest, Bilinear or Cubic.
	Method string
	// Projector makes what takes coordinates of the grid's CRS to the scene's; nil when they are the same CRS.
	Projector func() (Projector, error)
	// Turn is the length of a full turn in units of the scene's CRS, 360 where x is a longitude; 0 where x does not come round.
	Turn float64
}

// Resampled is a scene seen on another grid. Every pixel is computed from the exact position of its centre, with no approximation
// between positions, and from nothing else: it does not depend on the window in which it is read.
//
// A pixel is measured when the scene's pixel nearest to its centre is; otherwise it has that pixel's reason, and NoData outside the
// scene. Pixels that are not measured do not enter values: the weights of the others are scaled up. Cubic convolution (Keys 1981,
// a = −1/2, doi:10.1109/TASSP.1981.1163711) needs all of its 4×4 pixels and falls back to bilinear where one is missing. Where a pixel of
// the grid spans more than 1/0.95 pixels of the scene, bilinear and cubic kernels widen with it, so that each pixel of the scene keeps
// its weight. Integers are rounded, halves up, and clamped to their type. This is what gdalwarp -et 0 does; only its choice of the kernel's
// width goes by parts of the scene.
type Resampled struct {
	src  Source
	info Info
	o    ResampleOptions
	inv  [4]float64 // from offsets to the scene's corner to its pixels
	flat Affine     // from the grid's pixels to the scene's in one CRS
	step [2]float64
	move [2]float64 // as of Shift
}

// Resample puts src onto a grid. Both are georeferenced.
func Resample(src Source, onto Grid, o ResampleOptions) (*Resampled, error) {
	i := src.Info()
	switch o.Method {
	case Nearest, Bilinear, Cubic:
	default:
		return nil, fmt.Errorf("%q is no way to resample; %s, %s and %s are", o.Method, Nearest, Bilinear, Cubic)
	}
	inv, ok := i.Grid.Affine.Inverse()
	if !ok || !onto.Georeferenced() {
		return nil, fmt.Errorf("%s cannot be resampled: it or the grid has no georeference", i.label())
	}
	r := &Resampled{src: src, info: i, o: o, inv: [4]float64{inv[1], inv[2], inv[4], inv[5]}}
	r.info.Grid = onto
	if o.Projector == nil {
		r.flat = between(onto.Affine, i.Grid.Affine)
	}
	r.setBlocks()
	if err := r.measure(); err != nil {
		return nil, err
	}
	return r, nil
}

// setBlocks chooses the size of blocks.
func (r *Resampled) setBlocks() {
	i, onto := r.src.Info(), r.info.Grid
	// A read covers parts of several of the scene's blocks, so blocks here are at least as large; over strips they are strips.
	r.info.BlockW, r.info.BlockH = min(max(i.BlockW, piece), 2*piece), min(max(i.BlockH, piece), 2*piece)
	if i.BlockW >= i.Grid.Width && i.BlockH < piece {
		r.info.BlockW, r.info.BlockH = onto.Width, piece/4
	}
	r.info.BlockW, r.info.BlockH = min(r.info.BlockW, onto.Width), min(r.info.BlockH, onto.Height)
	r.info.Costly = true
}

// Info describes the scene on the grid.
func (r *Resampled) Info() Info { return r.info }

// Step is how many pixels of the scene one pixel of the grid spans, along a row and along a column of the scene, at the grid's middle:
// 1 for equal pixel sizes, also when one is rotated.
func (r *Resampled) Step() (x, y float64) { return r.step[0], r.step[1] }

// measure finds the step by differences of a pixel, at the first of some places of the grid that has a place in the scene's CRS, and
// refuses grids that lie beside the scene.
func (r *Resampled) measure() error {
	p, err := r.projector()
	if err != nil {
		return err
	}
	defer p.close()
	// The middle first, then a lattice over the grid.
	const n = 16
	w, h := float64(r.info.Grid.Width), float64(r.info.Grid.Height)
	x, y := []float64{w / 2}, []float64{h / 2}
	for j := range n + 1 {
		for i := range n + 1 {
			x, y = append(x, w*float64(i)/n), append(y, h*float64(j)/n)
		}
	}
	u, v := slices.Clone(x), slices.Clone(y)
	p.place(u, v)
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range u {
		if u[i]-u[i] != 0 || v[i]-v[i] != 0 {
			continue
		}
		x0, y0, x1, y1 = min(x0, u[i]), min(y0, v[i]), max(x1, u[i]), max(y1, v[i])
		if r.step[0] == 0 {
			r.step = p.step(x[i], y[i])
		}
	}
	src := r.src.Info()
	if r.step[0] == 0 {
		return fmt.Errorf("%s cannot be resampled: the grid has no place in its CRS, %s", src.label(), crsName(src.Grid.CRS))
	}
	// Between the points of the lattice the grid may bulge, but not by as much as they are apart.
	mx, my := float64((x1-x0)/n)+1, float64((y1-y0)/n)+1
	if x1 < -mx || y1 < -my || x0 > float64(src.Grid.Width)+mx || y0 > float64(src.Grid.Height)+my {
		return fmt.Errorf("%s lies outside the grid that it is to be resampled to; compare scenes of one place", src.label())
	}
	return nil
}

// step is how far apart neighbours of the pixel at (x, y) of the grid are in the scene; zero where that cannot be found.
func (p *placer) step(x, y float64) [2]float64 {
	u, v := []float64{x - 0.5, x + 0.5, x, x}, []float64{y, y, y - 0.5, y + 0.5}
	p.place(u, v)
	dx, dy := rounded(math.Hypot(u[1]-u[0], u[3]-u[2])), rounded(math.Hypot(v[1]-v[0], v[3]-v[2]))
	if dx-dx != 0 || dy-dy != 0 || dx == 0 || dy == 0 {
		return [2]float64{}
	}
	return [2]float64{dx, dy}
}

// rounded keeps six digits, so that what is derived does not depend on the last bits of a projection.
func rounded(v float64) float64 {
	if v == 0 || v-v != 0 {
		return v
	}
	scale := math.Pow(10, 6-math.Ceil(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// Reader opens an independent reader with a reader of the scene and a projector of its own.
func (r *Resampled) Reader() (Reader, error) {
	src, err := r.src.Reader()
	if err != nil {
		return nil, err
	}
	p, err := r.projector()
	if err != nil {
		return nil, errors.Join(err, src.Close())
	}
	return &resampledReader{r: r, src: src, placer: p}, nil
}

// piece is the side in pixels of what is computed at once. A row of a piece, on multiples of it, is also what is projected at once: PROJ may
// choose between operations by the points that come together.
const piece = 512

type resampledReader struct {
	r      *Resampled
	src    Reader
	placer *placer
	u, v   []float64 // where the pixels of a piece lie in the scene, in pixels
	block  Block
	kernel interpolation
}

// Read implements Reader.
func (r *resampledReader) Read(ctx context.Context, w Window, b *Block) error {
	if w.Empty() || !r.r.info.Grid.Window().Contains(w) || b.Window != w {
		panic(fmt.Sprintf("raster: read of %v of %v into a block of %v", w, r.r.info.Grid.Window(), b.Window))
	}
	b.Valid, b.Why = nil, nil
	fill(b.MaskStorage(), 0)
	for y := floorDiv(w.Y, piece) * piece; y < w.MaxY(); y += piece {
		for x := floorDiv(w.X, piece) * piece; x < w.MaxX(); x += piece {
			all := Window{X: x, Y: y, W: piece, H: piece}.Intersect(r.r.info.Grid.Window())
			part := all.Intersect(w)
			all.Y, all.H = part.Y, part.H
			r.place(all)
			if err := r.fill(ctx, part, all, b); err != nil {
				return err
			}
		}
	}
	if bytes.IndexByte(b.Valid, 0) < 0 {
		b.Valid = nil
	}
	return nil
}

// place finds where the pixels of w lie in the scene.
func (r *resampledReader) place(w Window) {
	n := int(w.Pixels())
	r.u, r.v = sized(r.u, n), sized(r.v, n)
	for y := range w.H {
		u, v := r.u[y*w.W:(y+1)*w.W], r.v[y*w.W:(y+1)*w.W]
		for x := range w.W {
			u[x], v[x] = float64(w.X+x)+0.5+r.r.move[0], float64(w.Y+y)+0.5+r.r.move[1]
		}
		r.placer.place(u, v)
	}
}

// maxUnder bounds the values of the scene under a piece; a piece that spans more is cut.
const maxUnder = 1 << 24

// fill computes the pixels of w, a part of the window all whose pixels were placed.
func (r *resampledReader) fill(ctx context.Context, w, all Window, b *Block) error {
	under := r.under(w, all)
	if under.Empty() {
		return ctx.Err()
	}
	if under.Pixels()*int64(b.Bands) > maxUnder && w.Pixels() > 1 {
		first, second := w, w
		if w.W >= w.H {
			first.W = w.W / 2
			second.X, second.W = w.X+first.W, w.W-first.W
		} else {
			first.H = w.H / 2
			second.Y, second.H = w.Y+first.H, w.H-first.H
		}
		if err := r.fill(ctx, first, all, b); err != nil {
			return err
		}
		return r.fill(ctx, second, all, b)
	}
	info := r.r.src.Info()
	r.block.Shape(under, info.Bands, info.Type)
	if err := r.src.Read(ctx, under, &r.block); err != nil {
		return err
	}
	r.kernel.set(r.r.o.Method, r.r.step, info.Grid.Window())
	r.interpolate(w, all, b)
	return nil
}

// under is the part of the scene that the pixels of w are made from; empty when none of them lies in the scene.
func (r *resampledReader) under(w, all Window) Window {
	size := r.r.src.Info().Grid.Window()
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for y := w.Y; y < w.MaxY(); y++ {
		at := (y-all.Y)*all.W + w.X - all.X
		for i := at; i < at+w.W; i++ {
			u, v := r.u[i], r.v[i]
			if inside(u, size.W) && inside(v, size.H) {
				x0, y0, x1, y1 = min(x0, u), min(y0, v), max(x1, u), max(y1, v)
			}
		}
	}
	if x0 > x1 {
		return Window{}
	}
	rx, ry := reach(r.r.o.Method, r.r.step[0]), reach(r.r.o.Method, r.r.step[1])
	left, top := pixelOf(x0)-rx, pixelOf(y0)-ry
	return Window{X: left, Y: top, W: pixelOf(x1) + rx + 1 - left, H: pixelOf(y1) + ry + 1 - top}.Intersect(size)
}

// inside reports whether a coordinate lies in one of n pixels; NaN does not.
func inside(u float64, n int) bool { return u >= -tie && u < float64(n)-tie }

func (r *resampledReader) Close() error {
	r.placer.close()
	return r.src.Close()
}

// placer takes pixels of the grid to pixels of the scene.
type placer struct {
	r    *Resampled
	proj Projector // nil in one CRS
}

func (r *Resampled) projector() (*placer, error) {
	p := &placer{r: r}
	if r.o.Projector == nil {
		return p, nil
	}
	var err error
	p.proj, err = r.o.Projector()
	return p, err
}

func (p *placer) close() {
	if p.proj != nil {
		p.proj.Close()
	}
}

// place replaces positions on the grid by positions in the scene, both in pixels; NaN where there is none.
func (p *placer) place(x, y []float64) {
	g := p.r.src.Info().Grid
	onto, a, inv := p.r.info.Grid.Affine, g.Affine, p.r.inv
	turn := p.r.o.Turn
	middle, _ := a.Apply(float64(g.Width)/2, float64(g.Height)/2)
	if p.proj == nil {
		for i := range x {
			var around float64
			if turn > 0 {
				lon, _ := onto.Apply(x[i], y[i])
				around = float64(turn * math.Round((middle-lon)/turn))
			}
			x[i], y[i] = p.r.flat.Apply(x[i], y[i])
			if around != 0 {
				x[i] += float64(inv[0] * around)
				y[i] += float64(inv[2] * around)
			}
		}
		return
	}
	for i := range x {
		x[i], y[i] = onto.Apply(x[i], y[i])
	}
	// An error says that no point has a place, which their NaN say too.
	_ = p.proj.Project(x, y)
	for i := range x {
		if turn > 0 && x[i]-x[i] == 0 {
			x[i] += float64(turn * math.Round((middle-x[i])/turn))
		}
		dx, dy := x[i]-a[0], y[i]-a[3]
		x[i] = float64(inv[0]*dx) + float64(inv[1]*dy)
		y[i] = float64(inv[2]*dx) + float64(inv[3]*dy)
	}
}
