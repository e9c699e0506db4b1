package gdal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
	"passdiff/raster/gdal/internal/tiffdir"
)

// Facts is what a run record says of an input, beside its raster.Info.
type Facts struct {
	// Path is the name Open was given, without the query and the login of a web address.
	Path string
	// Size in bytes and ModTime are those of the file; zero for remote ones.
	Size    int64
	ModTime time.Time
	// Driver is the short name of the GDAL driver that reads the file, "GTiff".
	Driver string
	// Compression and Interleave are GDAL's words: "DEFLATE", "LZW", "" for none; "PIXEL", "BAND", "" where it does not say.
	Compression, Interleave string
	// Acquired is the ACQUISITIONDATETIME of the metadata and DateTime the TIFFTAG_DATETIME, which is often the time of writing; both
	// as they stand in the file, "" when absent.
	Acquired, DateTime string
	// SunElevation above the horizon and SunAzimuth from north, in degrees as they stand in the metadata; "" when absent.
	SunElevation, SunAzimuth string
	// GCPs is the number of ground control points of a file without geotransform; RPC says that it has rational polynomials.
	GCPs int
	RPC  bool
	// Scaling is what turned stored values into those read, one a band; nil when they are read as stored.
	Scaling []Scaling
}

// Scaling makes a value of a stored one v: v·Scale + Offset.
type Scaling struct{ Scale, Offset float64 }

// Scene is an open file. It implements raster.Source and is safe for concurrent use.
type Scene struct {
	info  raster.Info
	facts Facts
	opts  OpenOptions

	open     string          // the name GDAL is given
	remote   bool            // it is not a file of this machine
	config   []string        // GDAL's configuration for each call, where the file is remote
	maskFile string          // the .msk beside the file, where it is to be read apart; "" otherwise
	maskStat fs.FileInfo     // of it
	stored   raster.DataType // in which values are read, before they are scaled
	scaled   bool            // values are scaled

	bands  []band          // measured ones that are read, in reading order
	alphas []int           // alpha bands, from 0
	masks  []int           // bands whose mask is to be read, from 0: the first for a mask of the dataset
	layout *tiffdir.Layout // nil when the file is no local TIFF
	dir    *tiffdir.Dir    // nil when the file is no local TIFF
	absent []raster.Window // of a remote TIFF
	warn   warnings

	mu     sync.Mutex
	ds     *godal.Dataset // the handle Open made, until a Reader takes it
	closed bool
}

var _ raster.Source = (*Scene)(nil)

// Info is what is known of the scene before a pixel is read.
func (s *Scene) Info() raster.Info { return s.info }

// Facts is what the run record says of the file.
func (s *Scene) Facts() Facts { return s.facts }

// Warnings lists what a person should know of the file, one line each, with the file's name in front: sidecars that were ignored, what
// GDAL warned of on opening and, as reading goes on, on decoding. The list is bounded.
func (s *Scene) Warnings() []string { return s.warn.all() }

// Missing lists the windows of the blocks that were never written, in pixels of the file, clipped to the scene, row by row; neighbours
// in a row are one window. It is nil for a complete file.
func (s *Scene) Missing() []raster.Window {
	l := s.layout
	if l == nil {
		return s.absent
	}
	if l.MissingCount == 0 {
		return nil
	}
	var list []raster.Window
	w, h := int(s.dir.BlockW), int(s.dir.BlockH)
	for by := range l.NY {
		for bx := 0; bx < l.NX; bx++ {
			x0 := bx
			for bx < l.NX && l.Missing(bx, by) {
				bx++
			}
			if bx > x0 {
				list = append(list, s.info.Grid.Window().Intersect(raster.Window{X: x0 * w, Y: by * h, W: (bx - x0) * w, H: h}))
			}
		}
	}
	return list
}

// Close releases the scene; readers stay usable until they are closed themselves. A second Close does nothing.
func (s *Scene) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	ds := s.ds
	s.ds = nil
	if ds == nil {
		return nil
	}
	if err := ds.Close(godal.ErrLogger(s.handler)); err != nil {
		return fmt.Errorf("%s: cannot be closed: %w", s.facts.Path, err)
	}
	return nil
}

// take hands out the handle that Open made, once, or opens another.
func (s *Scene) take() (*godal.Dataset, error) {
	s.mu.Lock()
	ds, closed := s.ds, s.closed
	s.ds = nil
	s.mu.Unlock()
	if closed {
		panic("gdal: Reader of a closed Scene")
	}
	if ds != nil {
		return ds, nil
	}
	ds, err := s.dataset()
	if err != nil {
		return nil, err
	}
	if err := s.Changed(); err != nil {
		return nil, errors.Join(err, ds.Close())
	}
	return ds, nil
}

// dataset opens the file. GDAL is shown either everything that stands beside it or nothing: a list of chosen siblings makes GDAL 3.6
// look at the folder itself, which is why a .msk is opened apart.
func (s *Scene) dataset() (*godal.Dataset, error) {
	opts := []godal.OpenOption{godal.RasterOnly(), godal.Drivers(s.facts.Driver), godal.ErrLogger(s.handler), godal.ConfigOption(s.config...)}
	if s.opts.Sidecars {
		opts = append(opts, godal.SiblingFiles())
	}
	ds, err := godal.Open(s.open, opts...)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be opened: %s", s.facts.Path, joined(err))
	}
	return ds, nil
}

// Changed is an error when the file, or the .msk beside it, is no longer the one that Open looked at, by size and time of modification:
// what was read may then be part old, part new. Whoever reads a scene asks at the end. Remote files and those that a file refers to, as a
// VRT does, are not looked at. It is safe for concurrent use.
func (s *Scene) Changed() error {
	if s.remote {
		return nil
	}
	same := func(path string, size int64, mod time.Time) bool {
		st, err := os.Stat(path)
		return err == nil && st.Size() == size && st.ModTime().Equal(mod)
	}
	switch {
	case !same(s.facts.Path, s.facts.Size, s.facts.ModTime):
		return fmt.Errorf("%s: changed while it was being read; start again when it is complete", s.facts.Path)
	case s.maskFile != "" && !same(s.maskFile, s.maskStat.Size(), s.maskStat.ModTime()):
		return fmt.Errorf("%s: the mask beside it changed while it was being read; start again when it is complete", s.facts.Path)
	}
	return nil
}
