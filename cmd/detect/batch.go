package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/batch"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/jobs"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
)

// batchOptions are the flags of detect batch.
type batchOptions struct {
	out, by, memory string
	jobs            int
	dryRun, example bool
}

func newBatch(messages *report.Reporter) *cobra.Command {
	var o batchOptions
	cmd := &cobra.Command{
		Use:   "batch JOBS.yaml",
		Short: "Compare many pairs, and go on where that stopped",
		Long: `batch compares the pairs that a file of jobs names, or makes of series of passes and
areas: each in a process of its own, so that one that crashes or runs out of memory
costs one result. For each pair the folder of outputs gets what detect run writes;
batch.json says how each ended, and combined.geojson has all detections.

The same command again runs what is missing, and what was made of other inputs or
options or by another version. A process has at most --memory bytes of data, which
it is told by the variable DETECT_MEMORY.`,
		Example: `  detect batch --init jobs.yaml
  detect batch jobs.yaml --dry-run
  detect batch jobs.yaml --out results -j 4`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.example && len(args) == 0 {
				return nil
			}
			return exactly("JOBS.yaml")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.example {
				return writeExample(append(args, "jobs.yaml")[0], messages)
			}
			return o.run(cmd.Context(), args[0], cmd.OutOrStdout(), messages)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.out, "out", "", "folder of the outputs (default: JOBS without its extension, with .out)")
	f.IntVarP(&o.jobs, "jobs", "j", 0, "pairs at once (default: by cores and memory); the result is the same")
	f.StringVar(&o.memory, "memory", "", "how much memory a pair may have, such as 2GB (default: its part of what is free)")
	f.BoolVar(&o.dryRun, "dry-run", false, "print what would run and why, and do nothing")
	f.StringVar(&o.by, "resume-by", "sha256", "tell changed files by sha256, or by size and mtime")
	f.BoolVar(&o.example, "init", false, "write an example to JOBS.yaml (default jobs.yaml) in place of running it")
	return cmd
}

// run runs a file of jobs, or says what that would do.
func (o batchOptions) run(ctx context.Context, path string, stdout io.Writer, messages *report.Reporter) error {
	b := batch.Batch{Dir: o.out, ByTime: o.by == "mtime", Share: batch.Share{Jobs: o.jobs}, Name: os.Args[0], Env: os.Environ(), Program: version, Report: messages}
	if b.Dir == "" {
		b.Dir = strings.TrimSuffix(path, filepath.Ext(path)) + ".out"
	}
	switch {
	case !b.ByTime && o.by != "sha256":
		return usage(fmt.Errorf("%q is not known; choose sha256 or mtime", o.by), "resume-by")
	case o.jobs < 0:
		return usage(fmt.Errorf("%d pairs at once; give 1 or more", o.jobs), "jobs")
	}
	var err error
	if o.memory != "" {
		if b.Share.Memory, err = batch.ParseSize(o.memory); err != nil {
			return usage(err, "memory")
		}
		if b.Share.Memory < batch.SmallestMemory {
			return usage(fmt.Errorf("%s is less than a pair needs to begin; give %d MB or more", o.memory, batch.SmallestMemory/1_000_000), "memory")
		}
	}
	if b.Exe, err = os.Executable(); err != nil {
		return err
	}
	if b.Jobs, err = jobs.Read(path, runRules); err != nil {
		return err
	}
	if !o.dryRun {
		return b.Run(ctx)
	}
	tasks, err := b.Plan(ctx)
	if err != nil {
		return err
	}
	n := 0
	for _, t := range tasks {
		what := "keep\t" + t.Name + "\tit is up to date"
		if t.Why != "" {
			n++
			what = "run\t" + t.Name + "\t" + t.Why
		}
		if _, err := fmt.Fprintln(stdout, what); err != nil {
			return output.Failed(output.Stdout, err)
		}
	}
	messages.Note("%d of %d pairs would run", n, len(tasks))
	return nil
}

// runRules are what detect run says of the options in a file of jobs.
var runRules = jobs.Rules{Option: func(flag, value string) error { return checkRun([]string{"--" + flag + "=" + value}) }, Run: checkRun}

// writeExample writes a file of jobs that runs on testdata/tiles, which is seen from the working directory.
func writeExample(path string, messages *report.Reporter) error {
	if _, err := os.Lstat(path); err == nil {
		return exit.Errorf(exit.Output, "%s: exists; name another file", path)
	}
	tiles, err := filepath.Rel(filepath.Dir(path), filepath.Join("testdata", "tiles"))
	if err != nil {
		tiles = filepath.Join("testdata", "tiles")
	}
	var set output.Set
	defer set.Abort()
	w, err := set.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, jobs.Example(filepath.ToSlash(tiles))); err != nil {
		return output.Failed(path, err)
	}
	if err := set.Commit(); err != nil {
		return err
	}
	messages.Note("an example is written to %s; run it with: detect batch %s", path, path)
	return nil
}
