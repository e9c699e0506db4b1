package job

import (
	"context"
	"errors"
	"math"
	"time"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster"
)

// Assessment is what is known of a pair before it is compared: from its files, and from the sample on which Run would fit its model.
type Assessment struct {
	Before    AssessedPass `json:"before"`
	After     AssessedPass `json:"after"`
	Alignment alignment    `json:"alignment"`
	// PixelM is the side of a pixel of the before grid on the ground, in metres; nil without a georeference.
	PixelM *float64 `json:"pixel_m"`
	// OverlapBefore and OverlapAfter are the shares of each pass that both cover.
	OverlapBefore float64  `json:"overlap_of_before"`
	OverlapAfter  float64  `json:"overlap_of_after"`
	Observed      Observed `json:"observed"`
	// Registration is what Run would do about misregistration.
	Registration *registration `json:"registration"`
	// Survey is of the passes as Run would compare them, registered.
	Survey   *change.Survey `json:"radiometry"`
	Season   Season         `json:"season"`
	SameFile bool           `json:"same_file"`
	Warnings []string       `json:"warnings"`

	// Overview is what pictures are made of; nil unless asked for.
	Overview *Overview `json:"-"`
}

// Overlap is the share of the smaller pass that both cover.
func (a *Assessment) Overlap() float64 { return max(a.OverlapBefore, a.OverlapAfter) }

// AssessedPass is a pass with what its file says of the light, in degrees; nil where it does not.
type AssessedPass struct {
	passRecord
	Size         [2]int   `json:"size"`
	SunElevation *float64 `json:"sun_elevation_deg"`
	SunAzimuth   *float64 `json:"sun_azimuth_deg"`
}

// Observed is how much of the sample is measured in both passes. The sample lies inside both, and with an AOI around it.
type Observed struct {
	Share    float64 `json:"share"`
	Pixels   int64   `json:"pixels"`
	Measured int64   `json:"measured"`
	// Whole says that the sample is all of it.
	Whole bool `json:"whole"`
}

// Season is how far apart the passes are in time and in light; nil where that is not known.
type Season struct {
	// Days from before to after, and between their days of the year, at most 183.
	Days      *float64 `json:"days"`
	DayOfYear *int     `json:"day_of_year_difference"`
	// Elevation and Azimuth are the differences of the sun's, in degrees.
	Elevation *float64 `json:"sun_elevation_difference_deg"`
	Azimuth   *float64 `json:"sun_azimuth_difference_deg"`
}

// Assess looks at a pair without comparing it. It writes nothing: of the job it takes the inputs, the kind and how to register. The overview
// reads all that both passes cover once; side bounds its longer side in pixels, 0 makes none. Errors carry exit codes, as those of Run.
func (j *Job) Assess(ctx context.Context, side int) (*Assessment, error) {
	if err := exit.With(exit.Usage, errors.Join(j.inputErrors()...)); err != nil {
		return nil, err
	}
	frugal()
	passes, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	defer closeAll(passes)
	pair, err := j.align(passes)
	if err != nil {
		return nil, err
	}
	place, err := newPlace(passes[0].Info().Grid)
	if err != nil {
		return nil, err
	}
	defer place.close()
	aois, err := j.areas(pair)
	if err != nil {
		return nil, err
	}
	area := clip(aois.union(), pair.Window)
	told := j.told(passes, place.Locator)
	s, err := j.sample(ctx, pair, j.sampleWindow(pair, area), raster.SampleOptions{Halo: change.SurveyHalo, Workers: j.workers(), Quarter: j.Quarter}, told)
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	a := &Assessment{
		Before: passes[0].assessed(), After: passes[1].assessed(), Alignment: newAlignment(passes, pair), Registration: new(registration),
		OverlapBefore: shareOf(pair.Window, passes[0]), OverlapAfter: shareOf(pair.Window, passes[1]),
		Observed: Observed{Pixels: s.Pixels, Measured: s.Measured, Whole: s.Whole, Share: float64(s.Measured) / float64(max(1, s.Pixels))},
		Season:   season(passes), SameFile: j.sameFile(),
	}
	if told.PixelSize > 0 {
		a.PixelM = &told.PixelSize
	}
	if a.Survey, err = change.Examine(s.Sample, pair.Before.Info().Bands, told); err != nil {
		return nil, err
	}
	*a.Registration, s.Sample = s.registration, nil // the sample is not needed any more
	if side > 0 {
		if a.Overview, err = j.overview(ctx, passes, s.pair, area, side); err != nil {
			return nil, exit.With(exit.Input, err)
		}
	}
	a.Warnings = withoutFolders(append(j.inputWarnings(passes, pair, aois), s.warnings()...), passes)
	j.warnAll(passes, nil) // the rest is part of the assessment
	return a, unchanged(passes)
}

// shareOf is the share of a pass that a window of the frame has.
func shareOf(w raster.Window, p pass) float64 {
	return float64(w.Pixels()) / float64(p.Info().Grid.Window().Pixels())
}

func (p pass) assessed() AssessedPass {
	g := p.Info().Grid
	return AssessedPass{p.record(), [2]int{g.Width, g.Height}, known(p.sun.elevation), known(p.sun.azimuth)}
}

// known is a number or nil.
func known(v geo.Opt[float64]) *float64 {
	if !v.Known {
		return nil
	}
	return &v.Value
}

// season compares the times of the passes and their light.
func season(passes [2]pass) (s Season) {
	b, a := passes[0], passes[1]
	if b.at.Known && a.at.Known {
		days := math.Round(a.at.Value.Sub(b.at.Value).Hours()/24*10) / 10
		apart := daysApart(b.at.Value, a.at.Value)
		s.Days, s.DayOfYear = &days, &apart
	}
	if b.sun.elevation.Known && a.sun.elevation.Known {
		d := math.Abs(a.sun.elevation.Value - b.sun.elevation.Value)
		s.Elevation = &d
	}
	if b.sun.azimuth.Known && a.sun.azimuth.Known {
		d := math.Abs(math.Remainder(a.sun.azimuth.Value-b.sun.azimuth.Value, 360))
		s.Azimuth = &d
	}
	return s
}

// yearDays is the length of a year.
const yearDays = 365

// daysApart is the number of days between two days of the year, the shorter way round.
func daysApart(a, b time.Time) int {
	d := a.YearDay() - b.YearDay()
	d = max(d, -d)
	return max(min(d, yearDays-d), 0)
}
