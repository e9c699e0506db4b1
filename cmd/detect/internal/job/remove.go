package job

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"passdiff/change"
	"passdiff/raster"
)

// Removal is a setting that would have removed a detection: of its pixels none would have been in any.
type Removal struct {
	// Option is the option as it is given to detect run, beside those of the run.
	Option string `json:"option"`
	// Was is what held in the run.
	Was string `json:"was"`
}

// mostTried is the size, in pixels, of the part of a pair beyond which options are not tried: each trial scores it again.
const mostTried = 1 << 24

// removals are the smallest changes of the threshold, of hysteresis, of the minimum mapping unit and of opening that remove a region. Each has
// been tried on the pixels; options that cannot remove it are not among them. It is nil for a region too large to try.
func (r *rerun) removals(ctx context.Context, g, unfilled *change.Region) (all []Removal, err error) {
	if n := r.around(g).Pixels(); n > mostTried {
		r.Report.Warn("the detection spans %.0f Mpx with its surroundings: which options would have removed it is not tried", float64(n)/1e6)
		return nil, nil
	}
	m := r.record.Model
	all = []Removal{}
	for _, find := range []func() (*Removal, error){
		func() (*Removal, error) { return r.higherThreshold(ctx, g) },
		func() (*Removal, error) {
			h := math.Floor(100*g.ScoreMax/m.Threshold)/100 + 0.01
			return r.try(ctx, g, "--hysteresis "+short(h), short(r.record.Parameters.Hysteresis), func(m *change.Model, _ *change.Options) { m.Keep = h * m.Threshold })
		},
		func() (*Removal, error) {
			n := unfilled.Pixels + 1
			return r.try(ctx, g, "--mmu "+MMU{Pixels: n}.String(), MMU{Pixels: r.MMU.Pixels}.String(), func(_ *change.Model, o *change.Options) { o.MinPixels = n })
		},
		func() (*Removal, error) { return r.moreOpening(ctx, g) },
	} {
		found, err := find()
		if err != nil {
			return nil, err
		}
		if found != nil {
			all = append(all, *found)
		}
	}
	return all, nil
}

// short is a number with the digits that it needs.
func short(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }

// try is a setting, when it removes the region.
func (r *rerun) try(ctx context.Context, g *change.Region, option, was string, set func(*change.Model, *change.Options)) (*Removal, error) {
	gone, err := r.removes(ctx, g, set)
	if err != nil || !gone {
		return nil, err
	}
	return &Removal{option, was}, nil
}

// removes reports whether a setting leaves no pixel of a region in any.
func (r *rerun) removes(ctx context.Context, g *change.Region, set func(*change.Model, *change.Options)) (bool, error) {
	regions, err := r.detect(ctx, r.around(g), set)
	if err != nil {
		return false, err
	}
	was := raster.NewArea(g.Runs)
	for _, other := range regions {
		for _, run := range other.Runs {
			if was.Touches(run) {
				return false, nil
			}
		}
	}
	return true, nil
}

// thresholdDigits are the significant digits of a threshold that is proposed.
const thresholdDigits = 3

// higherThreshold is the lowest fixed threshold of so many digits that removes a region. A higher one never brings back what a lower one
// removed, so that halving finds it. A person's own threshold comes with a hysteresis of 1.
func (r *rerun) higherThreshold(ctx context.Context, g *change.Region) (*Removal, error) {
	m := r.record.Model
	step := math.Pow(10, math.Floor(math.Log10(m.Threshold))+1-thresholdDigits)
	at := func(k int64) float64 {
		v, _ := strconv.ParseFloat(fmt.Sprintf("%.*g", thresholdDigits+3, float64(k)*step), 64) // the nearest decimal fraction
		return v
	}
	set := func(v float64) func(*change.Model, *change.Options) {
		return func(m *change.Model, _ *change.Options) { m.Threshold, m.Keep, m.Confidence = v, v, nil }
	}
	low, high := int64(math.Floor(m.Threshold/step)), int64(math.Floor(g.ScoreMax/step))+1
	if gone, err := r.removes(ctx, g, set(at(high))); err != nil || !gone {
		return nil, err // a score of this size has no next threshold
	}
	for low+1 < high {
		mid := (low + high) / 2
		gone, err := r.removes(ctx, g, set(at(mid)))
		if err != nil {
			return nil, err
		}
		if gone {
			high = mid
		} else {
			low = mid
		}
	}
	return &Removal{"--threshold " + change.Fixed(at(high)).String(), short(m.Threshold) + " (" + m.Rule + ")"}, nil
}

// moreOpening is the least opening that removes a region, when one does.
func (r *rerun) moreOpening(ctx context.Context, g *change.Region) (*Removal, error) {
	for n := r.Opening + 1; (change.Options{Opening: n}).Validate() == nil; n++ {
		found, err := r.try(ctx, g, fmt.Sprintf("--opening %d", n), strconv.Itoa(r.Opening), func(_ *change.Model, o *change.Options) { o.Opening = n })
		if err != nil || found != nil {
			return found, err
		}
	}
	return nil, nil
}
