package raster

import (
	"fmt"
	"math"
)

// interpolation makes the value of a position from the pixels around it.
type interpolation struct {
	method string
	size   Window  // of the scene
	wide   bool    // pixels of the grid span more than one of the scene
	sx, sy float64 // by how much the kernel is narrowed, at most 1
	wx, wy []float64
}

// widened is the step from which on kernels widen, as in GDAL.
const widened = 1 / 0.95

func (k *interpolation) set(method string, step [2]float64, size Window) {
	k.method, k.size = method, size
	k.wide = method != Nearest && (step[0] > widened || step[1] > widened)
	k.sx, k.sy = min(1, 1/step[0]), min(1, 1/step[1])
}

// radius of a kernel in pixels, before it is widened.
func radius(method string) float64 {
	switch method {
	case Bilinear:
		return 1
	case Cubic:
		return 2
	}
	return 0
}

// reach is how many pixels around the one of a position enter its value, at most.
func reach(method string, step float64) int {
	return int(math.Ceil(radius(method)*max(1, step))) + 1
}

// interpolate computes the pixels of w from r.block.
func (r *resampledReader) interpolate(w, all Window, b *Block) {
	switch d := b.Data.(type) {
	case []uint8:
		interpolate(r, w, all, b, d, 0, math.MaxUint8)
	case []int8:
		interpolate(r, w, all, b, d, math.MinInt8, math.MaxInt8)
	case []uint16:
		interpolate(r, w, all, b, d, 0, math.MaxUint16)
	case []int16:
		interpolate(r, w, all, b, d, math.MinInt16, math.MaxInt16)
	case []uint32:
		interpolate(r, w, all, b, d, 0, math.MaxUint32)
	case []int32:
		interpolate(r, w, all, b, d, math.MinInt32, math.MaxInt32)
	case []float32:
		interpolate(r, w, all, b, d, 1, 0)
	case []float64:
		interpolate(r, w, all, b, d, 1, 0)
	default:
		panic(fmt.Sprintf("raster: block of %T", b.Data))
	}
}

// interpolate rounds and clamps to [lo, hi] unless lo > hi.
func interpolate[T Number](r *resampledReader, w, all Window, b *Block, out []T, lo, hi float64) {
	src, k := &r.block, &r.kernel
	data := src.Data.([]T)
	plane, into := int(src.Window.Pixels()), int(b.Window.Pixels())
	for y := w.Y; y < w.MaxY(); y++ {
		from := (y-all.Y)*all.W + w.X - all.X
		to := (y-b.Window.Y)*b.Window.W + w.X - b.Window.X
		for i := range w.W {
			u, v := r.u[from+i], r.v[from+i]
			if !inside(u, k.size.W) || !inside(v, k.size.H) {
				continue
			}
			u, v = u-float64(src.Window.X), v-float64(src.Window.Y)
			at := pixelOf(v)*src.Window.W + pixelOf(u)
			if src.Valid != nil && src.Valid[at] == 0 {
				if src.Why != nil && src.Why[at] != NoData {
					if b.Why == nil {
						b.WhyStorage()
					}
					b.Why[to+i] = src.Why[at]
				}
				continue
			}
			b.Valid[to+i] = 255
			for band := range b.Bands {
				p := data[band*plane : (band+1)*plane]
				if k.method == Nearest {
					out[band*into+to+i] = p[at]
					continue
				}
				x := value(k, p, src, u, v)
				if lo <= hi {
					x = max(lo, min(hi, math.Floor(x+0.5)))
				}
				out[band*into+to+i] = T(x)
			}
		}
	}
}

// value is the value at position (u, v) of a plane of src.
func value[T Number](k *interpolation, p []T, src *Block, u, v float64) float64 {
	if k.wide {
		return k.wideValue(src, u, v, func(i int) float64 { return float64(p[i]) })
	}
	w, h := src.Window.W, src.Window.H
	fu, fv := math.Floor(u-0.5), math.Floor(v-0.5)
	x, y := int(fu), int(fv)
	dx, dy := u-0.5-fu, v-0.5-fv
	if k.method == Cubic && x >= 1 && y >= 1 && x+2 < w && y+2 < h && allMeasured(src, x-1, y-1, 4) {
		cx, cy := cubicWeights(dx), cubicWeights(dy)
		sum := 0.0
		for j := range 4 {
			q := p[(y-1+j)*w+x-1:][:4]
			row := float64(cx[0]*float64(q[0])) + float64(cx[1]*float64(q[1]))
			row += float64(cx[2] * float64(q[2]))
			row += float64(cx[3] * float64(q[3]))
			sum += float64(cy[j] * row)
		}
		return sum
	}
	if x >= 0 && y >= 0 && x+1 < w && y+1 < h && allMeasured(src, x, y, 2) {
		q, l := p[y*w+x:][:2], p[(y+1)*w+x:][:2]
		upper := float64(float64(q[0])*(1-dx)) + float64(float64(q[1])*dx)
		lower := float64(float64(l[0])*(1-dx)) + float64(float64(l[1])*dx)
		return float64(upper*(1-dy)) + float64(lower*dy)
	}
	sum, weights := 0.0, 0.0
	for j := range 2 {
		for i := range 2 {
			c, l := x+i, y+j
			if c < 0 || l < 0 || c >= w || l >= h || src.Valid != nil && src.Valid[l*w+c] == 0 {
				continue
			}
			wx, wy := 1-dx, 1-dy
			if i == 1 {
				wx = dx
			}
			if j == 1 {
				wy = dy
			}
			weight := float64(wx * wy)
			sum += float64(weight * float64(p[l*w+c]))
			weights += weight
		}
	}
	return sum / weights // at least 1/4: the nearest pixel is among them
}

// allMeasured reports whether the n×n pixels from (x, y) on are measured.
func allMeasured(b *Block, x, y, n int) bool {
	if b.Valid == nil {
		return true
	}
	all := uint8(255)
	for j := range n {
		for _, v := range b.Valid[(y+j)*b.Window.W+x:][:n] {
			all &= v
		}
	}
	return all != 0
}

// cubicWeights of the four pixels around a position that lies x behind the centre of the second.
func cubicWeights(x float64) [4]float64 {
	half, three := 0.5*x, float64(3*x)
	square := float64(half * x)
	return [4]float64{
		half * (float64(x*(2-x)) - 1),
		1 + float64(square*(three-5)),
		half * (1 + float64(x*(4-three))),
		square * (x - 1),
	}
}

// wideValue is the value where a pixel of the grid spans several of the scene: the kernel is as wide as that.
func (k *interpolation) wideValue(src *Block, u, v float64, at func(i int) float64) float64 {
	var x0, y0 int
	x0, k.wx = k.weights(k.wx[:0], u, k.sx, src.Window.X, src.Window.W)
	y0, k.wy = k.weights(k.wy[:0], v, k.sy, src.Window.Y, src.Window.H)
	sum, weights := 0.0, 0.0
	for j, wy := range k.wy {
		row := (y0+j)*src.Window.W + x0
		for i, wx := range k.wx {
			if src.Valid != nil && src.Valid[row+i] == 0 {
				continue
			}
			weight := float64(wx * wy)
			sum += float64(weight * at(row+i))
			weights += weight
		}
	}
	// Negative lobes of the cubic kernel may leave nothing of a few pixels.
	if weights < 1e-3 {
		return at(pixelOf(v)*src.Window.W + pixelOf(u))
	}
	return sum / weights
}

// weights of the pixels from first on, of n in a row, around position u. The row begins at pixel origin of the scene; which pixels
// enter is found from positions in the scene, so that it does not depend on what was read.
func (k *interpolation) weights(w []float64, u, scale float64, origin, n int) (first int, _ []float64) {
	r, in := radius(k.method)/scale, u+float64(origin)-0.5
	first = max(0, int(math.Ceil(in-r))-origin)
	last := min(n-1, int(math.Floor(in+r))-origin)
	for i := first; i <= last; i++ {
		d := float64(math.Abs(float64(i)+0.5-u) * scale)
		switch {
		case k.method == Bilinear:
			w = append(w, max(0, 1-d))
		case d < 1:
			w = append(w, 1+float64(float64(d*d)*(float64(1.5*d)-2.5)))
		default:
			w = append(w, 2+float64(d*(float64(d*(2.5-float64(0.5*d)))-4)))
		}
	}
	return first, w
}
