package change

import (
	"context"
	"errors"
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// Structure compares texture, not brightness: how strong edges are in a window, and whether the window looks the same (QUALITY, §2):
//
//	r = |ln((box_17 |∇x| + g)/(box_17 |∇y| + g))|,  g = median of min(|∇x|, |∇y|)
//	n = 1 − NCC over 33×33 pixels, regularised with c = 0.02
//	S = mean of G_2 r and G_2 n, each divided by its median
//
// on the luminances, the means of the bands standardised in each pass. Any positive gain and any offset that the bands of a pass share
// leave it the same. It suits imagery whose pixels are smaller than the objects. The zero value is the default.
type Structure struct{}

// The constants of Structure (QUALITY, §2).
const (
	gradientBox      = 17
	correlationBox   = 33
	correlationFloor = 0.02
	structureSigma   = 2
)

// Name is "structure".
func (Structure) Name() string { return "structure" }

// Halo is that of the correlation, the wider one, with its Gaussian.
func (Structure) Halo() int { return correlationBox/2 + kernel.Radius(structureSigma) }

// Fit measures luminances and the strength of gradients.
func (Structure) Fit(ctx context.Context, t *Training) (Fitted, error) {
	p := t.pixels()
	if p.len() == 0 {
		return Fitted{}, errors.New("structure: nothing is measured")
	}
	ratio, correlation, err := t.fitStructure(fitLuminance(p))
	if err != nil {
		return Fitted{}, err
	}
	s, err := t.average(ctx, ratio, correlation)
	return Fitted{Scorer: s, Threshold: Otsu{}}, err
}

// fitStructure gives both scores, smoothed.
func (t *Training) fitStructure(l luminances) (ratio, correlation Scorer, err error) {
	g := &gradient{Luminance: l, Width: gradientBox, Floor: round32(t.gradientFloor(l))}
	if ratio, err = prepared(&gauss{Of: Node{g}, Sigma: structureSigma}, t.Bands); err != nil {
		return nil, nil, err
	}
	c := &localCorrelation{Luminance: l, Width: correlationBox, Floor: correlationFloor}
	correlation, err = prepared(&gauss{Of: Node{c}, Sigma: structureSigma}, t.Bands)
	return ratio, correlation, err
}

// gradientFloor is the median of the weaker gradient of both passes.
func (t *Training) gradientFloor(l luminances) float64 {
	var weak []float32
	var s sobel
	for _, c := range t.Chips {
		s.measure(l, c, c.Out)
		for i, ok := range s.ok {
			if ok != 0 {
				weak = append(weak, float32(min(s.magnitude[0][i], s.magnitude[1][i]))/lumUnit)
			}
		}
	}
	if len(weak) == 0 {
		return leastGradient
	}
	return raster.Quantiles(func(f func([]float32)) { f(weak) }, int64(len(weak)), 0.5)[0] + leastGradient
}

// leastGradient keeps ratios finite where a scene is flat; standard deviations.
const leastGradient = 1e-3

// sobel measures gradients. It belongs to one goroutine.
type sobel struct {
	lum       [2]raster.Tile
	magnitude [2][]int64 // fixed point, 0 where not ok
	ok        []int64    // 1 where the 3×3 pixels are measured, else 0
}

// measure fills magnitude and ok over a window, row by row without gaps.
func (s *sobel) measure(l luminances, t *raster.TilePair, w raster.Window) {
	n := w.W * w.H
	if cap(s.ok) < n {
		s.ok, s.magnitude[0], s.magnitude[1] = make([]int64, n), make([]int64, n), make([]int64, n)
	}
	s.ok = s.ok[:n]
	for i := range s.ok {
		s.ok[i] = 1
	}
	for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
		s.lum[pass].Shape(w.Grow(1), 1)
		l[pass].fill(&s.lum[pass], tile, t)
		s.magnitude[pass] = s.magnitude[pass][:n]
		lum := &s.lum[pass]
		for y := range w.H {
			a, b, c := lum.Data[y*lum.Stride:][:w.W+2], lum.Data[(y+1)*lum.Stride:][:w.W+2], lum.Data[(y+2)*lum.Stride:][:w.W+2]
			out := s.magnitude[pass][y*w.W:][:w.W]
			for x := range out {
				gx := a[x+2] - a[x] + float32(2*(b[x+2]-b[x])) + c[x+2] - c[x]
				gy := c[x] - a[x] + float32(2*(c[x+1]-a[x+1])) + c[x+2] - a[x+2]
				out[x] = fixed(float32(math.Sqrt(float64(float32(gx*gx) + float32(gy*gy)))))
			}
		}
	}
	if t.Valid == nil {
		return
	}
	in := t.Before.Window
	for y := range w.H {
		at := (w.Y+y-in.Y)*t.Before.Stride + w.X - in.X
		for x := range w.W {
			v := uint8(255)
			for dy := -1; dy <= 1; dy++ {
				m := t.Valid[at+x+dy*t.Before.Stride-1:][:3]
				v &= m[0] & m[1] & m[2]
			}
			if v == 0 {
				i := y*w.W + x
				s.ok[i], s.magnitude[0][i], s.magnitude[1][i] = 0, 0, 0
			}
		}
	}
}

// gradient scores by the ratio of the mean gradients in a window.
type gradient struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	Floor     float64    `json:"floor"`
}

func (*gradient) kind() string { return "gradient" }

func (g *gradient) Halo() int { return g.Width/2 + 1 }

func (g *gradient) prepare(int) error {
	if g.Width < 1 || g.Width > 63 || g.Width%2 == 0 || !(g.Floor > 0 && g.Floor < math.MaxFloat32) {
		return fmt.Errorf("gradients in windows of %d pixels above %v", g.Width, g.Floor)
	}
	return g.Luminance.validate()
}

func (g *gradient) Worker() func(dst *raster.Tile, t *raster.TilePair) {
	var s sobel
	var b summer
	var mean [2][]float32
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, g.Width/2
		s.measure(g.Luminance, t, w.Grow(r))
		count := b.sums(0, s.ok, w, r)
		sums := [2][]int64{b.sums(1, s.magnitude[0], w, r), b.sums(2, s.magnitude[1], w, r)}
		row := 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			for pass := range mean {
				mean[pass] = raster.Aligned(mean[pass], n)
				for i, v := range sums[pass][row*n:][:n] {
					mean[pass][i] = 0
					if k := count[row*n+i]; k > 0 {
						mean[pass][i] = float32(float64(v) / float64(k) / lumUnit)
					}
				}
			}
			kernel.LogRatio(out, mean[0], mean[1], float32(g.Floor))
			for i, v := range out {
				out[i] = float32(math.Abs(float64(v)))
			}
			if t.Valid != nil {
				clearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}

// summer holds planes of box sums. It belongs to one goroutine.
type summer struct {
	planes  [6][]int64
	columns []int64
}

// sums are those of src, which covers w grown by r, in plane k.
func (s *summer) sums(k int, src []int64, w raster.Window, r int) []int64 {
	if n := w.W * w.H; cap(s.planes[k]) < n {
		s.planes[k] = make([]int64, n)
	}
	if n := w.W + 2*r; cap(s.columns) < n {
		s.columns = make([]int64, n)
	}
	s.planes[k] = s.planes[k][:w.W*w.H]
	boxSums(s.planes[k], src, w.W, w.H, r, s.columns)
	return s.planes[k]
}

// localCorrelation scores by 1 − the correlation of both luminances in a window.
type localCorrelation struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	// Floor is added to the variances and the covariance, as a share of the variance of a pass.
	Floor float64 `json:"floor"`
}

func (*localCorrelation) kind() string { return "correlation" }

func (c *localCorrelation) Halo() int { return c.Width / 2 }

func (c *localCorrelation) prepare(int) error {
	if c.Width < 1 || c.Width > 63 || c.Width%2 == 0 || !(c.Floor > 0 && c.Floor < math.MaxFloat32) {
		return fmt.Errorf("correlation in windows of %d pixels above %v", c.Width, c.Floor)
	}
	return c.Luminance.validate()
}

func (c *localCorrelation) Worker() func(dst *raster.Tile, t *raster.TilePair) {
	var lum [2]raster.Tile
	var in [6][]int64 // a, b, a², b², ab, measured
	var s summer
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, c.Width/2
		grown := w.Grow(r)
		n := grown.W * grown.H
		for k := range in {
			if cap(in[k]) < n {
				in[k] = make([]int64, n)
			}
			in[k] = in[k][:n]
		}
		for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
			lum[pass].Shape(grown, 1)
			c.Luminance[pass].fill(&lum[pass], tile, t)
		}
		row := 0
		t.EachRow(grown, func(_, at, width int) {
			x, y := lum[0].Data[row*lum[0].Stride:], lum[1].Data[row*lum[1].Stride:]
			for i := range width {
				a, b := fixed(x[i]), fixed(y[i])
				k := row*width + i
				in[0][k], in[1][k], in[2][k], in[3][k], in[4][k] = a, b, a*a, b*b, a*b
				in[5][k] = 1
				if t.Valid != nil && t.Valid[at+i] == 0 {
					in[0][k], in[1][k], in[2][k], in[3][k], in[4][k], in[5][k] = 0, 0, 0, 0, 0, 0
				}
			}
			row++
		})
		var sum [6][]int64
		for k := range sum {
			sum[k] = s.sums(k, in[k], w, r)
		}
		floor := c.Floor * lumUnit * lumUnit
		row = 0
		t.EachRow(w, func(_, at, width int) {
			out := dst.Data[row*dst.Stride:][:width]
			for i := range out {
				k := row*width + i
				n := sum[5][k]
				if n == 0 {
					out[i] = 0
					continue
				}
				f := floor * float64(n*n)
				cov := float64(n*sum[4][k]-sum[0][k]*sum[1][k]) + f
				va, vb := float64(n*sum[2][k]-sum[0][k]*sum[0][k])+f, float64(n*sum[3][k]-sum[1][k]*sum[1][k])+f
				out[i] = float32(max(0, 1-cov/math.Sqrt(float64(va*vb))))
			}
			if t.Valid != nil {
				clearWhere(out, t.Valid[at:at+width])
			}
			row++
		})
	}
}
