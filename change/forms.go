package change

import (
	"fmt"
	"math"
	"slices"

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

	list  []form
	bands []int // those that any form has a coefficient for
	// differences says that each form has one band of after and one of before and counts positively.
	differences bool
	shifts      []float32 // of the list
	taps        kernel.Taps
	divisor     float32
}

// form is a linear form as it is computed: the bands whose coefficients are not 0, counted over both passes, before's after after's, and
// where they stand among those that are read.
type form struct {
	bands []int
	from  []int
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
	f.list, f.bands, f.shifts, f.taps = nil, nil, nil, nil
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
			if c == 0 {
				continue
			}
			from := slices.Index(f.bands, k)
			if from < 0 {
				from = len(f.bands)
				f.bands = append(f.bands, k)
			}
			g.bands, g.from, g.coefs = append(g.bands, k), append(g.from, from), append(g.coefs, float32(c))
		}
		if math.IsNaN(f.Shift[i]) || math.Abs(f.Shift[i]) > math.MaxFloat32 {
			return fmt.Errorf("forms: form %d has shift %v", i+1, f.Shift[i])
		}
		if f.Ramp != nil {
			g.ramp = f.Ramp[i]
		}
		if len(g.bands) > 0 {
			f.list, f.shifts = append(f.list, g), append(f.shifts, g.shift)
		}
	}
	f.differences = !slices.ContainsFunc(f.list, func(g form) bool {
		return len(g.bands) != 2 || g.bands[0] >= bands || g.bands[1] < bands || g.sign < 0
	})
	return nil
}

func (f *forms) worker(mem *scratch) scoring {
	line := f.rowWorker()
	if line == nil {
		return f.smoothWorker(mem)
	}
	return func(dst *raster.Tile, t *raster.TilePair) {
		for y := range dst.Window.H {
			line(dst.Data[y*dst.Stride:][:dst.Window.W], t, dst.Window.X, dst.Window.Y+y)
		}
	}
}

// rowWorker is there without a Gaussian.
func (f *forms) rowWorker() rowScoring {
	if f.taps != nil {
		return nil
	}
	var r rowReader
	var rows [][]float32
	var p pairs16
	return func(line []float32, t *raster.TilePair, x, y int) {
		if f.differences && p.magnitude(line, f.list, f.shifts, t, x, y) {
			if t.Valid != nil {
				kernel.ClearWhere(line, t.MaskRow(x, y, len(line)))
			}
			return
		}
		clear(line)
		all := r.read(t, f.bands, x, y, len(line))
		for i := range f.list {
			g := &f.list[i]
			rows = g.rows(rows[:0], all)
			kernel.AddSquaredLinear(line, rows, g.coefs, g.shift, g.sign)
		}
		kernel.Sqrt(line)
		if t.Valid != nil {
			kernel.ClearWhere(line, t.MaskRow(x, y, len(line)))
		}
	}
}

// smoothWorker is Worker with a Gaussian over each form. The shift is smoothed, too, so that what is not measured holds 0.
func (f *forms) smoothWorker(mem *scratch) scoring {
	s := smoother{mem: mem}
	var r rowReader
	var rows [][]float32
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, reach := dst.Window, f.taps.Radius()
		s.begin(len(f.list), w, t, f.taps, f.divisor)
		defer s.end()
		in := w.Grow(reach)
		line := mem.values(in.W)
		defer mem.floats.put(line)
		for y := in.Y; y < in.MaxY(); y++ {
			s.next(y)
			all := r.read(t, f.bands, in.X, y, in.W)
			for i := range f.list {
				g := &f.list[i]
				rows = g.rows(rows[:0], all)
				kernel.Linear(line, rows, g.coefs, 0)
				kernel.AddRamp(line, float32(float64(g.shift)+float64(g.ramp[1]*float64(y))), float32(g.ramp[0]), in.X)
				if t.Valid != nil {
					kernel.ClearWhere(line, t.MaskRow(in.X, y, in.W))
				}
				s.put(i, line)
			}
			if y < w.Y+reach {
				continue
			}
			sum := dst.Data[(y-reach-w.Y)*dst.Stride:][:w.W]
			clear(sum)
			for i := range f.list {
				s.take(i, line[:w.W])
				kernel.AddSquare(sum, line[:w.W], 0, f.list[i].sign)
			}
			kernel.Sqrt(sum)
			if t.Valid != nil {
				kernel.ClearWhere(sum, t.MaskRow(w.X, y-reach, w.W))
			}
		}
	}
}

// rows appends the form's bands among all that are read.
func (g *form) rows(rows, all [][]float32) [][]float32 {
	for _, k := range g.from {
		rows = append(rows, all[k])
	}
	return rows
}
