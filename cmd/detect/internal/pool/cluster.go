package pool

import (
	"cmp"
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

// fit is how well a member fits a cluster.
type fit struct {
	cluster, member int
	share           float64
	gap             time.Duration
}

// clusters joins members, which are in order. Those of one input are told apart by whoever made it, and are never joined. Inputs come one after the other, from the most precise
// on; of each, members and clusters that fit best are joined first, and what is left over begins clusters.
func (p *Pool) clusters(all []*member) ([]*cluster, error) {
	items := make([]rtree.BulkItem, len(all))
	for i, m := range all {
		items[i] = rtree.BulkItem{Box: m.shape.Box(), RecordID: i}
	}
	tree := rtree.BulkLoad(items)
	window := cmp.Or(p.Window, DefaultWindow)
	g := gathering{all: all, tree: tree, window: window, leads: make([]int, len(all))}
	for _, group := range groups(all) {
		if err := g.take(group); err != nil {
			return nil, err
		}
	}
	return g.out, nil
}

// gathering is clusters in the making.
type gathering struct {
	all    []*member
	tree   *rtree.RTree
	window time.Duration
	out    []*cluster
	leads  []int // the cluster that a member leads, from 1; 0 for none
}

// maxFits bounds the memory for pairs of places that overlap.
const maxFits = 20_000_000

// take takes the members of a group. Exact places are joined best first. In a cell there may be thousands of either side, which fit equally well: there one comes after the other.
func (g *gathering) take(group []int) error {
	left := map[int]bool{}
	var fits []fit
	for _, i := range group {
		left[i] = true
		more, err := g.fits(i)
		if err != nil {
			return err
		}
		if fits = append(fits, more...); g.all[i].grid > 0 {
			g.join(fits, left)
			fits = fits[:0]
		}
		if len(fits) > maxFits {
			return exit.Errorf(exit.Input, "%s: more than %d pairs of its features overlap others; leave out what covers the same ground again and again", g.all[i].in.path, maxFits)
		}
	}
	g.join(fits, left)
	for _, i := range group {
		if left[i] {
			g.out = append(g.out, &cluster{[]*member{g.all[i]}, map[*input]bool{g.all[i].in: true}})
			g.leads[i] = len(g.out)
		}
	}
	return nil
}

// fits are the clusters that a member fits.
func (g *gathering) fits(i int) (fits []fit, err error) {
	m := g.all[i]
	err = g.tree.RangeSearch(m.shape.Box(), func(k int) error {
		if g.leads[k] == 0 || g.out[g.leads[k]-1].inputs[m.in] {
			return nil
		}
		lead := g.all[k]
		f := fit{cluster: g.leads[k] - 1, member: i, gap: m.at.Sub(lead.at).Abs()}
		if m.at.IsZero() || lead.at.IsZero() || f.gap > g.window || contradict(m, lead) {
			return nil
		}
		var err error
		if f.share, err = share(m, lead); f.share > 0 {
			fits = append(fits, f)
		}
		return err
	})
	return fits, err
}

// join joins members and clusters, those that fit best first, and takes the members from left.
func (g *gathering) join(fits []fit, left map[int]bool) {
	slices.SortFunc(fits, func(a, b fit) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.gap, b.gap), cmp.Compare(a.member, b.member), cmp.Compare(a.cluster, b.cluster))
	})
	for _, f := range fits {
		c, m := g.out[f.cluster], g.all[f.member]
		if !left[f.member] || c.inputs[m.in] {
			continue
		}
		delete(left, f.member)
		c.inputs[m.in] = true
		m.weak = m.grid > 0 || c.members[0].grid > 0
		c.members = append(c.members, m)
	}
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
	x, y := a.Text("obj_desc"), b.Text("obj_desc")
	return x == "appeared" && y == "disappeared" || x == "disappeared" && y == "appeared"
}

// share is by how much two members are at one place: their IoU, or how much of the smaller lies within the larger when one is generalised; 0 when that
// does not suffice.
func share(a, b *member) (float64, error) {
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
