package gdal

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
	"passdiff/raster/gdal/internal/tiffdir"
)

// OpenOptions say what Open allows. The zero value is the careful one.
type OpenOptions struct {
	// AllowSparse accepts files with blocks that were never written; their pixels are not measured.
	AllowSparse bool
	// Sidecars lets GDAL use every file it finds beside the scene, not its .msk alone. They can move georeferencing.
	Sidecars bool
	// Drivers are further GDAL drivers that may read the file, by short name. GTiff, which reads COG too, is always allowed. Some
	// drivers, VRT among them, open other files that the scene names.
	Drivers []string
	// AllowRemote accepts /vsi… paths, web addresses and the names of subdatasets. Of these neither truncation nor a .msk is looked for.
	AllowRemote bool
	// NoGeoref ignores the georeference: the grid has neither CRS nor affine.
	NoGeoref bool
}

// Masks as GDAL's flags tell them.
const (
	maskAllValid   = 1
	maskPerDataset = 2
	maskAlpha      = 4
	maskNoData     = 8
)

// Open opens the scene at path and checks it without reading a pixel. Every error means that the input cannot be used as it is; it
// names the input once, the fact and a way out. Open may be called concurrently.
func Open(path string, o OpenOptions) (*Scene, error) {
	if err := Setup(); err != nil {
		return nil, err
	}
	s := &Scene{opts: o, open: path, facts: Facts{Path: path}}
	drivers := slices.DeleteFunc(slices.Clone(o.Drivers), func(d string) bool { return d == "GTiff" || d == "COG" })
	for _, d := range drivers {
		if err := register(d); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if remote(path) {
		if !o.AllowRemote {
			return nil, fmt.Errorf("%s: is not a file of this machine but a GDAL or web path; download it, or allow it with --allow-remote", path)
		}
	} else if err := s.inspectLocal(len(drivers) > 0); err != nil {
		return nil, err
	}
	if err := s.openAny(append([]string{"GTiff"}, drivers...)); err != nil {
		return nil, err
	}
	if err := s.describe(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), s.Close())
	}
	return s, nil
}

// inspectLocal checks the file without GDAL and settles which files beside it are used.
func (s *Scene) inspectLocal(otherFormats bool) error {
	st, dir, layout, err := inspect(s.facts.Path, otherFormats)
	if err != nil {
		return fmt.Errorf("%s: %w", s.facts.Path, err)
	}
	s.open = plain(s.facts.Path)
	s.facts.Size, s.facts.ModTime, s.dir, s.layout = st.Size(), st.ModTime(), dir, layout
	if s.opts.Sidecars {
		return nil
	}
	if m := s.open + ".msk"; exists(m) {
		s.maskFile = m
	}
	if found := sidecarsOf(s.facts.Path); len(found) > 0 {
		s.warn.add("%s: %s beside it ignored; --sidecars uses what stands beside a scene", s.facts.Path, strings.Join(found, ", "))
	}
	return nil
}

// openAny opens the file with the first of the drivers that can.
func (s *Scene) openAny(drivers []string) error {
	if s.dir != nil {
		drivers = drivers[:1] // a TIFF
	} else if s.facts.Size > 0 {
		drivers = drivers[1:] // a local file that is no TIFF
	}
	var first error
	for _, d := range drivers {
		s.facts.Driver = d
		ds, err := s.dataset()
		if err == nil {
			s.ds = ds
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// describe fills in what the open dataset says of itself, and refuses what cannot be read.
func (s *Scene) describe() error {
	st := s.ds.Structure()
	if err := checkSize(int64(st.SizeX), int64(st.SizeY), st.NBands); err != nil {
		return err
	}
	path := s.facts.Path
	s.info.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	s.info.Grid = raster.Grid{Width: st.SizeX, Height: st.SizeY}
	s.info.BlockW, s.info.BlockH = st.BlockSizeX, st.BlockSizeY
	s.facts.Compression = s.ds.Metadata("COMPRESSION", godal.Domain("IMAGE_STRUCTURE"))
	s.facts.Interleave = s.ds.Metadata("INTERLEAVE", godal.Domain("IMAGE_STRUCTURE"))
	s.facts.Acquired = s.ds.Metadata("ACQUISITIONDATETIME", godal.Domain("IMAGERY"))
	if s.facts.Acquired == "" {
		s.facts.Acquired = s.ds.Metadata("ACQUISITIONDATETIME")
	}
	s.facts.DateTime = s.ds.Metadata("TIFFTAG_DATETIME")
	if err := s.describeBands(); err != nil {
		return err
	}
	if err := s.describeBlocks(); err != nil {
		return err
	}
	return s.describeGrid()
}

// describeBands sorts the bands into measured and alpha ones and settles type, nodata and masks.
func (s *Scene) describeBands() error {
	var nodata []float64
	var types []raster.DataType
	wide, signed, masked := 0, 0, false
	for i, b := range s.ds.Bands() {
		if b.ColorInterp() == godal.CIAlpha {
			s.alphas = append(s.alphas, i)
			continue
		}
		t, w, sg, err := bandType(i, b)
		if err != nil {
			return err
		}
		nd, ok := b.NoData()
		if !ok {
			nd = math.NaN()
		}
		types, nodata = append(types, t), append(nodata, nd)
		s.bands = append(s.bands, band{index: i, signed: sg})
		s.info.Type = union(s.info.Type, t)
		if w {
			wide++
		}
		if sg {
			signed++
		}
		switch flags := b.MaskFlags(); {
		case flags&(maskAllValid|maskAlpha) != 0:
		case flags&maskPerDataset != 0:
			if !masked {
				s.masks, masked = []int{i}, true
			}
		case flags&maskNoData == 0 && !masked:
			s.masks = append(s.masks, i)
		}
	}
	switch s.info.Bands = len(s.bands); {
	case s.info.Bands == 0:
		return errors.New("has an alpha band and no other; name a file with measured bands")
	case signed > 0 && s.info.Type != raster.Int8:
		return fmt.Errorf("mixes int8 with other types, which GDAL %s misreads; convert it with gdal_translate -ot Int16", Version())
	}
	for i := range s.bands {
		s.bands[i].nodata = quantised(nodata[i], types[i])
	}
	if wide > 0 {
		s.warn.add("%s: 64-bit integers are read as float64 and rounded beyond 2^53", s.facts.Path)
	}
	if s.dir != nil && s.dir.Photometric == tiffdir.PhotometricPalette {
		s.warn.add("%s: holds indices of a colour table, whose differences mean nothing; expand it with gdal_translate -expand rgb", s.facts.Path)
	}
	return s.checkMaskFile()
}

// checkMaskFile looks at the .msk, if there is one. GDAL's rule is kept that it counts only when it says what it is.
func (s *Scene) checkMaskFile() error {
	if s.maskFile == "" {
		return nil
	}
	if _, _, _, err := inspect(s.maskFile, false); err != nil {
		return fmt.Errorf("the mask beside it cannot be used: %w", err)
	}
	ds, err := s.openMask()
	if err != nil {
		return err
	}
	defer ds.Close()
	if flags, _ := strconv.Atoi(ds.Metadata("INTERNAL_MASK_FLAGS_1")); flags&maskPerDataset == 0 {
		s.warn.add("%s: the mask beside it does not say that it is one of the whole scene (INTERNAL_MASK_FLAGS_1=2) and is ignored", s.facts.Path)
		s.maskFile = ""
		return nil
	}
	if st := ds.Structure(); st.SizeX != s.info.Grid.Width || st.SizeY != s.info.Grid.Height {
		return fmt.Errorf("the mask beside it has %d×%d pixels, the scene %d×%d; remove it or make it anew", st.SizeX, st.SizeY,
			s.info.Grid.Width, s.info.Grid.Height)
	}
	return nil
}

// openMask opens the .msk.
func (s *Scene) openMask() (*godal.Dataset, error) {
	ds, err := godal.Open(s.maskFile, godal.RasterOnly(), godal.Drivers("GTiff"), godal.ErrLogger(s.handler))
	if err != nil {
		return nil, fmt.Errorf("the mask beside it cannot be opened: %s", joined(err))
	}
	return ds, nil
}

// describeBlocks refuses blocks too large to decode and, unless allowed, missing ones.
func (s *Scene) describeBlocks() error {
	together := 1
	if s.facts.Interleave == "PIXEL" {
		together = len(s.bands) + len(s.alphas)
	}
	var stored uint64
	if s.layout != nil {
		stored = s.layout.Largest
	}
	if err := checkBlock(int64(s.info.BlockW), int64(s.info.BlockH), together, s.info.Type.Size(), stored); err != nil {
		return err
	}
	if l := s.layout; l != nil && l.NX*l.NY == 1 && s.facts.Compression != "" && s.info.Grid.Window().Pixels() > slowPiece {
		s.warn.add("%s: is compressed in one piece, which is decoded again and again; gdal_translate -co TILED=YES makes it fast", s.facts.Path)
	}
	missing, of := 0, 0
	switch {
	case s.layout != nil:
		missing, of = s.layout.MissingCount, s.layout.NX*s.layout.NY
	case s.facts.Driver == "GTiff":
		missing, of = s.lookForMissing()
	}
	if missing > 0 && !s.opts.AllowSparse {
		return fmt.Errorf("%d of %d blocks were never written; copy or download it again, or have them count as not measured with --allow-sparse",
			missing, of)
	}
	return nil
}

// lookForMissing asks GDAL for the missing blocks of a tiled remote TIFF. Strips are not asked for: GDAL may show one strip as many.
func (s *Scene) lookForMissing() (missing, of int) {
	w, h := s.info.BlockW, s.info.BlockH
	if w >= s.info.Grid.Width {
		s.warn.add("%s: blocks that were never written cannot be told from zeros in a remote file in strips", s.facts.Path)
		return 0, 0
	}
	bands := s.ds.Bands()
	if s.facts.Interleave == "PIXEL" {
		bands = bands[:1]
	}
	for b, more := s.ds.Structure().FirstBlock(), true; more; b, more = b.Next() {
		of++
		key := fmt.Sprintf("BLOCK_OFFSET_%d_%d", b.X0/w, b.Y0/h)
		if slices.ContainsFunc(bands, func(band godal.Band) bool { return band.Metadata(key, godal.Domain("TIFF")) == "" }) {
			missing++
			s.absent = append(s.absent, raster.Window{X: b.X0, Y: b.Y0, W: b.W, H: b.H})
		}
	}
	return missing, of
}
