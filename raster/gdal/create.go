package gdal

import (
	"errors"
	"fmt"
	"math"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// CreateOptions say how a Sink stores pixels. The zero value is one uint8 band in deflated tiles of 512×512.
type CreateOptions struct {
	// Bands is the number of measured bands, 0 for 1; an alpha band comes on top.
	Bands int
	// Type is the type of all bands, 0 for uint8.
	Type raster.DataType
	// Tile is the side of square tiles in pixels, a multiple of 16; 0 for 512.
	Tile int
	// StripRows, if not 0, stores strips of that many rows instead of tiles.
	StripRows int
	// BandInterleave gives each band blocks of its own; otherwise the bands of a pixel are stored together.
	BandInterleave bool
	// Compression is NONE, LZW, DEFLATE or ZSTD; "" for DEFLATE.
	Compression string
	// NoPredictor leaves out the predictor, which stores differences of neighbours; class rasters are better without.
	NoPredictor bool
	// NoData, if not nil, is the nodata value of all bands. WriteBlock writes it where a pixel is not measured.
	NoData *float64
	// Mask adds a mask of the dataset inside the file, Alpha an alpha band at the end. Both tell measured pixels.
	Mask, Alpha bool
	// Overviews adds smaller copies, each half the one before, down to one tile: "nearest" or "mode" for classes, "average" for
	// measures; "" adds none. Pixels that are nodata do not enter averages.
	Overviews string
	// Acquired is written as ACQUISITIONDATETIME in the IMAGERY domain, DateTime ("2006:01:02 15:04:05") as TIFFTAG_DATETIME; "" leaves them
	// out.
	Acquired, DateTime string
}

// settled is o with defaults filled in.
func (o CreateOptions) settled() CreateOptions {
	o.Bands = max(o.Bands, 1)
	if o.Type == 0 {
		o.Type = raster.Uint8
	}
	if o.Tile == 0 {
		o.Tile = 512
	}
	if o.Compression == "" {
		o.Compression = "DEFLATE"
	}
	return o
}

// Validate reports everything that is wrong with the options.
func (o CreateOptions) Validate() error {
	s := o.settled()
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if o.Bands < 0 || o.Bands > maxBands {
		add("%d bands: 1 to %d can be written", o.Bands, maxBands)
	}
	if s.Type.Size() == 0 {
		add("%v cannot be written", o.Type)
	}
	if s.Tile < 16 || s.Tile%16 != 0 {
		add("tiles of %d pixels: the side is a multiple of 16", o.Tile)
	}
	if o.StripRows < 0 {
		add("strips of %d rows", o.StripRows)
	}
	switch s.Compression {
	case "NONE", "LZW", "DEFLATE", "ZSTD":
	default:
		add("compression %q: NONE, LZW, DEFLATE and ZSTD are known", o.Compression)
	}
	if _, known := overviewMethods[s.Overviews]; !known && s.Overviews != "" {
		add("overviews %q: nearest, mode and average are known", s.Overviews)
	}
	if s.NoData != nil && s.Type.Size() != 0 && !math.IsNaN(*s.NoData) && math.IsNaN(quantised(*s.NoData, s.Type)) {
		add("nodata %g: %v does not hold it", *s.NoData, s.Type)
	}
	return errors.Join(errs...)
}

// planes is the number of bands with alpha.
func (o CreateOptions) planes() int {
	if o.Alpha {
		return o.Bands + 1
	}
	return o.Bands
}

// block is the size of a block in a raster of grid g.
func (o CreateOptions) block(g raster.Grid) (w, h int) {
	if o.StripRows > 0 {
		return g.Width, min(o.StripRows, g.Height)
	}
	return o.Tile, o.Tile
}

// driver turns the options into what the GTiff driver understands.
func (o CreateOptions) driver(g raster.Grid) (godal.DataType, []string) {
	interleave := "PIXEL"
	if o.BandInterleave {
		interleave = "BAND"
	}
	// a photometric and alpha of GDAL's choosing would make the last of four uint8 bands an alpha band
	opts := []string{"INTERLEAVE=" + interleave, "COMPRESS=" + o.Compression, "BIGTIFF=IF_SAFER", "PHOTOMETRIC=MINISBLACK", "ALPHA=NO"}
	if o.StripRows > 0 {
		opts = append(opts, fmt.Sprint("BLOCKYSIZE=", min(o.StripRows, g.Height)))
	} else {
		opts = append(opts, "TILED=YES", fmt.Sprint("BLOCKXSIZE=", o.Tile), fmt.Sprint("BLOCKYSIZE=", o.Tile))
	}
	if !o.NoPredictor && o.Compression != "NONE" {
		p := 2
		if float(o.Type) {
			p = 3
		}
		opts = append(opts, fmt.Sprint("PREDICTOR=", p))
	}
	t := map[raster.DataType]godal.DataType{
		raster.Uint8: godal.Byte, raster.Int8: godal.Int8, raster.Uint16: godal.UInt16, raster.Int16: godal.Int16,
		raster.Uint32: godal.UInt32, raster.Int32: godal.Int32, raster.Float32: godal.Float32, raster.Float64: godal.Float64,
	}[o.Type]
	if o.Type == raster.Int8 && !hasInt8() {
		t = godal.Byte
		opts = append(opts, "PIXELTYPE=SIGNEDBYTE")
	}
	return t, opts
}

// hasInt8 reports whether GDAL knows signed bytes as a type.
func hasInt8() bool {
	v := godal.Version()
	return v.Major() > 3 || v.Major() == 3 && v.Minor() >= 7
}

// Create begins a GeoTIFF of grid g at path, replacing what is there. Options are checked as by Validate. Whoever wants an output to
// appear whole or not at all writes to another name and renames after Close.
func Create(path string, g raster.Grid, o CreateOptions) (*Sink, error) {
	if err := Setup(); err != nil {
		return nil, err
	}
	err := o.Validate()
	o = o.settled()
	if err == nil {
		err = checkSize(int64(g.Width), int64(g.Height), o.planes())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be created: %s", path, joined(err))
	}
	s := &Sink{path: path, grid: g, opts: o, begun: map[int]*sinkBlock{}}
	s.blockW, s.blockH = o.block(g)
	s.across, s.down = (g.Width+s.blockW-1)/s.blockW, (g.Height+s.blockH-1)/s.blockH
	t, options := o.driver(g)
	s.ds, err = godal.Create(godal.GTiff, plain(path), o.planes(), t, g.Width, g.Height, godal.CreationOption(options...),
		godal.ErrLogger(s.handler))
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be created: %s", path, joined(err))
	}
	if err := s.begin(); err != nil {
		return nil, fmt.Errorf("%s: cannot be created: %s", path, joined(errors.Join(err, s.ds.Close(godal.ErrLogger(s.handler)))))
	}
	return s, nil
}

// begin writes what stands in the header.
func (s *Sink) begin() error {
	var errs []error
	log := godal.ErrLogger(s.handler)
	if s.grid.CRS != "" {
		sr, err := parse(s.grid.CRS)
		if err != nil {
			return fmt.Errorf("CRS %s cannot be understood: %w", short(s.grid.CRS), err)
		}
		defer sr.Close()
		errs = append(errs, s.ds.SetSpatialRef(sr, log))
	}
	if s.grid.Affine != (raster.Affine{}) {
		errs = append(errs, s.ds.SetGeoTransform(s.grid.Affine, log))
	}
	bands := s.ds.Bands()
	if s.opts.NoData != nil {
		for _, b := range bands[:s.opts.Bands] {
			errs = append(errs, b.SetNoData(*s.opts.NoData, log))
		}
	}
	if s.opts.Acquired != "" {
		errs = append(errs, s.ds.SetMetadata("ACQUISITIONDATETIME", s.opts.Acquired, godal.Domain("IMAGERY"), log))
	}
	if s.opts.DateTime != "" {
		errs = append(errs, s.ds.SetMetadata("TIFFTAG_DATETIME", s.opts.DateTime, log))
	}
	if s.opts.Alpha {
		errs = append(errs, bands[s.opts.Bands].SetColorInterp(godal.CIAlpha, log))
	}
	if s.opts.Mask {
		mask, err := s.ds.CreateMaskBand(maskPerDataset, godal.ConfigOption("GDAL_TIFF_INTERNAL_MASK=YES"), log)
		errs = append(errs, err)
		s.mask = mask
	}
	return errors.Join(errs...)
}

func (s *Sink) handler(ec godal.ErrorCategory, _ int, msg string) error {
	if ec >= godal.CE_Failure {
		return errors.New(tidy(msg, plain(s.path)))
	}
	return nil
}
