package change

import (
	"fmt"
	"math"
	"sync"

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
	n := Norm{Before: make([]Scale, bands), After: make([]Scale, bands)}
	var both sync.WaitGroup // one goroutine a pass
	both.Go(func() {
		for b := range bands {
			n.Before[b] = scaleOf(s, func(c *raster.TilePair) []float32 { return c.Before.Band(b) })
		}
	})
	for b := range bands {
		n.After[b] = scaleOf(s, func(c *raster.TilePair) []float32 { return c.After.Band(b) })
	}
	both.Wait()
	return n
}

func scaleOf(s *raster.Sample, plane func(*raster.TilePair) []float32) Scale {
	// values calls f with stretches of measured values, in sample order.
	values := func(f func([]float32)) {
		for _, c := range s.Chips {
			c.EachMeasured(plane(c), f)
		}
	}
	if s.Measured == 0 {
		return Scale{}
	}
	center := raster.Quantiles(values, s.Measured, 0.5)[0]
	spread := madToSigma * raster.Quantiles(func(f func([]float32)) {
		var buf []float32
		values(func(v []float32) {
			buf = buf[:0]
			for _, x := range v {
				buf = append(buf, float32(math.Abs(float64(x)-center)))
			}
			f(buf)
		})
	}, s.Measured, 0.5)[0]
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

// round32 keeps 32 significant bits, so that sums that differ in their last bits give the same number.
func round32(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	m, e := math.Frexp(v)
	return math.Ldexp(math.RoundToEven(m*(1<<32)), e-32)
}
