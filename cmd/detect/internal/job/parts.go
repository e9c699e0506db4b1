package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/geo"
	"passdiff/raster"
)

// Fitted is what the fit of a pair found, as exact numbers: what every part of the pair is compared by.
type Fitted struct {
	Model        *change.Model `json:"model"`
	Registration *registration `json:"registration"`
	// ModelSHA256 is that of the file that the model was read from; "" when it was fitted.
	ModelSHA256 string `json:"model_sha256,omitempty"`
}

// Extent is how much there is to compare of a pair, by rows of its before grid.
type Extent struct {
	// First and End are the first row that both passes cover and the one behind the last.
	First, End int
	// Step is the number of rows of a block: parts that begin at multiples of it read no block twice but for what lies around them.
	Step int
	// Weights estimates for each Step rows from First on, the first and last of which may be fewer, how many pixels are asked about and
	// measured in both passes: measured in the sample.
	Weights []float64
	// Bytes is the number of bytes of one pixel of both passes.
	Bytes int64
	// Rate is the number of pixels that one worker compared in a second, as far as the sample tells.
	Rate float64
}

// Fit fits the pair of a job and measures how much there is to compare. Errors carry exit codes.
func (j *Job) Fit(ctx context.Context) (Fitted, Extent, error) {
	if err := j.Validate(); err != nil {
		return Fitted{}, Extent{}, err
	}
	j.clock.start()
	in, err := j.prepare(ctx)
	if err != nil {
		return Fitted{}, Extent{}, err
	}
	defer in.close()
	var s seen
	in.look = func(sample *raster.Sample) { s = seenIn(sample) }
	j.clock.done("opening")
	f, err := j.model(ctx, in)
	if err != nil {
		return Fitted{}, Extent{}, err
	}
	return Fitted{f.Model, f.registered, j.modelSum}, in.extent(s, &j.clock, j.workers()), unchanged(in.passes)
}

// maxStep is the height in rows of the largest blocks at which parts begin. A scene in one strip is cut anywhere, although each part reads all.
const maxStep = 4096

// extent measures a pair by what its sample saw.
func (o *opened) extent(s seen, c *clock, workers int) Extent {
	w := o.pair.Window
	e := Extent{First: w.Y, End: w.MaxY(), Step: 1}
	for _, p := range o.passes {
		i := p.Info()
		if i.BlockH <= maxStep {
			e.Step = max(e.Step, i.BlockH)
		}
		e.Bytes += int64(i.Bands * i.Type.Size())
	}
	for y := w.Y; y < w.MaxY(); {
		end := min(w.MaxY(), (y/e.Step+1)*e.Step)
		rows := raster.Window{X: w.X, Y: y, W: w.W, H: end - y}
		pixels := rows.Pixels()
		if o.area != nil {
			pixels = o.area.Clip(rows).Pixels()
		}
		e.Weights = append(e.Weights, float64(pixels)*s.at((y+end)/2))
		y = end
	}
	if t := c.of("sample"); t > 0 {
		e.Rate = float64(s.pixels) / t / float64(workers)
	}
	return e
}

// Part is what was found in some rows of a pair, beside its features and fragments.
type Part struct {
	Rows       [2]int         `json:"rows"`
	Summary    change.Summary `json:"summary"`
	Suppressed int64          `json:"suppressed"`
	Known      int64          `json:"known"`
	// Order holds for each feature the last row of its region and the first column there, by which features are ordered.
	Order [][2]int32 `json:"order"`
	// Pixels and Units count what was not observed by class of coverage.
	Pixels [classes]int64 `json:"pixels"`
	Units  [classes]int64 `json:"units"`
}

// blindRun is a run that was not observed, for polygons of coverage.
type blindRun struct {
	Run raster.Run `json:"run"`
	Why uint8      `json:"why"`
}

// PartFiles is where a part goes, or comes from: a collection of the features that no cut met, and lines of JSON.
type PartFiles[T any] struct {
	Features  T
	Fragments T
	Blind     T // what was not observed; empty unless the job wants coverage or a mask
	Changed   T // the runs of the features' regions and of others that were kept; empty unless the job wants a mask
}

// RunPart compares some rows of the pair of a job and writes what it finds there. The same rows give the same bytes. Errors carry exit codes.
func (j *Job) RunPart(ctx context.Context, fit Fitted, rows [2]int, to PartFiles[io.Writer]) (p Part, err error) {
	in, err := j.prepareFitted(ctx, fit)
	if err != nil {
		return p, err
	}
	defer in.close()
	f, err := j.model(ctx, in)
	if err != nil {
		return p, err
	}
	covered, err := j.newCoverage(in)
	if err != nil {
		return p, err
	}
	found := j.newFeatures(to.Features, in)
	defer found.abandon()
	found.one.fitted(f.Model)
	found.ordered = true
	fragments, blind, changed := json.NewEncoder(to.Fragments), json.NewEncoder(to.Blind), json.NewEncoder(to.Changed)
	o := j.options(cmp.Or(in.least, f.MinPixels, defaultPixels))
	o.Area, o.Rows = in.area, rows
	progress := j.Report.Progress("comparing", int64(rows[1]-rows[0])*int64(in.pair.Window.W))
	defer progress.Done()
	p.Rows = rows
	p.Summary, err = change.Detect(ctx, f.pair, f.Model, o, change.Output{
		Region: func(region *change.Region) error {
			if j.Mask != "" {
				if err := changed.Encode(region.Runs); err != nil {
					return output.Failed(j.Out, err)
				}
			}
			return found.add(region)
		},
		Loose: func(x change.Fragment) error { return output.Failed(j.Out, fragments.Encode(x)) },
		Blind: func(run raster.Run, why uint8) error {
			covered.blind(run, why)
			if j.Coverage == "" && j.Mask == "" {
				return nil
			}
			return output.Failed(j.Out, blind.Encode(blindRun{run, why}))
		},
		Progress: progress.Set,
	})
	if err != nil {
		return p, exit.With(exit.Input, err)
	}
	if err := found.close(); err != nil {
		return p, err
	}
	p.Suppressed, p.Known = found.left.excluded, found.left.known
	p.Order, p.Pixels, p.Units = found.order, covered.pixels, covered.units
	return p, unchanged(in.passes)
}

// prepareFitted is prepare for a job that was fitted before.
func (j *Job) prepareFitted(ctx context.Context, fit Fitted) (*opened, error) {
	if err := j.Validate(); err != nil {
		return nil, err
	}
	j.clock.start()
	j.fitted = &fit
	return j.prepare(ctx)
}

// Merge joins the parts of a job, which together are all rows, in order, and writes what Run would have written. It reads the inputs' headers
// only. Errors carry exit codes.
func (j *Job) Merge(ctx context.Context, fit Fitted, parts []Part, from []PartFiles[io.Reader]) (r Result, err error) {
	in, err := j.prepareFitted(ctx, fit)
	if err != nil {
		return r, err
	}
	defer in.close()
	f, err := j.model(ctx, in)
	if err != nil {
		return r, err
	}
	covered, err := j.newCoverage(in)
	if err != nil {
		return r, err
	}
	if w := in.pair.Window; len(parts) == 0 || parts[0].Rows[0] != w.Y || parts[len(parts)-1].Rows[1] != w.MaxY() {
		return r, exit.Errorf(exit.Unverified, "the parts are not those of the rows that both passes cover; plan again")
	}
	files, err := j.begin()
	if err != nil {
		return r, err
	}
	defer files.Abort()
	found := j.newFeatures(files.out, in)
	found.one.fitted(f.Model)
	changed, err := j.newMask(files.mask, in.passes[0].Info().Grid, in.pair.Window, in.area)
	if err != nil {
		return r, err
	}
	defer changed.abandon()

	var fragments []change.Fragment
	for i, p := range parts {
		r.Summary = r.Summary.Plus(p.Summary)
		found.left = found.left.plus(left{p.Suppressed, p.Known})
		if err := takeBlind(covered, changed, p, in.pair.Window, from[i].Blind); err != nil {
			return r, err
		}
		if err := changed.take(in.pair.Window, from[i].Changed); err != nil {
			return r, err
		}
		if fragments, err = readLines(fragments, from[i].Fragments); err != nil {
			return r, err
		}
	}
	o := j.options(cmp.Or(in.least, f.MinPixels, defaultPixels))
	o.Area = in.area
	var joined []drafted
	s, err := change.Join(in.pair.Window, f.Model, o, fragments, change.Output{Region: func(region *change.Region) error {
		changed.paint(maskChanged, region.Runs...)
		d, ok, err := found.one.draft(region, &found.left)
		if ok && err == nil {
			joined = append(joined, d)
		}
		return err
	}})
	if err != nil {
		return r, exit.With(exit.Input, err)
	}
	r.Summary = r.Summary.Plus(s)
	for i, p := range parts {
		if joined, err = found.weave(joined, p.Order, from[i].Features); err != nil {
			return r, err
		}
	}
	if err := found.write(joined, left{}); err != nil {
		return r, err
	}
	if err := found.close(); err != nil {
		return r, err
	}
	if err := changed.close(); err != nil {
		return r, err
	}
	r.Scene, r.Suppressed, r.Known = in.passes[0].Info().Grid.Window().Pixels(), found.left.excluded, found.left.known
	r.Warnings = j.warnings(in, f, r.Summary)
	return r, j.complete(ctx, files, in, f, covered, o, r)
}

// readLines appends the values of a file of JSON lines.
func readLines[T any](to []T, r io.Reader) ([]T, error) {
	d := json.NewDecoder(r)
	for {
		var v T
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			return to, nil
		}
		if err != nil {
			return to, exit.With(exit.Unverified, err)
		}
		to = append(to, v)
	}
}

// takeBlind adds what a part did not observe to coverage and mask.
func takeBlind(c *coverage, m *mask, p Part, window raster.Window, blind io.Reader) error {
	for class := range classes {
		c.pixels[class] += p.Pixels[class]
		c.units[class] += p.Units[class]
	}
	runs, err := readLines[blindRun](nil, blind)
	for _, r := range runs {
		if err := inside(window, r.Run); err != nil {
			return err
		}
		m.paint(maskNotObserved, r.Run)
		if c.keep {
			c.runs[classOf(r.Why)] = append(c.runs[classOf(r.Why)], r.Run)
		}
	}
	return err
}

// inside refuses runs that a window does not have.
func inside(window raster.Window, runs ...raster.Run) error {
	for _, r := range runs {
		if r.Len() <= 0 || !window.Contains(raster.Window{X: int(r.X0), Y: int(r.Y), W: r.Len(), H: 1}) {
			return exit.Errorf(exit.Unverified, "a part has a run at row %d, columns %d to %d, which the passes have not", r.Y, r.X0, r.X1)
		}
	}
	return nil
}

// take paints the regions of a part.
func (m *mask) take(window raster.Window, changed io.Reader) error {
	regions, err := readLines[[]raster.Run](nil, changed)
	for _, runs := range regions {
		if err := inside(window, runs...); err != nil {
			return err
		}
		m.paint(maskChanged, runs...)
	}
	return err
}

// weave writes the features of a part, whose regions end where order says, and those of joined that go before them; it returns the rest.
func (f *features) weave(joined []drafted, order [][2]int32, part io.Reader) ([]drafted, error) {
	in := geo.NewReader(part)
	for k, o := range order {
		if k > 0 && slices.Compare(order[k-1][:], o[:]) > 0 {
			return nil, exit.Errorf(exit.Unverified, "the features of a part are out of order")
		}
		next, err := in.Read()
		if err != nil {
			return nil, exit.With(exit.Unverified, err)
		}
		n := 0
		for n < len(joined) && slices.Compare(joined[n].end[:], o[:]) < 0 {
			n++
		}
		if err := f.write(joined[:n], left{}); err != nil {
			return nil, err
		}
		joined = joined[n:]
		if err := f.w.Write(next); err != nil {
			return nil, output.Failed(f.name, err)
		}
	}
	if _, err := in.Read(); !errors.Is(err, io.EOF) {
		return nil, exit.Errorf(exit.Unverified, "a part has more features than it says")
	}
	return joined, nil
}
