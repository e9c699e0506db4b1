package change

import (
	"errors"
	"math"
	"runtime"

	"passdiff/raster"
)

// Survey is what a sample of a pair says of how well the passes can be compared. Values are in the file's units.
type Survey struct {
	// Kind is what sort of imagery the pair is and By how that is known, as Auto tells it; Doubt says what is uncertain about it, "" for
	// nothing. Speckle is the coefficient of variation in small windows, 0 where the kind did not depend on it.
	Kind    PairKind `json:"kind"`
	By      string   `json:"by"`
	Doubt   string   `json:"doubt"`
	Speckle float64  `json:"speckle"`
	// Same says that both passes hold the same values wherever the sample is measured.
	Same bool `json:"same"`
	// Correlation is that of the means of the bands of both passes, smoothed at σ = 2 pixels; 0 where one does not vary.
	Correlation float64 `json:"correlation"`
	// Undeclared says of each pass that holds a value apart from all others that it may be nodata which is not declared.
	Undeclared []string     `json:"undeclared_nodata"`
	Bands      []BandSurvey `json:"bands"`
}

// BandSurvey is one band of both passes. Line is the relative normalisation y ≈ Offset + Gain·x over the least changed pixels, nil where the
// band does not vary in both passes or all bands are the same in both.
type BandSurvey struct {
	Before PassBand  `json:"before"`
	After  PassBand  `json:"after"`
	Line   *BandLine `json:"line"`
}

// BandLine is the relative radiometric normalisation of a band (see Line), in the file's units.
type BandLine struct {
	Gain   float64 `json:"gain"`
	Offset float64 `json:"offset"`
	// Residual is the standard deviation of y − Offset − Gain·x over the sample, Share the same as a share of that of y.
	Residual float64 `json:"residual"`
	Share    float64 `json:"residual_share"`
}

// PassBand is one band of one pass.
type PassBand struct {
	// Median and Spread, 1.4826 times the median absolute deviation, are those of Standardise.
	Median float64 `json:"median"`
	Spread float64 `json:"spread"`
	// Constant says that the band does not vary.
	Constant bool `json:"constant"`
	// Low and High are the least and the greatest value, AtLow and AtHigh the shares of the measured pixels that hold them, PastLow and
	// PastHigh those that hold the values next to them: nodata that is not declared and saturation pile up at the ends.
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	AtLow    float64 `json:"at_low_share"`
	PastLow  float64 `json:"past_low_share"`
	AtHigh   float64 `json:"at_high_share"`
	PastHigh float64 `json:"past_high_share"`
	// Noise is the standard deviation of noise by a Laplacian difference (Immerkær 1996, doi:10.1006/cviu.1996.0060), of which the median
	// takes the place of the mean so that edges do not count: 1.4826·median|I∗N|/6, N = [1 −2 1; −2 4 −2; 1 −2 1]. NoiseShare is the same as a
	// share of Spread.
	Noise      float64 `json:"noise"`
	NoiseShare float64 `json:"noise_share"`
}

// SurveyHalo is the halo that the sample for Examine needs.
const SurveyHalo = 3 * evidenceSigma

// Examine surveys a sample of a pair with so many bands, whose halo is at least SurveyHalo. Where nothing is measured the survey holds the
// kind alone.
func Examine(s *raster.Sample, bands int, told Told) (*Survey, error) {
	t := newTraining(s, bands, runtime.GOMAXPROCS(0), told)
	n := t.natureOf()
	v := &Survey{Kind: n.Kind, By: n.By, Doubt: n.uncertain, Speckle: n.Speckle, Undeclared: []string{}, Bands: []BandSurvey{}}
	if s.Measured == 0 {
		return v, nil
	}
	v.Same = t.same()
	v.Undeclared = append(v.Undeclared, t.undeclared()...)
	for b := range bands {
		v.Bands = append(v.Bands, BandSurvey{
			Before: t.passBand(0, t.Norm.Before[b], t.ends[0][b], func(c *raster.TilePair) []float32 { return c.Before.Band(b) }, b),
			After:  t.passBand(1, t.Norm.After[b], t.ends[1][b], func(c *raster.TilePair) []float32 { return c.After.Band(b) }, b),
		})
	}
	if t.Norm.none() {
		return v, nil
	}
	p := t.pixels()
	v.Correlation = round32(t.correlation(fitLuminance(p)))
	if v.Same {
		return v, nil
	}
	m, err := fitMAD(p, t.Norm)
	if errors.Is(err, errDegenerate) || errors.Is(err, errTooSmall) {
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	for b, l := range normalise(p, m) {
		if !l.Used {
			continue
		}
		// What was subtracted from values as they were read is added again.
		v.Bands[b].Line = &BandLine{
			Gain: l.Gain, Offset: round32(l.Offset + t.offset(1, b) - float64(l.Gain*t.offset(0, b))),
			Residual: l.Residual, Share: round32(l.Residual / l.After),
		}
	}
	return v, nil
}

// passBand surveys one band of one pass.
func (t *Training) passBand(pass int, scale Scale, e ends, plane func(*raster.TilePair) []float32, band int) PassBand {
	share := func(n int64) float64 { return round32(float64(n) / float64(t.Measured)) }
	offset := t.offset(pass, band)
	p := PassBand{
		Median: round32(scale.Center + offset), Spread: scale.Spread, Constant: e.low == e.high,
		Low: float64(e.low) + offset, High: float64(e.high) + offset,
		AtLow: share(e.atLow), PastLow: share(e.pastLow), AtHigh: share(e.atHigh), PastHigh: share(e.pastHigh),
		Noise: round32(t.noise(plane)),
	}
	if p.Constant { // the value next to an end is the end
		p.PastLow, p.PastHigh = p.AtLow, p.AtHigh
	}
	if scale.Spread > 0 {
		p.NoiseShare = round32(p.Noise / scale.Spread)
	}
	return p
}

// laplacianNorm is √ΣN² of Immerkær's difference: the standard deviation that noise of 1 has after it.
const laplacianNorm = 6

// noise estimates the standard deviation of the noise of a plane.
func (t *Training) noise(plane func(*raster.TilePair) []float32) float64 {
	var line []float32
	values := func(f func([]float32)) {
		for _, c := range t.Chips {
			line = laplacian(c, plane(c), line, f)
		}
	}
	var n int64
	values(func(v []float32) { n += int64(len(v)) })
	if n == 0 {
		return 0
	}
	return madToSigma * raster.Quantiles(values, n, 0.5)[0] / laplacianNorm
}

// laplacian calls f with |I∗N| row by row, where all of the nine pixels lie in the chip and are measured. It returns its buffer.
func laplacian(c *raster.TilePair, plane, line []float32, f func([]float32)) []float32 {
	stride := c.Before.Stride
	inner := c.Out.Grow(-1)
	if inner.Empty() {
		return line
	}
	c.EachRow(inner, func(_, at, n int) {
		line = line[:0]
		for i := at; i < at+n; i++ {
			if c.Valid != nil && !measuredAround(c.Valid, i, stride) {
				continue
			}
			// Differences of differences, first along rows.
			bend := func(k int) float32 { return (plane[k-1] - plane[k]) - (plane[k] - plane[k+1]) }
			v := (bend(i-stride) - bend(i)) - (bend(i) - bend(i+stride))
			if v = max(v, -v); v <= math.MaxFloat32 {
				line = append(line, v)
			}
		}
		f(line)
	})
	return line
}

// measuredAround reports whether a pixel and its eight neighbours are measured.
func measuredAround(valid []uint8, at, stride int) bool {
	for k := at - stride; k <= at+stride; k += stride {
		if valid[k-1]&valid[k]&valid[k+1] == 0 {
			return false
		}
	}
	return true
}

// offset is what was subtracted from a band of a pass as it was read.
func (t *Training) offset(pass, band int) float64 { return offsetOf(t.Offset, pass, band) }

// offsetOf is the offset of a band of a pass among those of both; a pass without any has nil.
func offsetOf(offsets [2][]float64, pass, band int) float64 {
	if o := offsets[pass]; o != nil {
		return o[band]
	}
	return 0
}
