package change

import (
	"math/rand/v2"
	"slices"
	"testing"

	"passdiff/raster"
)

// TestLookerAllocates: once its buffers are there, a tile allocates nothing, from the blocks it lies in to the runs that leave it.
func TestLookerAllocates(t *testing.T) {
	if testing.Short() {
		t.Skip("counts allocations, one after the other; not with -short")
	}
	for _, c := range []struct {
		method Method
		masked bool
	}{{CVA{}, false}, {CVA{}, true}, {IRMAD{}, true}, {Auto{}, false}, {Auto{}, true}} {
		s := site{seed: 73, w: 700, h: 700, bands: 4, objects: 60}
		if c.masked {
			s.bad = 20
		}
		p := s.pair()
		m := fit(t, p, FitOptions{Method: c.method})
		o := Options{MinPixels: 1, Fill: m.Fill}
		halo := newExtractor(m, o, p.Window).margin() + m.halo()
		changed := 0
		worker := func() func(*raster.TilePair) (int, error) {
			l := newLooker(m, o, p.Window, false)
			var pool runPool
			return func(tp *raster.TilePair) (int, error) {
				run := func() {
					r := pool.get(tp.Out)
					l.tile(r, tp, nil)
					changed = len(r.changed)
					pool.put(r)
				}
				run()
				if n := testing.AllocsPerRun(3, run); n != 0 {
					t.Errorf("%s, masked %v: %v allocations a tile", c.method.Name(), c.masked, n)
				}
				return 0, nil
			}
		}
		so := raster.StreamOptions{Windows: []raster.Window{{X: 100, Y: 100, W: 500, H: 500}}, Halo: halo}
		if err := raster.Stream(t.Context(), p, so, worker, func(int, int) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if changed == 0 {
			t.Errorf("%s, masked %v: nothing changed in the tile", c.method.Name(), c.masked)
		}
	}
}

// TestSpots: windows lie in the plane, hold what reaches the level and what lies within the reach of it, and cost no more than the plane.
func TestSpots(t *testing.T) {
	r := rand.New(rand.NewPCG(74, 74))
	for range 400 {
		w := raster.Window{X: r.IntN(100) - 50, Y: r.IntN(100) - 50, W: 1 + r.IntN(200), H: 1 + r.IntN(200)}
		var plane raster.Tile
		plane.Shape(w, 1)
		clear(plane.Data)
		s := spots{reach: r.IntN(8), halo: r.IntN(30)}
		covered := make([]bool, w.W*w.H)
		wanted := slices.Clone(covered)
		for range r.IntN(1 << r.IntN(10)) {
			x, y := r.IntN(w.W), r.IntN(w.H)
			plane.Data[y*plane.Stride+x] = 1
			for yy := max(0, y-s.reach); yy <= min(w.H-1, y+s.reach); yy++ {
				for xx := max(0, x-s.reach); xx <= min(w.W-1, x+s.reach); xx++ {
					wanted[yy*w.W+xx] = true
				}
			}
		}
		s.begin(w)
		for y := range w.H {
			s.row(plane.Data[y*plane.Stride:][:w.W], w.X, w.Y+y, 1)
		}
		total := 0
		for _, b := range s.windows() {
			if b.Empty() || !w.Contains(b) {
				t.Fatalf("window %v of %v", b, w)
			}
			total += s.cost(b)
			for y := b.Y; y < b.MaxY(); y++ {
				for x := b.X; x < b.MaxX(); x++ {
					covered[(y-w.Y)*w.W+x-w.X] = true
				}
			}
		}
		if total > s.cost(w) {
			t.Errorf("windows cost %d, the plane %d", total, s.cost(w))
		}
		for i, want := range wanted {
			if want && !covered[i] {
				t.Fatalf("pixel %d of %v is not covered", i, w)
			}
		}
	}
}

// TestScoresWhereNeeded: what is found does not depend on whether scores are computed everywhere, because somebody wants them, or only
// where the gate leaves something, for tiles and holes of any size.
func TestScoresWhereNeeded(t *testing.T) {
	before, after := alikePair(75, 330, 14, 3)
	// Rings of change around what did not change: holes to fill.
	for i, n := range []int{1, 2, 3, 5, 9} {
		x0, y0 := 20+60*i, 40
		for b := range after.bands {
			for y := y0; y < y0+n+12; y++ {
				for x := x0; x < x0+n+12; x++ {
					if x < x0+6 || x >= x0+6+n || y < y0+6 || y >= y0+6+n {
						after.data[(b*after.h+y)*after.w+x] += 700
					}
				}
			}
		}
	}
	p := before.with(after)
	for _, kind := range []PairKind{Multispectral, VHR} {
		m := fit(t, p, FitOptions{Method: Auto{}, Told: Told{Kind: kind}})
		if m.Gate = max(m.Gate, 0.3); m.Evidence == nil {
			t.Fatal("no gate")
		}
		filled := 0
		for _, fill := range []int{1, 5, 40, 200} {
			for _, tile := range []int{64, 100, 512} {
				o := Options{MinPixels: 1, Fill: fill, Tile: tile, Workers: 2, Opening: fill % 2}
				got := detect(t, p, m, o)
				var want found
				var err error
				want.Summary, err = Detect(t.Context(), p, m, o, Output{
					Region: func(r *Region) error { want.Regions = append(want.Regions, r); return nil },
					Blind:  func(r raster.Run, _ uint8) error { want.Blind = append(want.Blind, r); return nil },
					Score:  func(*raster.Tile) error { return nil },
				})
				if err != nil {
					t.Fatal(err)
				}
				if d := difference(want, got); d != "" || len(got.Regions) == 0 {
					t.Errorf("%s, fill %d, tile %d, %d regions: %s", kind, fill, tile, len(got.Regions), d)
				}
				filled += int(got.Summary.Kept - got.Summary.Changed)
			}
		}
		if kind == Multispectral && filled <= 0 {
			t.Errorf("%d pixels kept beyond those changed: no hole was filled", filled)
		}
	}
}

// TestScoresInWideHoles: a hole may be so wide that tiles inside it see its border on one side alone, while another side is nearer.
func TestScoresInWideHoles(t *testing.T) {
	for _, method := range []Method{Auto{}, CVA{}} {
		for at := 80; at < 130; at += 28 {
			before, after := alikePair(77, 420, 3, 0)
			for b := range after.bands {
				for y := at - 8; y < at+178; y++ {
					for x := at + 4; x < at+170; x++ {
						if y < at || y >= at+170 || x < at+12 || x >= at+162 {
							after.data[(b*after.h+y)*after.w+x] += 5000
						}
					}
				}
			}
			p := before.with(after)
			m := fit(t, p, FitOptions{Method: method, Told: Told{Kind: Multispectral}})
			o := Options{MinPixels: 1, Fill: 170*150 + 1, Workers: 2}
			want := detect(t, p, m, o)             // one tile
			for _, o.Tile = range []int{40, 128} { // the smaller ones may lie in the hole, where nothing is marked
				if d := difference(want, detect(t, p, m, o)); d != "" {
					t.Errorf("%s, hole at %d, tiles of %d: %s", method.Name(), at, o.Tile, d)
				}
			}
			if want.Summary.Kept == want.Summary.Changed {
				t.Errorf("%s, hole at %d: it was not filled", method.Name(), at)
			}
		}
	}
}
