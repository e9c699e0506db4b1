package godal

/*
#include "godal.h"
*/
import "C"

// The option types. Each is what one kind of call accepts; the constructors below
// and ErrLogger say which calls they are for.
type (
	// OpenOption: Drivers, SiblingFiles, RasterOnly, VectorOnly, Update,
	// ConfigOption, ErrLogger.
	OpenOption interface{ setOpenOpt(*openOpts) }
	// CloseOption: ErrLogger.
	CloseOption interface{ setCloseOpt(*common) }
	// DatasetCreateOption: CreationOption, ConfigOption, ErrLogger.
	DatasetCreateOption interface{ setDatasetCreateOpt(*createOpts) }
	// DatasetCreateMaskOption: ConfigOption, ErrLogger.
	DatasetCreateMaskOption interface{ setDatasetCreateMaskOpt(*common) }
	// DatasetIOOption: Bands, BandInterleaved, ConfigOption, ErrLogger.
	DatasetIOOption interface{ setDatasetIOOpt(*ioOpts) }
	// BandIOOption: ConfigOption, ErrLogger.
	BandIOOption interface{ setBandIOOpt(*ioOpts) }
	// SetNoDataOption: ErrLogger.
	SetNoDataOption interface{ setSetNoDataOpt(*common) }
	// SetColorInterpOption: ErrLogger.
	SetColorInterpOption interface{ setSetColorInterpOpt(*common) }
	// GetGeoTransformOption: ErrLogger.
	GetGeoTransformOption interface{ setGetGeoTransformOpt(*common) }
	// SetGeoTransformOption: ErrLogger.
	SetGeoTransformOption interface{ setSetGeoTransformOpt(*common) }
	// SetSpatialRefOption: ErrLogger.
	SetSpatialRefOption interface{ setSetSpatialRefOpt(*common) }
	// CreateSpatialRefOption: ErrLogger.
	CreateSpatialRefOption interface{ setCreateSpatialRefOpt(*common) }
	// WKTExportOption: ErrLogger.
	WKTExportOption interface{ setWKTExportOpt(*common) }
	// TransformOption: ErrLogger.
	TransformOption interface{ setTransformOpt(*common) }
	// BuildOverviewsOption: Levels, Resampling, ConfigOption, ErrLogger.
	BuildOverviewsOption interface{ setBuildOverviewsOpt(*overviewsOpts) }
	// FeatureCountOption: ErrLogger.
	FeatureCountOption interface{ setFeatureCountOpt(*common) }
	// GeometryWKBOption: ErrLogger.
	GeometryWKBOption interface{ setGeometryWKBOpt(*common) }
	// MetadataOption: Domain, ErrLogger.
	MetadataOption interface{ setMetadataOpt(*metadataOpts) }
)

type openOpts struct {
	common
	flags             C.uint
	drivers, siblings []string
}

type createOpts struct {
	common
	creation []string
}

type ioOpts struct {
	common
	bands           []C.int // from 1; nil: all
	bandInterleaved bool
}

type overviewsOpts struct {
	common
	levels     []C.int
	resampling ResamplingAlg
}

type metadataOpts struct {
	common
	domain string
}

type driversOption []string

// Drivers allows only the named drivers to look at the file, by their short names
// ("GTiff"). The default is every registered driver.
func Drivers(drivers ...string) interface{ OpenOption } { return driversOption(drivers) }

func (d driversOption) setOpenOpt(o *openOpts) { o.drivers = append(o.drivers, d...) }

type siblingsOption []string

// SiblingFiles names the files, without folder, that may be used beside the file
// itself: masks, overviews, sidecars. Without the option there are none; with it,
// those named; SiblingFiles() leaves the search to GDAL. The GTiff driver of GDAL
// 3.6 reads the folder as soon as the list holds more than the file itself, and
// then finds georeferencing sidecars that are not named, world files for example.
func SiblingFiles(files ...string) interface{ OpenOption } { return siblingsOption(files) }

func (s siblingsOption) setOpenOpt(o *openOpts) {
	if len(s) == 0 {
		o.siblings = nil
		return
	}
	o.siblings = append(o.siblings, s...)
}

type openFlag C.uint

// RasterOnly lets only drivers for rasters open the file.
func RasterOnly() interface{ OpenOption } { return openFlag(C.GDAL_OF_RASTER) }

// VectorOnly lets only drivers for vectors open the file.
func VectorOnly() interface{ OpenOption } { return openFlag(C.GDAL_OF_VECTOR) }

// Update opens for reading and writing.
func Update() interface{ OpenOption } { return openFlag(C.GDAL_OF_UPDATE) }

func (f openFlag) setOpenOpt(o *openOpts) { o.flags |= C.uint(f) }

type creationOption []string

// CreationOption passes KEY=VALUE creation options to the driver.
func CreationOption(opts ...string) interface{ DatasetCreateOption } { return creationOption(opts) }

func (c creationOption) setDatasetCreateOpt(o *createOpts) { o.creation = append(o.creation, c...) }

type configOption []string

// ConfigOption sets GDAL's KEY=VALUE configuration options for one call.
func ConfigOption(cfgs ...string) interface {
	BandIOOption
	BuildOverviewsOption
	DatasetCreateMaskOption
	DatasetCreateOption
	DatasetIOOption
	OpenOption
} {
	return configOption(cfgs)
}

func (c configOption) add(o *common)                         { o.config = append(o.config, c...) }
func (c configOption) setBandIOOpt(o *ioOpts)                { c.add(&o.common) }
func (c configOption) setBuildOverviewsOpt(o *overviewsOpts) { c.add(&o.common) }
func (c configOption) setDatasetCreateMaskOpt(o *common)     { c.add(o) }
func (c configOption) setDatasetCreateOpt(o *createOpts)     { c.add(&o.common) }
func (c configOption) setDatasetIOOpt(o *ioOpts)             { c.add(&o.common) }
func (c configOption) setOpenOpt(o *openOpts)                { c.add(&o.common) }

type bandsOption []C.int

// Bands names the bands to read or write and their order, counted from 0 as in
// Dataset.Bands (GDAL counts from 1). The default is all bands in file order.
func Bands(bnds ...int) interface{ DatasetIOOption } {
	list := make(bandsOption, len(bnds))
	for i, b := range bnds {
		list[i] = C.int(b + 1)
	}
	return list
}

func (b bandsOption) setDatasetIOOpt(o *ioOpts) { o.bands = b }

type bandInterleaved struct{}

// BandInterleaved lays the buffer out band after band. The default is pixel after
// pixel, each with all its bands.
func BandInterleaved() interface{ DatasetIOOption } { return bandInterleaved{} }

func (bandInterleaved) setDatasetIOOpt(o *ioOpts) { o.bandInterleaved = true }

type domainOption string

// Domain is the metadata domain, "IMAGE_STRUCTURE" or "TIFF" for example. The
// default domain is "".
func Domain(mdDomain string) interface{ MetadataOption } { return domainOption(mdDomain) }

func (d domainOption) setMetadataOpt(o *metadataOpts) { o.domain = string(d) }

type levelsOption []C.int

// Levels names the overviews to make, by how many pixels of the raster one of theirs
// spans along each side.
func Levels(levels ...int) interface{ BuildOverviewsOption } {
	list := make(levelsOption, len(levels))
	for i, l := range levels {
		list[i] = C.int(l)
	}
	return list
}

func (l levelsOption) setBuildOverviewsOpt(o *overviewsOpts) { o.levels = l }

// ResamplingAlg is a way to make pixels of another size.
type ResamplingAlg int

// The ways in which passdiff makes overviews.
const (
	Nearest ResamplingAlg = iota
	Average
	Mode
)

// String returns GDAL's name of the algorithm.
func (ra ResamplingAlg) String() string {
	switch ra {
	case Nearest:
		return "nearest"
	case Average:
		return "average"
	case Mode:
		return "mode"
	}
	return ""
}

type resamplingOption ResamplingAlg

// Resampling chooses how pixels of another size are made. The default for overviews
// is Average.
func Resampling(alg ResamplingAlg) interface{ BuildOverviewsOption } { return resamplingOption(alg) }

func (r resamplingOption) setBuildOverviewsOpt(o *overviewsOpts) { o.resampling = ResamplingAlg(r) }
