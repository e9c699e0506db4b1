package change

import (
	"math"
	"slices"

	"passdiff/change/internal/parallel"
)

// Line is the relative radiometric normalisation of one band, fitted on pixels without change: y ≈ Offset + Gain·x.
type Line struct {
	Gain   float64 `json:"gain"`
	Offset float64 `json:"offset"`
	// Residual, Mean and Median are the standard deviation, mean and median of y − Offset − Gain·x over the sample; After is the standard
	// deviation of y.
	Residual float64 `json:"residual"`
	Mean     float64 `json:"mean"`
	Median   float64 `json:"median"`
	After    float64 `json:"after"`
	// Used says that the band varies in both passes.
	Used bool `json:"used"`
}

// noChangeShare is the share of pixels, those of the least IR-MAD statistic, that count as unchanged (Canty and Nielsen 2008).
const noChangeShare = 0.3

// normalise fits each band's line by orthogonal regression over the least changed pixels (Canty and Nielsen 2008,
// doi:10.1016/j.rse.2007.07.013).
func normalise(p *pixels, v *variates) []Line {
	limit := nth(slices.Clone(v.z), int(noChangeShare*float64(len(v.z)-1)))
	weights := make([]float64, len(v.z))
	for i, z := range v.z {
		if z <= limit {
			weights[i] = 1
		}
	}
	lines := make([]Line, p.bands)
	parallel.Each(p.workers, len(v.bands), func(i int) {
		b := v.bands[i]
		x, y := p.before(b), p.after(b)
		m := weigh([][]float64{x, y}, weights, 1)
		sxx, syy, sxy := m.cov[0][0], m.cov[1][1], m.cov[0][1]
		l := Line{Used: true, Gain: slope(sxx, syy, sxy)}
		l.Offset = m.mean[1] - float64(l.Gain*m.mean[0])
		e := make([]float64, len(x))
		for i := range e {
			e[i] = y[i] - l.Offset - float64(l.Gain*x[i])
		}
		mean, sd := deviation(e)
		l.Mean, l.Residual, l.After = round32(mean), round32(sd), round32(p.sdAfter(b))
		l.Median = round32(nth(e, len(e)/2))
		l.Gain, l.Offset = round32(l.Gain), round32(l.Offset)
		l.Used = l.Residual > 0 && l.After > 0
		lines[b] = l
	})
	return lines
}

// Where the unchanged pixels of both passes correlate less than leastCorrelation, or the line is steepness times steeper or flatter than
// the ratio of the standard deviations, orthogonal regression has found an axis of noise.
const (
	leastCorrelation = 0.25
	steepness        = 3
)

// slope is that of the orthogonal regression of y on x, or the ratio of standard deviations where that cannot be trusted.
func slope(sxx, syy, sxy float64) float64 {
	if !(sxx > 0 && syy > 0) {
		return 1
	}
	ratio := math.Sqrt(syy / sxx)
	if sxy < leastCorrelation*math.Sqrt(float64(sxx*syy)) {
		return ratio
	}
	d := syy - sxx
	g := (d + math.Sqrt(float64(d*d)+float64(4*sxy*sxy))) / (2 * sxy)
	if g > steepness*ratio || g < ratio/steepness {
		return ratio
	}
	return g
}

// normalisedDistance is the root mean square over bands of the standardised residuals.
func normalisedDistance(lines []Line) *forms {
	return residuals(lines, func(b int) (spread, centre float64) { return lines[b].Residual, lines[b].Mean })
}

// residuals are the root mean square over the used bands of what the lines leave, about a centre and in units of a spread of each band.
func residuals(lines []Line, of func(band int) (spread, centre float64)) *forms {
	f := &forms{}
	used := 0
	for _, l := range lines {
		if l.Used {
			used++
		}
	}
	for b, l := range lines {
		if !l.Used {
			continue
		}
		spread, centre := of(b)
		c := 1 / (spread * math.Sqrt(float64(used)))
		after, before := make([]float64, len(lines)), make([]float64, len(lines))
		after[b], before[b] = round32(c), round32(-c*l.Gain)
		f.After, f.Before, f.Shift = append(f.After, after), append(f.Before, before), append(f.Shift, round32(-c*(l.Offset+centre)))
	}
	return f
}
