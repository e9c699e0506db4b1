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
// The file's bytes depend on the grid, the options, the pixels and the GDAL version, not on how the pixels were cut into windows nor on
// what else the process does: a block is held back until it and those before it are complete, is then handed to GDAL whole, and Close puts
// the blocks into their order, which GDAL's block cache does not keep while other goroutines read. Two things hold only while nothing
// else in the process uses GDAL: that order where several bands are in BandInterleave or a Mask is, and the order of overviews, which
// Close makes.
type Sink struct {
	path           string
	grid           raster.Grid
	opts           CreateOptions
	blockW, blockH int
	across, down   int // numbers of blocks
	ds             *godal.Dataset
	mask           godal.Band

	begun map[int]*sinkBlock // by index, row by row
	next  int                // first block that was not handed over yet
	free  []*sinkBlock
	err   error // the first failure; nothing is written after it
}

// sinkBlock is a block of the file as it fills.
type sinkBlock struct {
	raster.Block       // with Valid set when there is a mask
	left         int64 // pixels still to come
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
		for bx := w.X / s.blockW; bx*s.blockW < w.MaxX(); bx++ {
			dst := s.block(bx, by)
			s.copyInto(&dst.Block, w, b)
			if dst.left -= w.Intersect(dst.Window).Pixels(); dst.left < 0 {
				return fmt.Errorf("pixels of %v were written twice", w)
			}
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush hands over the blocks that are complete and have none before them that is not.
func (s *Sink) flush() error {
	for ; s.begun[s.next] != nil && s.begun[s.next].left == 0; s.next++ {
		b := s.begun[s.next]
		if err := s.hand(b); err != nil {
			return err
		}
		s.free = append(s.free, b)
		delete(s.begun, s.next)
	}
	return nil
}

// block is the begun block in column bx and row by of blocks.
func (s *Sink) block(bx, by int) *sinkBlock {
	i := by*s.across + bx
	if b := s.begun[i]; b != nil {
		return b
	}
	if i < s.next {
		panic(fmt.Sprintf("gdal: block %d was written already", i))
	}
	b := new(sinkBlock)
	if n := len(s.free); n > 0 {
		b, s.free = s.free[n-1], s.free[:n-1]
	}
	w := s.grid.Window().Intersect(raster.Window{X: bx * s.blockW, Y: by * s.blockH, W: s.blockW, H: s.blockH})
	b.Shape(w, s.opts.planes(), s.opts.Type)
	if s.opts.Mask {
		b.MaskStorage()
	}
	b.left = w.Pixels()
	s.begun[i] = b
	return b
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
		var valid []uint8 // nil when all are measured
		if c.src.Valid != nil {
			valid = c.src.Valid[si:][:c.part.W]
		}
		if c.dst.Valid != nil {
			mark(c.dst.Valid[di:][:c.part.W], valid, 255)
		}
		for band := range c.bands {
			to := dst[band*dw.W*dw.H+di:][:c.part.W]
			copy(to, src[band*sw.W*sw.H+si:])
			if c.nodata != nil {
				for i, v := range valid {
					if v == 0 {
						to[i] = T(*c.nodata)
					}
				}
			}
		}
		if c.alpha {
			mark(dst[c.bands*dw.W*dw.H+di:][:c.part.W], valid, opaque)
		}
	}
}

// mark sets dst to opaque where valid says measured, everywhere when that is nil, and to 0 elsewhere.
func mark[T raster.Number](dst []T, valid []uint8, opaque T) {
	for i := range dst {
		dst[i] = opaque
		if valid != nil && valid[i] == 0 {
			dst[i] = 0
		}
	}
}

// hand gives a complete block to GDAL.
func (s *Sink) hand(b *sinkBlock) error {
	log := godal.ErrLogger(s.handler)
	w, data := b.Window, b.Data
	if signed, ok := data.([]int8); ok && !hasInt8() {
		data = unsigned(signed)
	}
	if err := s.ds.Write(w.X, w.Y, data, w.W, w.H, godal.BandInterleaved(), log); err != nil {
		return errors.New(joined(err))
	}
	if !s.opts.Mask {
		return nil
	}
	if err := s.mask.Write(w.X, w.Y, b.Valid, w.W, w.H, log); err != nil {
		return errors.New(joined(err))
	}
	return nil
}

// Close completes the file and checks that every block is in it. It is an error when pixels were never written, and the first error of
// WriteBlock is returned again. Close is called once, whatever WriteBlock returned; after an error the file is not usable.
func (s *Sink) Close() error {
	err := s.ds.Close(godal.ErrLogger(s.handler))
	// What GeoTIFF cannot say, such as an unusual CRS, GDAL puts into a sidecar, which would outlive the file's temporary name.
	_ = os.Remove(s.path + ".aux.xml")
	s.begun, s.free = nil, nil
	switch {
	case s.err != nil:
		return s.err
	case err != nil:
		return fmt.Errorf("%s: cannot be written: %s", s.path, joined(err))
	case s.next < s.across*s.down:
		return fmt.Errorf("%s: incomplete: rows from %d on were not written", s.path, s.next/s.across*s.blockH)
	}
	if err = s.arrange(); err == nil {
		err = s.addOverviews()
	}
	if err == nil {
		err = s.verify()
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", s.path, err)
	}
	return nil
}

// arrange puts the blocks into the order in which they were handed over.
func (s *Sink) arrange() error {
	if s.opts.Mask || s.opts.BandInterleave && s.opts.planes() > 1 {
		return nil
	}
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	st, err := f.Stat()
	if err == nil {
		var dir *tiffdir.Dir
		if dir, err = tiffdir.Read(f, st.Size()); err == nil {
			err = dir.Arrange(f)
		}
	}
	return errors.Join(err, f.Close())
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
