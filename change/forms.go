package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// forms scores by squared linear forms in the bands of both passes:
//
//	S = √max(0, Σ_i ±f_i²),  f_i = Σ_b After_ib·y_b + Σ_b Before_ib·x_b + Shift_i
//
// where the last Minus forms count negatively. It is what change vectors, Mahalanobis distances and canonical variates have in common.
// With a Sigma each form is smoothed by a Gaussian over the measured pixels before it is squared, so that noise averages out; then a form
// may also lean over the frame by a Ramp.
type forms struct {
	After  [][]float64 `json:"after"`
	Before [][]float64 `json:"before"`
	Shift  []float64   `json:"shift"`
	Minus  int         `json:"minus,omitempty"`
	Sigma  float64     `json:"sigma,omitempty"`
	// Ramp is added to the forms, by column and row of the frame; nil for none.
	Ramp [][2]float64 `json:"ramp,omitempty"`

	list    []form
	taps    kernel.Taps
	divisor float32
}

// form is a linear form as it is computed: the bands whose coefficients are not 0, counted over both passes, before's after after's.
type form struct {
	bands []int
	coefs []float32
	shift float32
	sign  float32 // −1 for one that counts negatively, else 1
	ramp  [2]float64
}

func (*forms) kind() string { return "forms" }

// Halo is the reach of the Gaussian.
func (f *forms) Halo() int { return kernel.Radius(f.Sigma) }

func (f *forms) prepare(bands int) error {
	n := len(f.Shift)
	if len(f.After) != n || len(f.Before) != n || f.Minus < 0 || f.Minus > n {
		return fmt.Errorf("forms: %d after, %d before, %d shifts, %d subtracted", len(f.After), len(f.Before), n, f.Minus)
	}
	if f.Sigma < 0 || f.Sigma > maxSigma {
		return fmt.Errorf("sigma %v is not in [0, %d] pixels", f.Sigma, maxSigma)
	}
	if f.Ramp != nil && (len(f.Ramp) != n || f.Sigma == 0) {
		return fmt.Errorf("forms: %d ramps for %d forms smoothed by %v", len(f.Ramp), n, f.Sigma)
	}
	f.list, f.taps = nil, nil
	if f.Sigma > 0 {
		f.taps = kernel.Gauss(f.Sigma)
		f.divisor = f.taps.Weight()
	}
	for i := range n {
		if len(f.After[i]) != bands || len(f.Before[i]) != bands {
			return fmt.Errorf("forms: form %d has %d and %d bands, not %d", i+1, len(f.After[i]), len(f.Before[i]), bands)
		}
		g := form{shift: float32(f.Shift[i]), sign: 1}
		if i >= n-f.Minus {
			g.sign = -1
		}
		for k, c := range append(append([]float64(nil), f.After[i]...), f.Before[i]...) {
			if math.IsNaN(c) || math.Abs(c) > math.MaxFloat32 {
				return fmt.Errorf("forms: form %d has coefficient %v", i+1, c)
			}
			if c != 0 {
				g.bands, g.coefs = append(g.bands, k), append(g.coefs, float32(c))
			}
		}
		if math.IsNaN(f.Shift[i]) || math.Abs(f.Shift[i]) > math.MaxFloat32 {
			return fmt.Errorf("forms: form %d has shift %v", i+1, f.Shift[i])
		}
		if f.Ramp != nil {
			g.ramp = f.Ramp[i]
		}
		if len(g.bands) > 0 {
			f.list = append(f.list, g)
		}
	}
	return nil
}

func (f *forms) worker(mem *scratch) scoring {
	if f.taps != nil {
		return f.smoothWorker(mem)
	}
	var rows [][]float32
	return func(dst *raster.Tile, t *raster.TilePair) {
		row := 0
		t.EachRow(dst.Window, func(_, at, n int) {
			sum := dst.Data[row*dst.Stride:][:n]
			clear(sum)
			for _, g := range f.list {
				rows = g.rows(rows[:0], t, at, n)
				kernel.AddSquaredLinear(sum, rows, g.coefs, g.shift, g.sign)
			}
			f.finish(sum, t, at)
			row++
		})
	}
}

// smoothWorker is Worker with a Gaussian over each form. The shift is smoothed, too, so that what is not measured holds 0.
func (f *forms) smoothWorker(mem *scratch) scoring {
	s := smoother{mem: mem}
	var rows [][]float32
	return func(dst *raster.Tile, t *raster.TilePair) {
		w := dst.Window
		smooth, plane := mem.tile(w), mem.tile(w.Grow(f.taps.Radius()))
		defer mem.give(smooth, plane)
		for i, g := range f.list {
			row := 0
			t.EachRow(plane.Window, func(y, at, n int) {
				line := plane.Data[row*plane.Stride:][:n]
				rows = g.rows(rows[:0], t, at, n)
				kernel.Linear(line, rows, g.coefs, 0)
				kernel.AddRamp(line, float32(float64(g.shift)+float64(g.ramp[1]*float64(y))), float32(g.ramp[0]), plane.Window.X)
				if t.Valid != nil {
					clearWhere(line, t.Valid[at:at+n])
				}
				row++
			})
			s.smooth(smooth, plane, t, f.taps, f.divisor)
			for y := range w.H {
				sum := dst.Data[y*dst.Stride:][:w.W]
				if i == 0 {
					clear(sum)
				}
				kernel.AddSquare(sum, smooth.Data[y*smooth.Stride:][:w.W], 0, g.sign)
			}
		}
		row := 0
		t.EachRow(w, func(_, at, n int) {
			f.finish(dst.Data[row*dst.Stride:][:n], t, at)
			row++
		})
	}
}

// rows appends the bands' values of n pixels from offset at.
func (g *form) rows(rows [][]float32, t *raster.TilePair, at, n int) [][]float32 {
	for _, b := range g.bands {
		rows = append(rows, bandOf(t, b)[at:at+n])
	}
	return rows
}

// bandOf is the plane of a band counted over both passes, before's after after's.
func bandOf(t *raster.TilePair, band int) []float32 {
	if band >= t.After.Bands {
		return t.Before.Band(band - t.After.Bands)
	}
	return t.After.Band(band)
}

// finish makes sums of squares scores.
func (f *forms) finish(sum []float32, t *raster.TilePair, at int) {
	kernel.Sqrt(sum)
	if t.Valid != nil {
		clearWhere(sum, t.Valid[at:at+len(sum)])
	}
}

// clearWhere sets to 0 the values whose mask byte is 0.
func clearWhere(v []float32, mask []uint8) {
	for i, m := range mask[:len(v)] {
		if m == 0 {
			v[i] = 0
		}
	}
}
