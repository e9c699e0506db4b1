package change

import (
	"fmt"
	"testing"
)

// fillOracle fills by brute force: it floods the background 8-connected and fills what is small, measured throughout, and has one region
// and nothing else around it.
func fillOracle(w, h int, label func(x, y int) int, measured func(x, y int) bool, limit int) map[[2]int]int {
	filled, seen := map[[2]int]int{}, map[[2]int]bool{}
	for y := range h {
		for x := range w {
			if label(x, y) != 0 || seen[[2]int{x, y}] {
				continue
			}
			part, regions, leads := [][2]int{{x, y}}, map[int]bool{}, false
			seen[part[0]] = true
			for i := 0; i < len(part); i++ {
				p := part[i]
				leads = leads || !measured(p[0], p[1])
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						q := [2]int{p[0] + dx, p[1] + dy}
						switch {
						case q[0] < 0 || q[1] < 0 || q[0] >= w || q[1] >= h:
							leads = true
						case label(q[0], q[1]) != 0:
							if dx == 0 || dy == 0 {
								regions[label(q[0], q[1])] = true
							}
						case !seen[q]:
							seen[q] = true
							part = append(part, q)
						}
					}
				}
			}
			if !leads && len(part) < limit && len(regions) == 1 {
				for r := range regions {
					for _, p := range part {
						filled[p] = r
					}
				}
			}
		}
	}
	return filled
}

// TestFill compares with the oracle on noise, in which there are holes of all shapes, islands in holes and holes at edges.
func TestFill(t *testing.T) {
	for seed := range uint64(6) {
		p := site{seed: 80 + seed, w: 90, h: 70, bands: 1, objects: 3, bad: int(seed % 3)}.pair()
		m := fit(t, p, FitOptions{Threshold: Percentile(35 + 5*float64(seed)), Hysteresis: 1, Method: CVA{Sigma: 0.4}})
		plain := detect(t, p, m, Options{})
		label := map[[2]int]int{}
		for i, r := range plain.Regions {
			for _, run := range r.Runs {
				for x := run.X0; x < run.X1; x++ {
					label[[2]int{int(x), int(run.Y)}] = i + 1
				}
			}
		}
		blind := map[[2]int]bool{}
		for _, run := range plain.Blind {
			for x := run.X0; x < run.X1; x++ {
				blind[[2]int{int(x), int(run.Y)}] = true
			}
		}
		for _, limit := range []int{2, 5, 20} {
			want := fillOracle(90, 70, func(x, y int) int { return label[[2]int{x, y}] }, func(x, y int) bool { return !blind[[2]int{x, y}] }, limit)
			if len(want) == 0 {
				t.Fatalf("seed %d, limit %d: no holes", seed, limit)
			}
			for _, o := range []Options{{Tile: 7}, {Tile: 32, Workers: 3}, {}} {
				o.Fill = limit
				f := detect(t, p, m, o)
				if err := checkFill(f.Regions, label, want); err != nil {
					t.Fatalf("seed %d, limit %d, tile %d: %v", seed, limit, o.Tile, err)
				}
			}
		}
	}
}

// checkFill: every region has its own pixels and those of its holes, and no others.
func checkFill(regions []*Region, label, filled map[[2]int]int) error {
	total := 0
	for i, r := range regions {
		n := int64(0)
		for k, run := range r.Runs {
			if k > 0 && r.Runs[k-1].Y == run.Y && r.Runs[k-1].X1 >= run.X0 {
				return fmt.Errorf("region %d: runs touch", i)
			}
			for x := run.X0; x < run.X1; x++ {
				px := [2]int{int(x), int(run.Y)}
				if label[px] != i+1 && filled[px] != i+1 {
					return fmt.Errorf("region %d: pixel %v belongs to region %d and hole of %d", i, px, label[px]-1, filled[px]-1)
				}
				n++
			}
		}
		if n != r.Pixels {
			return fmt.Errorf("region %d: %d pixels in runs, says %d", i, n, r.Pixels)
		}
		total += int(n)
	}
	if total != len(label)+len(filled) {
		return fmt.Errorf("%d pixels, want %d and %d filled", total, len(label), len(filled))
	}
	return nil
}
