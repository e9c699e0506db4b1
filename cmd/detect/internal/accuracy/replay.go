package accuracy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/raster"
)

// Replay is a pair as a method has fitted and scored it, to decide about again and again: neither takes place again.
type Replay struct {
	Pair Pair
	// Model is what was fitted. It knows one band, the score, and its scorers read the planes.
	Model *change.Model
	// Kind is what the method took the pair for, Correlation that of both passes; "" and 0 where it did not say.
	Kind        change.PairKind
	Correlation float64

	planes *raster.Pair // before is the score, after the evidence
	truth  []uint8
	width  int
}

// Replay fits and scores a pair. Errors are those of Run.
func (c Chain) Replay(ctx context.Context, p Pair) (*Replay, error) {
	dir, err := os.MkdirTemp("", "replay")
	if err != nil {
		return nil, exit.With(exit.Output, err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	truth, grid, err := ReadClasses(ctx, p.truth())
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	r := &Replay{Pair: p, truth: truth, width: grid.Width}
	j := p.job(dir, grid)
	j.Method, j.Threshold = c.Method, c.Threshold
	if _, err := j.Run(ctx); err != nil {
		return nil, err
	}
	score, err := readScores(ctx, j.Score)
	if err != nil {
		return nil, err
	}
	m, err := readModel(j.Record)
	if err != nil {
		return nil, err
	}
	evidence := make([]float32, len(score))
	if m.Evidence != nil {
		// A model whose score is the evidence writes it.
		of := *m
		of.Scorer, of.Evidence, of.Threshold, of.Keep = m.Evidence, nil, change.Never, change.Never
		j = p.job(dir, grid)
		j.Model, j.Overwrite = filepath.Join(dir, "evidence.json"), true
		data, err := json.Marshal(&of)
		if err := errors.Join(err, os.WriteFile(j.Model, data, 0o600)); err != nil {
			return nil, exit.With(exit.Output, err)
		}
		if _, err := j.Run(ctx); err != nil {
			return nil, err
		}
		if evidence, err = readScores(ctx, j.Score); err != nil {
			return nil, err
		}
	}
	r.hold(score, evidence, grid.Height)
	return r, r.learn(m)
}

// readModel takes the model from a run record, with the minimum mapping unit that was used.
func readModel(path string) (*change.Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var record struct {
		Model      *change.Model
		Parameters struct {
			MinPixels int64 `json:"min_pixels"`
		}
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	record.Model.MinPixels = record.Parameters.MinPixels
	return record.Model, nil
}

// hold keeps the planes as a pair of scenes; what has no score was not measured.
func (r *Replay) hold(score, evidence []float32, height int) {
	valid := make([]uint8, len(score))
	for i, s := range score {
		if math.IsNaN(float64(s)) {
			score[i], evidence[i] = 0, 0
			continue
		}
		valid[i] = 255
	}
	before, after := raster.NewMemory("score", r.width, height, 1, score), raster.NewMemory("evidence", r.width, height, 1, evidence)
	before.Pixels.Valid = valid
	r.planes = &raster.Pair{Before: before, After: after, Window: before.Pixels.Window}
}

// learn takes over the model, to be decided by on the planes.
func (r *Replay) learn(m *change.Model) error {
	var facts struct {
		Correlation float64
		Nature      struct{ Kind change.PairKind }
	}
	if err := json.Unmarshal(m.Facts, &facts); err != nil {
		return err
	}
	r.Kind, r.Correlation = facts.Nature.Kind, facts.Correlation
	r.Model = m.Replayed()
	return nil
}

// Detect decides by a model that is Model or a copy with other limits, as change.Detect would. found receives the regions.
func (r *Replay) Detect(ctx context.Context, m *change.Model, o change.Options, found func(*change.Region)) error {
	_, err := change.Detect(ctx, r.planes, m, o, change.Output{Region: func(region *change.Region) error {
		found(region)
		return nil
	}})
	return err
}

// Compare decides by a model and compares the mask with the truth.
func (r *Replay) Compare(ctx context.Context, m *change.Model) (Comparison, error) {
	mask := make([]uint8, len(r.truth))
	if err := r.Detect(ctx, m, change.Options{}, func(region *change.Region) {
		for _, run := range region.Runs {
			for x := run.X0; x < run.X1; x++ {
				mask[int(run.Y)*r.width+int(x)] = Changed
			}
		}
	}); err != nil {
		return Comparison{}, err
	}
	return Compare(mask, r.truth, r.width), nil
}

// Touches reports whether a region holds a pixel that is labelled changed, and whether it holds a labelled one at all.
func (r *Replay) Touches(region *change.Region) (real, labelled bool) {
	for _, run := range region.Runs {
		for _, t := range r.truth[int(run.Y)*r.width:][run.X0:run.X1] {
			real = real || t == Changed
			labelled = labelled || t != Unknown
		}
	}
	return real, labelled
}
