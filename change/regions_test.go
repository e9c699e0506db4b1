package change

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

// sweepAll feeds a picture, '#' is changed, to a sweep; it returns the components in the order in which they close, with the row after
// which each did.
func sweepAll(picture []string) (comps []*component, closedAt []int) {
	y := 0
	s := sweep{closed: func(c *component) error {
		comps, closedAt = append(comps, c), append(closedAt, y)
		return nil
	}}
	for ; y <= len(picture); y++ {
		var runs []changedRun
		for x := 0; y < len(picture) && x < len(picture[y]); x++ {
			x0 := x
			for x < len(picture[y]) && picture[y][x] == '#' {
				x++
			}
			if x > x0 {
				runs = append(runs, changedRun{Run: runAt(y, x0, x), sums: sums{pixels: int64(x - x0), peak: float32(x)}})
			}
		}
		if err := s.row(int32(y), runs); err != nil {
			panic(err)
		}
	}
	return comps, closedAt
}

// flood is the independent answer: components of 4-connected '#' as sorted lists of pixels (y, x).
func flood(picture []string) [][][2]int {
	seen := map[[2]int]bool{}
	is := func(p [2]int) bool {
		return p[0] >= 0 && p[0] < len(picture) && p[1] >= 0 && p[1] < len(picture[p[0]]) && picture[p[0]][p[1]] == '#' && !seen[p]
	}
	var out [][][2]int
	for y := range picture {
		for x := range picture[y] {
			if !is([2]int{y, x}) {
				continue
			}
			seen[[2]int{y, x}] = true
			part := [][2]int{{y, x}}
			for k := 0; k < len(part); k++ {
				for _, d := range [][2]int{{0, 1}, {0, -1}, {1, 0}, {-1, 0}} {
					if q := [2]int{part[k][0] + d[0], part[k][1] + d[1]}; is(q) {
						seen[q] = true
						part = append(part, q)
					}
				}
			}
			slices.SortFunc(part, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
			out = append(out, part)
		}
	}
	// In the order of the last row, then of the leftmost pixel on it.
	slices.SortFunc(out, func(a, b [][2]int) int {
		last := func(p [][2]int) []int {
			y := p[len(p)-1][0]
			i := slices.IndexFunc(p, func(q [2]int) bool { return q[0] == y })
			return []int{y, p[i][1]}
		}
		return slices.Compare(last(a), last(b))
	})
	return out
}

// checkSweep compares a picture's components with flooding, and wants each closed by the row after its last.
func checkSweep(picture []string) error {
	comps, closedAt := sweepAll(picture)
	want := flood(picture)
	if len(comps) != len(want) {
		return fmt.Errorf("%d components, want %d", len(comps), len(want))
	}
	for i, c := range comps {
		var pixels [][2]int
		right := 0
		for k, r := range c.runs {
			if k > 0 && c.runs[k-1].Y == r.Y && c.runs[k-1].X1 >= r.X0 {
				return fmt.Errorf("component %d: runs %v touch", i, c.runs)
			}
			right = max(right, int(r.X1))
			for x := r.X0; x < r.X1; x++ {
				pixels = append(pixels, [2]int{int(r.Y), int(x)})
			}
		}
		if !slices.Equal(pixels, want[i]) {
			return fmt.Errorf("component %d holds %v, want %v", i, pixels, want[i])
		}
		if c.pixels != int64(len(pixels)) || c.peak != float32(right) {
			return fmt.Errorf("component %d: %d pixels, peak %v", i, c.pixels, c.peak)
		}
		if last := pixels[len(pixels)-1][0]; closedAt[i] != last+1 || int(c.last) != last || int(c.first) != pixels[0][0] {
			return fmt.Errorf("component %d of rows %d to %d closed at row %d, says %d to %d", i, pixels[0][0], last, closedAt[i], c.first, c.last)
		}
	}
	return nil
}

// TestSweepShapes: shapes that make components meet late, and their known number.
func TestSweepShapes(t *testing.T) {
	board := func(black, n int) []string {
		var rows []string
		for y := range n {
			row := []byte(strings.Repeat(".", n))
			for x := range n {
				if (x+y)%2 == black {
					row[x] = '#'
				}
			}
			rows = append(rows, string(row))
		}
		return rows
	}
	for _, c := range []struct {
		name    string
		picture []string
		want    int
	}{
		{"nothing", []string{"....", "...."}, 0},
		{"full", []string{"####", "####"}, 1},
		{"spiral", []string{"#########", "........#", "#######.#", "#.....#.#", "#.###.#.#", "#.#...#.#", "#.#####.#", "#.......#", "#########"}, 1},
		{"broken spiral", []string{"#########", "........#", "#######.#", "#.....#.#", "#.###.#.#", "#.#...#..", "#.#####.#", "#.......#", "#########"}, 2},
		{"comb down", []string{"#########", "#.#.#.#.#", "#.#.#.#.#"}, 1},
		{"comb up", []string{"#.#.#.#.#", "#.#.#.#.#", "#########"}, 1},
		{"comb of combs", []string{"#.#.#.#.#.#", "###.###.###", ".#...#...#.", ".#########."}, 1},
		{"teeth apart", []string{"#.#.#.#.#", "#.#.#.#.#"}, 5},
		{"diagonal", []string{"#...", ".#..", "..#.", "...#"}, 4},
		{"checkerboard", board(0, 9), 41}, // 81 fields, the corners' colour has one more
		{"other colour", board(1, 9), 40},
		{"two interleaved", []string{"#######", "#.....#", "#.###.#", "#.#.#.#", "#.#...#", "#.#####"}, 1},
		{"nested rings", []string{"#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"}, 2},
		{"left joins last", []string{"..#", "#.#", "###", "..."}, 1},
		{"same id reused", []string{"#.#", "...", "#.#", "###", "...", "#.#"}, 5},
	} {
		if comps, _ := sweepAll(c.picture); len(comps) != c.want {
			t.Errorf("%s: %d components, want %d", c.name, len(comps), c.want)
		}
		if err := checkSweep(c.picture); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSweepRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 14).Draw(t, "w"), rapid.IntRange(1, 14).Draw(t, "h")
		dense := rapid.IntRange(1, 9).Draw(t, "density")
		cell := rapid.Map(rapid.IntRange(0, 9), func(n int) byte { return ".#"[min(n/dense, 1)^1] })
		var picture []string
		for range h {
			picture = append(picture, string(rapid.SliceOfN(cell, w, w).Draw(t, "row")))
		}
		if err := checkSweep(picture); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSweepHoldsOpenOnly: after rows of many closed components, storage is reused rather than grown.
func TestSweepHoldsOpenOnly(t *testing.T) {
	n := 0
	s := sweep{closed: func(*component) error { n++; return nil }}
	for y := range 3000 {
		var runs []changedRun
		for x := range 20 {
			if y%3 != 2 {
				runs = append(runs, changedRun{Run: runAt(y, 3*x, 3*x+1)})
			}
		}
		if err := s.row(int32(y), runs); err != nil {
			t.Fatal(err)
		}
	}
	if n != 20*1000 || len(s.comps) > 2*20 {
		t.Errorf("%d components closed; room for %d of 20 open ones", n, len(s.comps))
	}
}

// TestKind goes over inside and rim, for one band, in standard deviations: which pass stands out by at least half of the change of
// contrast.
func TestKind(t *testing.T) {
	for _, c := range []struct {
		name                                       string
		insideBefore, insideAfter, rimB, rimA, rim float64
		want                                       Kind
	}{
		{"stands out only after", 0, 5, 0, 0, 9, Appeared},
		{"a dark one after", 0, -5, 0, 0, 9, Appeared},
		{"stands out only before", 5, 0, 0, 0, 9, Disappeared},
		{"the rim differs too", 1, 7, 1, 1, 9, Appeared},
		{"in both, opposite", 5, -5, 0, 0, 9, Altered},
		{"in both, same side", 4, 6, 0, 0, 9, Altered},
		{"in neither", 1, 1, 1, 1, 9, Altered},
		{"half of the change before", -2, 2, 0, 0, 9, Altered},         // contrasts −2 and 2, change 4: both at half
		{"below half before", -1.9, 2.1, 0, 0, 9, Appeared},            // 1.9 < 2 ≤ 2.1
		{"below half after", -2.1, 1.9, 0, 0, 9, Disappeared},          // mirrored
		{"only the surroundings changed", 3, 3, 0, 3, 9, Disappeared},  // contrast 3, then 0
		{"the surroundings appeared around", 3, 3, 3, 0, 9, Appeared},  // contrast 0, then 3
		{"no rim", 0, 5, 0, 0, 0, Altered},                             // nothing to compare with
		{"normalised change without contrast", 2, 5, 2, 5, 9, Altered}, // contrast 0 in both
	} {
		r := Region{Inside: [2][]float64{{c.insideBefore}, {c.insideAfter}}, RimPixels: int64(c.rim)}
		if c.rim > 0 {
			r.Rim = [2][]float64{{c.rimB}, {c.rimA}}
		}
		if got := r.Kind(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		// Swapped passes swap the answer.
		r.Inside[0], r.Inside[1] = r.Inside[1], r.Inside[0]
		r.Rim[0], r.Rim[1] = r.Rim[1], r.Rim[0]
		if got := r.Kind(); got != swapped(c.want) {
			t.Errorf("%s, swapped: %s", c.name, got)
		}
	}
	// Contrasts add up over bands as vectors: (3, 4) is 5 long.
	r := Region{Inside: [2][]float64{{0, 0}, {3, 4}}, Rim: [2][]float64{{0, 0}, {0, 0}}, RimPixels: 1}
	if r.Kind() != Appeared {
		t.Errorf("two bands: %s", r.Kind())
	}
}

func swapped(k Kind) Kind {
	switch k {
	case Appeared:
		return Disappeared
	case Disappeared:
		return Appeared
	}
	return k
}

func TestDirection(t *testing.T) {
	for _, c := range []struct {
		before, after []float64
		want          Direction
	}{
		{[]float64{0}, []float64{1}, Brighter},
		{[]float64{0}, []float64{-1}, Darker},
		{[]float64{1}, []float64{1}, Mixed},
		{[]float64{0, 0}, []float64{3, -1}, Brighter}, // net 2 of 4: half
		{[]float64{0, 0}, []float64{-3, 1}, Darker},
		{[]float64{0, 0}, []float64{3, -1.1}, Mixed}, // net 1.9 of 4.1
		{[]float64{0, 0}, []float64{-3, 1.1}, Mixed},
		{[]float64{0, 0}, []float64{2, -2}, Mixed},
		{[]float64{5, 5}, []float64{6, 6}, Brighter},
	} {
		r := Region{Inside: [2][]float64{c.before, c.after}}
		if got := r.Direction(); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

func TestRegionObserved(t *testing.T) {
	if got := (&Region{Pixels: 4, RimPixels: 8, UnseenPixels: 4, Runs: []raster.Run{{X1: 4}}}).Observed(); got != 0.75 { // 12 of 16
		t.Errorf("observed %v", got)
	}
}
