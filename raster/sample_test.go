package raster_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"passdiff/raster"
)

// The lattice of chips as its doc describes it: cells of 512 pixels hold a chip of 256 at 128 from their corner, and 24 chips are the
// first lot.
const (
	cell, chip, inset, lot = 512, 256, 128, 24
)

func readSample(t *testing.T, p *raster.Pair, o raster.SampleOptions) *raster.Sample {
	t.Helper()
	s, err := raster.ReadSample(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func windows(s *raster.Sample) []raster.Window {
	var w []raster.Window
	for _, c := range s.Chips {
		w = append(w, c.Out)
	}
	return w
}

// TestSampleWhole: a small scene is read whole, each pixel once, and pixels count as measured where both passes are.
func TestSampleWhole(t *testing.T) {
	const w, h = 700, 600
	bad := func(x, y int) bool { return x < 100 && y < 50 }
	p := whole(scene("before", w, h, 2, 128, 128, 0, 0, bad), scene("after", w, h, 2, w, 8, 0, 0, nil))
	s := readSample(t, p, raster.SampleOptions{Halo: 3, Workers: 2})
	if !s.Whole || s.Pixels != w*h || s.Measured != w*h-100*50 {
		t.Errorf("whole %v, %d pixels, %d measured", s.Whole, s.Pixels, s.Measured)
	}
	var pixels int64
	for i, c := range s.Chips {
		if c.Before.Window != c.Out.Grow(3) {
			t.Errorf("chip %v has tile %v", c.Out, c.Before.Window)
		}
		for _, d := range s.Chips[:i] {
			if !c.Out.Intersect(d.Out).Empty() {
				t.Errorf("chips %v and %v overlap", c.Out, d.Out)
			}
		}
		if err := checkTile(c, p.Window, bad); err != nil {
			t.Error(err)
		}
		pixels += c.Out.Pixels()
	}
	if pixels != w*h {
		t.Errorf("chips hold %d pixels", pixels)
	}
}

// TestSampleQuarter: every chip of the lattice that the scene holds, and the same ones, with the same pixels, for any block layout and
// number of workers.
func TestSampleQuarter(t *testing.T) {
	const w, h = 2100, 1600
	bad := func(x, y int) bool { return (x/31+y/17)%7 == 0 }
	var first *raster.Sample
	for i, l := range []layout{{"tiled128", 128, 128}, {"tiled512", 512, 512}, {"strip8", w, 8}, {"one block", w, h}} {
		t.Run(l.name, func(t *testing.T) {
			p := whole(scene("before", w, h, 2, l.bw, l.bh, 0, 0, bad), scene("after", w, h, 2, 256, 256, 0, 0, nil))
			s := readSample(t, p, raster.SampleOptions{Quarter: true, Halo: 5, Workers: 1 + i%3})
			if first == nil {
				first = s
			}
			// Columns 128, 640, 1152, 1664 each 256 wide; 2176 lies outside. Rows 128, 640, 1152 each 256 high; 1664 lies outside.
			if want := int64(4*chip) * int64(3*chip); s.Pixels != want || s.Whole {
				t.Errorf("%d pixels, whole %v, want %d", s.Pixels, s.Whole, want)
			}
			if !slices.Equal(windows(s), windows(first)) {
				t.Fatalf("chips %v, want %v", windows(s), windows(first))
			}
			for k, c := range s.Chips {
				if (c.Out.X-inset)%cell != 0 || (c.Out.Y-inset)%cell != 0 {
					t.Errorf("chip %v is off the lattice", c.Out)
				}
				if err := checkTile(c, p.Window, bad); err != nil {
					t.Error(err)
				}
				if !slices.Equal(c.Valid, first.Chips[k].Valid) {
					t.Errorf("chip %v: other mask", c.Out)
				}
			}
		})
	}
	// Of a scene of whole cells it is a quarter.
	c := newComputed("before", 4*cell, 3*cell, 512, 512)
	if s := readSample(t, whole(c, c), raster.SampleOptions{Quarter: true}); s.Pixels*4 != c.info.Grid.Window().Pixels() {
		t.Errorf("%d pixels of %d", s.Pixels, c.info.Grid.Window().Pixels())
	}
	// Small scenes have smaller chips: 16 of 32.
	small := newComputed("before", 256, 256, 90, 8)
	if s := readSample(t, whole(small, small), raster.SampleOptions{Quarter: true}); s.Measured != 256*256/4 || len(s.Chips) != 16 {
		t.Errorf("%d pixels measured in %d chips of a scene of 256×256", s.Measured, len(s.Chips))
	}
	// One smaller than the inset still has a sample.
	tiny := newComputed("before", 15, 12, 15, 8)
	if s := readSample(t, whole(tiny, tiny), raster.SampleOptions{Quarter: true}); s.Measured != 15*12 {
		t.Errorf("%d pixels measured of a scene of 15×12", s.Measured)
	}
}

// TestSampleFixedByGrid: where two passes share only a part, chips stay where the before grid has them.
func TestSampleFixedByGrid(t *testing.T) {
	before, after := newComputed("before", 3000, 2000, 256, 256), newComputed("after", 3000, 2000, 512, 512)
	p := &raster.Pair{Before: before, After: after, DX: 700, DY: -333}
	p.Window = before.info.Grid.Window().Intersect(after.info.Grid.Window().Shift(p.DX, p.DY))
	all := windows(readSample(t, whole(before, after), raster.SampleOptions{Quarter: true}))
	part := windows(readSample(t, p, raster.SampleOptions{Quarter: true}))
	if len(part) == 0 || len(part) >= len(all) {
		t.Fatalf("%d chips of %d", len(part), len(all))
	}
	for _, c := range part {
		if !slices.ContainsFunc(all, func(a raster.Window) bool { return a.Intersect(p.Window) == c }) {
			t.Errorf("chip %v is none of the scene's", c)
		}
	}
}

// TestSampleBounded: of a large tiled scene the sample decodes 6 %: 24 of 400 blocks.
func TestSampleBounded(t *testing.T) {
	const side = 10240
	for _, block := range []int{256, 512} {
		before, after := newComputed("before", side, side, block, block), newComputed("after", side, side, block, block)
		s := readSample(t, whole(before, after), raster.SampleOptions{Halo: 64, Workers: 2})
		if s.Whole || len(s.Chips) != lot || s.Pixels != lot*chip*chip || s.Measured != s.Pixels {
			t.Errorf("block %d: whole %v, %d chips, %d pixels, %d measured", block, s.Whole, len(s.Chips), s.Pixels, s.Measured)
		}
		for _, c := range []*computed{before, after} {
			if n := c.decoded.Load(); n != lot*cell*cell {
				t.Errorf("block %d: decoded %d pixels, want %d", block, n, lot*cell*cell)
			}
		}
	}
}

// TestSampleGoesOn: chips without measured pixels are no sample. The scene, 20 Mpx, is above what is read whole.
func TestSampleGoesOn(t *testing.T) {
	const w, h = 5000, 4000
	const enough, few = 1 << 18, 1 << 14 // measured pixels after which ReadSample stops, inside the lattice and in its gaps
	for _, c := range []struct {
		name     string
		measured raster.Window
		least    int64
	}{
		{"a corner", raster.Window{X: 3500, Y: 2500, W: 1500, H: 1500}, enough},
		{"a column in the gap between chips", raster.Window{X: 400, W: 220, H: h}, enough},
		{"a row in the gap between chips", raster.Window{Y: 3990, W: w, H: 10}, few},
		{"a speck at the end of a gap", raster.Window{X: 4990, Y: 50, W: 10, H: 1}, 10},
		{"nothing", raster.Window{}, 0},
	} {
		if slow && c.least == 0 {
			continue // reads all of the scene, as the case before it
		}
		t.Run(c.name, func(t *testing.T) {
			before, after := newComputed("before", w, h, 512, 512), newComputed("after", w, h, 512, 512)
			after.measured = &c.measured
			s := readSample(t, whole(before, after), raster.SampleOptions{Halo: 3, Workers: 2})
			if s.Measured < c.least {
				t.Errorf("%d pixels measured, want at least %d", s.Measured, c.least)
			}
			var measured int64
			for _, k := range s.Chips {
				n := k.Out.Intersect(c.measured).Pixels()
				if n == 0 {
					t.Errorf("chip %v holds nothing and is kept", k.Out)
				}
				measured += n
			}
			if measured != s.Measured {
				t.Errorf("%d measured, counted %d", s.Measured, measured)
			}
			if s.Pixels < s.Measured || s.Pixels > w*h {
				t.Errorf("%d pixels of %d", s.Pixels, w*h)
			}
		})
	}
	// An overlap of 250 columns between the chips of a tall scene.
	before, after := newComputed("before", 1000, 70000, 512, 512), newComputed("after", 1000, 70000, 512, 512)
	p := &raster.Pair{Before: before, After: after, DX: -610, Window: raster.Window{X: 385, W: 250, H: 70000}}
	if s := readSample(t, p, raster.SampleOptions{}); s.Measured < enough || s.Whole {
		t.Errorf("narrow overlap: %d measured, whole %v", s.Measured, s.Whole)
	}
}

// far makes a pair of 64×48 scenes whose pixels are at(x, y) before and one step of the type's digits more after.
func far[T raster.Number](at func(x, y int) T, step T) *raster.Pair {
	const w, h = 64, 48
	b, a := make([]T, w*h), make([]T, w*h)
	for i := range b {
		b[i] = at(i%w, i/w)
		a[i] = b[i] + step
	}
	return whole(raster.NewMemory("before", w, h, 1, b), raster.NewMemory("after", w, h, 1, a))
}

// TestSampleOffset: small differences far from zero survive float32 through an offset, which is whole and part of the result.
func TestSampleOffset(t *testing.T) {
	for _, c := range []struct {
		name string
		pair *raster.Pair
		want func(x, y int) float64 // the value before
		step float64
	}{
		{"int32", far(func(x, y int) int32 { return 2_000_000_000 + int32(x*y) }, 1), func(x, y int) float64 { return 2_000_000_000 + float64(x*y) }, 1},
		{"negative int32", far(func(x, y int) int32 { return -2_000_000_000 + int32(x*y) }, 1), func(x, y int) float64 { return -2_000_000_000 + float64(x*y) }, 1},
		{"uint32", far(func(x, y int) uint32 { return 4_294_900_000 + uint32(x*y) }, 3), func(x, y int) float64 { return 4_294_900_000 + float64(x*y) }, 3},
		// 2⁻⁶ is one of float64's digits at 2459000 and none of float32's, which are ¼ apart there.
		{"float64", far(func(x, y int) float64 { return 2459000 + float64(x*y)/64 }, 1./64), func(x, y int) float64 { return 2459000 + float64(x*y)/64 }, 1. / 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := readSample(t, c.pair, raster.SampleOptions{Workers: 2})
			if len(s.Offset[0]) != 1 || len(s.Offset[1]) != 1 || s.Offset[0][0] != math.Round(s.Offset[0][0]) || len(s.Coarse) != 0 {
				t.Fatalf("offset %v, coarse %v", s.Offset, s.Coarse)
			}
			if c.pair.Offset[0] != nil {
				t.Error("the pair was changed")
			}
			k := s.Chips[0]
			k.EachRow(k.Out, func(y, at, n int) {
				for x := range n {
					b := float64(k.Before.Band(0)[at+x]) + s.Offset[0][0]
					a := float64(k.After.Band(0)[at+x]) + s.Offset[1][0]
					if want := c.want(x, y); b != want || a != want+c.step {
						t.Fatalf("pixel %d,%d: %v and %v, want %v and %v", x, y, b, a, want, want+c.step)
					}
				}
			})
		})
	}
}

// TestSampleNoOffset: where float32 is exact, or no offset would help, nothing is subtracted; what stays coarse is said.
func TestSampleNoOffset(t *testing.T) {
	wide := far(func(x, y int) int32 { return int32(x-32) * 60_000_000 }, 1) // −1.92·10⁹ … 1.86·10⁹
	for _, c := range []struct {
		name   string
		pair   *raster.Pair
		offset bool
		coarse []int
	}{
		{"small int32", far(func(x, y int) int32 { return int32(x*y) - 100 }, 1), false, nil},
		{"int32 up to 2²⁴", far(func(x, y int) int32 { return 1<<24 - 1 - int32(x*y) }, 1), false, nil},
		{"wide int32", wide, false, []int{0}},
		{"uint16", far(func(x, y int) uint16 { return 65000 + uint16(y) }, 1), false, nil},
		{"float32", far(func(x, y int) float32 { return 1e9 + float32(x)*64 }, 64), false, nil},
		{"float64 around zero", far(func(x, y int) float64 { return float64(x - y) }, 1), false, nil},
	} {
		s := readSample(t, c.pair, raster.SampleOptions{})
		if got := s.Offset[0] != nil; got != c.offset || fmt.Sprint(s.Coarse) != fmt.Sprint(c.coarse) {
			t.Errorf("%s: offset %v, coarse %v, want offset %v, coarse %v", c.name, s.Offset, s.Coarse, c.offset, c.coarse)
		}
	}
}
