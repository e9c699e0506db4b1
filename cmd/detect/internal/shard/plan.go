package shard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
)

// schema names the layout of a plan.
const schema = "passdiff-plan/1"

// Plan is what PLAN.json holds.
type Plan struct {
	Schema string `json:"schema"`
	// Program is the name and version that made the plan. Others refuse it: they might find something else.
	Program  string   `json:"program"`
	Pairs    []Pair   `json:"pairs"`
	Shards   []Shard  `json:"shards"`
	Estimate Estimate `json:"estimate"`

	sum string // SHA-256 of the file
}

// Pair is a pair to compare, fitted.
type Pair struct {
	// Name is the stem of its outputs, a path below a folder.
	Name string `json:"name"`
	// Args are the arguments of detect run.
	Args   []string    `json:"args"`
	Inputs []job.Input `json:"inputs"`
	// Rows are the first row of the before grid to compare and the one behind the last.
	Rows   [2]int     `json:"rows"`
	Fitted job.Fitted `json:"fitted"`
}

// Shard is the share of one task.
type Shard struct {
	Items []Item `json:"items"`
	// Pixels estimates how many are to be compared.
	Pixels float64 `json:"pixels"`
}

// Item is some rows of a pair.
type Item struct {
	Pair int    `json:"pair"`
	Rows [2]int `json:"rows"`
}

// Estimate is what the whole will take, as far as the fit tells: pixels that are measured, bytes of them before compression, and hours of one
// core at the rate at which the samples were read here.
type Estimate struct {
	Pixels    float64 `json:"pixels"`
	Bytes     float64 `json:"bytes"`
	CoreHours float64 `json:"core_hours"`
}

// Task is a pair to be planned.
type Task struct {
	Name string
	Args []string
	Job  *job.Job
}

// taskSeconds is how long a shard takes when their number is left to New: long against the start of a task, short against what a lost node
// costs.
const taskSeconds = 300

// New fits every pair and cuts the work into n shards; 0 cuts it into shards of some minutes on one core. Errors carry exit codes.
func New(ctx context.Context, program string, tasks []Task, n int) (*Plan, error) {
	p := &Plan{Schema: schema, Program: program}
	var extents []job.Extent
	for _, t := range tasks {
		if t.Job.Score != "" {
			return nil, exit.Errorf(exit.Usage, "%s: scores are not written in parts: leave score out of what a plan is to write, or use detect batch", t.Name)
		}
		inputs, err := t.Job.Inputs(ctx)
		if err != nil {
			return nil, err
		}
		fitted, e, err := t.Job.Fit(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		extents = append(extents, e)
		p.Pairs = append(p.Pairs, Pair{t.Name, t.Args, inputs, [2]int{e.First, e.End}, fitted})
		for _, w := range e.Weights {
			p.Estimate.Pixels += w
			p.Estimate.Bytes += w * float64(e.Bytes)
			if e.Rate > 0 {
				p.Estimate.CoreHours += w / e.Rate / 3600
			}
		}
	}
	if n == 0 {
		n = max(1, int(p.Estimate.CoreHours*3600/taskSeconds+0.5))
	}
	p.Shards = split(extents, n)
	return p, nil
}

// Bytes is the plan as a file holds it.
func (p *Plan) Bytes() ([]byte, error) {
	data, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil, err
	}
	data = append(data, '\n')
	p.sum = hash(data)
	return data, nil
}

// Read reads a plan of this program. Errors carry exit codes.
func Read(path, program string) (*Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, exit.Errorf(exit.Input, "%s: %w", path, err)
	}
	p := &Plan{sum: hash(data)}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil || p.Schema != schema {
		return nil, exit.Errorf(exit.Input, "%s: is not a plan of the schema %s; make it with detect plan", path, schema)
	}
	if p.Program != program {
		return nil, exit.Errorf(exit.Unverified, "%s: was made by %s, and this is %s, which may find something else; use one version on all machines, or plan again", path, p.Program, program)
	}
	for i, s := range p.Shards {
		for _, item := range s.Items {
			if item.Pair < 0 || item.Pair >= len(p.Pairs) {
				return nil, exit.Errorf(exit.Input, "%s: shard %d is of a pair %d, and there are %d", path, i, item.Pair, len(p.Pairs))
			}
		}
	}
	return p, nil
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
