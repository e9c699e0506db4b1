package change

import (
	"context"
	"errors"
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// LogRatio compares radar passes by the logarithm of the ratio of amplitudes, averaged over three Gaussians: the logarithm makes speckle
// additive, and averaging after it, not before, keeps single bright scatterers from deciding (Bazi, Bruzzone and Melgani 2005,
// doi:10.1109/TGRS.2004.842441; the scales from QUALITY, §2):
//
//	d_b = ln((y_b + c_b)/(x_b + c_b)),  c_b = 0.05·(mean x_b + mean y_b)/2,  g_b = mean of G_1, G_2, G_3 d_b,
//	S = √ mean over bands (g_b − median g_b)²
//
// Floating-point values are taken as intensities, the squares of amplitudes; values in decibels are subtracted. A common gain of either
// pass leaves the score the same within the effect of c.
type LogRatio struct{}

// The constants of the log-ratio (QUALITY, §2 and §2b).
const (
	logRatioShare = 0.05 // c as a share of the mean
	// leastLogRatio is the least threshold at which anything counts as changed, and speckleFactor that in standard deviations of what
	// speckle leaves in g: averaging keeps averagedSpeckle of what speckle is in d.
	leastLogRatio   = 0.25
	speckleFactor   = 4
	averagedSpeckle = 0.163
)

var logRatioSigmas = []float64{1, 2, 3}

// Name is "logratio".
func (LogRatio) Name() string { return "logratio" }

// Halo is the reach of the widest Gaussian.
func (LogRatio) Halo() int { return kernel.Radius(3) }

// Fit finds c, the median of g and the strength of speckle.
func (m LogRatio) Fit(ctx context.Context, t *Training) (Fitted, error) {
	n := t.natureOf()
	l := &logRatio{Sigmas: logRatioSigmas, Decibels: n.Decibels, Root: t.Told.Float && !n.Decibels, Offset: t.Offset}
	p := t.pixels()
	if p.len() == 0 {
		return Fitted{}, errors.New("logratio: nothing is measured")
	}
	for b := range t.Bands {
		l.Floor = append(l.Floor, round32(logRatioShare*(l.mean(p.before(b), l.offset(0, b))+l.mean(p.after(b), l.offset(1, b)))/2))
	}
	l.Center = make([]float64, t.Bands)
	if err := l.prepare(t.Bands); err != nil {
		return Fitted{}, err
	}
	sigma := 0.0
	for b := range t.Bands {
		one := *l
		one.signed, one.band = true, b
		g, err := t.score(ctx, scored{of: &one}, 0, nil)
		if err != nil {
			return Fitted{}, err
		}
		l.Center[b] = t.median(g)
		sigma = max(sigma, averagedSpeckle*madToSigma*t.roughness(l, b))
	}
	if err := l.prepare(t.Bands); err != nil {
		return Fitted{}, err
	}
	return Fitted{
		Scorer: l, Threshold: Speckled{Least: max(leastLogRatio, speckleFactor*sigma)}, MinPixels: 20, Fill: 10,
		Facts: map[string]any{"nature": n, "speckle_sigma": round32(sigma)},
	}, nil
}

// mean is that of amplitudes of values with an offset.
func (l *logRatio) mean(v []float64, offset float64) float64 {
	sum := 0.0
	for _, x := range v {
		x += offset
		switch {
		case l.Decibels:
			x = amplitude(x)
		case l.Root:
			x = math.Sqrt(max(x, 0))
		default:
			x = max(x, 0)
		}
		sum += x
	}
	return sum / float64(len(v))
}

// amplitude of a value in decibels.
func amplitude(db float64) float64 { return kernel.Exp(db * math.Ln10 / 20) }

// logRatio is LogRatio fitted.
type logRatio struct {
	Sigmas   []float64 `json:"sigmas"`
	Floor    []float64 `json:"floor"`
	Center   []float64 `json:"center"`
	Decibels bool      `json:"decibels"`
	Root     bool      `json:"root"`
	// Offset is what was subtracted from the values as they were read, by pass and band; nil for nothing.
	Offset [2][]float64 `json:"offset"`

	taps     []kernel.Taps
	divisors []float32
	signed   bool // g of one band instead of the score
	band     int
}

func (*logRatio) kind() string { return "logratio" }

func (l *logRatio) Halo() int { return widest(l.Sigmas) }

func (l *logRatio) prepare(bands int) error {
	if len(l.Sigmas) == 0 || len(l.Floor) != bands || len(l.Center) != bands {
		return fmt.Errorf("logratio: %d sigmas, %d floors and %d centers for %d bands", len(l.Sigmas), len(l.Floor), len(l.Center), bands)
	}
	for _, o := range l.Offset {
		if o != nil && len(o) != bands {
			return fmt.Errorf("logratio with %d offsets for %d bands", len(o), bands)
		}
	}
	l.taps, l.divisors = nil, nil
	for _, s := range l.Sigmas {
		if !(s > 0 && s <= maxSigma) {
			return fmt.Errorf("sigma %v is not in (0, %d] pixels", s, maxSigma)
		}
		t := kernel.Gauss(s)
		l.taps, l.divisors = append(l.taps, t), append(l.divisors, t.Weight())
	}
	for b := range bands {
		if !(l.Floor[b] >= 0 && l.Floor[b] <= math.MaxFloat32) || math.IsNaN(l.Center[b]) {
			return fmt.Errorf("logratio: floor %v and center %v", l.Floor[b], l.Center[b])
		}
	}
	return nil
}

// offset is what is to be added to the values of a pass.
func (l *logRatio) offset(pass, band int) float64 { return offsetOf(l.Offset, pass, band) }

// fill sets line to d of a band.
func (l *logRatio) fill(line, before, after []float32, band int, mem *scratch) {
	if x, y := float32(l.offset(0, band)), float32(l.offset(1, band)); x != 0 || y != 0 {
		b, a := mem.values(len(line)), mem.values(len(line))
		defer mem.floats.put(b)
		defer mem.floats.put(a)
		for i := range line {
			b[i], a[i] = before[i]+x, after[i]+y
		}
		before, after = b, a
	}
	switch {
	case l.Decibels:
		const half = math.Ln10 / 20
		for i, x := range before[:len(line)] {
			line[i] = float32(half * (after[i] - x))
		}
	case l.Root:
		kernel.RootLogRatio(line, before, after, float32(l.Floor[band]))
	default:
		kernel.LogRatio(line, before, after, float32(l.Floor[band]))
	}
}

func (l *logRatio) worker(mem *scratch) scoring {
	s := smoother{mem: mem}
	var r rowReader
	return func(dst *raster.Tile, t *raster.TilePair) {
		w := dst.Window
		g, d, sum := mem.tile(w), mem.tile(w.Grow(l.Halo())), mem.tile(w)
		defer mem.give(g, d, sum)
		if !l.signed {
			for y := range w.H {
				clear(dst.Data[y*dst.Stride:][:w.W])
			}
		}
		for b := range t.Before.Bands {
			if l.signed && b != l.band {
				continue
			}
			row := 0
			t.EachRow(d.Window, func(y, at, n int) {
				line := d.Data[row*d.Stride:][:n]
				both := r.read(t, []int{b, t.After.Bands + b}, d.Window.X, y, n)
				l.fill(line, both[1], both[0], b, mem)
				if t.Valid != nil {
					kernel.ClearWhere(line, t.Valid[at:at+n])
				}
				row++
			})
			for k := range l.taps {
				s.smooth(g, d, t, l.taps[k], l.divisors[k])
				for y := range w.H {
					from := g.Data[y*g.Stride:][:w.W]
					if k == 0 {
						copy(sum.Data[y*sum.Stride:][:w.W], from)
					} else {
						kernel.AddScaled(sum.Data[y*sum.Stride:][:w.W], from, 1)
					}
				}
			}
			for y := range w.H {
				from := sum.Data[y*sum.Stride:][:w.W]
				kernel.Scale(from, from, 1/float32(len(l.taps)))
				if out := dst.Data[y*dst.Stride:][:w.W]; l.signed {
					copy(out, from)
				} else {
					kernel.AddSquare(out, from, float32(-l.Center[b]), 1)
				}
			}
		}
		row := 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			if !l.signed {
				kernel.Scale(out, out, 1/float32(t.Before.Bands))
				kernel.Sqrt(out)
			}
			if t.Valid != nil {
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}

// roughness is the median of |d − box_5 d| of one band over the chips, far from what is not measured.
func (t *Training) roughness(l *logRatio, band int) float64 {
	taps := boxTaps(5)
	var rough []float32
	var d, mean raster.Tile
	s := smoother{mem: new(scratch)}
	for _, c := range t.Chips {
		w := c.Out
		mean.Shape(w, 1)
		d.Shape(w.Grow(taps.Radius()), 1)
		row := 0
		c.EachRow(d.Window, func(_, at, n int) {
			line := d.Data[row*d.Stride:][:n]
			l.fill(line, c.Before.Band(band)[at:at+n], c.After.Band(band)[at:at+n], band, s.mem)
			if c.Valid != nil {
				kernel.ClearWhere(line, c.Valid[at:at+n])
			}
			row++
		})
		s.smooth(&mean, &d, c, taps, taps.Weight())
		row = 0
		c.EachRow(w, func(_, at, n int) {
			for i, m := range mean.Data[row*mean.Stride:][:n] {
				if c.Valid == nil || c.Valid[at+i] != 0 {
					rough = append(rough, float32(math.Abs(float64(d.Data[(row+taps.Radius())*d.Stride+taps.Radius()+i]-m))))
				}
			}
			row++
		})
	}
	if len(rough) == 0 {
		return 0
	}
	return raster.Quantiles(func(f func([]float32)) { f(rough) }, int64(len(rough)), 0.5)[0]
}
