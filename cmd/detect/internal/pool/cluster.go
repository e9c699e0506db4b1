package pool

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peterstace/simplefeatures/rtree"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/track"
)

// What makes two members one.
const (
	// LeastIoU is the least intersection over union of two exact places.
	LeastIoU = 0.3
	// LeastWithin is the least share of the smaller of two places, one of them generalised, that lies within the larger.
	LeastWithin = 0.5
)

// cluster is members of one place and time. The first is its leader, the most precise but for the accuracy; every other one fits the leader.
type cluster struct {
	members []*member
	inputs  map[*input]bool
}

// clusters joins members, which are in order. Those of one input are told apart by whoever made it, and are never joined. Inputs come one after the other, from the most precise
// on; of each, members and clusters that fit best are joined first, and what is left over begins clusters.
func (p *Pool) clusters(ctx context.Context, all []*member) ([]*cluster, error) {
	g := gathering{all: all, window: cmp.Or(p.Window, DefaultWindow), lines: map[alike]*line{}}
	known := map[string]*place{}
	var items []rtree.BulkItem
	for _, m := range all {
		key := outline(m.Geometry)
		if known[key] == nil {
			known[key] = &place{shape: m.shape}
			items = append(items, rtree.BulkItem{Box: m.shape.Box(), RecordID: len(g.places)})
			g.places = append(g.places, known[key])
		}
		m.place = known[key]
	}
	g.tree = rtree.BulkLoad(items)
	for _, group := range groups(all) {
		if err := g.take(ctx, group); err != nil {
			return nil, err
		}
	}
	return g.out, nil
}

// gathering is clusters in the making.
type gathering struct {
	all    []*member
	places []*place
	tree   *rtree.RTree // of places, by number
	window time.Duration
	out    []*cluster
	lines  map[alike]*line
	// crossings is how often outlines crossed that cross often.
	crossings int
}

// overlap is a place that meets another, and their share; negative before it was asked for.
type overlap struct {
	place *place
	share float64
}

// fit is how well a member fits the clusters of a line.
type fit struct {
	member int
	line   *line
	share  float64
	gap    time.Duration
}

// better orders fits, those that fit best first.
func (f fit) better(o fit) int {
	return cmp.Or(cmp.Compare(o.share, f.share), cmp.Compare(f.gap, o.gap))
}

// maxPairs bounds the memory and time for places that overlap: of each group, pairs of places whose boxes meet, and fits.
const maxPairs = 5_000_000

// maxCrossings bounds the time for outlines that cross often, of all together: some 40 µs each.
const maxCrossings = 500_000

// take takes the members of a group. Exact places are joined best first. In a cell there may be thousands of either side, which fit equally well: there one comes after the other.
func (g *gathering) take(ctx context.Context, group []int) error {
	left := map[int]bool{}
	waiting := map[*place]int{} // members whose turn comes
	for _, i := range group {
		left[i] = true
		waiting[g.all[i].place]++
	}
	near := map[*place][]overlap{} // of places with members whose turn comes
	pairs := 0
	var fits []fit
	for _, i := range group {
		m := g.all[i]
		if near[m.place] == nil {
			near[m.place] = g.near(m.place)
			pairs += len(near[m.place])
		}
		if pairs+len(fits) > maxPairs {
			return exit.Errorf(exit.Input, "%s: more than %d pairs of its features overlap others; leave out what covers the same ground again and again", m.in.path, maxPairs)
		}
		if m.grid > 0 {
			best, err := g.best(ctx, i, near[m.place])
			if err != nil {
				return err
			}
			g.join(best, left)
		} else if err := g.fits(ctx, i, near[m.place], func(f fit) { fits = append(fits, f) }); err != nil {
			return err
		}
		if waiting[m.place]--; waiting[m.place] == 0 {
			delete(near, m.place)
		}
	}
	slices.SortFunc(fits, func(a, b fit) int { return cmp.Or(a.better(b), cmp.Compare(a.member, b.member)) })
	for len(fits) > 0 {
		n := 1
		for n < len(fits) && fits[n].member == fits[0].member && fits[n].better(fits[0]) == 0 {
			n++
		}
		g.join(fits[:n], left)
		fits = fits[n:]
	}
	for _, i := range group {
		if left[i] {
			g.begin(g.all[i])
		}
	}
	return nil
}

// begin begins a cluster.
func (g *gathering) begin(m *member) {
	key := alike{m.place, m.at, m.what, m.grid == 0}
	l := g.lines[key]
	if l == nil {
		l = &line{lead: m}
		g.lines[key] = l
		m.place.lines = append(m.place.lines, l)
	}
	l.clusters = append(l.clusters, len(g.out))
	g.out = append(g.out, &cluster{[]*member{m}, map[*input]bool{m.in: true}})
}

// near are the places of leaders that may overlap a place; not nil.
func (g *gathering) near(p *place) []overlap {
	list := []overlap{}
	// the only error would be one of the function
	_ = g.tree.RangeSearch(p.shape.Box(), func(k int) error {
		if len(g.places[k].lines) > 0 {
			list = append(list, overlap{g.places[k], -1})
		}
		return nil
	})
	return list
}

// fits finds the lines that a member fits and that have a cluster for it.
func (g *gathering) fits(ctx context.Context, i int, near []overlap, found func(fit)) error {
	m := g.all[i]
	if m.at.IsZero() {
		return nil
	}
	for n := range near {
		o := &near[n]
		for _, l := range o.place.lines {
			gap := m.at.Sub(l.lead.at).Abs()
			if l.lead.at.IsZero() || gap > g.window || contradict(m, l.lead) {
				continue
			}
			if _, free := l.first(g.out, m.in); !free {
				continue
			}
			if o.share < 0 {
				err := ctx.Err()
				if err == nil {
					o.share, err = g.share(m, l.lead)
				}
				if err != nil {
					return err
				}
			}
			if o.share == 0 {
				break
			}
			found(fit{i, l, o.share, gap})
		}
	}
	return nil
}

// best are the lines that a member fits best, one as well as the other; none when it fits none.
func (g *gathering) best(ctx context.Context, i int, near []overlap) (best []fit, err error) {
	err = g.fits(ctx, i, near, func(f fit) {
		if len(best) > 0 && f.better(best[0]) < 0 {
			best = best[:0]
		}
		if len(best) == 0 || f.better(best[0]) == 0 {
			best = append(best, f)
		}
	})
	return best, err
}

// join joins a member that is left with the first cluster of lines that it fits equally well, and takes it from left.
func (g *gathering) join(fits []fit, left map[int]bool) {
	if len(fits) == 0 || !left[fits[0].member] {
		return
	}
	m, first := g.all[fits[0].member], len(g.out)
	for _, f := range fits {
		if n, free := f.line.first(g.out, m.in); free {
			first = min(first, n)
		}
	}
	if first == len(g.out) {
		return
	}
	delete(left, fits[0].member)
	c := g.out[first]
	c.inputs[m.in] = true
	m.weak = m.grid > 0 || c.members[0].grid > 0
	c.members = append(c.members, m)
}

// groups are the members of each input that are generalised by the same, by number, in order of these.
func groups(all []*member) (list [][]int) {
	type key struct {
		grid float64
		in   *input
	}
	of := map[key]int{}
	for i, m := range all {
		k := key{m.grid, m.in}
		n, known := of[k]
		if !known {
			n = len(list)
			of[k] = n
			list = append(list, nil)
		}
		list[n] = append(list[n], i)
	}
	slices.SortFunc(list, func(a, b []int) int {
		x, y := all[a[0]], all[b[0]]
		return cmp.Or(cmp.Compare(x.grid, y.grid), cmp.Compare(x.in.contributor, y.in.contributor), cmp.Compare(x.in.sum, y.in.sum))
	})
	return list
}

// contradict reports whether one member appeared where the other disappeared.
func contradict(a, b *member) bool {
	return a.what == "appeared" && b.what == "disappeared" || a.what == "disappeared" && b.what == "appeared"
}

// share is by how much two members are at one place: their IoU, or how much of the smaller lies within the larger when one is generalised; 0 when that
// does not suffice.
func (g *gathering) share(a, b *member) (float64, error) {
	n, tangled := track.Crossings(a.shape, b.shape)
	if g.crossings += n; tangled || g.crossings > maxCrossings {
		return 0, exit.Errorf(exit.Input, "features %s of %s and %s of %s cross each other too often to be compared, or are the last of many such, as outlines of the same ground do not; look at both, and leave out the input whose outline is a tangle",
			a.ID, a.in.path, b.ID, b.in.path)
	}
	shared, err := track.Overlap(a.shape, b.shape)
	if err != nil {
		return 0, fmt.Errorf("features %s of %s and %s of %s cannot be laid over each other: %w", a.ID, a.in.path, b.ID, b.in.path, err)
	}
	v, least := track.IoU(a.shape, b.shape, shared), LeastIoU
	if a.grid > 0 || b.grid > 0 {
		v, least = math.Round(shared/min(a.shape.Area(), b.shape.Area())*1e6)/1e6, LeastWithin
	}
	if !(v >= least) {
		return 0, nil
	}
	return v, nil
}
