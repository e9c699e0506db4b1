package shard

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
)

// Parse makes a job of the arguments of detect run.
type Parse func(args []string) (*job.Job, error)

// Run does one shard and leaves its files in a folder of dir; it reports false when they were there already. The same shard leaves the same
// bytes on any machine with the same libraries, so that it may be done twice, even at once. Errors carry exit codes.
func (p *Plan) Run(ctx context.Context, dir string, shard int, parse Parse) (bool, error) {
	if d, err := p.readDone(dir, shard); err != nil || d != nil && d.whole(folder(dir, shard)) == nil {
		return false, err
	}
	jobs, err := p.jobs(ctx, shard, parse)
	if err != nil {
		return false, err
	}
	err = p.runItems(ctx, dir, shard, jobs)
	if err == nil {
		return true, output.RemoveStale(folder(dir, shard), "") // of tries that were killed
	}
	if d, _ := p.readDone(dir, shard); d != nil && d.whole(folder(dir, shard)) == nil {
		return false, nil // somebody else has done it meanwhile, and removed what this try had begun
	}
	return false, err
}

// jobs are those of the items of a shard, whose inputs are the planned ones.
func (p *Plan) jobs(ctx context.Context, shard int, parse Parse) (jobs []*job.Job, err error) {
	for _, item := range p.Shards[shard].Items {
		pair := &p.Pairs[item.Pair]
		j, err := pair.job(ctx, parse)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pair.Name, err)
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// runItems compares the items of a shard, one after the other, and writes the done record.
func (p *Plan) runItems(ctx context.Context, dir string, shard int, jobs []*job.Job) error {
	into := folder(dir, shard)
	if err := os.MkdirAll(into, 0o777); err != nil {
		return exit.With(exit.Output, err)
	}
	d := done{Schema: doneSchema, Plan: p.sum, Shard: shard, Items: []itemDone{}}
	for i, item := range p.Shards[shard].Items {
		done, err := p.runItem(ctx, into, i, item, jobs[i])
		if err != nil {
			return fmt.Errorf("%s: %w", p.Pairs[item.Pair].Name, err)
		}
		d.Items = append(d.Items, done)
	}
	set := output.Set{Overwrite: true}
	defer set.Abort()
	record, err := set.Create(filepath.Join(into, doneName))
	if err != nil {
		return err
	}
	if err := writeJSON(record, d); err != nil {
		return output.Failed(doneName, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return set.Commit()
}

// runItem compares the rows of an item.
func (p *Plan) runItem(ctx context.Context, into string, i int, item Item, j *job.Job) (itemDone, error) {
	set := output.Set{Overwrite: true}
	defer set.Abort()
	var to job.PartFiles[io.Writer]
	var seen job.PartFiles[*counted]
	for _, f := range []struct {
		to   *io.Writer
		seen **counted
		ends string
	}{
		{&to.Features, &seen.Features, "geojson"}, {&to.Fragments, &seen.Fragments, "fragments.jsonl"},
		{&to.Blind, &seen.Blind, "unobserved.jsonl"}, {&to.Changed, &seen.Changed, "changed.jsonl"},
	} {
		name := fmt.Sprintf("%03d.%s", i, f.ends)
		w, err := set.Create(filepath.Join(into, name))
		if err != nil {
			return itemDone{}, err
		}
		*f.seen = newCounted(name, w)
		*f.to = *f.seen
	}
	j.Out = filepath.Join(into, seen.Features.name) // for messages: it is not the job that creates it
	part, err := j.RunPart(ctx, p.Pairs[item.Pair].Fitted, item.Rows, to)
	if err != nil {
		return itemDone{}, err
	}
	return itemDone{item, part, files{Features: seen.Features.file(), Fragments: seen.Fragments.file(), Blind: seen.Blind.file(), Changed: seen.Changed.file()}}, set.Commit()
}
