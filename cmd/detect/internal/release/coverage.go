package release

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// Looked is the ground that a pair of passes observed.
type Looked struct {
	// TBefore and TAfter are the acquisition times.
	TBefore, TAfter geo.Opt[time.Time]
	// Ground is what both passes showed, in longitude and latitude.
	Ground orb.MultiPolygon
}

const (
	// perSide is the square root of how many places in a cell are looked up.
	perSide = 4
	// mostCells bounds the cells of a coverage.
	mostCells = 1_000_000
)

// Coverage makes of observed ground what the partner gets: the cells of the grid, each said to be observed, or partly observed. Cells are those with
// their middle in the allowed areas; neither denied nor protected places, nor what is withheld, change anything. Passes under the embargo are left out.
func Coverage(ctx context.Context, r policy.Rules, at time.Time, looked []Looked) ([]parcel.Feature, error) {
	size := r.CoverageGrid()
	r.Grid = size
	r = r.Effective()
	area := newArea(r.Allow)
	share := map[spell]map[cell]int{}
	for _, l := range looked {
		if !l.TAfter.Known || at.Before(l.TAfter.Value.Add(r.Embargo)) || l.TBefore.Known && at.Before(l.TBefore.Value.Add(r.Embargo)) {
			continue
		}
		s := spell{coarse(l.TAfter.Value, r.Times), time.Time{}}
		if l.TBefore.Known {
			s.before = coarse(l.TBefore.Value, r.Times)
		}
		if share[s] == nil {
			share[s] = map[cell]int{}
		}
		if err := observe(ctx, share[s], l.Ground, size); err != nil {
			return nil, err
		}
	}
	var all []parcel.Feature
	for _, s := range sortedSpells(share) {
		for _, c := range sortedCells(share[s]) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			lon, lat := c.centre()
			if !area.allowed(geom.XY{X: lon, Y: lat}.AsPoint().AsGeometry()) {
				continue
			}
			class := "partly"
			if share[s][c] >= perSide*perSide {
				class = "observed"
			}
			var before any
			if !s.before.IsZero() {
				before = s.before.Format(time.RFC3339)
			}
			all = append(all, parcel.Feature{
				ID:       fmt.Sprintf("%s-%d", class, len(all)+1),
				Geometry: orb.MultiPolygon{c.polygon()},
				Properties: []parcel.Property{
					{Name: "class", Value: class}, {Name: propSchema, Value: parcel.Format},
					{Name: "t_before", Value: before}, {Name: "t_after", Value: s.after.Format(time.RFC3339)},
					{Name: propUncertainty, Value: c.uncertainty()}, {Name: propGeneralised, Value: told(r)},
				},
			})
		}
	}
	return all, nil
}

// spell is a pair of coarse times; before is zero when it is not known.
type spell struct{ after, before time.Time }

func sortedSpells(of map[spell]map[cell]int) (all []spell) {
	for s := range of {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b spell) int { return cmp.Or(a.after.Compare(b.after), a.before.Compare(b.before)) })
	return all
}

func sortedCells(of map[cell]int) (all []cell) {
	for c := range of {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b cell) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	return all
}

// observe counts the places of each cell that lie on the ground: perSide rows and columns of them in the projection. A cell that is counted by several
// grounds has the most of them.
func observe(ctx context.Context, in map[cell]int, ground orb.MultiPolygon, size int) error {
	if len(ground) == 0 {
		return nil
	}
	b := ground.Bound()
	step := float64(size) / perSide
	_, y0 := geo.EqualArea(0, max(b.Min[1], -90))
	_, y1 := geo.EqualArea(0, min(b.Max[1], 90))
	from, to := int(math.Floor(y0/step)), int(math.Floor(y1/step))
	count := map[cell]int{}
	var xs []float64
	for row := from; row <= to; row++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, lat := geo.FromEqualArea(0, (float64(row)+0.5)*step)
		xs = crossings(ground, lat, xs[:0])
		for i := 0; i+1 < len(xs); i += 2 {
			x0, _ := geo.EqualArea(xs[i], 0)
			x1, _ := geo.EqualArea(xs[i+1], 0)
			for col := int(math.Ceil(x0/step - 0.5)); (float64(col)+0.5)*step < x1; col++ {
				count[cell{size, floorDiv(col, perSide), floorDiv(row, perSide)}]++
			}
			if len(count) > mostCells {
				return fmt.Errorf("the coverage has more than %d cells of %d m; release it in parts, or choose a coarser grid", mostCells, size)
			}
		}
	}
	for c, n := range count {
		in[c] = max(in[c], n)
	}
	return nil
}

func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }

// crossings are the longitudes at which edges cross a latitude, sorted; between the first and the second, third and fourth … lies the ground.
func crossings(m orb.MultiPolygon, lat float64, xs []float64) []float64 {
	for _, p := range m {
		for _, r := range p {
			for i := 0; i+1 < len(r); i++ {
				a, b := r[i], r[i+1]
				if (a[1] <= lat) == (b[1] <= lat) {
					continue
				}
				if a[1] > b[1] {
					a, b = b, a
				}
				xs = append(xs, a[0]+float64((b[0]-a[0])*((lat-a[1])/(b[1]-a[1]))))
			}
		}
	}
	sort.Float64s(xs)
	return xs
}
