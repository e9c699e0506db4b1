package change

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"

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
	// Evidence, Gate, Confidence, MinPixels and Fill as in Fitted. A person's own threshold has no confidence.
	Evidence   Scorer
	Gate       float64
	Confidence *Confidence
	MinPixels  int64
	Fill       int
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

// FitOptions says how to fit. The zero value is the default: Auto, its own threshold and hysteresis.
type FitOptions struct {
	Method    Method
	Threshold Threshold
	// Hysteresis K keeps a region when its highest score reaches K·T; 0 means the method's own, 1 keeps every region. A Fixed threshold
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
	if o.Hysteresis != 0 && !(o.Hysteresis >= 1 && o.Hysteresis <= math.MaxFloat32) {
		return nil, fmt.Errorf("hysteresis %v is below 1", o.Hysteresis)
	}
	if f, ok := o.Threshold.(Fixed); ok && !usable(float64(f)) {
		return nil, fmt.Errorf("threshold %v is not a score above 0", float64(f))
	}
	if have := s.Halo(); have < o.Method.Halo() {
		return nil, fmt.Errorf("the sample has a halo of %d pixels; %s needs %d", have, o.Method.Name(), o.Method.Halo())
	}
	t := newTraining(s, bands, o.Workers, o.Told)
	t.Residual = o.Residual
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
	m.Warnings = append(m.Warnings, t.undeclared()...)
	m.Warnings = append(m.Warnings, t.saturated()...)
	if t.same() {
		m.warn("both passes are the same image in the sample; nothing can be found")
		return m, nil
	}
	f, err := o.Method.Fit(ctx, t)
	if errors.Is(err, errTooSmall) {
		m.warn("%v; nothing can be found. Choose another --kind or --method", err)
		return m, nil
	}
	if errors.Is(err, errDegenerate) {
		m.warn("%v: the passes may be the same image; nothing can be found", err)
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if err := m.learn(f, o); err != nil {
		return nil, err
	}
	planes, err := t.score(ctx, scored{m.Scorer, f.values}, 0, nil)
	if err != nil {
		return nil, err
	}
	scores := newScores(measuredScores(s, planes), s.Measured)
	if scores == nil {
		if f, ok := o.Threshold.(Fixed); ok {
			m.decide(f.Find(nil), cmp.Or(o.Hysteresis, 1))
		}
		m.warn("the score is the same everywhere in the sample: the passes may be the same image")
		return m, nil
	}
	m.compare(scores)
	m.decide(ruleFor(o.Threshold, f.Threshold).Find(scores), hysteresisFor(o, f))
	return m, nil
}

// learn takes over what a method has learned.
func (m *Model) learn(f Fitted, o FitOptions) error {
	m.Scorer, m.MinPixels, m.Fill = f.Scorer, f.MinPixels, f.Fill
	m.Evidence, m.Gate = f.Evidence, f.Gate
	if o.Threshold == nil {
		m.Confidence = f.Confidence
	}
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

// disagreement is the share of the pixels between the lowest and the highest of the rules' thresholds from which a person should look.
const disagreement = 1.0 / 3

// compare notes what each rule would have given; those that find no change at all are left out.
func (m *Model) compare(s *Scores) {
	low, high := thresholds[0], thresholds[0]
	for _, t := range thresholds {
		v := round32(t.Find(s))
		if v >= Never {
			continue
		}
		m.Candidates[t.String()] = v
		if v < m.Candidates[low.String()] {
			low = t
		}
		if v > m.Candidates[high.String()] {
			high = t
		}
	}
	l, h := m.Candidates[low.String()], m.Candidates[high.String()]
	if share := s.share(l, h); share > disagreement {
		m.warn("the rules for the threshold disagree: %s finds %.3g, %s %.3g, with %.0f %% of the pixels between; look at the result, or set --threshold", low, l, high, h, 100*share)
	}
}

// hysteresisFor is what is asked for, else 1 when a person's own number says what counts, else the method's.
func hysteresisFor(o FitOptions, f Fitted) float64 {
	if _, ok := o.Threshold.(Fixed); ok {
		return cmp.Or(o.Hysteresis, 1)
	}
	return cmp.Or(o.Hysteresis, f.Hysteresis, DefaultHysteresis)
}

func (m *Model) decide(threshold, hysteresis float64) {
	m.Threshold = round32(threshold)
	m.Keep = round32(hysteresis * threshold)
}

func (m *Model) warn(format string, args ...any) {
	m.Warnings = append(m.Warnings, fmt.Sprintf(format, args...))
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
	Confidence *Confidence        `json:"confidence"`
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
		modelSchema, m.Method, m.Bands, m.Offset, m.Shift, m.Residual, m.Norm, Node{m.Scorer}, Node{m.Evidence}, m.Gate, m.Confidence, m.MinPixels, m.Fill,
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
	if h := max(j.Scorer.Halo(), j.Evidence.reach()); h > maxHalo {
		return fmt.Errorf("model whose scores depend on %d pixels around; %d can be had", h, maxHalo)
	}
	if err := j.Confidence.validate(); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if !(j.Gate >= 0 && j.Gate <= math.MaxFloat32) || j.MinPixels < 0 || j.Fill < 0 || j.Fill > maxFill {
		return fmt.Errorf("model has gate %v, minimum of %d pixels, fills below %d", j.Gate, j.MinPixels, j.Fill)
	}
	*m = Model{
		j.Method, j.Bands, j.Offset, j.Shift, j.Residual, j.Norm, j.Scorer.Scorer, j.Evidence.Scorer, j.Gate, j.Confidence, j.MinPixels, j.Fill,
		j.Threshold, j.Keep, j.Rule, j.Candidates, j.Sample, j.Facts, j.Warnings,
	}
	return nil
}
