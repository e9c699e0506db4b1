package main

import (
	"fmt"
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
	inputs    inputOptions
	job       job.Job
	method    string
	threshold string
	mmu       string
	fill      int
	shard     shardOptions
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

The passes lie on the same grid or a whole number of pixels apart.

With --plan it compares one shard of a plan (see detect plan) and leaves what it
finds in a folder, for detect merge.`,
		Example: `  detect run before.tif after.tif changes.geojson
  detect run before.tif after.tif changes.geojson --mmu 400m2 --mask-out mask.tif
  detect run scan1.tif scan2.tif changes.geojson --no-georef
  detect run before.tif after.tif - | ogrinfo -so /vsistdin/ -al
  detect run --plan plan.json --shard auto --out shards`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.shard.plan != "" && len(args) > 0 {
				return exit.Errorf(exit.Usage, "--plan names the pairs already: leave %v out", args)
			}
			if o.shard.plan != "" {
				return nil
			}
			return exactly("BEFORE", "AFTER", "OUT")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.shard.plan != "" {
				return o.shard.run(cmd, o.job.Workers, messages)
			}
			if err := o.prepare(cmd, args, messages); err != nil {
				return err
			}
			r, err := o.job.Run(cmd.Context())
			if err != nil {
				return err
			}
			tell(&o.job, r)
			return nil
		},
	}
	o.flags(cmd)
	return cmd
}

// flags defines the flags.
func (o *runOptions) flags(cmd *cobra.Command) {
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
	o.shard.flags(f)
}

// prepare makes the job of the flags and arguments.
func (o *runOptions) prepare(cmd *cobra.Command, args []string, messages *report.Reporter) error {
	j := &o.job
	j.Before, j.After, j.Out = args[0], args[1], args[2]
	j.Report, j.Program = messages, version
	if err := applyProfile(cmd, j.Profile); err != nil {
		return err
	}
	return o.read(cmd)
}

// tell tells what a job found.
func tell(j *job.Job, r job.Result) {
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
	j.Report.Note("%s; observed %.3g of %.3g Mpx; written to %s", found, float64(r.Observed)/1e6, float64(r.Scene)/1e6, out)
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

// checkRun refuses arguments of detect run that cannot be read or do not go together, without looking at the files that they name.
func checkRun(args []string) error {
	var o runOptions
	cmd := &cobra.Command{Use: "run"}
	o.flags(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		return badFlag(err)
	}
	if files := cmd.Flags().Args(); len(files) == 3 {
		o.job.Before, o.job.After, o.job.Out = files[0], files[1], files[2]
	}
	if err := applyProfile(cmd, o.job.Profile); err != nil {
		return err
	}
	if err := o.read(cmd); err != nil || o.job.Out == "" {
		return err
	}
	return o.job.Validate()
}
