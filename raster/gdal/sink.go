package gdal

import (
	"errors"
	"fmt"
	"math"
	"os"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
	"passdiff/raster/gdal/internal/tiffdir"
)

// Sink writes a GeoTIFF. It is not safe for concurrent use: one goroutine writes.
//
// The file's bytes depend on the grid, the options, the pixels and the GDAL version, not on how the pixels were cut into windows: a row
// of blocks is held back until it is complete and is then handed to GDAL block by block, left to right, top to bottom. With several
// bands in BandInterleave, or with Mask, GDAL's block cache has a say in the order of blocks, so that holds only while nothing else
// in the process reads through GDAL.
type Sink struct {
	path           string
	grid           raster.Grid
	opts           CreateOptions
	blockW, blockH int
	ds             *godal.Dataset
	mask           godal.Band

	rows map[int]*blockRow // begun rows of blocks, by index
	next int               // first row of blocks that was not written yet
	free []*blockRow
	err  error // the first failure; nothing is written after it
}

// blockRow is one row of blocks.
type blockRow struct {
	blocks []raster.Block // with Valid always set
	left   int64          // pixels still to come
}

// WriteBlock takes the pixels of w, which lies inside the grid, from b, whose Data has the sink's type, its measured bands (not alpha) and
// the shape of w. Every pixel of the grid is written once, in windows of any size; rows of windows from top to bottom keep the memory
// small. A pixel that is not measured by b.Valid becomes nodata, masked or transparent, whichever the options have; it is an error when
// they have none.
func (s *Sink) WriteBlock(w raster.Window, b *raster.Block) error {
	if b.Window.W != w.W || b.Window.H != w.H || b.Bands != s.opts.Bands || w.Empty() || !s.grid.Window().Contains(w) {
		panic(fmt.Sprintf("gdal: write of %v of %v from a block of %v with %d bands", w, s.grid.Window(), b.Window, b.Bands))
	}
	if s.err != nil {
		return s.err
	}
	if s.err = s.write(w, b); s.err != nil {
		s.err = fmt.Errorf("%s: cannot be written: %w", s.path, s.err)
	}
	return s.err
}

func (s *Sink) write(w raster.Window, b *raster.Block) error {
	if b.Valid != nil && s.opts.NoData == nil && !s.opts.Mask && !s.opts.Alpha {
		for _, v := range b.Valid {
			if v == 0 {
				return errors.New("it has neither nodata nor a mask to mark pixels that are not measured")
			}
		}
	}
	for by := w.Y / s.blockH; by*s.blockH < w.MaxY(); by++ {
		row := s.row(by)
		for bx := w.X / s.blockW; bx*s.blockW < w.MaxX(); bx++ {
			s.copyInto(&row.blocks[bx], w, b)
		}
		row.left -= w.Intersect(s.span(by)).Pixels()
		if row.left < 0 {
			return fmt.Errorf("pixels of %v were written twice", w)
		}
	}
	for s.rows[s.next] != nil && s.rows[s.next].left == 0 {
		if err := s.flush(s.rows[s.next]); err != nil {
			return err
		}
		s.free = append(s.free, s.rows[s.next])
		delete(s.rows, s.next)
		s.next++
	}
	return nil
}

// span is the window of the row of blocks by.
func (s *Sink) span(by int) raster.Window {
	return s.grid.Window().Intersect(raster.Window{Y: by * s.blockH, W: s.grid.Width, H: s.blockH})
}

// row is the begun row of blocks by.
func (s *Sink) row(by int) *blockRow {
	if r := s.rows[by]; r != nil {
		return r
	}
	if by < s.next {
		panic(fmt.Sprintf("gdal: row of blocks %d was written already", by))
	}
	var r *blockRow
	if n := len(s.free); n > 0 {
		r, s.free = s.free[n-1], s.free[:n-1]
	} else {
		r = &blockRow{blocks: make([]raster.Block, (s.grid.Width+s.blockW-1)/s.blockW)}
	}
	span := s.span(by)
	r.left = span.Pixels()
	for bx := range r.blocks {
		w := span.Intersect(raster.Window{X: bx * s.blockW, Y: span.Y, W: s.blockW, H: span.H})
		r.blocks[bx].Shape(w, s.opts.planes(), s.opts.Type)
		r.blocks[bx].MaskStorage()
	}
	s.rows[by] = r
	return r
}

// copyInto copies what dst shares with the window w, whose pixels src holds.
func (s *Sink) copyInto(dst *raster.Block, w raster.Window, src *raster.Block) {
	c := copier{dst: dst, src: src, from: w, part: w.Intersect(dst.Window), bands: s.opts.Bands, nodata: s.opts.NoData, alpha: s.opts.Alpha}
	switch d := dst.Data.(type) {
	case []uint8:
		copyPixels(c, d, src.Data.([]uint8), math.MaxUint8)
	case []int8:
		copyPixels(c, d, src.Data.([]int8), math.MaxInt8)
	case []uint16:
		copyPixels(c, d, src.Data.([]uint16), math.MaxUint16)
	case []int16:
		copyPixels(c, d, src.Data.([]int16), math.MaxInt16)
	case []uint32:
		copyPixels(c, d, src.Data.([]uint32), math.MaxUint32)
	case []int32:
		copyPixels(c, d, src.Data.([]int32), math.MaxInt32)
	case []float32:
		copyPixels(c, d, src.Data.([]float32), 1)
	case []float64:
		copyPixels(c, d, src.Data.([]float64), 1)
	}
}

type copier struct {
	dst, src   *raster.Block
	from, part raster.Window // the window of src and what dst takes of it
	bands      int
	nodata     *float64
	alpha      bool
}

// copyPixels copies the part of src into dst with its validity; opaque is what alpha is where a pixel is measured.
func copyPixels[T raster.Number](c copier, dst, src []T, opaque T) {
	dw, sw := c.dst.Window, c.from
	for y := c.part.Y; y < c.part.MaxY(); y++ {
		di, si := (y-dw.Y)*dw.W+c.part.X-dw.X, (y-sw.Y)*sw.W+c.part.X-sw.X
		valid := c.dst.Valid[di : di+c.part.W]
		if c.src.Valid != nil {
			copy(valid, c.src.Valid[si:])
		} else {
			for i := range valid {
				valid[i] = 255
			}
		}
		for band := range c.bands {
			to := dst[band*dw.W*dw.H+di:][:c.part.W]
			copy(to, src[band*sw.W*sw.H+si:])
			if c.src.Valid != nil && c.nodata != nil {
				for i, v := range valid {
					if v == 0 {
						to[i] = T(*c.nodata)
					}
				}
			}
		}
		if c.alpha {
			to := dst[c.bands*dw.W*dw.H+di:][:c.part.W]
			for i, v := range valid {
				to[i] = 0
				if v != 0 {
					to[i] = opaque
				}
			}
		}
	}
}

// flush hands a complete row of blocks to GDAL.
func (s *Sink) flush(r *blockRow) error {
	log := godal.ErrLogger(s.handler)
	for i := range r.blocks {
		b := &r.blocks[i]
		w, data := b.Window, b.Data
		if signed, ok := data.([]int8); ok && !hasInt8() {
			data = unsigned(signed)
		}
		if err := s.ds.Write(w.X, w.Y, data, w.W, w.H, godal.BandInterleaved(), log); err != nil {
			return errors.New(joined(err))
		}
		if !s.opts.Mask {
			continue
		}
		if err := s.mask.Write(w.X, w.Y, b.Valid, w.W, w.H, log); err != nil {
			return errors.New(joined(err))
		}
	}
	return nil
}

// Close completes the file and checks that every block is in it. It is an error when pixels were never written, and the first error of
// WriteBlock is returned again. Close is called once, whatever WriteBlock returned; after an error the file is not usable.
func (s *Sink) Close() error {
	err := s.ds.Close(godal.ErrLogger(s.handler))
	// What GeoTIFF cannot say, such as an unusual CRS, GDAL puts into a sidecar, which would outlive the file's temporary name.
	_ = os.Remove(s.path + ".aux.xml")
	switch rows := (s.grid.Height + s.blockH - 1) / s.blockH; {
	case s.err != nil:
		return s.err
	case err != nil:
		return fmt.Errorf("%s: cannot be written: %s", s.path, joined(err))
	case s.next < rows:
		return fmt.Errorf("%s: incomplete: rows from %d on were not written", s.path, s.next*s.blockH)
	}
	if err = s.addOverviews(); err == nil {
		err = s.verify()
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", s.path, err)
	}
	return nil
}

// verify looks for what a full disk leaves behind, because GDAL has closed such files without an error.
func (s *Sink) verify() error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	dir, err := tiffdir.Read(f, st.Size())
	for n := 0; dir != nil && err == nil && n < maxDirectories; n++ {
		var layout *tiffdir.Layout
		if layout, err = dir.Scan(); err != nil {
			return err
		}
		if layout.MissingCount > 0 {
			return fmt.Errorf("%d blocks did not reach the file", layout.MissingCount)
		}
		dir, err = dir.Next()
	}
	return err
}

// maxDirectories is above what a mask, 31 overviews and their masks need.
const maxDirectories = 128
