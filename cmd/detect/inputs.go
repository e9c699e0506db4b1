package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
)

// inputOptions are the flags that say what a pair is and how it is read, where they need reading: the same in every command that takes one.
type inputOptions struct {
	kind, fit, register, bbox      string
	bands, beforeBands, afterBands string
	maskValues, maskBits           string
	beforeTime, afterTime          string
}

// flags defines the flags.
func (o *inputOptions) flags(cmd *cobra.Command, j *job.Job) {
	f := cmd.Flags()
	f.StringVar(&o.kind, "kind", "auto", "kind of imagery: auto, optical, vhr (pixels smaller than objects), sar")
	f.StringVar(&j.AOI, "aoi", "", "look only inside the polygons of this file (any vector format, any CRS)")
	f.StringVar(&j.AOIField, "aoi-id-field", "", "field of the AOI file that names each AOI (default: its position)")
	f.StringVar(&j.AOIID, "aoi-id", "", "look only at the area of this id in the AOI file; without a file, what features have as aoi_id")
	f.StringVar(&j.AOILayer, "aoi-layer", "", "layer of the AOI file, when it has several")
	f.StringVar(&o.bbox, "bbox", "", "look only inside xmin,ymin,xmax,ymax, in the CRS of BEFORE or in one that follows: …,EPSG:4326")
	f.StringVar(&j.Resample, "resample", "", "bring AFTER onto the grid of BEFORE: bilinear, cubic, nearest")
	f.StringVar(&o.register, "register", "auto", "misregistration: auto moves AFTER by a part of a pixel when that is sure, report and off leave it, off without a warning")
	f.StringVar(&o.bands, "bands", "", "compare only these bands, by number or name: 1,2,3 or red,nir")
	f.StringVar(&o.beforeBands, "before-bands", "", "bands of BEFORE, where they differ from those of AFTER")
	f.StringVar(&o.afterBands, "after-bands", "", "bands of AFTER")
	f.StringSliceVar(&j.Drivers, "driver", nil, "further GDAL drivers that may open the inputs, such as JP2OpenJPEG; a VRT may name any file")
	f.StringVar(&j.BeforeMask, "before-mask", "", "raster of classes (clouds, quality) for BEFORE, on any grid of its CRS")
	f.StringVar(&j.AfterMask, "after-mask", "", "raster of classes for AFTER")
	f.StringVar(&o.maskValues, "mask-values", "", "classes that rule a pixel out: 3,8,9,10")
	f.StringVar(&o.maskBits, "mask-bits", "", "bits, from 0, that rule a pixel out: 1,3,4")
	f.IntVar(&j.Masking.Buffer, "mask-buffer", 0, "grow what a mask rules out by this many pixels")
	f.StringVar(&o.beforeTime, "before-time", "", "when BEFORE was acquired, like 2026-05-01T10:30:00Z (default: from the file)")
	f.StringVar(&o.afterTime, "after-time", "", "when AFTER was acquired")
	f.BoolVar(&j.NoGeoref, "no-georef", false, "ignore georeferences: compare pixel by pixel; outputs, areas and boxes are in columns and negative rows")
	f.BoolVar(&j.AllowSparse, "allow-sparse", false, "treat missing blocks of a file as nodata instead of refusing it")
	f.BoolVar(&j.Sidecars, "sidecars", false, "use files beside the inputs, such as .aux.xml, that may change georeferencing")
	f.BoolVar(&j.AllowRemote, "allow-remote", false, "allow inputs that are /vsi paths or web addresses")
	f.StringVar(&o.fit, "fit", "sample", "fit on a bounded sample (with an AOI, around it), on the scene's sample although an AOI is given, or on a quarter of the pixels: sample, scene, quarter")
	f.IntVarP(&j.Workers, "jobs", "j", 0, "number of workers (default all CPUs); the result is the same")
}

// read turns flags that were given into the job's settings.
func (o *inputOptions) read(cmd *cobra.Command, j *job.Job) (err error) {
	given := cmd.Flags().Changed
	if j.Kind, err = change.ParsePairKind(o.kind); err != nil {
		return usage(err, "kind")
	}
	if given("register") {
		if j.Register, err = job.ParseRegister(o.register); err != nil {
			return usage(err, "register")
		}
	}
	switch o.fit {
	case "sample":
	case "scene":
		j.FitScene = true
	case "quarter":
		j.Quarter = true
	default:
		return usage(fmt.Errorf("%q is not known; choose sample, scene or quarter", o.fit), "fit")
	}
	if err := o.readBands(j); err != nil {
		return err
	}
	if j.Masking.Values, err = wholeNumbers[int64](o.maskValues); err != nil {
		return usage(err, "mask-values")
	}
	if j.Masking.Bits, err = wholeNumbers[int](o.maskBits); err != nil {
		return usage(err, "mask-bits")
	}
	if given("bbox") {
		if j.BBox, err = job.ParseBBox(o.bbox); err != nil {
			return usage(err, "bbox")
		}
	}
	if j.BeforeTime, err = job.ParseTime(o.beforeTime); err != nil {
		return usage(err, "before-time")
	}
	if j.AfterTime, err = job.ParseTime(o.afterTime); err != nil {
		return usage(err, "after-time")
	}
	return nil
}

// readBands reads the band options: one for both passes, or one for each.
func (o *inputOptions) readBands(j *job.Job) error {
	if o.bands != "" && (o.beforeBands != "" || o.afterBands != "") {
		return exit.Errorf(exit.Usage, "--bands is for both passes: leave it out, or --before-bands and --after-bands")
	}
	before, after := cmp.Or(o.beforeBands, o.bands), cmp.Or(o.afterBands, o.bands)
	for _, b := range []struct {
		list string
		to   *[]string
	}{{before, &j.BeforeBands}, {after, &j.AfterBands}} {
		if b.list == "" {
			continue
		}
		if *b.to = strings.Split(b.list, ","); slices.Contains(*b.to, "") {
			return exit.Errorf(exit.Usage, "bands %q: one has no name; list numbers or names with one comma between them", b.list)
		}
	}
	return nil
}

// wholeNumbers reads whole numbers with commas between them; "" is none.
func wholeNumbers[T int | int64](list string) ([]T, error) {
	var out []T
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", s)
		}
		out = append(out, T(n))
	}
	return out, nil
}
