package pool

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passdiff/cmd/detect/internal/parcel"
)

// inCell gives two packages of n features each, all told in the same cell.
func inCell(tb testing.TB, p *Pool, n int) {
	for _, name := range []string{"a", "b"} {
		var features []parcel.Feature
		for i := range n {
			features = append(features, feature(fmt.Sprint("f", i), box(10, 0, 0.02), "t_after", may1))
		}
		grid := func(m *parcel.Manifest) { m.Precision = "grid: 2000m" }
		if err := p.AddPackage(release(name, 1, grid, features...)); err != nil {
			tb.Fatal(err)
		}
	}
}

// TestOneCell: the work in a cell grows with what is in it, not with the square of that: comparing each of 20,000 features with each of 20,000 took minutes.
func TestOneCell(t *testing.T) {
	var p Pool
	inCell(t, &p, 20_000)
	start := time.Now()
	if r := combine(t, &p); r.Joined != 20_000 {
		t.Errorf("%s", r.Summary())
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// BenchmarkCell pools two packages of 4,000 features each in the same cell.
func BenchmarkCell(b *testing.B) {
	var p Pool
	inCell(b, &p, 4000)
	for b.Loop() {
		if _, err := p.Combine(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// plain joins members as clusters says, each laid over the leader of each cluster.
func plain(t *rapid.T, all []*member, window time.Duration) (out []*cluster) {
	type pair struct {
		member, cluster int
		share           float64
		gap             time.Duration
	}
	for _, group := range groups(all) {
		joined := map[int]bool{}
		var pairs []pair
		join := func() {
			slices.SortFunc(pairs, func(a, b pair) int {
				return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.gap, b.gap), cmp.Compare(a.member, b.member), cmp.Compare(a.cluster, b.cluster))
			})
			for _, p := range pairs {
				if c, m := out[p.cluster], all[p.member]; !joined[p.member] && !c.inputs[m.in] {
					joined[p.member], c.inputs[m.in] = true, true
					c.members = append(c.members, m)
				}
			}
			pairs = nil
		}
		for _, i := range group {
			m := all[i]
			for n, c := range out {
				lead := c.members[0]
				gap := m.at.Sub(lead.at).Abs()
				if m.at.IsZero() || lead.at.IsZero() || gap > window || contradict(m, lead) {
					continue
				}
				v, err := new(gathering).share(m, lead)
				if err != nil {
					t.Fatal(err)
				}
				if v > 0 {
					pairs = append(pairs, pair{i, n, v, gap})
				}
			}
			if m.grid > 0 {
				join()
			}
		}
		join()
		for _, i := range group {
			if !joined[i] {
				out = append(out, &cluster{[]*member{all[i]}, map[*input]bool{all[i].in: true}})
			}
		}
	}
	return out
}

// TestPoolIsPlain: that equal outlines are laid over each other once, and that only the best is looked for, changes no cluster.
func TestPoolIsPlain(t *testing.T) {
	names := func(list []*cluster) (all [][]string) {
		for _, c := range list {
			var in []string
			for _, m := range c.members {
				in = append(in, m.in.sum+" "+m.ID)
			}
			all = append(all, in)
		}
		return all
	}
	rapid.Check(t, func(t *rapid.T) {
		p := poolOf(t, drawInputs(t))
		all, err := p.members()
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.clusters(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(names(got)), fmt.Sprint(names(plain(t, all, DefaultWindow))); got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
	})
}

// TestExactIsNoCell: a feature whose outline is that of a cell does not share a line with what lies in the cell.
func TestExactIsNoCell(t *testing.T) {
	g, p := gathering{lines: map[alike]*line{}}, &place{}
	for _, grid := range []float64{0, 1000, 0, 1000} {
		g.begin(&member{place: p, grid: grid, in: &input{}})
	}
	if len(p.lines) != 2 || !slices.Equal(p.lines[0].clusters, []int{0, 2}) || !slices.Equal(p.lines[1].clusters, []int{1, 3}) {
		t.Errorf("%d lines", len(p.lines))
	}
}
