package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/jobs"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/cmd/detect/internal/shard"
	"passdiff/raster/gdal"
)

// planOptions are the flags of detect plan.
type planOptions struct {
	shards    string
	slurm     bool
	out       string
	overwrite bool
	workers   int
}

func newPlan(messages *report.Reporter) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan JOBS.yaml PLAN.json",
		Short: "Cut a batch into shards for several machines",
		Long: `plan fits every pair of a batch and freezes what is to be done: inputs with their
SHA-256, options, models as exact numbers, and the shares of N tasks. Small pairs
go to one task as they are; large ones are cut at rows of blocks, by the pixels
that are measured. Each task is detect run --plan, in any order, on any machine
that sees the same files; detect merge joins what they find to the bytes that one
machine would have written.

--slurm prints a script that submits the tasks and the merge; nothing is submitted.`,
		Example: `  detect plan jobs.yaml plan.json --shards 16
  detect plan jobs.yaml plan.json --shards 16 --slurm > submit.sh`,
		Args: exactly("JOBS", "PLAN"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args, messages) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.shards, "shards", "auto", "number of shards; auto makes them some minutes long on one core")
	f.BoolVar(&o.slurm, "slurm", false, "print a script for Slurm")
	f.StringVar(&o.out, "out", "shards", "with --slurm: folder in which shards leave what they find")
	f.BoolVar(&o.overwrite, "overwrite", false, "replace a plan that exists")
	f.IntVarP(&o.workers, "jobs", "j", 0, "number of workers for the fit (default all CPUs); the result is the same")
	return cmd
}

func (o *planOptions) run(cmd *cobra.Command, args []string, messages *report.Reporter) error {
	n := 0
	if o.shards != "auto" {
		var err error
		if n, err = strconv.Atoi(o.shards); err != nil || n < 1 || n > maxShards {
			return exit.Errorf(exit.Usage, "--shards: %q is neither auto nor a number from 1 to %d", o.shards, maxShards)
		}
	}
	path, err := filepath.Abs(args[0]) // tasks may start elsewhere
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	file, err := jobs.Read(path, runRules)
	if err != nil {
		return err
	}
	var tasks []shard.Task
	parse := parseRun(messages, o.workers)
	for _, p := range file.Pairs {
		a := p.Args("")
		j, err := parse(a)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		tasks = append(tasks, shard.Task{Name: p.Name, Args: a, Job: j})
	}
	if filepath.Ext(args[1]) != ".json" || sameFile(args[0], args[1]) {
		return exit.Errorf(exit.Usage, "%s: name the plan .json, and another file than the jobs", args[1])
	}
	for _, t := range tasks {
		if err := t.Job.Clash("PLAN", args[1]); err != nil {
			return err
		}
	}
	set := output.Set{Overwrite: o.overwrite}
	defer set.Abort()
	w, err := set.Create(args[1])
	if err != nil {
		return err
	}
	p, err := shard.New(cmd.Context(), planner(), tasks, n)
	if err != nil {
		return err
	}
	data, err := p.Bytes()
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return output.Failed(args[1], err)
	}
	if err := set.Commit(); err != nil {
		return err
	}
	e := p.Estimate
	messages.Note("%d pairs, %d shards; about %.3g Mpx, %.3g GB, %.2g core-hours at the rate measured here; written to %s",
		len(p.Pairs), len(p.Shards), e.Pixels/1e6, e.Bytes/1e9, e.CoreHours, args[1])
	if o.slurm {
		_, err := io.WriteString(cmd.OutOrStdout(), p.Slurm(args[1], o.out))
		return output.Failed(output.Stdout, err)
	}
	return nil
}

// planner names what must be the same on all machines.
func planner() string { return version + ", GDAL " + gdal.Version() }

// sameFile reports whether two paths lead to one file, which exists.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// maxShards bounds the number of shards; schedulers take fewer at once.
const maxShards = 100_000
