package job

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/geo"
)

// Job is a pair to compare and what to write. Its zero value lacks the three names and is otherwise the default.
type Job struct {
	// Before, After and Out are paths. Out ends in .geojson, .json (a collection), .geojsonl or .ndjson (a feature a line), or is "-" for
	// a collection on standard output.
	Before, After, Out string
	// Record is where the run record goes; "" means Out with .run.json, and nowhere when Out is standard output.
	Record string
	// Mask is where the mask raster goes; "" for nowhere.
	Mask string
	// SaveModel is where the fitted model goes, Model one that is used instead of fitting; "" for neither.
	SaveModel, Model string

	// Profile is the name of the profile from which options were taken, for the record; "" for none.
	Profile string

	Method    change.Method    // nil for the default
	Threshold change.Threshold // nil for the default
	// Hysteresis as in change.FitOptions.
	Hysteresis float64
	// MMU is the minimum mapping unit.
	MMU MMU
	// Register says what is done about misregistration.
	Register Register
	// Kind is the kind of imagery; "" is told from the pair.
	Kind change.PairKind
	// Opening and Fill as in change.Options; Fill is the method's own unless known.
	Opening int
	Fill    geo.Opt[int]
	// Simplify is the tolerance of outlines in pixels, as of geo.Simplify; 0 keeps the sides of pixels.
	Simplify float64
	// Quarter fits on a quarter of the pixels of any scene, FitScene on the whole pair although an area is given.
	Quarter, FitScene bool

	// AOI is a file of polygons to look at, BBox a box; "" and nil look everywhere. AOIField tells AOIs apart, AOILayer is the file's layer.
	AOI, AOIField, AOILayer string
	BBox                    *BBox
	// AOIID and JobID stand in every feature; "" for none. With an AOI file only the area of that id is looked at.
	AOIID, JobID string
	// Exclude is a file of zones: what touches one is counted and not written.
	Exclude string
	// Known is a store of positions, or a file of polygons: what lies where something is known is counted and not written.
	Known string
	// Resample is how AFTER is brought onto BEFORE's grid: bilinear, cubic or nearest; "" refuses other grids.
	Resample string
	// BeforeBands and AfterBands are the bands compared, by number from 1 or by name; nil for all.
	BeforeBands, AfterBands []string
	// BeforeMask and AfterMask are class rasters, Masking says which of their classes rule a pixel out.
	BeforeMask, AfterMask string
	Masking               Masking
	// Drivers are further GDAL drivers that may open the inputs.
	Drivers []string
	// BeforeTime and AfterTime are the acquisition times; not known by default, which takes them from the files.
	BeforeTime, AfterTime geo.Opt[time.Time]
	// Score is where the score raster goes, Coverage where polygons of what was looked at go; "" for nowhere.
	Score, Coverage string

	Workers, Tile int

	NoGeoref, AllowSparse, Sidecars, AllowRemote bool
	HashInputs, Overwrite                        bool

	modelSum string  // SHA-256 of Model, once read
	fitted   *Fitted // in place of fitting
	clock    clock

	// Report receives warnings and progress. It is not nil.
	Report *report.Reporter
	// Program is the name and version that goes into the record.
	Program string
}

// Extensions of Out.
var formats = map[string]bool{".geojson": false, ".json": false, ".geojsonl": true, ".ndjson": true} // value: lines

// Validate reports everything that is wrong with the job before any file is looked at.
func (j *Job) Validate() error {
	errs := j.inputErrors()
	if j.Out == "" {
		errs = append(errs, errors.New("OUT is missing"))
	}
	if _, err := Lines(j.Out); err != nil && j.Out != "" {
		errs = append(errs, err)
	}
	if j.Model != "" && (j.Method != nil || j.Threshold != nil || j.Hysteresis != 0 || j.Kind != "" || j.Register != "" || j.Quarter) {
		errs = append(errs, errors.New("a model holds method, kind, registration, threshold and hysteresis already: leave these options out"))
	}
	if _, ok := formats[strings.ToLower(filepath.Ext(j.Coverage))]; !ok && j.Coverage != "" {
		errs = append(errs, fmt.Errorf("%s: the format is taken from the extension: name it .geojson or .geojsonl", j.Coverage))
	}
	if !(j.Simplify >= 0 && j.Simplify <= math.MaxFloat32) {
		errs = append(errs, fmt.Errorf("simplifying by %g pixels: give 0 or more", j.Simplify))
	}
	if j.Hysteresis != 0 && !(j.Hysteresis >= 1 && j.Hysteresis <= math.MaxFloat32) {
		errs = append(errs, fmt.Errorf("hysteresis %g is not a number from 1 up", j.Hysteresis))
	}
	if err := j.options(0).Validate(); err != nil {
		errs = append(errs, err)
	}
	for _, f := range []struct{ what, name string }{{"mask", j.Mask}, {"score", j.Score}} {
		if ext := strings.ToLower(filepath.Ext(f.name)); f.name != "" && ext != ".tif" && ext != ".tiff" {
			errs = append(errs, fmt.Errorf("%s: the %s is a GeoTIFF; name it .tif", f.name, f.what))
		}
	}
	errs = append(errs, j.clashes(j.outputNames())...)
	return exit.With(exit.Usage, errors.Join(errs...))
}

// inputErrors are what is wrong with what the job says of its inputs.
func (j *Job) inputErrors() (errs []error) {
	for _, n := range []struct{ what, name string }{{"BEFORE", j.Before}, {"AFTER", j.After}} {
		if n.name == "" {
			errs = append(errs, fmt.Errorf("%s is missing", n.what))
		}
	}
	errs = append(errs, j.maskErrors()...)
	if !slices.Contains([]string{"", "nearest", "bilinear", "cubic"}, j.Resample) {
		errs = append(errs, fmt.Errorf("%q is no way to resample; nearest, bilinear and cubic are", j.Resample))
	}
	if j.Resample != "" && j.NoGeoref {
		errs = append(errs, errors.New("resampling needs the georeference that is to be ignored"))
	}
	if j.AOI != "" && j.BBox != nil {
		errs = append(errs, errors.New("an AOI and a box: give one of them"))
	}
	if j.AOI == "" && (j.AOIField != "" || j.AOILayer != "") {
		errs = append(errs, errors.New("a field or layer of an AOI without an AOI: give one with --aoi"))
	}
	if j.BBox != nil && j.BBox.CRS != "" && j.NoGeoref {
		errs = append(errs, errors.New("a box with a CRS and no georeference: give it as xmin,ymin,xmax,ymax, x the column and y the row as a negative number"))
	}
	return errs
}

// recordSuffix is what a run record has behind the name of its output.
const recordSuffix = ".run.json"

// recordName is where the run record goes, "" for nowhere.
func (j *Job) recordName() string {
	switch {
	case j.Record != "":
		return j.Record
	case j.Out == output.Stdout || j.Out == "":
		return ""
	}
	return j.Out + recordSuffix
}

// Lines reports whether a file of features, or standard output, is a feature a line by its name. It is an error when the name says no format.
func Lines(name string) (bool, error) {
	if _, ok := formats[strings.ToLower(filepath.Ext(name))]; !ok && name != output.Stdout {
		return false, fmt.Errorf("%s: the format is taken from the extension: name it .geojson or .geojsonl, or - for standard output", name)
	}
	return lines(name), nil
}

// lines reports whether features of a file stand on lines of their own, without a collection.
func lines(name string) bool { return formats[strings.ToLower(filepath.Ext(name))] }

func (j *Job) options(least int64) change.Options {
	o := change.Options{Workers: cmp.Or(j.Workers, cpus), Tile: j.Tile, MinPixels: least, Opening: j.Opening}
	if j.Fill.Known {
		if o.Fill = j.Fill.Value; o.Fill == 0 {
			o.Fill = 1 // none, not the model's own
		}
	}
	return o
}

func (j *Job) workers() int {
	if j.Workers > 0 {
		return j.Workers
	}
	return cpus
}

// some is a text, unknown when it is empty.
func some(s string) geo.Opt[string] { return geo.Opt[string]{Value: s, Known: s != ""} }

// notFound gives the errors of files that a flag names a code.
func notFound(path string, err error) error {
	return exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
}
