package accuracy

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/report"
	"passdiff/raster"
)

// Chain is a way to compare pairs. The zero value is detect's default.
type Chain struct {
	Method    change.Method    // nil for the default
	Threshold change.Threshold // nil for the default
	// Quarter fits on a quarter of the pixels, as large scenes are fitted on a sample.
	Quarter bool
}

// String is the command that compares like this.
func (c Chain) String() string {
	s := "detect run"
	if c.Method != nil {
		s += " --method " + c.Method.Name()
	}
	if c.Threshold != nil {
		s += " --threshold " + c.Threshold.String()
	}
	if c.Quarter {
		s += " --fit quarter"
	}
	return s
}

// Suffix tells file names of the chain from those of others: "" for the default.
func (c Chain) Suffix() string {
	return strings.NewReplacer("detect run", "", " --method ", "-", " --threshold ", "-", " --fit ", "-", ":", "-").Replace(c.String())
}

// Outcome is what a chain made of a pair.
type Outcome struct {
	Comparison
	Ranking Ranking
	Pair    Pair
	// Method and Threshold are what was used, from the run record.
	Method, Threshold string
	// Features were written, of AreaM2 square metres that both passes show; 0 without a georeference.
	Features int64
	AreaM2   float64

	mask, truth []uint8
	width       int
}

// Changes reports whether the truth has change at all.
func (o *Outcome) Changes() bool { return o.Pixels.TP+o.Pixels.FN > 0 }

// Density is the number of features per square kilometre that both passes show; NaN without a georeference.
func (o *Outcome) Density() float64 {
	if o.AreaM2 == 0 {
		return math.NaN()
	}
	return float64(o.Features) / o.AreaM2 * 1e6
}

// Run compares a pair with files in a temporary folder. A pair whose truth has no georeference is compared pixel by pixel. An error names
// a file and carries an exit code.
func (c Chain) Run(ctx context.Context, p Pair) (*Outcome, error) {
	dir, err := os.MkdirTemp("", "accuracy")
	if err != nil {
		return nil, exit.With(exit.Output, err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := &Outcome{Pair: p}
	truth, grid, err := ReadClasses(ctx, p.truth())
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	j := p.job(dir, grid)
	j.Mask, j.Method, j.Threshold = filepath.Join(dir, "mask.tif"), c.Method, c.Threshold
	j.Quarter = c.Quarter
	if _, err := j.Run(ctx); err != nil {
		return nil, err
	}
	mask, seen, err := ReadClasses(ctx, j.Mask)
	if err != nil {
		return nil, err
	}
	if seen.Width != grid.Width || seen.Height != grid.Height {
		return nil, exit.Errorf(exit.Input, "%s: is %v, its before.tif %v; labels go on the grid of before.tif", p.truth(), grid, seen)
	}
	o.mask, o.truth, o.width = mask, truth, grid.Width
	o.Comparison = Compare(mask, truth, grid.Width)
	score, err := readScores(ctx, j.Score)
	if err != nil {
		return nil, err
	}
	o.Ranking = Rank(score, truth)
	return o, o.readRecord(j.Record)
}

// job is the default comparison of the pair with truth on a grid, and with files in a folder.
func (p Pair) job(dir string, grid raster.Grid) job.Job {
	at := func(name string) string { return filepath.Join(dir, name) }
	return job.Job{
		Before: p.before(), After: p.after(), Out: at("found.geojsonl"), Score: at("score.tif"), Record: at("record.json"),
		NoGeoref: !grid.Georeferenced(), Report: &report.Reporter{},
	}
}

// readRecord takes from a run record what was used.
func (o *Outcome) readRecord(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var record struct {
		Parameters struct{ Method, Threshold string }
		Counts     struct{ Features int64 }
		Coverage   []struct {
			Class  string
			AreaM2 float64 `json:"area_m2"`
		}
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	o.Method, o.Threshold, o.Features = record.Parameters.Method, record.Parameters.Threshold, record.Counts.Features
	for _, c := range record.Coverage {
		if c.Class == "observed" {
			o.AreaM2 = c.AreaM2
		}
	}
	return nil
}

// used lists what the outcomes of a chain were made with, such as "cva, otsu", sorted.
func used(outcomes []*Outcome) []string {
	var all []string
	for _, o := range outcomes {
		all = append(all, o.Method+", "+o.Threshold)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// String says the outcome in a line.
func (o *Outcome) String() string {
	if !o.Changes() {
		return fmt.Sprintf("%-26s no change: flagged %.2f %%", o.Pair.Label(), 100*o.Pixels.Flagged())
	}
	return fmt.Sprintf("%-26s F1 %.3f, AUC-PR %.3f, objects: recall %.3f, precision %.3f", o.Pair.Label(), o.Pixels.F1(), o.Ranking.AUCPR, o.Objects.Recall(), o.Objects.Precision())
}
