package gdal

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// OpenOptions say what Open allows and what it makes of the file. The zero value is the careful one.
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
	// Bands are the measured bands to use, in this order, by number from 1 or by name (Scene.BandNames); nil uses all in file order.
	Bands []string
	// Raw leaves values as they are stored where the bands declare a scale and an offset.
	Raw bool

	classes bool // values are classes: nodata, masks and alpha bands are not looked at
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
	s := &Scene{opts: o, open: path, remote: remote(path), facts: Facts{Path: path}}
	if s.remote {
		s.facts.Path = Public(path)
	}
	drivers := slices.DeleteFunc(slices.Clone(o.Drivers), func(d string) bool { return d == "GTiff" || d == "COG" })
	for _, d := range drivers {
		if err := register(d); err != nil {
			return nil, fmt.Errorf("%s: %w", s.facts.Path, err)
		}
	}
	if s.remote {
		if !o.AllowRemote {
			return nil, fmt.Errorf("%s: is not a file of this machine but a GDAL or web path; download it, or allow it with --allow-remote", s.facts.Path)
		}
		s.open, s.config = virtual(path), remoteConfig()
	} else if err := s.inspectLocal(len(drivers) > 0); err != nil {
		return nil, err
	}
	if err := s.openAny(append([]string{"GTiff"}, drivers...)); err != nil {
		return nil, err
	}
	if err := s.describe(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.facts.Path, err), s.Close())
	}
	return s, nil
}

// OpenClasses opens a raster of one band whose values are classes, such as clouds: values come as they are stored, and those that
// the file takes for nodata, its masks and alpha bands are classes like others.
func OpenClasses(path string, o OpenOptions) (*Scene, error) {
	o.classes, o.Raw = true, true
	s, err := Open(path, o)
	if err != nil {
		return nil, err
	}
	if n := s.info.Bands; n != 1 {
		return nil, errors.Join(fmt.Errorf("%s: has %d bands; a class raster has one", s.facts.Path, n), s.Close())
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
	name := filepath.Base(s.facts.Path)
	s.info.Name = strings.TrimSuffix(name, filepath.Ext(name))
	s.info.Label = s.facts.Path
	s.info.Grid = raster.Grid{Width: st.SizeX, Height: st.SizeY}
	s.info.BlockW, s.info.BlockH = st.BlockSizeX, st.BlockSizeY
	s.facts.Compression = s.ds.Metadata("COMPRESSION", godal.Domain("IMAGE_STRUCTURE"))
	s.info.Costly = s.facts.Compression != ""
	s.facts.Interleave = s.ds.Metadata("INTERLEAVE", godal.Domain("IMAGE_STRUCTURE"))
	s.facts.Acquired = s.ds.Metadata("ACQUISITIONDATETIME", godal.Domain("IMAGERY"))
	if s.facts.Acquired == "" {
		s.facts.Acquired = s.ds.Metadata("ACQUISITIONDATETIME")
	}
	s.facts.DateTime = s.ds.Metadata("TIFFTAG_DATETIME")
	s.facts.SunElevation, s.facts.SunAzimuth = s.sun()
	if err := s.describeBands(); err != nil {
		return err
	}
	if err := s.describeBlocks(); err != nil {
		return err
	}
	return s.describeGrid()
}

// sunItems are where metadata hold the elevation and the azimuth of the sun: under the names of Landsat's MTL, which others have taken over,
// and as GDAL gives them from Maxar's IMD.
var sunItems = []struct{ elevation, azimuth, domain string }{
	{"SUN_ELEVATION", "SUN_AZIMUTH", ""},
	{"IMAGE_1.meanSunEl", "IMAGE_1.meanSunAz", "IMD"},
}

// sun is the first elevation and azimuth in the metadata.
func (s *Scene) sun() (elevation, azimuth string) {
	for _, i := range sunItems {
		if v := s.ds.Metadata(i.elevation, godal.Domain(i.domain)); v != "" {
			return v, s.ds.Metadata(i.azimuth, godal.Domain(i.domain))
		}
	}
	return "", ""
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
	if err := checkBlock(int64(s.info.BlockW), int64(s.info.BlockH), together, s.stored.Size(), stored); err != nil {
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
	switch {
	case missing > 0 && !s.opts.AllowSparse:
		return fmt.Errorf("%d of %d blocks were never written; copy or download it again, or have them count as not measured with --allow-sparse",
			missing, of)
	case missing > 0:
		s.warn.add("%s: %d of %d blocks were never written; their pixels count as not measured", s.facts.Path, missing, of)
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
	all := s.ds.Bands()
	bands := all[:1]
	if s.facts.Interleave != "PIXEL" {
		bands = nil
		for _, b := range s.bands {
			bands = append(bands, all[b.index])
		}
		for _, i := range s.alphas {
			bands = append(bands, all[i])
		}
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
