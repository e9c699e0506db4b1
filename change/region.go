package change

import (
	"math"

	"passdiff/raster"
)

// Region is a connected set of changed pixels: a candidate.
type Region struct {
	// Runs are its pixels, sorted by row and then column, 4-connected.
	Runs []raster.Run
	// Pixels is their number.
	Pixels int64
	// ScoreMax and ScoreMean are in the method's unit.
	ScoreMax, ScoreMean float64
	// RimScore is the mean score over the rim, 0 where there is none.
	RimScore float64
	// Confidence is the share, in percent, of regions of such evidence that were real on labelled pairs; nil where the model does not know.
	Confidence *int
	// Inside and Rim hold, for before and after, the mean standardised value of each band inside the region and over its rim: the
	// measured, unchanged pixels nearest to it. Rim is nil when there are none.
	Inside, Rim [2][]float64
	// RimPixels is their number, UnseenPixels that of the pixels around the region, as near as the rim, that were not measured.
	RimPixels, UnseenPixels int64
	// AtScene and AtUnseen report that the region shares a side with the border of the pair's window, with a pixel not measured. What
	// lies beyond may have changed too.
	AtScene, AtUnseen bool
	// AtArea reports that it shares a side with a pixel outside the area that was asked about.
	AtArea bool
}

// Kind says in which pass a region stands out from its rim.
type Kind string

// The kinds, by one contrast test in both passes (see Region.Kind).
const (
	Appeared    Kind = "appeared"    // only after
	Disappeared Kind = "disappeared" // only before
	Altered     Kind = "altered"     // in both or in neither, or there is no rim to compare with
)

// Direction is the sign of the radiometric change after standardisation.
type Direction string

// The directions (see Region.Direction).
const (
	Brighter Direction = "brighter"
	Darker   Direction = "darker"
	Mixed    Direction = "mixed"
)

// standsOut is the share of the change of contrast that a contrast must reach to count as standing out: an object that is there in one
// pass only carries all of the change, one that turned into its opposite carries half of it in each pass.
const standsOut = 0.5

// oneWay is the share of the summed change that must point one way for it to be called brighter or darker.
const oneWay = 0.5

// newRegion takes its sums in steps of 1/unit of score.
func newRegion(c *component, bands int, unit float64) *Region {
	r := &Region{
		Runs: c.runs, Pixels: c.pixels, RimPixels: c.rim, UnseenPixels: c.unseen,
		AtScene: c.edges&edgeScene != 0, AtUnseen: c.edges&edgeUnseen != 0, AtArea: c.edges&edgeArea != 0,
		ScoreMax: float64(c.peak), ScoreMean: float64(c.score) / unit / float64(c.pixels),
	}
	if c.rim > 0 {
		r.RimScore = float64(c.rimScore) / unit / float64(c.rim)
	}
	r.ScoreMean = min(r.ScoreMean, r.ScoreMax) // rounding to steps may lift the mean of a few pixels above their peak
	r.Inside = [2][]float64{means(c.vector[insideBefore*bands:][:bands], c.pixels), means(c.vector[insideAfter*bands:][:bands], c.pixels)}
	if c.rim > 0 {
		r.Rim = [2][]float64{means(c.vector[rimBefore*bands:][:bands], c.rim), means(c.vector[rimAfter*bands:][:bands], c.rim)}
	}
	return r
}

func means(totals []int64, n int64) []float64 {
	m := make([]float64, len(totals))
	for i, t := range totals {
		m[i] = float64(t) / valueUnit / float64(n)
	}
	return m
}

// Observed is the share, 0 to 1, of the region and its surroundings that was measured in both passes.
func (r *Region) Observed() float64 {
	seen := float64(r.Pixels + r.RimPixels)
	return seen / (seen + float64(r.UnseenPixels))
}

// Kind compares the contrast of inside against rim in both passes. With the contrast vectors c_before and c_after over the bands and
// D = c_after − c_before, a pass stands out when |c| ≥ ½|D|.
func (r *Region) Kind() Kind {
	if r.RimPixels == 0 {
		return Altered
	}
	var before, after, diff float64
	for b := range r.Inside[0] {
		x, y := r.Inside[0][b]-r.Rim[0][b], r.Inside[1][b]-r.Rim[1][b]
		before += float64(x * x)
		after += float64(y * y)
		diff += float64((y - x) * (y - x))
	}
	limit := standsOut * math.Sqrt(diff)
	switch b, a := math.Sqrt(before) >= limit, math.Sqrt(after) >= limit; {
	case a && !b:
		return Appeared
	case b && !a:
		return Disappeared
	}
	return Altered
}

// Direction is brighter or darker when the changes of the bands' means add up to at least half of what they would if all pointed the
// same way, else mixed.
func (r *Region) Direction() Direction {
	var net, gross float64
	for b := range r.Inside[0] {
		d := r.Inside[1][b] - r.Inside[0][b]
		net += d
		gross += math.Abs(d)
	}
	switch {
	case net > 0 && net >= oneWay*gross:
		return Brighter
	case net < 0 && -net >= oneWay*gross:
		return Darker
	}
	return Mixed
}
