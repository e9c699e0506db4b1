package job

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"passdiff/raster"
)

// Random zones that overlap, against a look at every zone.
func TestIndexFindsEveryZone(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) (runs []raster.Run) {
		for range n {
			x := rng.Int32N(40)
			runs = append(runs, raster.Run{Y: rng.Int32N(8), X0: x, X1: x + rng.Int32N(12)})
		}
		return runs
	}
	var z zones
	for i := range 30 {
		z = append(z, zone{id: string(rune('A' + 29 - i)), area: raster.NewArea(random(4))})
	}
	x := z.index()
	for range 500 {
		region := raster.NewArea(random(1 + rng.IntN(4))).Runs()
		var want []string
		for _, one := range z {
			if slices.ContainsFunc(region, one.area.Touches) {
				want = append(want, one.id)
			}
		}
		slices.Sort(want)
		if got := x.of(region); got != strings.Join(want, ",") {
			t.Fatalf("%v: %q, want %q", region, got, want)
		}
	}
	if got := zones(nil).index().of(random(3)); got != "" {
		t.Errorf("no zones, but %q", got)
	}
}
