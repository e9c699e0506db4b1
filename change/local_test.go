package change

import (
	"math"
	"slices"
	"testing"

	"passdiff/raster"
)

// The tests of where things may depend on: under one model, the surroundings of a pixel decide about it, whatever lies elsewhere and
// wherever the scene lies in the frame.

// moved is the scene (dx, dy) further in a larger, otherwise unmeasured one.
func (s scene) moved(dx, dy int) scene {
	g := scene{s.w + dx + 9, s.h + dy + 11, s.bands, nil, nil}
	g.data, g.valid = make([]uint16, g.w*g.h*g.bands), make([]uint8, g.w*g.h)
	for y := range s.h {
		copy(g.valid[(y+dy)*g.w+dx:], s.valid[y*s.w:(y+1)*s.w])
		for b := range s.bands {
			copy(g.data[(b*g.h+y+dy)*g.w+dx:], s.data[(b*s.h+y)*s.w:(b*s.h+y+1)*s.w])
		}
	}
	return g
}

// planes are what a model makes of a pair: the score and, where it has one, the evidence.
func planes(t *testing.T, p *raster.Pair, m *Model) [][]float32 {
	t.Helper()
	all := [][]float32{plane(t, p, m, 128)}
	if m.Evidence != nil {
		e := *m
		e.Scorer = m.Evidence
		all = append(all, plane(t, p, &e, 128))
	}
	return all
}

// TestNodataElsewhere: pixels without measurement change nothing beyond the halo.
func TestNodataElsewhere(t *testing.T) {
	before, after := alikePair(11, 260, 12, 2)
	hole := raster.Window{X: 120, Y: 130, W: 17, H: 22}
	holed := after
	holed.valid = slices.Clone(after.valid)
	for y := hole.Y; y < hole.MaxY(); y++ {
		clear(holed.valid[y*after.w+hole.X : y*after.w+hole.MaxX()])
	}
	for _, c := range everyMethod {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := before.with(after)
			m := fit(t, p, c.o)
			want, got := planes(t, p, m), planes(t, before.with(holed), m)
			near, touched := hole.Grow(m.halo()), 0
			for k := range want {
				for i, v := range got[k] {
					at := raster.Window{X: i % before.w, Y: i / before.w, W: 1, H: 1}
					switch {
					case hole.Contains(at):
						if v != 0 {
							t.Fatalf("pixel %v is not measured and scores %v", at, v)
						}
					case near.Contains(at):
						if v != want[k][i] {
							touched++
						}
					case math.Float32bits(v) != math.Float32bits(want[k][i]):
						t.Fatalf("pixel %v scores %v, want %v", at, v, want[k][i])
					}
				}
			}
			if touched == 0 && m.halo() > 0 {
				t.Error("the hole has no effect at all")
			}
		})
	}
}

// TestShiftedPair: the same pixels elsewhere in the frame give the same regions elsewhere. What belongs to the frame does not move: the
// blocks of coarser levels, so that what uses them moves by whole blocks here, and the plane of haze and where misregistration was measured, which are
// left out.
func TestShiftedPair(t *testing.T) {
	before, after := alikePair(12, 220, 20, 2)
	for _, c := range everyMethod {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dx, dy := 37, 21
			if c.o.Told.Kind == VHR {
				dx, dy = 5*blockFactor, 3*blockFactor
			}
			p, q := before.with(after), before.moved(dx, dy).with(after.moved(dx, dy))
			o := c.o
			if o.Told.Kind == SAR || o.Method == Method(LogRatio{}) {
				o.Threshold = Fixed(0.1) // these squares are too faint for radar
			}
			o.Residual = nil
			m := fit(t, p, o)
			if e, ok := m.Evidence.(*forms); ok {
				e.Ramp = nil
				if err := e.prepare(m.Bands); err != nil {
					t.Fatal(err)
				}
			}
			for k, got := range planes(t, q, m) {
				want := planes(t, p, m)[k]
				for i, v := range want {
					x, y := i%before.w+dx, i/before.w+dy
					if g := got[y*(before.w+dx+9)+x]; math.Float32bits(g) != math.Float32bits(v) {
						t.Fatalf("plane %d: (%d, %d) is %v, was %v", k, x, y, g, v)
					}
				}
			}
			want, got := detect(t, p, m, Options{Tile: 64}), detect(t, q, m, Options{Tile: 50})
			if want.Summary.Observed != got.Summary.Observed || len(want.Regions) < 3 {
				t.Fatalf("%+v, want %+v", got.Summary, want.Summary)
			}
			for _, r := range got.Regions {
				for i := range r.Runs {
					r.Runs[i].X0, r.Runs[i].X1, r.Runs[i].Y = r.Runs[i].X0-int32(dx), r.Runs[i].X1-int32(dx), r.Runs[i].Y-int32(dy)
				}
				r.AtScene, r.AtUnseen = false, false // the scene's border has become unmeasured pixels
			}
			for _, r := range want.Regions {
				r.AtScene, r.AtUnseen = false, false
			}
			got.Blind, got.Summary, want.Blind, want.Summary = nil, Summary{}, nil, Summary{}
			if d := difference(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
