package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/report"
	"passdiff/cmd/detect/internal/shard"
)

// shardOptions are the flags of detect run for a shard of a plan.
type shardOptions struct{ plan, shard, out string }

func (o *shardOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.plan, "plan", "", "compare a shard of this plan; no other options but -j, -q and the next two go with it")
	f.StringVar(&o.shard, "shard", "auto", "the number of the shard, from 0; auto takes it from the scheduler's environment")
	f.StringVar(&o.out, "out", "shards", "folder in which shards leave what they find")
}

// run compares a shard.
func (o *shardOptions) run(cmd *cobra.Command, workers int, messages *report.Reporter) error {
	var others []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"plan", "shard", "out", "jobs", "quiet", "log-format"}, f.Name) {
			others = append(others, "--"+f.Name)
		}
	})
	if others != nil {
		return exit.Errorf(exit.Usage, "--plan has the options already: leave %s out", strings.Join(others, ", "))
	}
	p, err := shard.Read(o.plan, planner())
	if err != nil {
		return err
	}
	i, err := p.Index(o.shard)
	if err != nil {
		return err
	}
	did, err := p.Run(cmd.Context(), o.out, i, parseRun(messages, workers))
	if err != nil {
		return err
	}
	state := "is done"
	if !did {
		state = "was done already"
	}
	messages.Note("shard %d of %d %s", i, len(p.Shards), state)
	return nil
}

// parseRun makes jobs of arguments of detect run, with so many workers.
func parseRun(messages *report.Reporter, workers int) shard.Parse {
	return func(args []string) (*job.Job, error) {
		var o runOptions
		cmd := &cobra.Command{Use: "run"}
		o.flags(cmd)
		if err := cmd.ParseFlags(args); err != nil {
			return nil, badFlag(err)
		}
		files := cmd.Flags().Args()
		if err := exactly("BEFORE", "AFTER", "OUT")(cmd, files); err != nil {
			return nil, err
		}
		if err := o.prepare(cmd, files, messages); err != nil {
			return nil, err
		}
		o.job.Workers = workers
		return &o.job, nil
	}
}
