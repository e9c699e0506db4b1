package change

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"passdiff/change/register"
	"passdiff/raster"
)

// modelSchema names the layout of a Model's JSON.
const modelSchema = "passdiff-model/1"

// DefaultHysteresis is how many times the threshold a region's highest score must reach: on labelled pairs 1.4 raises the share of detections that are real at equal F1.
const DefaultHysteresis = 1.4

// Model is all that detection needs to know of a pair: fitted once on the sample, then applied to every tile. It is immutable and safe
// for concurrent use, and it survives JSON exactly.
type Model struct {
	Method string
	Bands  int
	// Offset is subtracted from values as they are read (see raster.Pair).
	Offset [2][]float64
	// Shift is by how much AFTER was moved before anything was fitted; nil for not at all. Residual is the misregistration that was left, nil
	// when it was not measured.
	Shift    *Shift
	Residual *register.Lattice
	Norm     Norm
	Scorer   Scorer
	// Evidence and Gate, Judge, MinPixels and Fill as in Fitted.
	Evidence  Scorer
	Gate      float64
	Judge     *Judge
	MinPixels int64
	Fill      int
	// Threshold is the score T from which a pixel counts as changed, Keep the score that a region's highest pixel must reach; both in the
	// score's unit. Rule is how T was found, Candidates what each rule would have given. Never means that no score counts.
	Threshold, Keep float64
	Rule            string
	Candidates      map[string]float64
	// Sample says on how much the model was fitted, Facts, JSON, what the method learned of the pair.
	Sample SampleFacts
	Facts  json.RawMessage
	// Warnings are what a person should know about the fit.
	Warnings []string
}

// SampleFacts says on how much of a pair a Model was fitted.
type SampleFacts struct {
	Chips    int   `json:"chips"`
	Whole    bool  `json:"whole"`
	Pixels   int64 `json:"pixels"`
	Measured int64 `json:"measured"`
}

// FitOptions says how to fit. The zero value is the default: Auto, its own threshold, DefaultHysteresis.
type FitOptions struct {
	Method    Method
	Threshold Threshold
	// Hysteresis K keeps a region when its highest score reaches K·T; 0 means the default, 1 keeps every region. A Fixed threshold
	// without Hysteresis keeps every region, because the user said what counts.
	Hysteresis float64
	// Told is what is known of the pair beside its pixels.
	Told Told
	// Shift and Residual go into the Model as they are: the sample is of passes that have been registered.
	Shift    *Shift
	Residual *register.Lattice
	// Workers score chips in parallel; 0 means all CPUs.
	Workers int
}

func (o FitOptions) withDefaults() FitOptions {
	if o.Method == nil {
		o.Method = Auto{}
	}
	if o.Hysteresis == 0 {
		o.Hysteresis = DefaultHysteresis
		if _, ok := o.Threshold.(Fixed); ok {
			o.Hysteresis = 1
		}
	}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

// Halo is the halo that the sample for Fit needs.
func (o FitOptions) Halo() int { return o.withDefaults().Method.Halo() }

// Fit makes the model of a sample of a pair with so many bands. The sample's halo is at least the method's. A sample in which nothing is
// measured, or nothing varies, gives a model that finds nothing and says so in its warnings.
func Fit(ctx context.Context, s *raster.Sample, bands int, o FitOptions) (*Model, error) {
	o = o.withDefaults()
	if !(o.Hysteresis >= 1) || math.IsInf(o.Hysteresis, 0) {
		return nil, fmt.Errorf("hysteresis %v is below 1", o.Hysteresis)
	}
	if f, ok := o.Threshold.(Fixed); ok && !usable(float64(f)) {
		return nil, fmt.Errorf("threshold %v is not a score above 0", float64(f))
	}
	if have := s.Halo(); have < o.Method.Halo() {
		return nil, fmt.Errorf("the sample has a halo of %d pixels; %s needs %d", have, o.Method.Name(), o.Method.Halo())
	}
	t := &Training{Sample: s, Bands: bands, Norm: Standardise(s, bands), Workers: o.Workers, Told: o.Told}
	m := &Model{
		Method: o.Method.Name(), Bands: bands, Offset: s.Offset, Shift: o.Shift, Residual: o.Residual, Norm: t.Norm, Rule: ruleFor(o.Threshold, nil).String(),
		Threshold: Never, Keep: Never, Candidates: map[string]float64{}, Facts: json.RawMessage("{}"),
		Sample: SampleFacts{Chips: len(s.Chips), Whole: s.Whole, Pixels: s.Pixels, Measured: s.Measured},
	}
	nothing, err := newCVA(defaultSigma, t.Norm) // until a method has learned better
	if err != nil {
		return nil, err
	}
	m.Scorer = nothing
	for _, b := range s.Coarse {
		m.warn("band %d holds values further apart than 2²⁴ steps; small differences are lost", b+1)
	}
	if s.Measured == 0 {
		m.warn("no pixel is measured in both passes; nothing can be found")
		return m, nil
	}
	m.Warnings = append(m.Warnings, t.Norm.warnings()...)
	if t.Norm.none() {
		return m, nil
	}
	f, err := o.Method.Fit(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := m.learn(f, o); err != nil {
		return nil, err
	}
	values, err := scoreSample(ctx, s, m.Scorer, o.Workers)
	if err != nil {
		return nil, err
	}
	scores := newScores(values, s.Measured)
	if scores == nil {
		if f, ok := o.Threshold.(Fixed); ok {
			m.decide(f.Find(nil), o.Hysteresis)
		}
		m.warn("the score is the same everywhere in the sample: the passes may be the same image")
		return m, nil
	}
	for _, t := range thresholds {
		m.Candidates[t.String()] = round32(t.Find(scores))
	}
	m.decide(ruleFor(o.Threshold, f.Threshold).Find(scores), o.Hysteresis)
	return m, nil
}

// learn takes over what a method has learned.
func (m *Model) learn(f Fitted, o FitOptions) error {
	m.Scorer, m.MinPixels, m.Fill = f.Scorer, f.MinPixels, f.Fill
	m.Evidence, m.Gate, m.Judge = f.Evidence, f.Gate, f.Judge
	m.Rule = ruleFor(o.Threshold, f.Threshold).String()
	m.Warnings = append(m.Warnings, f.Warnings...)
	if f.Facts == nil {
		return nil
	}
	var err error
	m.Facts, err = json.Marshal(f.Facts)
	return err
}

// ruleFor is the rule asked for, else the method's, else Otsu's.
func ruleFor(asked, method Threshold) Threshold {
	switch {
	case asked != nil:
		return asked
	case method != nil:
		return method
	}
	return Otsu{}
}

func (m *Model) decide(threshold, hysteresis float64) {
	m.Threshold = round32(threshold)
	m.Keep = round32(hysteresis * threshold)
}

func (m *Model) warn(format string, args ...any) {
	m.Warnings = append(m.Warnings, fmt.Sprintf(format, args...))
}

// scoreSample scores every chip and returns the measured scores, in chip order.
func scoreSample(ctx context.Context, s *raster.Sample, scorer Scorer, workers int) (func(func([]float32)), error) {
	scores := make([]raster.Tile, len(s.Chips))
	next := make(chan int)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(next)
		for i := range s.Chips {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range workers {
		g.Go(func() error {
			score := scorer.Worker()
			for i := range next {
				scores[i].Shape(s.Chips[i].Out, 1)
				score(&scores[i], s.Chips[i])
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return func(f func([]float32)) {
		for i, c := range s.Chips {
			row := 0
			c.EachRow(c.Out, func(_, at, n int) {
				v := scores[i].Data[row*scores[i].Stride:][:n]
				row++
				if c.Valid == nil {
					f(v)
					return
				}
				raster.EachStretch(c.Valid[at:at+n], func(from, to int) { f(v[from:to]) })
			})
		}
	}, nil
}

// modelJSON is the layout of the file.
type modelJSON struct {
	Schema     string             `json:"schema"`
	Method     string             `json:"method"`
	Bands      int                `json:"bands"`
	Offset     [2][]float64       `json:"offset"`
	Shift      *Shift             `json:"shift"`
	Residual   *register.Lattice  `json:"residual"`
	Norm       Norm               `json:"norm"`
	Scorer     Node               `json:"scorer"`
	Evidence   Node               `json:"evidence"`
	Gate       float64            `json:"gate"`
	Judge      *Judge             `json:"judge"`
	MinPixels  int64              `json:"min_pixels"`
	Fill       int                `json:"fill"`
	Threshold  float64            `json:"threshold"`
	Keep       float64            `json:"keep"`
	Rule       string             `json:"rule"`
	Candidates map[string]float64 `json:"candidates"`
	Sample     SampleFacts        `json:"sample"`
	Facts      json.RawMessage    `json:"facts"`
	Warnings   []string           `json:"warnings"`
}

// MarshalJSON writes the model with every digit it has.
func (m *Model) MarshalJSON() ([]byte, error) {
	return json.Marshal(modelJSON{
		modelSchema, m.Method, m.Bands, m.Offset, m.Shift, m.Residual, m.Norm, Node{m.Scorer}, Node{m.Evidence}, m.Gate, m.Judge, m.MinPixels, m.Fill,
		m.Threshold, m.Keep, m.Rule, m.Candidates, m.Sample, m.Facts, m.Warnings,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote and refuses models that cannot be applied.
func (m *Model) UnmarshalJSON(data []byte) error {
	var j modelJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if j.Schema != modelSchema {
		return fmt.Errorf("model has schema %q, want %q", j.Schema, modelSchema)
	}
	if j.Bands < 1 || len(j.Norm.Before) != j.Bands || len(j.Norm.After) != j.Bands {
		return fmt.Errorf("model of %d bands standardises %d and %d", j.Bands, len(j.Norm.Before), len(j.Norm.After))
	}
	if err := j.Norm.validate(); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	for _, o := range j.Offset {
		if o != nil && len(o) != j.Bands {
			return fmt.Errorf("model of %d bands has %d offsets", j.Bands, len(o))
		}
	}
	if err := j.Shift.validate(); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if !(float32(j.Threshold) > 0) || !(j.Keep >= j.Threshold) {
		return fmt.Errorf("model has threshold %v and keep %v", j.Threshold, j.Keep)
	}
	if _, err := ParseMethod(j.Method); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if err := j.Scorer.prepare(j.Bands); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if j.Evidence.Scorer != nil {
		if err := j.Evidence.prepare(j.Bands); err != nil {
			return fmt.Errorf("model: evidence: %w", err)
		}
	}
	if err := j.Judge.validate(); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if !(j.Gate >= 0 && j.Gate <= math.MaxFloat32) || j.MinPixels < 0 || j.Fill < 0 || j.Fill > maxFill {
		return fmt.Errorf("model has gate %v, minimum of %d pixels, fills below %d", j.Gate, j.MinPixels, j.Fill)
	}
	*m = Model{
		j.Method, j.Bands, j.Offset, j.Shift, j.Residual, j.Norm, j.Scorer.Scorer, j.Evidence.Scorer, j.Gate, j.Judge, j.MinPixels, j.Fill,
		j.Threshold, j.Keep, j.Rule, j.Candidates, j.Sample, j.Facts, j.Warnings,
	}
	return nil
}
