package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"passdiff/change"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/geo"
)

// runOptions are the flags of detect run that need reading.
type runOptions struct {
	inputs    inputOptions
	job       job.Job
	method    string
	threshold string
	mmu       string
	fill      int
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
			if err := applyProfile(cmd, j.Profile); err != nil {
				return err
			}
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
			found := fmt.Sprintf("%d candidates", r.Regions-r.Suppressed-r.Known)
			if j.Exclude != "" {
				found += fmt.Sprintf(", %d more suppressed by --exclude", r.Suppressed)
			}
			if j.Known != "" {
				found += fmt.Sprintf(", %d more known by --known", r.Known)
			}
			messages.Note("%s; observed %.3g of %.3g Mpx; written to %s", found, float64(r.Observed)/1e6, float64(r.Scene)/1e6, out)
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.job.Profile, "profile", "", "take the options of a profile where they are not given: "+strings.Join(profileNames(), ", ")+" (detect profiles lists them)")
	f.StringVar(&o.method, "method", "auto", "how change is measured: "+strings.Join(change.MethodNames(), ", "))
	f.StringVar(&o.threshold, "threshold", "", "where change begins (default: the method's own rule): "+strings.Join(change.ThresholdNames(), ", "))
	f.Float64Var(&o.job.Hysteresis, "hysteresis", 0, "keep a region when its highest score reaches this many thresholds (default: the method's own, 1.2 to 1.4; 1 with fixed:V)")
	f.StringVar(&o.mmu, "mmu", "", "minimum mapping unit, in pixels (8px) or square metres (100m2); default: the method's own")
	f.IntVar(&o.job.Opening, "opening", 0, "drop what is narrower than a diamond of this radius in pixels")
	f.IntVar(&o.fill, "fill", 0, "fill holes of fewer pixels (default: the method's own; 0 or 1 for none)")
	f.Float64Var(&o.job.Simplify, "simplify", 0, "straighten outlines, at most this many pixels from the sides of pixels; above 0.7 acts as 0.7: every pixel centre stays on its side, so regions stay apart")
	f.StringVar(&o.job.JobID, "job-id", "", "what features have as job_id")
	f.StringVar(&o.job.Exclude, "exclude", "", "count and do not write what touches a polygon of this file; the mask keeps it")
	f.StringVar(&o.job.Known, "known", "", "count and do not write what lies at a position of this store (detect track), or half or more in a polygon of this file")
	o.inputs.flags(cmd, &o.job)
	f.StringVar(&o.job.Mask, "mask-out", "", "write a raster on the grid of BEFORE: 0 unchanged, 1 changed, 255 not observed")
	f.StringVar(&o.job.Score, "score", "", "write the scores as a raster on the grid of BEFORE; NaN where nothing was scored")
	f.StringVar(&o.job.Coverage, "coverage", "", "write what was looked at as polygons: observed, nodata, masked, missing, unregistered, outside_aoi")
	f.StringVar(&o.job.Record, "record", "", "where the run record goes (default OUT.run.json; none with -)")
	f.BoolVar(&o.job.Overwrite, "overwrite", false, "replace outputs that exist")
	f.StringVar(&o.job.SaveModel, "save-model", "", "write the fitted model")
	f.StringVar(&o.job.Model, "model", "", "use a saved model instead of fitting one")
	f.BoolVar(&o.job.HashInputs, "hash-inputs", false, "put the SHA-256 of the inputs into the record")
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
	return o.inputs.read(cmd, &o.job)
}
