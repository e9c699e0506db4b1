package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/parallel"
	"passdiff/raster"
)

// madToSigma makes the median absolute deviation of a normal distribution its standard deviation: 1/Φ⁻¹(¾).
const madToSigma = 1.482602218505602

// Scale standardises the values of one band of one pass: z = (v − Center)/Spread. A Spread of 0 means that the band is constant.
type Scale struct {
	Center float64 `json:"center"`
	Spread float64 `json:"spread"`
}

// affine is z = gain·v + shift. It reports false when the band is constant, or when its values are so large or so small that 32-bit
// floats cannot standardise them.
func (s Scale) affine() (gain, shift float32, ok bool) {
	gain, shift = float32(1/s.Spread), float32(-s.Center/s.Spread)
	ok = s.Spread > 0 && gain > 0 && gain <= math.MaxFloat32 && math.Abs(float64(shift)) <= math.MaxFloat32 && math.Abs(s.Center) < math.MaxFloat32
	return gain, shift, ok
}

// Norm is the standardisation of a pair: one Scale for each band of each pass.
type Norm struct {
	Before []Scale `json:"before"`
	After  []Scale `json:"after"`
}

// usable reports whether a band can be standardised in both passes; others say nothing about change.
func (n Norm) usable(band int) bool {
	_, _, before := n.Before[band].affine()
	_, _, after := n.After[band].affine()
	return before && after
}

// warnings says which bands are left out and why.
func (n Norm) warnings() []string {
	var out []string
	for b := range n.Before {
		if n.usable(b) {
			continue
		}
		if n.Before[b].constant() || n.After[b].constant() {
			out = append(out, fmt.Sprintf("band %d is constant in one pass or both and is left out", b+1))
		} else {
			out = append(out, fmt.Sprintf("band %d holds values too large or too small for 32-bit floats and is left out; rescale it", b+1))
		}
	}
	if n.none() {
		out = append(out, "no band can be compared; nothing can be found")
	}
	return out
}

// none reports that no band is usable.
func (n Norm) none() bool {
	for b := range n.Before {
		if n.usable(b) {
			return false
		}
	}
	return true
}

// constant reports that a band does not vary, as far as 32-bit floats can tell.
func (s Scale) constant() bool { return s.Spread == 0 && math.Abs(s.Center) < math.MaxFloat32 }

// validate refuses numbers that no fit gives.
func (n Norm) validate() error {
	for _, scales := range [][]Scale{n.Before, n.After} {
		for b, s := range scales {
			if !(s.Spread >= 0) || math.IsInf(s.Spread, 0) || math.IsNaN(s.Center) || math.IsInf(s.Center, 0) {
				return fmt.Errorf("band %d is standardised by center %v and spread %v", b+1, s.Center, s.Spread)
			}
		}
	}
	return nil
}

// Standardise measures median and spread of every band of both passes over the measured pixels of the sample. Where more than half of
// a band's values are equal, its median absolute deviation is 0 and the standard deviation about the median takes its place.
func Standardise(s *raster.Sample, bands int) Norm {
	n, _ := measureBands(s, bands, 2)
	return n
}

// measureBands gives the standardisation of every band of both passes and its ends.
func measureBands(s *raster.Sample, bands, workers int) (Norm, [2][]ends) {
	n := Norm{Before: make([]Scale, bands), After: make([]Scale, bands)}
	e := [2][]ends{make([]ends, bands), make([]ends, bands)}
	parallel.Each(workers, 2*bands, func(i int) {
		if b := i / 2; i%2 == 0 {
			n.Before[b], e[0][b] = measureBand(s, func(c *raster.TilePair) []float32 { return c.Before.Band(b) })
		} else {
			n.After[b], e[1][b] = measureBand(s, func(c *raster.TilePair) []float32 { return c.After.Band(b) })
		}
	})
	return n, e
}

// measureBand measures one plane.
func measureBand(s *raster.Sample, plane func(*raster.TilePair) []float32) (Scale, ends) {
	// values calls f with stretches of measured values, in sample order.
	values := func(f func([]float32)) {
		for _, c := range s.Chips {
			c.EachMeasured(plane(c), f)
		}
	}
	if s.Measured == 0 {
		return Scale{}, ends{}
	}
	var center, spread float64
	var e ends
	if t := raster.Count(values); t != nil {
		center = t.Quantiles(0.5)[0]
		spread = madToSigma * t.Deviation(center, 0.5)
		e = countedEnds(t)
	} else {
		center = raster.Quantiles(values, s.Measured, 0.5)[0]
		spread = madToSigma * deviationFrom(center, values, s.Measured)
		e = endsOf(values)
	}
	if spread == 0 {
		sum := 0.0
		values(func(v []float32) {
			for _, x := range v {
				d := float64(x) - center
				sum += float64(d * d)
			}
		})
		spread = math.Sqrt(sum / float64(s.Measured))
	}
	return Scale{Center: round32(center), Spread: round32(spread)}, e
}

// deviationFrom is the median of the distances of n values from a centre.
func deviationFrom(center float64, values func(func([]float32)), n int64) float64 {
	return raster.Quantiles(func(f func([]float32)) {
		var buf []float32
		values(func(v []float32) {
			buf = buf[:0]
			for _, x := range v {
				buf = append(buf, float32(math.Abs(float64(x)-center)))
			}
			f(buf)
		})
	}, n, 0.5)[0]
}

// round32 keeps 32 significant bits, so that sums that differ in their last bits give the same number.
func round32(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	m, e := math.Frexp(v)
	return math.Ldexp(math.RoundToEven(m*(1<<32)), e-32)
}
