package shard

import (
	"context"
	"fmt"
	"io"
	"os"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
)

// Parse makes a job of the arguments of detect run.
type Parse func(args []string) (*job.Job, error)

// Run does one shard and leaves its files in a folder of dir; it reports false when they were there already. The same shard leaves the same
// bytes on any machine with the same libraries. Errors carry exit codes.
func (p *Plan) Run(ctx context.Context, dir string, shard int, parse Parse) (bool, error) {
	if d, err := p.readDone(dir, shard); err != nil || d != nil {
		return false, err
	}
	jobs, err := p.jobs(ctx, shard, parse)
	if err != nil {
		return false, err
	}
	into := folder(dir, shard)
	if err := os.MkdirAll(into, 0o777); err != nil {
		return false, exit.With(exit.Output, err)
	}
	set := output.Set{Overwrite: true}
	defer set.Abort()
	// What is begun first takes its name last.
	record, err := set.Create(into + "/" + doneName)
	if err != nil {
		return false, err
	}
	d := done{Schema: doneSchema, Plan: p.sum, Shard: shard, Items: []itemDone{}}
	for i, item := range p.Shards[shard].Items {
		done, err := p.runItem(ctx, &set, into, i, item, jobs[i])
		if err != nil {
			return false, fmt.Errorf("%s: %w", p.Pairs[item.Pair].Name, err)
		}
		d.Items = append(d.Items, done)
	}
	if err := writeJSON(record, d); err != nil {
		return false, output.Failed(doneName, err)
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return true, set.Commit()
}

// jobs are those of the items of a shard, whose inputs are the planned ones.
func (p *Plan) jobs(ctx context.Context, shard int, parse Parse) (jobs []*job.Job, err error) {
	for _, item := range p.Shards[shard].Items {
		pair := &p.Pairs[item.Pair]
		j, err := parse(pair.Args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pair.Name, err)
		}
		for _, in := range pair.Inputs {
			if err := in.Check(ctx); err != nil {
				return nil, fmt.Errorf("%s: %w", pair.Name, err)
			}
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// runItem compares the rows of an item.
func (p *Plan) runItem(ctx context.Context, set *output.Set, into string, i int, item Item, j *job.Job) (itemDone, error) {
	var to job.PartFiles[io.Writer]
	var seen job.PartFiles[*counted]
	for _, f := range []struct {
		to   *io.Writer
		seen **counted
		name string
	}{
		{&to.Features, &seen.Features, fmt.Sprintf("%03d.geojson", i)}, {&to.Fragments, &seen.Fragments, fmt.Sprintf("%03d.fragments.jsonl", i)},
		{&to.Blind, &seen.Blind, fmt.Sprintf("%03d.unobserved.jsonl", i)}, {&to.Changed, &seen.Changed, fmt.Sprintf("%03d.changed.jsonl", i)},
	} {
		w, err := set.Create(into + "/" + f.name)
		if err != nil {
			return itemDone{}, err
		}
		*f.seen = newCounted(f.name, w)
		*f.to = *f.seen
	}
	part, err := j.RunPart(ctx, p.Pairs[item.Pair].Fitted, item.Rows, to)
	return itemDone{item, part, files{Features: seen.Features.file(), Fragments: seen.Fragments.file(), Blind: seen.Blind.file(), Changed: seen.Changed.file()}}, err
}
