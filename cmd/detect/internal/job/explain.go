package job

import (
	"context"
	"fmt"

	"passdiff/change"
	"passdiff/change/register"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
	"passdiff/geo"
	"passdiff/geo/ogr"
	"passdiff/raster"
)

// Explanation is why a run wrote a detection: what was measured there, and against what it counted.
type Explanation struct {
	ID string `json:"id"`
	// Pixels are those of the detection, Unfilled those before holes were filled, which the minimum mapping unit counts.
	Pixels    int64  `json:"pixels"`
	Unfilled  int64  `json:"pixels_before_filling"`
	MinPixels int64  `json:"min_pixels"`
	ObjDesc   string `json:"obj_desc"`
	Direction string `json:"direction"`
	EdgeFlag  string `json:"edge_flag"`
	// Bands are those that were compared.
	Bands []BandChange `json:"bands"`
	Score ScoreFacts   `json:"score"`
	// Evidence is nil for a model without a gate.
	Evidence *EvidenceFacts `json:"evidence"`
	// Registration is the misregistration left there; nil when it was not measured.
	Registration *Misregistration `json:"registration"`
	// Confidence is nil where the model has none.
	Confidence *ConfidenceFacts `json:"confidence"`
	// Removals are, of each option of the run that could, the smallest change that would have removed the detection; nil for one too large to
	// try.
	Removals []Removal `json:"would_remove"`
}

// BandChange is the change of a band, as means over the detection and over its rim, the unchanged ground around it, in the file's units. The
// rim's are nil where there is none.
type BandChange struct {
	Name      string   `json:"name"`
	Before    float64  `json:"before"`
	After     float64  `json:"after"`
	RimBefore *float64 `json:"rim_before"`
	RimAfter  *float64 `json:"rim_after"`
	// Change is the change of the mean after each pass has been standardised, in robust standard deviations of the scene; nil for a band that
	// does not vary. RimChange is that of the rim.
	Change    *float64 `json:"change_sd"`
	RimChange *float64 `json:"rim_change_sd"`
	// NoiseBefore and NoiseAfter are the noise around the place, in robust standard deviations of the scene (see change.PassBand).
	NoiseBefore *float64 `json:"noise_before_sd"`
	NoiseAfter  *float64 `json:"noise_after_sd"`
}

// ScoreFacts are the score of a detection and what it had to reach: some pixels the threshold, one of them keep.
type ScoreFacts struct {
	Method    string      `json:"method"`
	Mean      float64     `json:"mean"`
	Max       float64     `json:"max"`
	Rim       float64     `json:"rim"`
	Threshold float64     `json:"threshold"`
	Rule      string      `json:"rule"`
	Keep      float64     `json:"keep"`
	Parts     change.Part `json:"parts"`
}

// EvidenceFacts are the evidence for a change, which every pixel has at least as much of as the gate.
type EvidenceFacts struct {
	Mean  float64     `json:"mean"`
	Gate  float64     `json:"gate"`
	Parts change.Part `json:"parts"`
}

// Misregistration is a shift and its standard deviation, in pixels.
type Misregistration struct {
	register.Vector
	SD float64 `json:"sd_px"`
}

// ConfidenceFacts are the confidence and the summands of its argument.
type ConfidenceFacts struct {
	Value int           `json:"value"`
	Terms []change.Term `json:"terms"`
}

// surroundings is how far around a detection the run is repeated: further than its rim and what an opening looks at, so that neither is cut.
const surroundings = 64

// Explain explains the detection of that id in the output of a finished run, whose record stands at path, "" for beside the output. It repeats
// the run at that place from its inputs and its model and refuses to explain what does not come out the same.
func Explain(ctx context.Context, out, id, path string, r *report.Reporter) (*Explanation, error) {
	frugal()
	again, err := openRun(ctx, out, path, r)
	if err != nil {
		return nil, err
	}
	defer again.close()
	where, err := again.find(out, id)
	if err != nil {
		return nil, err
	}
	g, err := again.region(ctx, where, id)
	if err != nil {
		return nil, err
	}
	unfilled, err := again.unfilled(ctx, g)
	if err != nil {
		return nil, err
	}
	m := again.record.Model
	e := &Explanation{
		ID: id, Pixels: g.Pixels, Unfilled: unfilled.Pixels, MinPixels: again.MMU.Pixels,
		ObjDesc: string(g.Kind()), Direction: string(g.Direction()), EdgeFlag: edgeFlag(g),
		Score: ScoreFacts{Method: m.Method, Mean: g.ScoreMean, Max: g.ScoreMax, Rim: g.RimScore, Threshold: m.Threshold, Rule: m.Rule, Keep: m.Keep},
	}
	if e.Bands, err = again.bands(ctx, g); err != nil {
		return nil, err
	}
	score, evidence, err := m.Parts(ctx, again.pair, g.Runs, again.workers())
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	e.Score.Parts = score
	if evidence != nil && m.Gate > 0 {
		e.Evidence = &EvidenceFacts{Mean: evidence.Value, Gate: m.Gate, Parts: *evidence}
	}
	if shift, sd, ok := m.Residual.At(middle(g.Runs)); ok {
		e.Registration = &Misregistration{shift, sd}
	}
	if g.Confidence != nil {
		e.Confidence = &ConfidenceFacts{*g.Confidence, m.Confidence.Terms(unfilled, m.Threshold)}
	}
	if e.Removals, err = again.removals(ctx, g, unfilled); err != nil {
		return nil, err
	}
	return e, unchanged(again.passes)
}

// find is the window of the before grid around the detection of that id.
func (r *rerun) find(out, id string) (raster.Window, error) {
	areas, err := ogr.Read(out, ogr.Options{IDField: "det_id", Empty: true})
	if err != nil {
		return raster.Window{}, exit.With(exit.Input, err)
	}
	grid := r.passes[0].Info().Grid
	for _, a := range areas {
		if a.ID != id {
			continue
		}
		p, err := a.InPixels(grid, !grid.Georeferenced())
		if err != nil {
			return raster.Window{}, exit.Errorf(exit.Input, "%s: detection %s: %w; it is not as detect wrote it", out, id, err)
		}
		b := p.Bound()
		w := raster.Window{X: int(b.Min[0]), Y: int(b.Min[1]), W: int(b.Max[0]-b.Min[0]) + 2, H: int(b.Max[1]-b.Min[1]) + 2}
		return w.Grow(surroundings).Intersect(r.pair.Window), nil
	}
	if len(areas) == 0 {
		return raster.Window{}, exit.Errorf(exit.Input, "%s: holds no detection to explain", out)
	}
	return raster.Window{}, exit.Errorf(exit.Input, "%s: none of its %d detections has the id %q; ids stand in the field det_id, the first is %s", out, len(areas), id, areas[0].ID)
}

// region finds the detection again.
func (r *rerun) region(ctx context.Context, where raster.Window, id string) (*change.Region, error) {
	regions, err := r.detect(ctx, r.inside(where), nil)
	if err != nil {
		return nil, err
	}
	pair := pairKey(r.passes)
	for _, g := range regions {
		if geo.DetID(g.Runs, r.passes[0].Info().Grid, pair) == id {
			return g, nil
		}
	}
	return nil, exit.Errorf(exit.Input, "%s: detection %s does not come out again from the recorded inputs and model; its outline was edited, or another version of detect or GDAL made it: run detect again", r.Out, id)
}

// inside is the part of a window that was looked at.
func (r *rerun) inside(w raster.Window) *raster.Area {
	if r.area != nil {
		return r.area.Clip(w)
	}
	var runs []raster.Run
	for y := w.Y; y < w.MaxY(); y++ {
		runs = append(runs, raster.Run{Y: int32(y), X0: int32(w.X), X1: int32(w.MaxX())})
	}
	return raster.NewArea(runs)
}

// around is the part of the pair in which a region comes out as in the whole.
func (r *rerun) around(g *change.Region) *raster.Area {
	return r.inside(raster.NewArea(g.Runs).Bounds().Grow(surroundings).Intersect(r.pair.Window))
}

// unfilled is a region before its holes were filled.
func (r *rerun) unfilled(ctx context.Context, g *change.Region) (*change.Region, error) {
	regions, err := r.detect(ctx, r.around(g), func(_ *change.Model, o *change.Options) { o.Fill = 1 })
	if err != nil {
		return nil, err
	}
	all := raster.NewArea(g.Runs)
	for _, u := range regions {
		if covers(all, u) {
			return u, nil
		}
	}
	return nil, fmt.Errorf("explaining: the region has no pixels before its holes are filled")
}

// covers reports whether an area holds all of a region.
func covers(a *raster.Area, g *change.Region) bool {
	for _, run := range g.Runs {
		if !a.Covers(run) {
			return false
		}
	}
	return true
}

// bands says how each band changed.
func (r *rerun) bands(ctx context.Context, g *change.Region) ([]BandChange, error) {
	m := r.record.Model
	near := *r.pair
	near.Window = raster.NewArea(g.Runs).Bounds().Grow(surroundings).Intersect(r.pair.Window)
	s, err := raster.ReadSample(ctx, &near, raster.SampleOptions{Halo: change.SurveyHalo, Workers: r.workers()})
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	v, err := change.Examine(s, m.Bands, change.Told{Kind: change.VHR}) // the kind does not matter
	if err != nil {
		return nil, err
	}
	var all []BandChange
	for b := range m.Bands {
		value := func(pass int, z float64) float64 {
			scale := [][]change.Scale{m.Norm.Before, m.Norm.After}[pass][b]
			out := scale.Center + float64(z*scale.Spread)
			if o := m.Offset[pass]; o != nil {
				out += o[b]
			}
			return out
		}
		c := BandChange{Name: r.record.Before.BandNames[b], Before: value(0, g.Inside[0][b]), After: value(1, g.Inside[1][b])}
		x, y := m.Norm.Before[b], m.Norm.After[b]
		if x.Spread > 0 && y.Spread > 0 {
			c.Change = pointer(g.Inside[1][b] - g.Inside[0][b])
			c.NoiseBefore, c.NoiseAfter = pointer(v.Bands[b].Before.Noise/x.Spread), pointer(v.Bands[b].After.Noise/y.Spread)
		}
		if g.Rim[0] != nil {
			c.RimBefore, c.RimAfter = pointer(value(0, g.Rim[0][b])), pointer(value(1, g.Rim[1][b]))
			if c.Change != nil {
				c.RimChange = pointer(g.Rim[1][b] - g.Rim[0][b])
			}
		}
		all = append(all, c)
	}
	return all, nil
}

func pointer(v float64) *float64 { return &v }
