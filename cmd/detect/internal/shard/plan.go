package shard

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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

	sum string // SHA-256 of all but the estimate
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

// usualRate is how many pixels one core compares in a second (docs/performance.md), for pairs that need no fit by which to measure it.
const usualRate = 20e6

// fit fits a pair.
func (t Task) fit(ctx context.Context) (Pair, job.Extent, error) {
	if t.Job.Score != "" {
		return Pair{}, job.Extent{}, exit.Errorf(exit.Usage, "scores are not written in parts: leave score out of what a plan is to write, or use detect batch")
	}
	inputs, err := t.Job.Inputs(ctx)
	if err != nil {
		return Pair{}, job.Extent{}, err
	}
	fitted, e, err := t.Job.Fit(ctx)
	return Pair{t.Name, t.Args, inputs, [2]int{e.First, e.End}, fitted}, e, err
}

// New fits every pair and cuts the work into n shards; 0 cuts it into shards of some minutes on one core. Errors carry exit codes.
func New(ctx context.Context, program string, tasks []Task, n int) (*Plan, error) {
	p := &Plan{Schema: schema, Program: program}
	var extents []job.Extent
	var errs []error
	for _, t := range tasks {
		pair, e, err := t.fit(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.Name, err))
			continue
		}
		extents = append(extents, e)
		p.Pairs = append(p.Pairs, pair)
		for _, w := range e.Weights {
			p.Estimate.Pixels += w
			p.Estimate.Bytes += w * float64(e.Bytes)
			p.Estimate.CoreHours += w / cmp.Or(e.Rate, usualRate) / 3600
		}
	}
	if errs != nil {
		return nil, exit.With(exit.Input, errors.Join(errs...))
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
	return append(data, '\n'), nil
}

// Read reads a plan of this program. Errors carry exit codes.
func Read(path, program string) (*Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	p := new(Plan)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil || p.Schema != schema {
		return nil, exit.Errorf(exit.Input, "%s: is not a plan of the schema %s; make it with detect plan", path, schema)
	}
	if p.Program != program {
		return nil, exit.Errorf(exit.Unverified, "%s: was made by %s, and this is %s, which may find something else; use one version on all machines, or plan again", path, p.Program, program)
	}
	if err := p.valid(); err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w; make it again with detect plan", path, err)
	}
	return p, p.seal()
}

// valid is an error when no New makes such a plan.
func (p *Plan) valid() error {
	next := make([]int, len(p.Pairs))
	for i, pair := range p.Pairs {
		if !filepath.IsLocal(filepath.FromSlash(pair.Name)) || pair.Fitted.Model == nil || pair.Fitted.Registration == nil || len(pair.Inputs) == 0 || pair.Rows[0] < 0 || pair.Rows[0] >= pair.Rows[1] {
			return fmt.Errorf("pair %d has no name below a folder, no fit, no inputs or no rows", i)
		}
		next[i] = pair.Rows[0]
	}
	if len(p.Shards) == 0 {
		return errors.New("there is no shard")
	}
	for i, s := range p.Shards {
		for _, item := range s.Items {
			if item.Pair < 0 || item.Pair >= len(p.Pairs) || item.Rows[0] != next[item.Pair] || item.Rows[1] <= item.Rows[0] {
				return fmt.Errorf("shard %d has rows %v of pair %d, which are not the next ones", i, item.Rows, item.Pair)
			}
			next[item.Pair] = item.Rows[1]
		}
	}
	for i, pair := range p.Pairs {
		if next[i] != pair.Rows[1] {
			return fmt.Errorf("no shard has the rows of pair %d from %d on", i, next[i])
		}
	}
	return nil
}

// seal makes the sum by which shards know their plan: of everything but the estimate, which is another one each time.
func (p *Plan) seal() error {
	q := *p
	q.Estimate = Estimate{}
	data, err := json.Marshal(q)
	p.sum = hash(data)
	return err
}

// job is the job of a pair, whose inputs are the planned ones.
func (p *Pair) job(ctx context.Context, parse Parse) (*job.Job, error) {
	j, err := parse(p.Args)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{j.Coverage, j.Mask, j.SaveModel} {
		if name != "" && !strings.HasPrefix(name, filepath.FromSlash(p.Name)+".") {
			return nil, exit.Errorf(exit.Input, "the plan writes %s, which is not named after its pair; make it again with detect plan", name)
		}
	}
	for _, in := range p.Inputs {
		if err := in.Check(ctx); err != nil {
			return nil, err
		}
	}
	return j, nil
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
