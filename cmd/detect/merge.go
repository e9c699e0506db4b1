package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/report"
	"passdiff/cmd/detect/internal/shard"
)

func newMerge(messages *report.Reporter) *cobra.Command {
	var plan, in string
	var overwrite bool
	cmd := &cobra.Command{
		Use:   "merge --plan PLAN --in DIR OUT",
		Short: "Join what the shards of a plan found",
		Long: `merge joins what the shards of a plan left in a folder to what detect run writes on
one machine, byte for byte. It checks every file first: shards that are missing
are listed as a scheduler takes them (exit status 3), and what is not whole or of
another plan is refused (exit status 7).

OUT is the file of features for a plan of one pair, and a folder for a plan of
several.`,
		Example: `  detect merge --plan plan.json --in shards changes.geojson`,
		Args:    exactly("OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if plan == "" {
				return exit.Errorf(exit.Usage, "--plan is missing: name the plan of the shards")
			}
			p, err := shard.Read(plan, planner())
			if err != nil {
				return err
			}
			if st, err := os.Stat(args[0]); len(p.Pairs) > 1 && (err != nil || !st.IsDir()) {
				return exit.Errorf(exit.Usage, "%s: is not a folder, and the plan is of %d pairs; make a folder for their outputs", args[0], len(p.Pairs))
			}
			if out, err := filepath.Abs(args[0]); err == nil && (sameFile(plan, args[0]) || within(in, out)) {
				return exit.Errorf(exit.Usage, "%s: is the plan, or among the shards; name another file", args[0])
			}
			var jobs []*job.Job
			results, err := p.Merge(cmd.Context(), in, parseRun(messages, 0), func(pair shard.Pair, j *job.Job) error {
				j.Overwrite = overwrite
				jobs = append(jobs, j)
				return p.Outputs(args[0], pair, j)
			})
			for i, r := range results {
				tell(jobs[i], r)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&plan, "plan", "", "the plan")
	f.StringVar(&in, "in", "shards", "folder in which the shards left what they found")
	f.BoolVar(&overwrite, "overwrite", false, "replace outputs that exist")
	return cmd
}

// within reports whether an absolute path lies in a folder.
func within(folder, path string) bool {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}
