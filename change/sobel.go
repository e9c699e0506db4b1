package change

import (
	"math"

	"passdiff/raster"
)

// gradientFloor is the median of the weaker gradient of both passes, in standard deviations of luminance.
func (t *Training) gradientFloor(l luminances) float64 {
	var weak []float32
	var s sobel
	for _, c := range t.Chips {
		s.measure(l, c, c.Out)
		for i, ok := range s.ok {
			if ok != 0 {
				weak = append(weak, min(s.magnitude(0, i), s.magnitude(1, i)))
			}
		}
	}
	if len(weak) == 0 {
		return leastGradient
	}
	return raster.Quantiles(func(f func([]float32)) { f(weak) }, int64(len(weak)), 0.5)[0] + leastGradient
}

// leastGradient keeps ratios finite where a scene is flat; standard deviations of luminance.
const leastGradient = 1e-3

// sobel measures the gradients of luminance. It belongs to one goroutine.
type sobel struct {
	lum    [2]raster.Tile
	gx, gy [2][]float32 // 0 where not ok
	ok     []int32      // 1 where the 3×3 pixels are measured, else 0
}

// measure fills the planes over a window, row by row without gaps.
func (s *sobel) measure(l luminances, t *raster.TilePair, w raster.Window) {
	n := w.W * w.H
	if cap(s.ok) < n {
		s.ok = make([]int32, n)
		for pass := range s.gx {
			s.gx[pass], s.gy[pass] = make([]float32, n), make([]float32, n)
		}
	}
	s.ok = s.ok[:n]
	for i := range s.ok {
		s.ok[i] = 1
	}
	for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
		s.lum[pass].Shape(w.Grow(1), 1)
		l[pass].fill(&s.lum[pass], tile, t)
		s.gx[pass], s.gy[pass] = s.gx[pass][:n], s.gy[pass][:n]
		lum := &s.lum[pass]
		for y := range w.H {
			a, b, c := lum.Data[y*lum.Stride:][:w.W+2], lum.Data[(y+1)*lum.Stride:][:w.W+2], lum.Data[(y+2)*lum.Stride:][:w.W+2]
			gx, gy := s.gx[pass][y*w.W:][:w.W], s.gy[pass][y*w.W:][:w.W]
			for x := range gx {
				gx[x] = (a[x+2] - a[x]) + float32(2*(b[x+2]-b[x])) + (c[x+2] - c[x])
				gy[x] = (c[x] - a[x]) + float32(2*(c[x+1]-a[x+1])) + (c[x+2] - a[x+2])
			}
		}
	}
	if t.Valid != nil {
		s.mask(t, w)
	}
}

// mask clears gradients that touch what is not measured.
func (s *sobel) mask(t *raster.TilePair, w raster.Window) {
	in, stride := t.Before.Window, t.Before.Stride
	for y := range w.H {
		at := (w.Y+y-in.Y)*stride + w.X - in.X
		up, mid, down := t.Valid[at-stride-1:][:w.W+2], t.Valid[at-1:][:w.W+2], t.Valid[at+stride-1:][:w.W+2]
		for x := range w.W {
			if up[x]&up[x+1]&up[x+2]&mid[x]&mid[x+1]&mid[x+2]&down[x]&down[x+1]&down[x+2] != 0 {
				continue
			}
			i := y*w.W + x
			s.ok[i] = 0
			for pass := range s.gx {
				s.gx[pass][i], s.gy[pass][i] = 0, 0
			}
		}
	}
}

// magnitude is the length of the gradient of pixel i, in standard deviations of luminance.
func (s *sobel) magnitude(pass, i int) float32 {
	x, y := s.gx[pass][i], s.gy[pass][i]
	return float32(math.Sqrt(float64(float32(x*x) + float32(y*y))))
}

// gradientUnit is the number of steps per standard deviation of luminance and gradientClip the largest gradient in fixed point, 64 of
// them: sums over 63×63 pixels fit 32 bits.
const (
	gradientUnit = 1 << 12
	gradientClip = 64
)

// steps is the magnitude in fixed point.
func (s *sobel) steps(pass, i int) int32 {
	return int32(float32(min(s.magnitude(pass, i), gradientClip)*gradientUnit) + 0.5)
}

// direction is the unsigned direction of the gradient of pixel i, 0 to 8 for 0 to 180°, within 0.02. The arc tangent is the approximation
// z·(π/4 + 0.273·(1 − z)) for z in [0, 1].
func (s *sobel) direction(pass, i int) float32 {
	x, y := s.gx[pass][i], s.gy[pass][i]
	if y < 0 || y == 0 && x < 0 {
		x, y = -x, -y
	}
	side := max(x, -x)
	if side == 0 && y == 0 {
		return 0
	}
	const radian = directions / math.Pi
	arc := func(z float32) float32 { return float32(float32(radian*z) * (math.Pi/4 + float32(0.273*(1-z)))) }
	var a float32 // from the axis of x, 0 to 4
	if y <= side {
		a = arc(y / side)
	} else {
		a = 4 - arc(side/y)
	}
	if x < 0 {
		a = 8 - a
	}
	return min(max(a, 0), 8)
}
