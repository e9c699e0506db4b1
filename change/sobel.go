package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/change/internal/parallel"
	"passdiff/raster"
)

// gradientFloor is the median of the weaker gradient of both passes, in standard deviations of luminance.
func (t *Training) gradientFloor(l luminances) float64 {
	weak := make([][]float32, len(t.Chips))
	parallel.EachWith(t.Workers, len(t.Chips), func() func(int) {
		s := sobel{mem: new(scratch)}
		return func(i int) {
			c := t.Chips[i]
			s.measure(l, c, c.Out)
			v := make([]float32, 0, len(s.ok))
			for k, ok := range s.ok {
				if ok != 0 {
					v = append(v, min(s.magnitude(0, k), s.magnitude(1, k)))
				}
			}
			weak[i] = v
			s.done()
		}
	})
	n := int64(0)
	for _, v := range weak {
		n += int64(len(v))
	}
	if n == 0 {
		return leastGradient
	}
	values := func(f func([]float32)) {
		for _, v := range weak {
			f(v)
		}
	}
	return raster.Quantiles(values, n, 0.5)[0] + leastGradient
}

// leastGradient keeps ratios finite where a scene is flat; standard deviations of luminance.
const leastGradient = 1e-3

// sobel measures the gradients of luminance. It belongs to one goroutine.
type sobel struct {
	mem    *scratch
	lum    [2]*raster.Tile
	gx, gy [2][]float32 // 0 where not ok
	ok     []int32      // 1 where the 3×3 pixels are measured, else 0
}

// done gives the planes back.
func (s *sobel) done() {
	for pass := range s.lum {
		s.mem.give(s.lum[pass])
		s.mem.floats.put(s.gx[pass])
		s.mem.floats.put(s.gy[pass])
	}
	s.mem.givePlanes(s.ok)
}

// measure fills the planes over a window, row by row without gaps, until done.
func (s *sobel) measure(l luminances, t *raster.TilePair, w raster.Window) {
	n := w.W * w.H
	s.ok = s.mem.plane(n)
	for i := range s.ok {
		s.ok[i] = 1
	}
	for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
		lum := s.mem.tile(w.Grow(1))
		s.lum[pass] = lum
		l[pass].fill(lum, tile, t, s.mem)
		s.gx[pass], s.gy[pass] = s.mem.values(n), s.mem.values(n)
		for y := range w.H {
			a, b, c := lum.Data[y*lum.Stride:][:w.W+2], lum.Data[(y+1)*lum.Stride:][:w.W+2], lum.Data[(y+2)*lum.Stride:][:w.W+2]
			kernel.Sobel(s.gx[pass][y*w.W:][:w.W], s.gy[pass][y*w.W:][:w.W], a, b, c)
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
	return kernel.Magnitude(s.gx[pass][i], s.gy[pass][i])
}

// steps is the magnitude in fixed point.
func (s *sobel) steps(pass, i int) int32 { return kernel.Steps(s.gx[pass][i], s.gy[pass][i]) }
