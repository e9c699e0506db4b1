package score

import (
	"fmt"
	"strings"

	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/geo"
	"passdiff/raster"
)

// Schema names the form of the JSON object that a Result makes.
const Schema = "passdiff-score/1"

// Result is how a result of detect run agrees with reference data. Shares are from 0 to 1. What is undefined is nil, and Notes say why.
type Result struct {
	Schema  string  `json:"schema"`
	Out     Input   `json:"out"`
	Truth   Input   `json:"truth"`
	AOI     *string `json:"aoi"`
	Grid    Grid    `json:"grid"`
	Pixels  Pixels  `json:"pixels"`
	Objects Objects `json:"objects"`
	Sizes   []Size  `json:"sizes"`
	Area    Area    `json:"area"`
	// Notes say what is undefined and why, and what to know about the rest.
	Notes []string `json:"notes"`

	census bool // all observed pixels are labelled
}

// Input is a file; Kind is raster or polygons.
type Input struct {
	File string `json:"file"`
	Kind string `json:"kind"`
}

// Grid is what both were compared on. CRS and PixelM2, the mean area of a pixel on the ellipsoid, are nil without a georeference.
type Grid struct {
	Width   int      `json:"width"`
	Height  int      `json:"height"`
	CRS     *string  `json:"crs"`
	PixelM2 *float64 `json:"pixel_m2"`
}

// Pixels are the measures of labelled pixels. Those that OUT did not observe count as not flagged.
type Pixels struct {
	Labelled         int      `json:"labelled"`
	NotObserved      int      `json:"not_observed"`
	NotObservedShare float64  `json:"not_observed_share"`
	TP               int      `json:"tp"`
	FP               int      `json:"fp"`
	FN               int      `json:"fn"`
	TN               int      `json:"tn"`
	Precision        *float64 `json:"precision"`
	Recall           *float64 `json:"recall"`
	F1               *float64 `json:"f1"`
	IoU              *float64 `json:"iou"`
	Kappa            *float64 `json:"kappa"`
	Commission       *float64 `json:"commission"`
	Omission         *float64 `json:"omission"`
	Flagged          float64  `json:"flagged"`
}

// Counts are those of truth objects of 8 pixels or more, and of detections.
type Counts struct {
	Truth              int      `json:"truth"`
	TruthTouched       int      `json:"truth_touched"`
	TruthMatched       int      `json:"truth_matched"`
	Detections         int      `json:"detections"`
	DetectionsTouching int      `json:"detections_touching"`
	DetectionsMatched  int      `json:"detections_matched"`
	Recall             *float64 `json:"recall"`
	Precision          *float64 `json:"precision"`
	RecallMatched      *float64 `json:"recall_matched"`
	PrecisionMatched   *float64 `json:"precision_matched"`
}

// Objects are the measures of 8-connected objects of any size.
type Objects struct {
	Counts
	F1         *float64 `json:"f1"`
	F1Matched  *float64 `json:"f1_matched"`
	Commission *float64 `json:"commission"`
	Omission   *float64 `json:"omission"`
}

// Size is the objects of one size class: truth objects by their own size, detections by theirs.
type Size struct {
	Name   string   `json:"name"`
	FromPx int64    `json:"from_px"`
	ToPx   *int64   `json:"to_px"` // the first size that is too large
	FromM2 *float64 `json:"from_m2"`
	ToM2   *float64 `json:"to_m2"`
	Counts
	TruthPx         int64    `json:"truth_px"`
	TruthPxFound    int64    `json:"truth_px_found"`
	DetectedPx      int64    `json:"detected_px"`
	DetectedPxRight int64    `json:"detected_px_right"`
	PixelRecall     *float64 `json:"pixel_recall"`
	PixelPrecision  *float64 `json:"pixel_precision"`
	PixelOmission   *float64 `json:"pixel_omission"`
	PixelCommission *float64 `json:"pixel_commission"`
}

// Area is the area-adjusted estimate (accuracy.Strata). Areas are in Unit, m2 or px; Low and High bound 95 % confidence intervals.
type Area struct {
	Unit            string   `json:"unit"`
	Observed        float64  `json:"observed"`
	MappedChanged   float64  `json:"mapped_changed"`
	SampleChanged   int      `json:"sample_changed_px"`
	SampleUnchanged int      `json:"sample_unchanged_px"`
	Changed         *float64 `json:"changed"`
	ChangedSE       *float64 `json:"changed_se"`
	ChangedLow      *float64 `json:"changed_low"`
	ChangedHigh     *float64 `json:"changed_high"`
	Users           *float64 `json:"users_changed"`
	UsersSE         *float64 `json:"users_changed_se"`
	UsersNot        *float64 `json:"users_unchanged"`
	UsersNotSE      *float64 `json:"users_unchanged_se"`
	Producers       *float64 `json:"producers_changed"`
	ProducersSE     *float64 `json:"producers_changed_se"`
	ProducersNot    *float64 `json:"producers_unchanged"`
	ProducersNotSE  *float64 `json:"producers_unchanged_se"`
	Overall         *float64 `json:"overall"`
	OverallSE       *float64 `json:"overall_se"`
}

// when is a measure where it is defined.
func when(defined bool, v float64) *float64 {
	if !defined {
		return nil
	}
	return &v
}

// less is one minus a measure.
func less(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return when(true, 1-*v)
}

func opt(v geo.Opt[float64]) *float64 { return when(v.Known, v.Value) }

// result puts the numbers together.
func (j *Job) result(sides [2]*side, grid raster.Grid, m *mapped, all accuracy.Comparison, sizes accuracy.Sizes, lost accuracy.Unobserved) *Result {
	r := &Result{Schema: Schema, Grid: Grid{Width: grid.Width, Height: grid.Height, PixelM2: opt(m.mean)}, Notes: []string{}}
	for i, to := range []*Input{&r.Out, &r.Truth} {
		*to = Input{sides[i].path, "polygons"}
		if sides[i].scene != nil {
			*to = Input{sides[i].scene.Facts().Path, "raster"}
		}
	}
	if grid.Georeferenced() {
		r.Grid.CRS = &grid.CRS
	}
	if j.AOI != "" {
		r.AOI = &j.AOI
	}
	r.pixels(all.Pixels, lost)
	r.objects(all.Objects, sizes)
	r.area(m, all.Pixels, lost)
	r.undefined(all)
	return r
}

func (r *Result) pixels(p accuracy.Pixels, lost accuracy.Unobserved) {
	n := p.TP + p.FP + p.FN + p.TN
	s := Pixels{
		Labelled: n, NotObserved: lost.Changed + lost.Unchanged, TP: p.TP, FP: p.FP, FN: p.FN, TN: p.TN,
		NotObservedShare: float64(lost.Changed+lost.Unchanged) / float64(n), Flagged: p.Flagged(),
		Precision: when(p.TP+p.FP > 0, p.Precision()), Recall: when(p.TP+p.FN > 0, p.Recall()),
		F1: when(p.TP+p.FP+p.FN > 0, p.F1()), IoU: when(p.TP+p.FP+p.FN > 0, p.IoU()),
		Kappa: when(p.TP < n && p.TN < n, p.Kappa()), // else chance explains everything
	}
	s.Commission, s.Omission = less(s.Precision), less(s.Recall)
	r.Pixels = s
}

func counts(o accuracy.Objects) Counts {
	return Counts{
		Truth: o.Known, TruthTouched: o.Found, TruthMatched: o.FoundMatched,
		Detections: o.Detections, DetectionsTouching: o.Real, DetectionsMatched: o.RealMatched,
		Recall: when(o.Known > 0, o.Recall()), Precision: when(o.Detections > 0, o.Precision()),
		RecallMatched: when(o.Known > 0, o.MatchedRecall()), PrecisionMatched: when(o.Detections > 0, o.MatchedPrecision()),
	}
}

// harmonic is the harmonic mean; 0 of two zeros.
func harmonic(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	if *a+*b == 0 {
		return when(true, 0)
	}
	return when(true, 2**a**b/(*a+*b))
}

func (r *Result) objects(o accuracy.Objects, sizes accuracy.Sizes) {
	c := counts(o)
	r.Objects = Objects{
		Counts: c, F1: harmonic(c.Precision, c.Recall), F1Matched: harmonic(c.PrecisionMatched, c.RecallMatched),
		Commission: less(c.Precision), Omission: less(c.Recall),
	}
	for i, s := range sizes {
		from, to := accuracy.SizeRange(i)
		one := Size{
			Name: accuracy.SizeNames[i], FromPx: from, Counts: counts(s.Objects),
			TruthPx: s.KnownPixels, TruthPxFound: s.FoundPixels, DetectedPx: s.DetectedPixels, DetectedPxRight: s.RealPixels,
			PixelRecall:    when(s.KnownPixels > 0, float64(s.FoundPixels)/float64(max(1, s.KnownPixels))),
			PixelPrecision: when(s.DetectedPixels > 0, float64(s.RealPixels)/float64(max(1, s.DetectedPixels))),
		}
		one.PixelOmission, one.PixelCommission = less(one.PixelRecall), less(one.PixelPrecision)
		if to > 0 {
			one.ToPx = &to
		}
		if p := r.Grid.PixelM2; p != nil {
			one.FromM2 = when(true, float64(from)**p)
			one.ToM2 = when(to > 0, float64(to)**p)
		}
		r.Sizes = append(r.Sizes, one)
	}
}

// strata is the map's classes as strata, unchanged first. What OUT did not observe is in none.
func strata(m *mapped, p accuracy.Pixels, lost accuracy.Unobserved) accuracy.Strata {
	return accuracy.Strata{
		Counts: [][]int{{p.TN - lost.Unchanged, p.FN - lost.Changed}, {p.FP, p.TP}},
		Areas:  []float64{m.area(0), m.area(1)},
	}
}

func (r *Result) area(m *mapped, p accuracy.Pixels, lost accuracy.Unobserved) {
	s := strata(m, p, lost)
	e := s.Estimate()
	total := s.Areas[0] + s.Areas[1]
	a := Area{
		Unit: "px", Observed: total, MappedChanged: s.Areas[1],
		SampleChanged: s.Counts[1][0] + s.Counts[1][1], SampleUnchanged: s.Counts[0][0] + s.Counts[0][1],
	}
	if m.areas != nil {
		a.Unit = "m2"
	}
	r.census = int64(a.SampleChanged+a.SampleUnchanged) == m.pixels[0]+m.pixels[1]
	low, high := e.Areas[1].Interval(total)
	a.ChangedLow, a.ChangedHigh = opt(low), opt(high)
	for _, f := range []struct {
		from      accuracy.Estimated
		value, se **float64
	}{
		{e.Areas[1], &a.Changed, &a.ChangedSE}, {e.Overall, &a.Overall, &a.OverallSE},
		{e.Users[1], &a.Users, &a.UsersSE}, {e.Users[0], &a.UsersNot, &a.UsersNotSE},
		{e.Producers[1], &a.Producers, &a.ProducersSE}, {e.Producers[0], &a.ProducersNot, &a.ProducersNotSE},
	} {
		*f.value, *f.se = opt(f.from.Value), opt(f.from.Error)
	}
	r.Area = a
}

// undefined notes what has no value and why.
func (r *Result) undefined(all accuracy.Comparison) {
	note := func(format string, args ...any) { r.Notes = append(r.Notes, fmt.Sprintf(format, args...)) }
	p, a := all.Pixels, r.Area
	if p.TP+p.FN == 0 {
		note("no labelled pixel is changed: recall and omission are undefined; 255 counts as not labelled")
	}
	if p.FP+p.TN == 0 {
		note("no labelled pixel is unchanged: precision says nothing; nodata counts as not labelled")
	}
	if p.TP+p.FP == 0 {
		note("nothing is flagged where there are labels: precision and commission are undefined")
	}
	if p.TP+p.FP+p.FN == 0 {
		note("neither has change: F1 and IoU are undefined")
	}
	if r.Pixels.Kappa == nil {
		note("all labelled pixels are of one class in both: kappa is undefined")
	}
	if p.TP+p.FN > 0 && all.Objects.Known == 0 {
		note("no truth object has %d pixels or more: object recall is undefined", accuracy.LeastObject)
	}
	var missing []string
	if a.MappedChanged > 0 && a.SampleChanged < 2 {
		missing = append(missing, "changed")
	}
	if a.Observed > a.MappedChanged && a.SampleUnchanged < 2 {
		missing = append(missing, "unchanged")
	}
	switch {
	case a.Observed == 0:
		note("nothing was observed: there is no estimate of area")
	case len(missing) > 0:
		note("fewer than two labelled pixels are mapped as %s: the estimate of area or its interval is undefined", strings.Join(missing, " or as "))
	case r.census:
		note("the labels cover all that was observed: the adjusted area is theirs, and its interval is too wide")
	}
	if a.Changed != nil && *a.Changed == 0 {
		note("the estimate holds no change: the producer's accuracy of change is undefined")
	}
}
