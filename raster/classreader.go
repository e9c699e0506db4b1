package raster

import (
	"bytes"
	"context"
	"fmt"
	"math"
)

// Reader opens an independent reader of the mask. It may be called concurrently; the caller closes the reader.
func (m *ClassMask) Reader() (*ClassReader, error) {
	r, err := m.source.Reader()
	if err != nil {
		return nil, err
	}
	return &ClassReader{m: m, reader: r, cache: map[[2]int]*classBlock{}}, nil
}

// ClassReader reads a ClassMask. It belongs to one goroutine. It keeps the class blocks it used last, up to 16 MB of them.
type ClassReader struct {
	m      *ClassMask
	reader Reader
	block  Block
	cache  map[[2]int]*classBlock
	held   int
	clock  int64

	near           []uint8 // the part of the class raster under a window
	grown          []uint8 // the mask of a window grown by the buffer
	above          []int32
	half, coverage []int32
}

// classBlock is a block of the class raster, judged: codes as in lookup.
type classBlock struct {
	window Window
	codes  []uint8
	used   int64
}

// Codes of single pixels before they become the mask.
const (
	ruledOut uint8 = 0
	unknown  uint8 = 1
	usable   uint8 = 255
)

const (
	cacheBytes = 16 << 20
	// nearPixels bounds the part of the class raster that is laid out at once.
	nearPixels = 1 << 22
)

// Close releases the reader.
func (r *ClassReader) Close() error { return r.reader.Close() }

// Read fills mask, of w.W·w.H bytes, with 255 where the pixel of the grid is usable and 0 where it is ruled out. w lies inside the grid.
// The answer for a pixel does not depend on the window it is asked in, and only the class blocks under the window, grown by the
// buffer, are read.
func (r *ClassReader) Read(ctx context.Context, w Window, mask []uint8) error {
	if w.Empty() || !r.m.grid.Window().Contains(w) || len(mask) != int(w.Pixels()) {
		panic(fmt.Sprintf("raster: mask of %v of %v into %d bytes", w, r.m.grid.Window(), len(mask)))
	}
	if r.m.buffer == 0 {
		if err := r.lookup(ctx, w, w, mask); err != nil {
			return err
		}
	} else {
		g := w.Grow(r.m.buffer)
		r.grown = sized(r.grown, int(g.Pixels()))
		if err := r.lookup(ctx, g, g, r.grown); err != nil {
			return err
		}
		r.dilate(g, w, mask)
	}
	for i, v := range mask {
		if v != usable {
			mask[i] = 0
		}
	}
	return nil
}

// lookup writes the codes of the pixels of w into out, which is laid out as window all. It goes by parts when the class raster is so
// much finer that what lies under w would be large.
func (r *ClassReader) lookup(ctx context.Context, w, all Window, out []uint8) error {
	under := r.m.under(w).Intersect(r.m.size)
	if under.Pixels() > nearPixels && w.Pixels() > 1 {
		a, b := w, w
		if w.W >= w.H {
			a.W = w.W / 2
			b.X, b.W = w.X+a.W, w.W-a.W
		} else {
			a.H = w.H / 2
			b.Y, b.H = w.Y+a.H, w.H-a.H
		}
		if err := r.lookup(ctx, a, all, out); err != nil {
			return err
		}
		return r.lookup(ctx, b, all, out)
	}
	if err := r.layOut(ctx, under); err != nil {
		return err
	}
	for y := w.Y; y < w.MaxY(); y++ {
		row := out[(y-all.Y)*all.W+w.X-all.X:][:w.W]
		for i := range row {
			c, l := r.m.at(w.X+i, y)
			row[i] = unknown
			if c -= under.X; c >= 0 && c < under.W {
				if l -= under.Y; l >= 0 && l < under.H {
					row[i] = r.near[l*under.W+c]
				}
			}
		}
	}
	return nil
}

// under is a window of the class raster, not clipped to it, that holds the class pixel of every pixel of w.
func (m *ClassMask) under(w Window) Window {
	x0, y0, x1, y1 := math.MaxInt, math.MaxInt, math.MinInt, math.MinInt
	for _, c := range [][2]int{{w.X, w.Y}, {w.MaxX() - 1, w.Y}, {w.X, w.MaxY() - 1}, {w.MaxX() - 1, w.MaxY() - 1}} {
		x, y := m.at(c[0], c[1])
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	return Window{X: x0, Y: y0, W: x1 - x0 + 1, H: y1 - y0 + 1}
}

// layOut fills r.near with the codes of a window of the class raster.
func (r *ClassReader) layOut(ctx context.Context, w Window) error {
	r.near = sized(r.near, int(w.Pixels()))
	i := r.m.source.Info()
	bw, bh := max(1, i.BlockW), max(1, i.BlockH)
	for by := floorDiv(w.Y, bh); by*bh < w.MaxY() && !w.Empty(); by++ {
		for bx := floorDiv(w.X, bw); bx*bw < w.MaxX(); bx++ {
			b, err := r.judged(ctx, bx, by, Window{X: bx * bw, Y: by * bh, W: bw, H: bh}.Intersect(r.m.size))
			if err != nil {
				return err
			}
			part := b.window.Intersect(w)
			for y := part.Y; y < part.MaxY(); y++ {
				copy(r.near[(y-w.Y)*w.W+part.X-w.X:][:part.W], b.codes[(y-b.window.Y)*b.window.W+part.X-b.window.X:])
			}
		}
	}
	return nil
}

// judged is the class block in column bx and row by, of that window, with its pixels judged.
func (r *ClassReader) judged(ctx context.Context, bx, by int, w Window) (*classBlock, error) {
	r.clock++
	key := [2]int{bx, by}
	if b := r.cache[key]; b != nil {
		b.used = r.clock
		return b, nil
	}
	i := r.m.source.Info()
	r.block.Shape(w, 1, i.Type)
	if err := r.reader.Read(ctx, w, &r.block); err != nil {
		return nil, err
	}
	b := &classBlock{window: w, used: r.clock}
	r.held += int(w.Pixels())
	for r.held > cacheBytes && len(r.cache) > 0 {
		oldest := key
		for k, c := range r.cache {
			if o := r.cache[oldest]; o == nil || c.used < o.used {
				oldest = k
			}
		}
		old := r.cache[oldest]
		delete(r.cache, oldest)
		r.held -= len(old.codes)
		if cap(old.codes) >= int(w.Pixels()) {
			b.codes = old.codes
		}
	}
	b.codes = sized(b.codes, int(w.Pixels()))
	r.m.ruled(&r.block, b.codes)
	if r.block.Valid != nil {
		for i, v := range r.block.Valid {
			if v == 0 {
				b.codes[i] = unknown
			}
		}
	}
	r.cache[key] = b
	return b, nil
}

// dilate turns the codes of r.grown, laid out as g, into the codes of w, which is g without a rim of the buffer's width: usable pixels within
// the buffer of one that is ruled out become ruled out. A pixel lies in the disk around (x', y') when |x−x'|² + |y−y'|² ≤ buffer²: for
// each column of a row the nearest such pixel above or below, then for each row the union of the stretches that they reach.
func (r *ClassReader) dilate(g, w Window, mask []uint8) {
	buffer := r.m.buffer
	for y := range w.H {
		copy(mask[y*w.W:(y+1)*w.W], r.grown[(y+buffer)*g.W+buffer:])
	}
	if bytes.IndexByte(r.grown, ruledOut) < 0 {
		return
	}
	if r.half == nil {
		r.half = make([]int32, buffer+1) // half the length of the disk's row that many rows off its middle
		for d := range r.half {
			h := int(math.Sqrt(float64(buffer*buffer - d*d)))
			for h*h > buffer*buffer-d*d {
				h--
			}
			for (h+1)*(h+1) <= buffer*buffer-d*d {
				h++
			}
			r.half[d] = int32(h)
		}
	}
	far := int32(buffer + 1)
	// distances to the nearest one above, the pixel itself included, for every pixel of w's rows and all of g's columns
	r.above = sized(r.above, w.H*g.W)
	column := sized(r.coverage, g.W+1)
	r.coverage = column
	fill(column, far)
	for y := range g.H - buffer {
		for x, v := range r.grown[y*g.W : (y+1)*g.W] {
			column[x] = min(column[x]+1, far)
			if v == ruledOut {
				column[x] = 0
			}
		}
		if y >= buffer {
			copy(r.above[(y-buffer)*g.W:], column[:g.W])
		}
	}
	fill(column, far)
	for y := g.H - 1; y >= buffer; y-- {
		for x, v := range r.grown[y*g.W : (y+1)*g.W] {
			column[x] = min(column[x]+1, far)
			if v == ruledOut {
				column[x] = 0
			}
		}
		if y < buffer+w.H {
			above := r.above[(y-buffer)*g.W : (y-buffer+1)*g.W]
			for x := range above {
				above[x] = min(above[x], column[x])
			}
		}
	}
	starts := column // now differences of how many stretches cover a pixel
	for y := range w.H {
		clear(starts)
		for x, d := range r.above[y*g.W : (y+1)*g.W] {
			if d < far {
				h := int(r.half[d])
				starts[max(0, x-h)]++
				starts[min(g.W, x+h+1)]--
			}
		}
		n := int32(0)
		row := mask[y*w.W : (y+1)*w.W]
		for x := range buffer + w.W {
			n += starts[x]
			if x >= buffer && n > 0 && row[x-buffer] == usable {
				row[x-buffer] = ruledOut
			}
		}
	}
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
