package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/change/register"
	"passdiff/raster"
)

// excess scores by what of smoothed residuals misregistration does not explain: an edge that both passes have, moved by the shift that is
// left there, leaves a residual along its gradient. With d_b = f_b, form b of Of, and ∇x_b and ∇y_b the gradients of its smoothed parts from
// before and from after,
//
//	S² = Σ_b max(0, d_b² − Factor²·min(∇x_bᵀ Σ ∇x_b, ∇y_bᵀ Σ ∇y_b))
//
// where Σ is the second moment of the shift at the pixel, px², from those measured at Places.
type excess struct {
	// Of has one band of each pass in each form, a Sigma, and is not used as a score.
	Of     forms   `json:"of"`
	Factor float64 `json:"factor"`
	Places []place `json:"places"`
}

// place is the second moment of the shift measured at a pixel of the frame: bias and uncertainty together.
type place struct {
	X  int     `json:"x"`
	Y  int     `json:"y"`
	XX float64 `json:"xx"`
	XY float64 `json:"xy"`
	YY float64 `json:"yy"`
}

// The constants of excess.
const (
	// excessFactor standard deviations of the shift are explained.
	excessFactor = 2
	// excessFrom is the shift, in pixels, from which edges are judged harder; less explains less than the gate.
	excessFrom = 0.25
	// excessCell is the distance, in pixels, of the knots between which Σ is interpolated; they are at its multiples in the frame.
	excessCell  = 1 << excessShift
	excessShift = 6
)

// placesOf are the second moments at the windows of a lattice; nil where no shift is long enough to count.
func placesOf(l *register.Lattice) []place {
	if l == nil {
		return nil
	}
	var places []place
	worst := 0.0
	for _, w := range l.Windows {
		if !w.Used {
			continue
		}
		v := float64(w.SD * w.SD)
		p := place{X: w.X, Y: w.Y, XX: round32(float64(w.DX*w.DX) + v), XY: round32(w.DX * w.DY), YY: round32(float64(w.DY*w.DY) + v)}
		worst = max(worst, p.XX, p.YY)
		places = append(places, p)
	}
	if worst < excessFrom*excessFrom {
		return nil
	}
	return places
}

func (*excess) kind() string { return "excess" }

// Halo is the reach of the Gaussian and of the gradient.
func (e *excess) Halo() int { return e.Of.Halo() + 1 }

func (e *excess) prepare(bands int) error {
	if err := e.Of.prepare(bands); err != nil {
		return err
	}
	if !e.Of.differences {
		return fmt.Errorf("excess: a form is not a difference of two bands")
	}
	if e.Of.Sigma <= 0 || !(e.Factor >= 0 && e.Factor <= 100) || len(e.Places) == 0 {
		return fmt.Errorf("excess of factor %v over %d places, smoothed by %v", e.Factor, len(e.Places), e.Of.Sigma)
	}
	for _, p := range e.Places {
		for _, v := range []float64{p.XX, p.YY} {
			if !(v >= 0 && v <= 1e6) || math.IsNaN(p.XY) || math.Abs(p.XY) > 1e6 {
				return fmt.Errorf("excess: second moment %v, %v, %v", p.XX, p.XY, p.YY)
			}
		}
	}
	return nil
}

// at is Σ at a knot: the mean of the places' by the inverse square of their distance, in cells and softened by one.
func (e *excess) at(x, y int) [3]float64 {
	var sum [3]float64
	total := 0.0
	for _, p := range e.Places {
		dx, dy := float64(x-p.X)/excessCell, float64(y-p.Y)/excessCell
		w := 1 / (1 + float64(dx*dx) + float64(dy*dy))
		total += w
		for i, v := range [3]float64{p.XX, p.XY, p.YY} {
			sum[i] += float64(w * v)
		}
	}
	for i := range sum {
		sum[i] /= total
	}
	return sum
}

func (e *excess) worker(mem *scratch) scoring {
	s := smoother{mem: mem}
	var r rowReader
	factor := e.Factor * e.Factor
	var knots [2][][3]float64 // above and below a row
	return func(dst *raster.Tile, t *raster.TilePair) {
		w := dst.Window
		in := w.Grow(1)
		plane, x, y := mem.tile(in.Grow(e.Of.taps.Radius())), mem.tile(in), mem.tile(in)
		defer mem.give(plane, x, y)
		for i, g := range e.Of.list {
			for k, part := range []*raster.Tile{y, x} { // after's band first
				e.part(plane, t, &r, g.bands[k], g.coefs[k])
				s.smooth(part, plane, t, e.Of.taps, e.Of.divisor)
			}
			row, last := 0, math.MinInt
			t.EachRow(w, func(fy, at, n int) {
				cell := fy >> 6
				if cell != last {
					e.knots(&knots, w, cell)
					last = cell
				}
				out := dst.Data[row*dst.Stride:][:n]
				if i == 0 {
					clear(out)
				}
				ramp := float64(g.ramp[1] * float64(fy))
				down := float64(fy-cell*excessCell) / excessCell
				for c := range out {
					k := (row+1)*x.Stride + c + 1
					d := float64(y.Data[k]+x.Data[k]) + float64(g.shift) + (ramp + float64(g.ramp[0]*float64(w.X+c)))
					m := between(&knots, w.X>>excessShift, w.X+c, down)
					explained := min(quadratic(x, t, at+c, k, m), quadratic(y, t, at+c, k, m))
					out[c] += float32(max(0, float64(d*d)-float64(factor*explained)))
				}
				row++
			})
		}
		row := 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			kernel.Sqrt(out)
			if t.Valid != nil {
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}

// part fills plane with a band times its coefficient, 0 where it is not measured.
func (e *excess) part(plane *raster.Tile, t *raster.TilePair, r *rowReader, band int, coef float32) {
	row := 0
	t.EachRow(plane.Window, func(y, at, n int) {
		line := plane.Data[row*plane.Stride:][:n]
		kernel.Scale(line, r.read(t, []int{band}, plane.Window.X, y, n)[0], coef)
		if t.Valid != nil {
			kernel.ClearWhere(line, t.Valid[at:at+n])
		}
		row++
	})
}

// knots fills the rows of knots above and below a row of cells, over a window.
func (e *excess) knots(k *[2][][3]float64, w raster.Window, cell int) {
	for i := range k {
		k[i] = k[i][:0]
		for x := w.X >> 6; x <= (w.MaxX()-1)>>excessShift+1; x++ {
			k[i] = append(k[i], e.at(x*excessCell, (cell+i)*excessCell))
		}
	}
}

// between is Σ at column x, down of the way from the upper row of knots to the lower; the first knot is that of cell first.
func between(k *[2][][3]float64, first, x int, down float64) (m [3]float64) {
	i := x>>excessShift - first
	right := float64(x&(excessCell-1)) / excessCell
	for c := range m {
		u := k[0][i][c] + float64(right*(k[0][i+1][c]-k[0][i][c]))
		v := k[1][i][c] + float64(right*(k[1][i+1][c]-k[1][i][c]))
		m[c] = u + float64(down*(v-u))
	}
	return m
}

// quadratic is ∇vᵀ Σ ∇v at value k of a plane, which is pixel at of the pair.
func quadratic(v *raster.Tile, t *raster.TilePair, at, k int, m [3]float64) float64 {
	gx, gy := incline(v.Data, t.Valid, k, 1, at, 1), incline(v.Data, t.Valid, k, v.Stride, at, t.Before.Stride)
	return float64(m[0]*float64(gx*gx)) + 2*float64(m[1]*float64(gx*gy)) + float64(m[2]*float64(gy*gy))
}

// incline is the central difference at value k between values step away; beside a pixel that is not measured the one-sided difference, and 0
// between two of them.
func incline(v []float32, valid []uint8, k, step, at, stride int) float64 {
	switch {
	case valid == nil || valid[at-stride]&valid[at+stride] != 0:
		return float64(v[k+step]-v[k-step]) / 2
	case valid[at+stride] != 0:
		return float64(v[k+step] - v[k])
	case valid[at-stride] != 0:
		return float64(v[k] - v[k-step])
	}
	return 0
}
