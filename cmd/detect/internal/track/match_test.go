package track

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPairUp(t *testing.T) {
	for _, c := range []struct {
		name string
		fits []fit
		want map[int]int
	}{
		{"nothing", nil, map[int]int{}},
		{"each other's best", []fit{{0, 0, 0.9}, {0, 1, 0.4}, {1, 0, 0.5}}, map[int]int{0: 0}},
		{"the rest pairs up, too", []fit{{0, 0, 0.9}, {0, 1, 0.4}, {1, 1, 0.3}}, map[int]int{0: 0, 1: 1}},
		{"of equals the older position", []fit{{1, 0, 0.5}, {0, 0, 0.5}}, map[int]int{0: 0}},
		{"of equals the lower id", []fit{{0, 1, 0.5}, {0, 0, 0.5}}, map[int]int{0: 0}},
	} {
		if got := pairUp(c.fits); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestPairUpStable: the order of what it is given does not matter, nothing is paired twice, and no two that are not paired are both better off
// together.
func TestPairUpStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chosen := map[[2]int]float64{}
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			chosen[[2]int{rapid.IntRange(0, 9).Draw(t, "p"), rapid.IntRange(0, 9).Draw(t, "d")}] = float64(rapid.IntRange(1, 4).Draw(t, "iou")) / 4
		}
		var fits []fit
		for k, v := range chosen {
			fits = append(fits, fit{k[0], k[1], v})
		}
		got := pairUp(slices.Clone(fits))
		if again := pairUp(rapid.Permutation(fits).Draw(t, "order")); !maps.Equal(got, again) {
			t.Fatalf("%v, in another order %v", got, again)
		}
		ofPosition := map[int]float64{}
		for d, p := range got {
			if _, twice := ofPosition[p]; twice {
				t.Fatalf("position %d twice", p)
			}
			ofPosition[p] = chosen[[2]int{p, d}]
		}
		for _, f := range fits {
			p, paired := got[f.detection]
			worse := !paired || chosen[[2]int{p, f.detection}] < f.iou
			if q, other := ofPosition[f.position]; worse && (!other || q < f.iou) {
				t.Fatalf("%v is better for both than what they have: %v", f, got)
			}
		}
	})
}
