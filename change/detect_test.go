package change

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

// TestDetect compares with brute force, bit for bit, for random scenes, tile sizes, workers and block layouts.
func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name string
		site site
		o    FitOptions
		cva  CVA
		min  int64
		tile []int
	}{
		{"plain", site{seed: 1, w: 110, h: 90, bands: 2, objects: 12}, FitOptions{Threshold: Fixed(2.4), Hysteresis: 1.4}, CVA{}, 0, []int{7, 16, 64, 100, 512}},
		{"masked", site{seed: 2, w: 101, h: 77, bands: 1, objects: 10, bad: 15, blockW: 16, blockH: 16}, FitOptions{Threshold: Fixed(1.4), Hysteresis: 1.1}, CVA{}, 20, []int{7, 16, 64, 100, 512}},
		{"dense", site{seed: 3, w: 90, h: 70, bands: 1, objects: 10, bad: 8, blockW: 90, blockH: 8}, FitOptions{Threshold: Fixed(1.1), Hysteresis: 1.2}, CVA{}, 12, []int{7, 16, 64, 100, 512}},
		{"offset", site{seed: 4, w: 100, h: 80, bands: 2, objects: 15, bad: 6, dx: 13, dy: -9, blockW: 32, blockH: 16}, FitOptions{Threshold: Fixed(2)}, CVA{}, 40, []int{7, 16, 64, 100, 512}},
		{"wide filter", site{seed: 5, w: 80, h: 60, bands: 2, objects: 9, bad: 6}, FitOptions{Threshold: Fixed(2), Hysteresis: 1.2}, CVA{Sigma: 2}, 0, []int{16, 64, 512}},
		{"narrow filter", site{seed: 6, w: 80, h: 60, bands: 2, objects: 15, bad: 6}, FitOptions{Threshold: Otsu{}}, CVA{Sigma: 0.4}, 0, []int{16, 64, 512}},
		{"single pixels", site{seed: 7, w: 40, h: 30, bands: 1, objects: 2, bad: 3, blockW: 8, blockH: 4}, FitOptions{Threshold: Fixed(1.3), Hysteresis: 1.1}, CVA{}, 0, []int{1, 2, 512}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before, after := c.site.passes()
			p := c.site.pair()
			c.o.Method = c.cva
			m := fit(t, p, c.o)
			want := newOracle(before, after, c.site.dx, c.site.dy, m, orDefault(c.cva.Sigma)).find(c.min)
			if s := want.Summary; s.Regions < 3 || s.Changed == s.Observed || c.min > 1 && s.Small == 0 || c.site.bad > 0 && len(want.Blind) == 0 {
				t.Fatalf("the scene tests little: %+v", s)
			}
			for _, tile := range c.tile {
				for workers := 1; workers <= 3; workers++ {
					got := detect(t, p, m, Options{Workers: workers, Tile: tile, MinPixels: c.min})
					if d := difference(want, got); d != "" {
						t.Fatalf("tile %d, %d workers: %s", tile, workers, d)
					}
				}
			}
		})
	}
}

// TestDetectRandom: as TestDetect, small scenes of any kind.
func TestDetectRandom(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		side, block := rapid.IntRange(1, 36), rapid.SampledFrom([]int{1, 5, 8, 16, 64})
		s := site{
			seed: rapid.Uint64().Draw(rt, "seed"), w: side.Draw(rt, "w"), h: side.Draw(rt, "h"), bands: rapid.IntRange(1, 3).Draw(rt, "bands"),
			objects: rapid.IntRange(0, 8).Draw(rt, "objects"), bad: rapid.IntRange(0, 8).Draw(rt, "bad"),
			blockW: block.Draw(rt, "blockW"), blockH: block.Draw(rt, "blockH"),
		}
		s.dx, s.dy = rapid.IntRange(1-s.w, s.w-1).Draw(rt, "dx"), rapid.IntRange(1-s.h, s.h-1).Draw(rt, "dy")
		before, after := s.passes()
		p := s.pair()
		m := fit(t, p, FitOptions{Threshold: Fixed(rapid.Float64Range(0.3, 4).Draw(rt, "threshold")), Hysteresis: 1.2})
		o := Options{
			Tile: rapid.IntRange(1, 48).Draw(rt, "tile"), Workers: rapid.IntRange(1, 3).Draw(rt, "workers"),
			MinPixels: rapid.Int64Range(0, 12).Draw(rt, "least"),
		}
		want := newOracle(before, after, s.dx, s.dy, m, 1).find(o.MinPixels)
		if d := difference(want, detect(t, p, m, o)); d != "" {
			rt.Fatal(d)
		}
	})
}

// difference says where two results part, "" when they are the same in every bit.
func difference(want, got found) string {
	if want.Summary != got.Summary {
		return fmt.Sprintf("summary %+v, want %+v", got.Summary, want.Summary)
	}
	if !slices.Equal(want.Blind, got.Blind) {
		return fmt.Sprintf("%d blind runs, want %d:\n%v\n%v", len(got.Blind), len(want.Blind), got.Blind, want.Blind)
	}
	if len(want.Regions) != len(got.Regions) {
		return fmt.Sprintf("%d regions, want %d", len(got.Regions), len(want.Regions))
	}
	for i, w := range want.Regions {
		if g := got.Regions[i]; !reflect.DeepEqual(w, g) {
			return fmt.Sprintf("region %d is\n%+v, want\n%+v", i, *g, *w)
		}
	}
	return ""
}

// TestScorePlane: scores do not depend on the tile, bit for bit, and equal the definition.
func TestScorePlane(t *testing.T) {
	for _, sigma := range []float64{1, 3} {
		s := site{seed: 11, w: 150, h: 120, bands: 3, objects: 10, bad: 20, blockW: 64, blockH: 32}
		p := s.pair()
		m := fit(t, p, FitOptions{Method: CVA{Sigma: sigma}})
		before, after := s.passes()
		want := newOracle(before, after, 0, 0, m, sigma).score
		for _, tile := range []int{1, 13, 64, 512} {
			if tile == 1 && sigma > 1 {
				continue // the same code, much halo
			}
			for i, v := range plane(t, p, m, tile) {
				if math.Float32bits(v) != math.Float32bits(want[i]) {
					t.Fatalf("sigma %v, tile %d, pixel %d,%d: %v, want %v", sigma, tile, i%s.w, i/s.w, v, want[i])
				}
			}
		}
	}
}

// TestDetectOutput checks the promises of the callbacks: nothing that touches rows above a Final comes after it, Final and Progress grow
// and reach the end.
func TestDetectOutput(t *testing.T) {
	for seed := range uint64(6) {
		s := site{seed: 20 + seed, w: 120, h: 160, bands: 1, objects: 14, bad: 10, dx: 3, dy: 5}
		p := s.pair()
		m := fit(t, p, FitOptions{Threshold: Fixed(2.5)})
		final, before := -1, 0
		var done []int64
		late := func(what string, y int32) error {
			if int(y) < final {
				return fmt.Errorf("%s at row %d after Final(%d)", what, y, final)
			}
			return nil
		}
		_, err := Detect(t.Context(), p, m, Options{Tile: 16, Workers: 2}, Output{
			Region: func(r *Region) error { return late("region", r.Runs[0].Y) },
			Blind:  func(r raster.Run, _ uint8) error { return late("blind run", r.Y) },
			Final: func(y int) error {
				if y < final {
					return fmt.Errorf("Final(%d) after Final(%d)", y, final)
				}
				final = y
				if y > p.Window.Y && y < p.Window.MaxY() {
					before++
				}
				return nil
			},
			Progress: func(n int64) { done = append(done, n) },
		})
		if err != nil {
			t.Error(err)
		}
		if final != p.Window.MaxY() || before == 0 {
			t.Errorf("Final ended at %d of %d, with %d calls on the way", final, p.Window.MaxY(), before)
		}
		if !slices.IsSorted(done) || len(done) < 2 || done[len(done)-1] != p.Window.Pixels() {
			t.Errorf("progress %v of %d", done, p.Window.Pixels())
		}
	}
}

var errEnough = errors.New("enough")

// TestDetectStops: an error of any callback stops the detection and comes back.
func TestDetectStops(t *testing.T) {
	p := site{seed: 30, w: 100, h: 100, bands: 1, objects: 10, bad: 5}.pair()
	m := fit(t, p, FitOptions{Threshold: Fixed(2.5)})
	for name, out := range map[string]Output{
		"region": {Region: func(*Region) error { return errEnough }},
		"blind":  {Blind: func(raster.Run, uint8) error { return errEnough }},
		"final":  {Final: func(int) error { return errEnough }},
		"end":    {Final: func(y int) error { return map[bool]error{true: errEnough}[y == p.Window.MaxY()] }},
	} {
		if s, err := Detect(t.Context(), p, m, Options{Tile: 32}, out); !errors.Is(err, errEnough) || s != (Summary{}) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	// Without callbacks it only counts.
	if s, err := Detect(t.Context(), p, m, Options{}, Output{}); err != nil || s.Regions == 0 || s.Observed >= s.Pixels {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestDetectRefuses(t *testing.T) {
	p := site{seed: 31, w: 40, h: 40, bands: 2, objects: 3}.pair()
	m := fit(t, p, FitOptions{})
	_, err := Detect(t.Context(), p, m, Options{Workers: -1, Tile: -2, MinPixels: -3}, Output{})
	for _, want := range []string{"workers -1", "tile size -2", "-3 pixels"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want all three problems", err)
		}
	}
	one := site{seed: 31, w: 40, h: 40, bands: 1}.pair()
	if _, err := Detect(t.Context(), one, m, Options{}, Output{}); err == nil || !strings.Contains(err.Error(), "2 bands, the pair has 1") {
		t.Errorf("got %v", err)
	}
}
