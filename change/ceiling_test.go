package change

import (
	"math/rand/v2"
	"slices"
	"testing"

	"passdiff/raster"
)

// TestCeiling: outside of a ceiling's windows the evidence stays below the gate, to the last bit, with haze over the frame, with masks, at the
// edges of the scene and with misregistration; and on ground where little changed the windows are few.
func TestCeiling(t *testing.T) {
	if testing.Short() {
		t.Skip("computes for long, one after the other; not with -short")
	}
	r := rand.New(rand.NewPCG(76, 76))
	few := 0
	for k := range 24 {
		before, after := alikePair(uint64(80+k), 260, 6, k%4)
		haze := r.Float64() * 0.3
		for i := range after.data {
			after.data[i] += uint16(haze * float64(i%after.w+(i/after.w)%after.h))
		}
		p := before.with(after)
		p.Window.W -= k % 3 // the rest lies outside
		o := FitOptions{Method: Auto{}, Told: Told{Kind: PairKinds()[k%2]}}
		if k%3 == 0 {
			o.Residual = apart
		}
		m := fit(t, p, o)
		for _, gate := range []float32{0.2, 0.35, 0.5, 1, 2} {
			c := newCeiling(m.Evidence, gate, 0)
			if c == nil {
				t.Fatal("no ceiling")
			}
			evidence := Worker(m.Evidence)
			worker := func() func(*raster.TilePair) (int, error) {
				return func(tp *raster.TilePair) (int, error) {
					windows, ok := c.windows(tp, tp.Out)
					if !ok {
						t.Fatalf("gate %v: the slack is too large", gate)
					}
					windows = slices.Clone(windows)
					var plane raster.Tile
					plane.Shape(tp.Out, 1)
					evidence(&plane, tp)
					area := 0
					for _, w := range windows {
						area += int(w.Pixels())
						for y := w.Y; y < w.MaxY(); y++ {
							clear(plane.Data[(y-tp.Out.Y)*plane.Stride+w.X-tp.Out.X:][:w.W])
						}
					}
					for y := range tp.Out.H {
						if top := slices.Max(plane.Data[y*plane.Stride:][:tp.Out.W]); top >= gate {
							t.Errorf("pair %d, gate %v: %v in row %d outside of %d windows", k, gate, top, y, len(windows))
						}
					}
					if area < int(tp.Out.Pixels())/2 {
						few++
					}
					return 0, nil
				}
			}
			so := raster.StreamOptions{Windows: []raster.Window{p.Window}, Halo: m.Evidence.Halo()}
			if err := raster.Stream(t.Context(), p, so, worker, func(int, int) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if few < 20 {
		t.Errorf("the windows were few in %d of 120 cases", few)
	}
}
