package change

import (
	"math/rand/v2"
	"testing"

	"passdiff/raster"
)

// scene is a pass for tests: band-planar uint16 values and which pixels are measured (255).
type scene struct {
	w, h, bands int
	data        []uint16
	valid       []uint8
}

// site is the ground of random pairs. The zero value of what may be left out means none.
type site struct {
	seed           uint64
	w, h, bands    int
	objects        int // patches that differ
	bad            int // patches without measurement, in either pass
	dx, dy         int // where after starts in the frame
	blockW, blockH int // block size of both; 0 means 256
}

// passes makes a pair: a plain of 1000 with noise of ±60, rolling along x, patches that are brighter or darker in one pass, and holes.
func (s site) passes() (before, after scene) {
	r := rand.New(rand.NewPCG(s.seed, 1))
	fresh := func() scene {
		p := scene{s.w, s.h, s.bands, make([]uint16, s.w*s.h*s.bands), make([]uint8, s.w*s.h)}
		for i := range p.valid {
			p.valid[i] = 255
		}
		return p
	}
	before, after = fresh(), fresh()
	for b := range s.bands {
		for y := range s.h {
			for x := range s.w {
				ground := 1000 + 100*b + x%37 // both passes see the same ground, in the frame
				before.data[(b*s.h+y)*s.w+x] = uint16(ground + r.IntN(121) - 60)
			}
		}
		for y := range s.h {
			for x := range s.w {
				ground := 1000 + 100*b + ((x+s.dx)%37+37)%37
				after.data[(b*s.h+y)*s.w+x] = uint16(ground + r.IntN(121) - 60)
			}
		}
	}
	patch := func() (x0, y0, x1, y1 int) {
		x, y := r.IntN(s.w), r.IntN(s.h)
		return x, y, min(s.w, x+1+r.IntN(14)), min(s.h, y+1+r.IntN(9))
	}
	for i := range s.objects {
		p := &after
		if i%3 == 0 {
			p = &before
		}
		x0, y0, x1, y1 := patch()
		level := 150 + r.IntN(500)
		for b := range s.bands {
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					v := &p.data[(b*s.h+y)*s.w+x]
					if i%2 == 0 {
						*v = min(*v+uint16(level), 3000)
					} else {
						*v -= uint16(min(level, int(*v)-1))
					}
				}
			}
		}
	}
	for i := range s.bad {
		p := &after
		if i%2 == 0 {
			p = &before
		}
		x0, y0, x1, y1 := patch()
		for y := y0; y < y1; y++ {
			clear(p.valid[y*s.w+x0 : y*s.w+x1])
		}
	}
	return before, after
}

func (s site) pair() *raster.Pair {
	before, after := s.passes()
	p := before.with(after)
	p.DX, p.DY = s.dx, s.dy
	p.Window = p.Before.Info().Grid.Window().Intersect(p.After.Info().Grid.Window().Shift(s.dx, s.dy))
	if s.blockW > 0 {
		for _, m := range []raster.Source{p.Before, p.After} {
			m.(*raster.Memory).Scene.BlockW, m.(*raster.Memory).Scene.BlockH = s.blockW, s.blockH
		}
	}
	return p
}

// source is the scene as a Source.
func (s scene) source(name string) *raster.Memory {
	m := raster.NewMemory(name, s.w, s.h, s.bands, s.data)
	m.Pixels.Valid = s.valid
	return m
}

// with pairs scenes of the same size pixel by pixel.
func (s scene) with(after scene) *raster.Pair {
	return pairOf(s.source("before"), after.source("after"))
}

func pairOf(before, after raster.Source) *raster.Pair {
	return &raster.Pair{Before: before, After: after, Window: before.Info().Grid.Window()}
}

func fit(t testing.TB, p *raster.Pair, o FitOptions) *Model {
	t.Helper()
	if o.Method == nil {
		o.Method = CVA{}
	}
	s, err := raster.ReadSample(t.Context(), p, raster.SampleOptions{Halo: o.Method.Halo(), Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Fit(t.Context(), s, p.Before.Info().Bands, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// found is all that Detect hands over.
type found struct {
	Regions []*Region
	Blind   []raster.Run
	Summary Summary
}

func detect(t testing.TB, p *raster.Pair, m *Model, o Options) found {
	t.Helper()
	var f found
	var err error
	f.Summary, err = Detect(t.Context(), p, m, o, Output{
		Region: func(r *Region) error { f.Regions = append(f.Regions, r); return nil },
		Blind:  func(r raster.Run, _ uint8) error { f.Blind = append(f.Blind, r); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// plane is the score of every pixel of a pair's window, row by row, computed in tiles of that size.
func plane(t testing.TB, p *raster.Pair, m *Model, tile int) []float32 {
	t.Helper()
	q := *p
	q.Offset = m.Offset
	out := make([]float32, p.Window.Pixels())
	tiles := raster.Tiles(p.Window, tile, tile, m.Scorer.Halo())
	worker := func() func(*raster.TilePair) (int, error) {
		score := Worker(m.Scorer)
		var dst raster.Tile
		return func(tp *raster.TilePair) (int, error) {
			dst.Shape(tp.Out, 1)
			score(&dst, tp)
			for y := range tp.Out.H {
				at := (tp.Out.Y-p.Window.Y+y)*p.Window.W + tp.Out.X - p.Window.X
				copy(out[at:at+tp.Out.W], dst.Data[y*dst.Stride:])
			}
			return 0, nil
		}
	}
	o := raster.StreamOptions{Windows: tiles, Halo: m.Scorer.Halo(), Workers: 2}
	if err := raster.Stream(t.Context(), &q, o, worker, func(int, int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}
