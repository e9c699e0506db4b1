package main

import (
	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/assess"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/report"
)

func newAssess(messages *report.Reporter) *cobra.Command {
	var j job.Job
	var in inputOptions
	var asJSON, overwrite bool
	var picture, failOn string
	cmd := &cobra.Command{
		Use:   "assess BEFORE AFTER",
		Short: "Say whether a pair is fit to compare",
		Long: `assess looks at a pair as run would, without comparing it, and writes to standard
output how the passes lie on each other, how much of them was observed, how
their bands, noise, kind, season and light compare, and a verdict: fit, fit with
care, or not fit, with the reasons.

The exit status is 0 whatever the verdict, unless --fail-on says otherwise: a
script reads it from the last line or from --json. A pair that run would refuse,
such as passes on different grids, is refused in the same words.`,
		Example: `  detect assess before.tif after.tif
  detect assess before.tif after.tif --png pair.png
  detect assess before.tif after.tif --json | jq -r .verdict
  detect assess before.tif after.tif --fail-on not-fit && detect run before.tif after.tif changes.geojson`,
		Args: exactly("BEFORE", "AFTER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j.Before, j.After, j.Report = args[0], args[1], messages
			if err := in.read(cmd, &j); err != nil {
				return err
			}
			worst, err := assess.ParseVerdict(failOn)
			if err != nil {
				return usage(err, "fail-on")
			}
			r, err := assess.Run(cmd.Context(), &j, assess.Outputs{JSON: asJSON, Picture: picture, Overwrite: overwrite})
			if err != nil {
				return err
			}
			if r.Verdict.AtLeast(worst) {
				return exit.Errorf(exit.Unverified, "%s and %s: %s", args[0], args[1], assess.Line(r.Verdict, r.Reasons))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "write an object of the schema "+assess.Schema)
	f.StringVar(&picture, "png", "", "draw both passes, the shifts between them and what was observed")
	f.BoolVar(&overwrite, "overwrite", false, "replace the picture if it exists")
	f.StringVar(&failOn, "fail-on", "", "end with exit status 7 when the verdict is that bad: care or not-fit")
	in.flags(cmd, &j)
	return cmd
}
