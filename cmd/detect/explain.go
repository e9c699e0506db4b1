package main

import (
	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/explain"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/report"
)

func newExplain(messages *report.Reporter) *cobra.Command {
	var asJSON bool
	var record string
	cmd := &cobra.Command{
		Use:   "explain OUT ID",
		Short: "Say why a finished run wrote a detection",
		Long: `explain takes up a finished run at the place of one of its detections and writes to
standard output how each band changed there, its score, and what of it carried
it, against the threshold, its confidence, what misregistration was left, and
which settings would have removed it. It does not say what the detection is.

It reads the run record beside OUT, and the inputs of the run, which must still
be the same and at their places.`,
		Example: `  detect explain changes.geojson rwp3c4vkq2h5mnz7yt6xjd2abe
  detect explain changes.geojson rwp3c4vkq2h5mnz7yt6xjd2abe --json | jq .would_remove`,
		Args: exactly("OUT", "ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := job.Explain(cmd.Context(), args[0], args[1], record, messages)
			if err != nil {
				return err
			}
			r := explain.NewReport(e)
			if asJSON {
				return toStdout(r.WriteJSON)
			}
			return toStdout(r.WriteText)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "write an object of the schema "+explain.Schema)
	f.StringVar(&record, "record", "", "the run record (default OUT.run.json)")
	return cmd
}
