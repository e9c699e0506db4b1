package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"passdiff/change"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
)

// runOptions are the flags of detect run that need reading.
type runOptions struct {
	job       job.Job
	method    string
	threshold string
	mmu       string
	fit       string
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
			messages.Note("%d candidates; observed %.3g of %.3g Mpx; written to %s", r.Regions, float64(r.Observed)/1e6, float64(r.Scene)/1e6, out)
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.method, "method", "cva", "how change is measured: "+strings.Join(change.MethodNames(), ", "))
	f.StringVar(&o.threshold, "threshold", "otsu", "where change begins: "+strings.Join(change.ThresholdNames(), ", "))
	f.Float64Var(&o.job.Hysteresis, "hysteresis", 0, "keep a region when its highest score reaches this many thresholds (default 1.4; 1 with fixed:V)")
	f.StringVar(&o.mmu, "mmu", "8px", "minimum mapping unit, in pixels (8px) or square metres (100m2)")
	f.BoolVar(&o.job.NoGeoref, "no-georef", false, "ignore georeferences: compare pixel by pixel, write columns and rows")
	f.BoolVar(&o.job.AllowSparse, "allow-sparse", false, "treat missing blocks of a file as nodata instead of refusing it")
	f.BoolVar(&o.job.Sidecars, "sidecars", false, "use files beside the inputs, such as .aux.xml, that may change georeferencing")
	f.BoolVar(&o.job.AllowRemote, "allow-remote", false, "allow inputs that are /vsi paths or web addresses")
	f.StringVar(&o.job.Mask, "mask-out", "", "write a raster on the grid of BEFORE: 0 unchanged, 1 changed, 255 not observed")
	f.StringVar(&o.job.Record, "record", "", "where the run record goes (default OUT.run.json; none with -)")
	f.BoolVar(&o.job.Overwrite, "overwrite", false, "replace outputs that exist")
	f.StringVar(&o.job.SaveModel, "save-model", "", "write the fitted model")
	f.StringVar(&o.job.Model, "model", "", "use a saved model instead of fitting one")
	f.StringVar(&o.fit, "fit", "sample", "fit on a bounded sample, or on a quarter of the pixels whatever the size: sample, quarter")
	f.BoolVar(&o.job.HashInputs, "hash-inputs", false, "put the SHA-256 of the inputs into the record")
	f.IntVarP(&o.job.Workers, "jobs", "j", 0, "number of workers (default all CPUs); the result is the same")
	f.IntVar(&o.job.Tile, "tile", 0, "side of a tile in pixels (default: by how the files are stored); the result is the same")
	return cmd
}

// read turns flags that were given into the job's settings.
func (o *runOptions) read(cmd *cobra.Command) (err error) {
	given := cmd.Flags().Changed
	if o.job.MMU, err = job.ParseMMU(o.mmu); err != nil {
		return usage(err, "mmu")
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
	if o.job.Quarter, err = parseFit(o.fit); err != nil {
		return usage(err, "fit")
	}
	return nil
}

// parseFit reads what to fit on: it reports whether it is a quarter.
func parseFit(s string) (quarter bool, err error) {
	switch s {
	case "sample":
		return false, nil
	case "quarter":
		return true, nil
	}
	return false, fmt.Errorf("%q is not known; choose sample or quarter", s)
}
