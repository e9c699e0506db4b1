package change

import (
	"math"

	"passdiff/raster"
)

// madToSigma makes the median absolute deviation of a normal distribution its standard deviation: 1/Φ⁻¹(¾).
const madToSigma = 1.482602218505602

// Scale standardises the values of one band of one pass: z = (v − Center)/Spread. A Spread of 0 means that the band is constant; its z
// is 0.
type Scale struct {
	Center float64 `json:"center"`
	Spread float64 `json:"spread"`
}

// gain is what values are multiplied by.
func (s Scale) gain() float32 {
	if s.Spread == 0 {
		return 0
	}
	return float32(1 / s.Spread)
}

// Norm is the standardisation of a pair: one Scale for each band of each pass.
type Norm struct {
	Before []Scale `json:"before"`
	After  []Scale `json:"after"`
}

// usable reports whether a band varies in both passes; others say nothing about change.
func (n Norm) usable(band int) bool { return n.Before[band].Spread > 0 && n.After[band].Spread > 0 }

// Constant lists the bands (0-based) that are constant in one pass or both.
func (n Norm) Constant() []int {
	var c []int
	for b := range n.Before {
		if !n.usable(b) {
			c = append(c, b)
		}
	}
	return c
}

// Standardise measures median and spread of every band of both passes over the measured pixels of the sample. Where more than half of
// a band's values are equal, its median absolute deviation is 0 and the standard deviation about the median takes its place.
func Standardise(s *raster.Sample, bands int) Norm {
	n := Norm{Before: make([]Scale, bands), After: make([]Scale, bands)}
	for b := range bands {
		n.Before[b] = scaleOf(s, func(c *raster.TilePair) []float32 { return c.Before.Band(b) })
		n.After[b] = scaleOf(s, func(c *raster.TilePair) []float32 { return c.After.Band(b) })
	}
	return n
}

func scaleOf(s *raster.Sample, plane func(*raster.TilePair) []float32) Scale {
	// values calls f with stretches of measured values, in sample order.
	values := func(f func([]float32)) {
		for _, c := range s.Chips {
			eachMeasured(c, plane(c), f)
		}
	}
	if s.Measured == 0 {
		return Scale{}
	}
	center := quantile(values, s.Measured, 0.5)
	spread := madToSigma * quantile(func(f func([]float32)) {
		var buf []float32
		values(func(v []float32) {
			buf = buf[:0]
			for _, x := range v {
				buf = append(buf, float32(math.Abs(float64(x)-center)))
			}
			f(buf)
		})
	}, s.Measured, 0.5)
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
	return Scale{Center: round32(center), Spread: round32(spread)}
}

// eachMeasured calls f with the stretches of measured pixels of a plane inside a chip's window.
func eachMeasured(c *raster.TilePair, plane []float32, f func([]float32)) {
	c.EachRow(c.Out, func(_, at, n int) {
		row := plane[at : at+n]
		if c.Valid == nil {
			f(row)
			return
		}
		eachStretch(c.Valid[at:at+n], func(from, to int) { f(row[from:to]) })
	})
}

// eachStretch calls f with each half-open stretch of bytes that are not 0.
func eachStretch(mask []uint8, f func(from, to int)) {
	for i := 0; i < len(mask); {
		if mask[i] == 0 {
			i++
			continue
		}
		from := i
		for i < len(mask) && mask[i] != 0 {
			i++
		}
		f(from, i)
	}
}

// round32 keeps 32 significant bits, so that sums that differ in their last bits give the same number.
func round32(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	m, e := math.Frexp(v)
	return math.Ldexp(math.RoundToEven(m*(1<<32)), e-32)
}
