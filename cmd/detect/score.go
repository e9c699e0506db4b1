package main

import (
	"io"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/cmd/detect/internal/score"
)

func newScore(messages *report.Reporter) *cobra.Command {
	var j score.Job
	var asJSON, asCSV bool
	cmd := &cobra.Command{
		Use:   "score OUT TRUTH",
		Short: "Say how well a result agrees with reference data",
		Long: `score compares a result of detect run with reference data and writes to standard
output how well they agree: by pixels, by objects and their size, and by area,
with an estimate of the changed area and its 95 % confidence interval.

OUT is the mask (0 unchanged, 1 changed, 255 not observed) or polygons. TRUTH is a
raster (0 unchanged, 1 changed, 255 or nodata not labelled) or polygons of what
changed, and then all other ground is unchanged. Two rasters share their grid.
Polygons are taken by pixel centre: onto the raster that the other one is, or of
--grid. Without a mask all ground counts as observed.`,
		Example: `  detect score mask.tif truth.tif
  detect score changes.geojson truth.tif --json
  detect score changes.geojson truth.gpkg --grid before.tif --aoi surveyed.geojson`,
		Args: exactly("OUT", "TRUTH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON && asCSV {
				return exit.Errorf(exit.Usage, "--json and --csv: give one of them")
			}
			j.Out, j.Truth, j.Report = args[0], args[1], messages
			r, err := j.Run(cmd.Context())
			if err != nil {
				return err
			}
			write := r.WriteTable
			switch {
			case asJSON:
				write = r.WriteJSON
			case asCSV:
				write = r.WriteCSV
			}
			return toStdout(write)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "write an object of the schema "+score.Schema)
	f.BoolVar(&asCSV, "csv", false, "write a line of names and a line of values")
	f.StringVar(&j.AOI, "aoi", "", "look only inside the polygons of this file (any vector format, any CRS)")
	f.StringVar(&j.Grid, "grid", "", "raster on whose pixels polygons are compared with polygons, such as BEFORE of the run")
	f.StringSliceVar(&j.Drivers, "driver", nil, "further GDAL drivers that may open the rasters, such as PNG; a VRT may name any file")
	f.BoolVar(&j.NoGeoref, "no-georef", false, "ignore georeferences: compare pixel by pixel; polygons are in columns and minus rows")
	f.BoolVar(&j.AllowSparse, "allow-sparse", false, "treat missing blocks of a file as nodata instead of refusing it")
	f.BoolVar(&j.Sidecars, "sidecars", false, "use files beside the rasters, such as .aux.xml, that may change georeferencing")
	f.BoolVar(&j.AllowRemote, "allow-remote", false, "allow rasters that are /vsi paths or web addresses")
	return cmd
}

// toStdout writes to standard output.
func toStdout(write func(io.Writer) error) error {
	var set output.Set
	defer set.Abort()
	w, err := set.Create(output.Stdout)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		return output.Failed(output.Stdout, err)
	}
	return set.Commit()
}
