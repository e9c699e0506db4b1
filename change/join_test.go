package change

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

// inParts detects a pair cut below the given rows, keeps fragments as a file does, and joins.
func inParts(t testing.TB, p *raster.Pair, m *Model, o Options, cuts []int) found {
	t.Helper()
	var f found
	var fragments []Fragment
	take := func(r *Region) error { f.Regions = append(f.Regions, r); return nil }
	y := p.Window.Y
	for _, cut := range append(slices.Clone(cuts), p.Window.MaxY()) {
		o.Rows = [2]int{y, cut}
		s, err := Detect(t.Context(), p, m, o, Output{
			Region: take,
			Blind:  func(r raster.Run, _ uint8) error { f.Blind = append(f.Blind, r); return nil },
			Loose: func(x Fragment) error {
				text, err := json.Marshal(x)
				if err != nil {
					return err
				}
				var kept Fragment
				err = json.Unmarshal(text, &kept)
				fragments = append(fragments, kept)
				return err
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		f.Summary = f.Summary.Plus(s)
		y = cut
	}
	slices.Reverse(fragments) // any order will do
	s, err := Join(p.Window, m, o, fragments, Output{Region: take})
	if err != nil {
		t.Fatal(err)
	}
	f.Summary = f.Summary.Plus(s)
	slices.SortStableFunc(f.Regions, func(a, b *Region) int {
		ay, ax := lastRow(a)
		by, bx := lastRow(b)
		return compareRuns(raster.Run{Y: ay, X0: ax}, raster.Run{Y: by, X0: bx})
	})
	return f
}

// TestPartsOfRows: however a window is cut into rows, its parts and what is joined of their fragments are what is found in the whole: regions
// with all their numbers in the same order, what was not measured, and the counts.
func TestPartsOfRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := site{
			seed: rapid.Uint64().Draw(rt, "seed"), w: rapid.IntRange(20, 120).Draw(rt, "w"), h: rapid.IntRange(2, 90).Draw(rt, "h"), bands: 2,
			objects: rapid.IntRange(0, 60).Draw(rt, "objects"), bad: rapid.IntRange(0, 4).Draw(rt, "bad"), dy: rapid.IntRange(-1, 1).Draw(rt, "dy"),
			blockW: 32, blockH: 16,
		}
		p := s.pair()
		level := rapid.SampledFrom([]float64{35, 60, 85, 97}).Draw(rt, "percentile") // low ones join nearly everything, and leave holes
		m := fit(t, p, FitOptions{Threshold: Percentile(level), Hysteresis: rapid.SampledFrom([]float64{1, 1.3}).Draw(rt, "hysteresis")})
		o := Options{
			Workers: 2, Tile: rapid.SampledFrom([]int{0, 16, 33}).Draw(rt, "tile"), MinPixels: int64(rapid.IntRange(1, 6).Draw(rt, "least")),
			Fill: rapid.SampledFrom([]int{1, 5, 60, 2000}).Draw(rt, "fill"), Opening: rapid.IntRange(0, 1).Draw(rt, "opening"),
		}
		if rapid.Bool().Draw(rt, "area") {
			var runs []raster.Run
			for y := range s.h - 1 {
				runs = append(runs, raster.Run{Y: int32(y), X0: int32(y % 9), X1: int32(s.w - y%7)})
			}
			o.Area = raster.NewArea(runs).Clip(p.Window)
		}
		cuts := map[int]bool{}
		for range rapid.IntRange(1, 7).Draw(rt, "cuts") {
			cuts[rapid.IntRange(p.Window.Y+1, max(p.Window.Y+1, p.Window.MaxY()-1)).Draw(rt, "cut")] = true
		}
		delete(cuts, p.Window.MaxY())
		var rows []int
		for y := range cuts {
			rows = append(rows, y)
		}
		slices.Sort(rows)
		want, got := detect(t, p, m, o), inParts(t, p, m, o, rows)
		if !reflect.DeepEqual(want, got) {
			rt.Fatalf("cut below %v: %d regions, %+v; the whole has %d, %+v", rows, len(got.Regions), got.Summary, len(want.Regions), want.Summary)
		}
	})
}

// TestJoinRefuses: fragments that no parts of the window can leave are an error.
func TestJoinRefuses(t *testing.T) {
	p := site{seed: 3, w: 64, h: 40, bands: 2, objects: 20}.pair()
	m := fit(t, p, FitOptions{Threshold: Percentile(60)})
	var all []Fragment
	_, err := Detect(t.Context(), p, m, Options{Rows: [2]int{0, 20}, MinPixels: 1}, Output{Loose: func(f Fragment) error { all = append(all, f); return nil }})
	if err != nil || len(all) == 0 {
		t.Fatal(err, len(all))
	}
	for _, c := range []struct {
		bad       string
		fragments []Fragment
	}{
		{"overlap", append(all[:1:1], all...)},
		{"not of this model", []Fragment{{Runs: all[0].Runs}}},
		{"which the window has not", []Fragment{{Runs: []raster.Run{{Y: 40, X0: 0, X1: 1}}, Sums: all[0].Sums}}},
		{"which the window has not", []Fragment{{Runs: []raster.Run{{Y: 4, X0: 9, X1: 9}}, Sums: all[0].Sums}}},
	} {
		if _, err := Join(p.Window, m, Options{}, c.fragments, Output{}); err == nil || !strings.Contains(err.Error(), c.bad) {
			t.Errorf("%v; want %q", err, c.bad)
		}
	}
	if _, err := Detect(t.Context(), p, m, Options{Rows: [2]int{40, 50}}, Output{Loose: func(Fragment) error { return nil }}); err == nil {
		t.Error("rows beyond the window were taken")
	}
}
