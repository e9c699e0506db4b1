package shard

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
)

// Merge joins what the shards left in dir. Out names the outputs of the job of each pair. Missing shards are an error with
// exit.Partly that lists them as a scheduler takes them; what is not what its shard wrote, or of another plan, is refused with exit.Unverified.
func (p *Plan) Merge(ctx context.Context, dir string, parse Parse, out func(Pair, *job.Job) error) (results []job.Result, err error) {
	var missing []int
	records := make([]*done, len(p.Shards))
	for i := range p.Shards {
		if records[i], err = p.readDone(dir, i); err != nil {
			return nil, err
		}
		if records[i] == nil {
			missing = append(missing, i)
			continue
		}
		if err := records[i].whole(folder(dir, i)); err != nil {
			return nil, err
		}
	}
	if len(missing) > 0 {
		return nil, exit.Errorf(exit.Partly, "%s: %d of %d shards are not done; run them again: --array=%s", dir, len(missing), len(p.Shards), ranges(missing))
	}
	for k := range p.Pairs {
		r, err := p.mergePair(ctx, dir, records, k, parse, out)
		if err != nil {
			return results, fmt.Errorf("%s: %w", p.Pairs[k].Name, err)
		}
		results = append(results, r)
	}
	return results, nil
}

// mergePair joins the parts of one pair.
func (p *Plan) mergePair(ctx context.Context, dir string, records []*done, k int, parse Parse, out func(Pair, *job.Job) error) (job.Result, error) {
	pair := p.Pairs[k]
	j, err := pair.job(ctx, parse)
	if err != nil {
		return job.Result{}, err
	}
	if err := out(pair, j); err != nil {
		return job.Result{}, err
	}
	var parts []job.Part
	var from []job.PartFiles[io.Reader]
	for i, d := range records {
		for _, item := range d.Items {
			if item.Pair != k {
				continue
			}
			var r job.PartFiles[io.Reader]
			for _, f := range []struct {
				to   *io.Reader
				file file
			}{{&r.Features, item.Files.Features}, {&r.Fragments, item.Files.Fragments}, {&r.Blind, item.Files.Blind}, {&r.Changed, item.Files.Changed}} {
				in, err := os.Open(f.file.path(folder(dir, i)))
				if err != nil {
					return job.Result{}, exit.With(exit.Unverified, err)
				}
				defer in.Close()
				*f.to = bufio.NewReader(in)
			}
			parts, from = append(parts, item.Part), append(from, r)
		}
	}
	return j.Merge(ctx, pair.Fitted, parts, from)
}

// Outputs names the outputs of a pair of the plan: path is OUT for a plan of one, and the folder of a plan of several, in which they lie as detect
// batch lays them. The others go beside OUT.
func (p *Plan) Outputs(path string, pair Pair, j *job.Job) error {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	j.Out = path
	if path == output.Stdout && len(p.Pairs) == 1 && j.Coverage+j.Mask+j.SaveModel != "" {
		return exit.Errorf(exit.Usage, "the plan writes more than features: name a file in place of -")
	}
	if len(p.Pairs) > 1 {
		stem = filepath.Join(path, filepath.FromSlash(pair.Name))
		j.Out = stem + ".geojson"
		if err := os.MkdirAll(filepath.Dir(stem), 0o777); err != nil {
			return exit.With(exit.Output, err)
		}
	}
	for _, name := range []*string{&j.Coverage, &j.Mask, &j.SaveModel} {
		if *name != "" {
			*name = stem + strings.TrimPrefix(*name, filepath.FromSlash(pair.Name))
		}
	}
	return nil
}

// writeJSON writes v, indented.
func writeJSON(w io.Writer, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err == nil {
		_, err = w.Write(append(data, '\n'))
	}
	return err
}
