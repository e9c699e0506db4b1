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
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/geo"
)

// runOptions are the flags of detect run that need reading.
type runOptions struct {
	job       job.Job
	method    string
	threshold string
	mmu       string
	kind      string
	fill      int
	fit       string
	register  string
	bbox      string

	bands, beforeBands, afterBands string
	maskValues, maskBits           string

	beforeTime, afterTime string
}

func newRun(messages *report.Reporter) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run BEFORE AFTER OUT",
		Short: "Find what changed in one pair",
		Long: `run compares two GeoTIFF passes and writes a polygon for each candidate change:
a FeatureCollection in longitude and latitude to OUT.geojson, a feature a line to
OUT.geojsonl, or a collection to standard output when OUT is -. Beside it go the
run record, OUT.run.json, and for QGIS a style, .qml.

The passes lie on the same grid or a whole number of pixels apart.`,
		Example: `  detect run before.tif after.tif changes.geojson
  detect run before.tif after.tif changes.geojson --mmu 400m2 --mask-out mask.tif
  detect run scan1.tif scan2.tif changes.geojson --no-georef
  detect run before.tif after.tif - | ogrinfo -so /vsistdin/ -al`,
		Args: exactly("BEFORE", "AFTER", "OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j := &o.job
			j.Before, j.After, j.Out = args[0], args[1], args[2]
			j.Report, j.Program = messages, version
			if err := o.read(cmd); err != nil {
				return err
			}
			r, err := j.Run(cmd.Context())
			if err != nil {
				return err
			}
			out := j.Out
			if out == output.Stdout {
				out = "standard output"
			}
			found := fmt.Sprintf("%d candidates", r.Regions-r.Suppressed)
			if j.Exclude != "" {
				found += fmt.Sprintf(", %d more suppressed by --exclude", r.Suppressed)
			}
			messages.Note("%s; observed %.3g of %.3g Mpx; written to %s", found, float64(r.Observed)/1e6, float64(r.Scene)/1e6, out)
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.method, "method", "auto", "how change is measured: "+strings.Join(change.MethodNames(), ", "))
	f.StringVar(&o.threshold, "threshold", "", "where change begins (default: the method's own rule): "+strings.Join(change.ThresholdNames(), ", "))
	f.Float64Var(&o.job.Hysteresis, "hysteresis", 0, "keep a region when its highest score reaches this many thresholds (default 1.4; 1 with fixed:V)")
	f.StringVar(&o.mmu, "mmu", "", "minimum mapping unit, in pixels (8px) or square metres (100m2); default: the method's own")
	f.IntVar(&o.job.Opening, "opening", 0, "drop what is narrower than a diamond of this radius in pixels")
	f.IntVar(&o.fill, "fill", 0, "fill holes of fewer pixels (default: the method's own; 0 or 1 for none)")
	f.StringVar(&o.kind, "kind", "auto", "kind of imagery: auto, optical, vhr (pixels smaller than objects), sar")
	f.Float64Var(&o.job.Simplify, "simplify", 0, "straighten outlines, at most this many pixels from the sides of pixels; above 0.7 acts as 0.7: every pixel centre stays on its side, so regions stay apart")
	f.StringVar(&o.job.AOI, "aoi", "", "look only inside the polygons of this file (any vector format, any CRS)")
	f.StringVar(&o.job.AOIField, "aoi-id-field", "", "field of the AOI file that names each AOI (default: its position)")
	f.StringVar(&o.job.AOILayer, "aoi-layer", "", "layer of the AOI file, when it has several")
	f.StringVar(&o.bbox, "bbox", "", "look only inside xmin,ymin,xmax,ymax, in the CRS of BEFORE or in one that follows: …,EPSG:4326")
	f.StringVar(&o.job.Exclude, "exclude", "", "count and do not write what touches a polygon of this file; the mask keeps it")
	f.StringVar(&o.job.Resample, "resample", "", "bring AFTER onto the grid of BEFORE: bilinear, cubic, nearest")
	f.StringVar(&o.register, "register", "auto", "misregistration: auto moves AFTER by a part of a pixel when that is sure, report only measures, off")
	f.StringVar(&o.bands, "bands", "", "compare only these bands, by number or name: 1,2,3 or red,nir")
	f.StringVar(&o.beforeBands, "before-bands", "", "bands of BEFORE, where they differ from those of AFTER")
	f.StringVar(&o.afterBands, "after-bands", "", "bands of AFTER")
	f.StringSliceVar(&o.job.Drivers, "driver", nil, "further GDAL drivers that may open the inputs, such as JP2OpenJPEG; a VRT may name any file")
	f.StringVar(&o.job.BeforeMask, "before-mask", "", "raster of classes (clouds, quality) for BEFORE, on any grid of its CRS")
	f.StringVar(&o.job.AfterMask, "after-mask", "", "raster of classes for AFTER")
	f.StringVar(&o.maskValues, "mask-values", "", "classes that rule a pixel out: 3,8,9,10")
	f.StringVar(&o.maskBits, "mask-bits", "", "bits, from 0, that rule a pixel out: 1,3,4")
	f.IntVar(&o.job.Masking.Buffer, "mask-buffer", 0, "grow what a mask rules out by this many pixels")
	f.StringVar(&o.beforeTime, "before-time", "", "when BEFORE was acquired, like 2026-05-01T10:30:00Z (default: from the file)")
	f.StringVar(&o.afterTime, "after-time", "", "when AFTER was acquired")
	f.BoolVar(&o.job.NoGeoref, "no-georef", false, "ignore georeferences: compare pixel by pixel; outputs, areas and boxes are in columns and negative rows")
	f.BoolVar(&o.job.AllowSparse, "allow-sparse", false, "treat missing blocks of a file as nodata instead of refusing it")
	f.BoolVar(&o.job.Sidecars, "sidecars", false, "use files beside the inputs, such as .aux.xml, that may change georeferencing")
	f.BoolVar(&o.job.AllowRemote, "allow-remote", false, "allow inputs that are /vsi paths or web addresses")
	f.StringVar(&o.job.Mask, "mask-out", "", "write a raster on the grid of BEFORE: 0 unchanged, 1 changed, 255 not observed")
	f.StringVar(&o.job.Score, "score", "", "write the scores as a raster on the grid of BEFORE; NaN where nothing was scored")
	f.StringVar(&o.job.Coverage, "coverage", "", "write what was looked at as polygons: observed, nodata, masked, missing, unregistered, outside_aoi")
	f.StringVar(&o.job.Record, "record", "", "where the run record goes (default OUT.run.json; none with -)")
	f.BoolVar(&o.job.Overwrite, "overwrite", false, "replace outputs that exist")
	f.StringVar(&o.job.SaveModel, "save-model", "", "write the fitted model")
	f.StringVar(&o.job.Model, "model", "", "use a saved model instead of fitting one")
	f.StringVar(&o.fit, "fit", "sample", "fit on a bounded sample (with an AOI, around it), on the scene's sample although an AOI is given, or on a quarter of the pixels: sample, scene, quarter")
	f.BoolVar(&o.job.HashInputs, "hash-inputs", false, "put the SHA-256 of the inputs into the record")
	f.IntVarP(&o.job.Workers, "jobs", "j", 0, "number of workers (default all CPUs); the result is the same")
	f.IntVar(&o.job.Tile, "tile", 0, "side of a tile in pixels (default: by how the files are stored); the result is the same")
	return cmd
}

// read turns flags that were given into the job's settings.
func (o *runOptions) read(cmd *cobra.Command) (err error) {
	given := cmd.Flags().Changed
	if given("mmu") {
		if o.job.MMU, err = job.ParseMMU(o.mmu); err != nil {
			return usage(err, "mmu")
		}
	}
	if given("fill") {
		o.job.Fill = geo.Some(o.fill)
	}
	if o.job.Kind, err = change.ParsePairKind(o.kind); err != nil {
		return usage(err, "kind")
	}
	if given("register") {
		if o.job.Register, err = job.ParseRegister(o.register); err != nil {
			return usage(err, "register")
		}
	}
	if given("method") {
		if o.job.Method, err = change.ParseMethod(o.method); err != nil {
			return usage(err, "method")
		}
	}
	if given("threshold") {
		if o.job.Threshold, err = change.ParseThreshold(o.threshold); err != nil {
			return usage(err, "threshold")
		}
	}
	switch o.fit {
	case "sample":
	case "scene":
		o.job.FitScene = true
	case "quarter":
		o.job.Quarter = true
	default:
		return usage(fmt.Errorf("%q is not known; choose sample, scene or quarter", o.fit), "fit")
	}
	if err := o.readBands(); err != nil {
		return err
	}
	if o.job.Masking.Values, err = wholeNumbers[int64](o.maskValues); err != nil {
		return usage(err, "mask-values")
	}
	if o.job.Masking.Bits, err = wholeNumbers[int](o.maskBits); err != nil {
		return usage(err, "mask-bits")
	}
	if given("bbox") {
		if o.job.BBox, err = job.ParseBBox(o.bbox); err != nil {
			return usage(err, "bbox")
		}
	}
	if o.job.BeforeTime, err = job.ParseTime(o.beforeTime); err != nil {
		return usage(err, "before-time")
	}
	if o.job.AfterTime, err = job.ParseTime(o.afterTime); err != nil {
		return usage(err, "after-time")
	}
	return nil
}

// readBands reads the band options: one for both passes, or one for each.
func (o *runOptions) readBands() error {
	if o.bands != "" && (o.beforeBands != "" || o.afterBands != "") {
		return exit.Errorf(exit.Usage, "--bands is for both passes: leave it out, or --before-bands and --after-bands")
	}
	before, after := cmp.Or(o.beforeBands, o.bands), cmp.Or(o.afterBands, o.bands)
	for _, b := range []struct {
		list string
		to   *[]string
	}{{before, &o.job.BeforeBands}, {after, &o.job.AfterBands}} {
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
