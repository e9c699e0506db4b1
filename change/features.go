package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// features scores the pair after three bands have been added to both passes: of luminance the mean over 5×5 pixels, and the logarithms of
// the mean gradient and of the standard deviation over as many (QUALITY, §2a).
type features struct {
	Of        Node       `json:"of"`
	Luminance luminances `json:"luminance"`
	// Gradient, of before and of after, and Deviation are added before logarithms are taken; in standard deviations of luminance.
	Gradient  [2]float64 `json:"gradient"`
	Deviation float64    `json:"deviation"`
}

// The windows of features, their number and floors: a share of the pass's mean gradient, a share of its standard deviation.
const (
	featureBox       = 5
	featureBands     = 3
	featureGradient  = 0.2
	featureDeviation = 0.05
)

func (*features) kind() string { return "features" }

func (f *features) Halo() int { return featureBox/2 + 1 + f.Of.Halo() }

func (f *features) prepare(bands int) error {
	for _, v := range []float64{f.Gradient[0], f.Gradient[1], f.Deviation} {
		if !(v > 0 && v < math.MaxFloat32) {
			return fmt.Errorf("features with floor %v", v)
		}
	}
	if err := f.Luminance.validate(bands); err != nil {
		return err
	}
	return f.Of.prepare(bands + featureBands)
}

func (f *features) worker(mem *scratch) scoring {
	of := f.Of.worker(mem)
	a := newFeatureAdder(mem)
	return func(dst *raster.Tile, t *raster.TilePair) {
		a.add(f, t, dst.Window.Grow(f.Of.Halo()))
		of(dst, &a.pair)
	}
}

// featureAdder makes pairs of tiles with features. It belongs to one goroutine.
type featureAdder struct {
	pair raster.TilePair
	mask []uint8
	mem  *scratch
	g    sobel
	in   [3][]int64
}

func newFeatureAdder(mem *scratch) featureAdder { return featureAdder{mem: mem, g: sobel{mem: mem}} }

// add sets pair to t with features, over a window.
func (a *featureAdder) add(f *features, t *raster.TilePair, w raster.Window) {
	p := &a.pair
	p.Index, p.Out, p.Why = t.Index, t.Out.Intersect(w), nil
	const r = featureBox / 2
	grown := w.Grow(r)
	a.g.measure(f.Luminance, t, grown)
	defer a.g.done()
	for k := range a.in {
		a.in[k] = a.mem.long(grown.W * grown.H)
	}
	defer a.mem.giveLongs(a.in[:]...)
	for pass, tile := range []struct{ dst, src *raster.Tile }{{&p.Before, &t.Before}, {&p.After, &t.After}} {
		tile.dst.Shape(w, tile.src.Bands+featureBands)
		a.copyBands(tile.dst, tile.src, t, w)
		a.texture(f, pass, tile.dst, t, w)
	}
	p.Valid = maskOver(&a.mask, t, w, p.Before.Stride)
}

func (a *featureAdder) copyBands(dst, src *raster.Tile, t *raster.TilePair, w raster.Window) {
	row := 0
	t.EachRow(w, func(_, at, n int) {
		for b := range src.Bands {
			copy(dst.Band(b)[row*dst.Stride:], src.Band(b)[at:at+n])
		}
		row++
	})
}

// texture fills the bands behind those of the pass.
func (a *featureAdder) texture(f *features, pass int, dst *raster.Tile, t *raster.TilePair, w raster.Window) {
	const r = featureBox / 2
	grown := w.Grow(r)
	lum := a.g.lum[pass] // over grown.Grow(1)
	row := 0
	t.EachRow(grown, func(_, at, n int) {
		for i := range n {
			k := row*n + i
			v := fixed(lum.Data[(row+1)*lum.Stride+1+i])
			a.in[0][k], a.in[1][k], a.in[2][k] = v, v*v, 1
			if t.Valid != nil && t.Valid[at+i] == 0 {
				a.in[0][k], a.in[1][k], a.in[2][k] = 0, 0, 0
			}
		}
		row++
	})
	sum, squares, count := a.mem.longSums(a.in[0], w, r), a.mem.longSums(a.in[1], w, r), a.mem.longSums(a.in[2], w, r)
	for i := range a.in[0] {
		a.in[0][i], a.in[2][i] = int64(a.g.steps(pass, i)), int64(a.g.ok[i])
	}
	gradient, edges := a.mem.longSums(a.in[0], w, r), a.mem.longSums(a.in[2], w, r)
	defer a.mem.giveLongs(sum, squares, count, gradient, edges)
	bands := dst.Bands - featureBands
	for y := range w.H {
		mean, grad, dev := dst.Band(bands)[y*dst.Stride:][:w.W], dst.Band(bands + 1)[y*dst.Stride:][:w.W], dst.Band(bands + 2)[y*dst.Stride:][:w.W]
		for x := range w.W {
			k := y*w.W + x
			n := float64(max(count[k], 1))
			m := float64(sum[k]) / n / lumUnit
			v := float64(float64(squares[k])/n/(lumUnit*lumUnit)) - float64(m*m)
			mean[x] = float32(m)
			dev[x] = kernel.Ln(float32(math.Sqrt(max(v, 0)) + f.Deviation))
			grad[x] = kernel.Ln(float32(float64(float64(gradient[k])/float64(max(edges[k], 1))/kernel.GradientUnit) + f.Gradient[pass]))
		}
	}
}

// withFeatures is the training with features added, and the empty score that adds them.
func (t *Training) withFeatures() (*Training, *features) {
	f := &features{Luminance: fitLuminance(t.pixels()), Deviation: featureDeviation}
	for pass := range f.Gradient {
		f.Gradient[pass] = round32(featureGradient*t.meanGradient(f.Luminance, pass)) + leastGradient
	}
	s := *t.Sample
	s.Chips = make([]*raster.TilePair, len(t.Chips))
	for i, c := range t.Chips {
		a := newFeatureAdder(new(scratch))
		a.add(f, c, c.Out)
		s.Chips[i] = &a.pair
	}
	return newTraining(&s, t.Bands+featureBands, t.Workers, t.Told), f
}

// meanGradient is that of one pass over the sample, in standard deviations of luminance.
func (t *Training) meanGradient(l luminances, pass int) float64 {
	g := sobel{mem: new(scratch)}
	var sum, n int64
	for _, c := range t.Chips {
		g.measure(l, c, c.Out)
		for i, ok := range g.ok {
			sum += int64(g.steps(pass, i))
			n += int64(ok)
		}
		g.done()
	}
	return float64(sum) / float64(max(n, 1)) / kernel.GradientUnit
}
