package track_test

import (
	"context"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
)

// feeds hands feeds to a store.
func feeds(all ...*track.Feed) iter.Seq2[*track.Feed, error] {
	return func(yield func(*track.Feed, error) bool) {
		for _, f := range all {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func newStore(t testing.TB) track.Store {
	return track.Store{Path: filepath.Join(t.TempDir(), "store.gpkg"), Wait: time.Minute}
}

func update(t testing.TB, s track.Store, u track.Update) *track.State {
	t.Helper()
	st, err := s.Update(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// agreement is how a state agrees with the truth of a series.
type agreement struct {
	right, objects int // final states
	switches       int // sightings of an object beyond its first position, and of other objects in it
	falsely        int // false detections in positions that were ever confirmed
}

func agree(s *series.Series, st *track.State) (a agreement) {
	positions := map[int]map[int]int{} // object: position: sightings
	for n, p := range st.Positions {
		owners := map[int]bool{}
		for _, id := range p.DetIDs() {
			object, real := s.Of[id]
			if !real {
				if p.ConfirmedAt.Known {
					a.falsely++
				}
				continue
			}
			owners[object] = true
			if positions[object] == nil {
				positions[object] = map[int]int{}
			}
			positions[object][n]++
		}
		a.switches += max(0, len(owners)-1)
	}
	for i := range s.Objects {
		want := s.Objects[i].Status()
		a.switches += max(0, len(positions[i])-1)
		if want == "" && len(positions[i]) == 0 {
			continue // never looked at
		}
		a.objects++
		for n := range positions[i] {
			if len(positions[i]) == 1 && st.Positions[n].Status == want {
				a.right++
			}
		}
	}
	return a
}

// TestSeriesLong: twelve passes over 400 objects that appear, stay, vanish and are clouded out.
func TestSeriesLong(t *testing.T) {
	clean := series.Options{Objects: 400, Passes: 12, Cloud: 0.3}
	noisy := clean
	noisy.Jitter, noisy.Missed, noisy.Raised = 0.15, 0.03, 0.02
	for _, c := range []struct {
		name     string
		o        series.Options
		least    float64 // share of right final states
		switches int
	}{
		{"clean", clean, 1, 0},
		{"noisy", noisy, 0.9, 4},
	} {
		seeds := uint64(3)
		if os.Getenv("PASSDIFF_LONG") != "" {
			seeds = 20
		}
		for seed := range seeds {
			c.o.Seed = seed
			s := series.New(c.o)
			a := agree(s, update(t, newStore(t), track.Update{Feeds: feeds(s.Feeds...)}))
			t.Logf("%s, seed %d: %d of %d final states right (%.1f %%), %d identity switches, %d false detections in confirmed positions", c.name, seed, a.right, a.objects,
				100*float64(a.right)/float64(a.objects), a.switches, a.falsely)
			if float64(a.right) < c.least*float64(a.objects) || a.switches > c.switches || a.falsely > 0 || a.objects < 300 {
				t.Errorf("%s, seed %d: %+v", c.name, seed, a)
			}
		}
	}
}

// TestConsecutive: passes compared each with the one before show a change once; that nothing changes afterwards holds it, and that it turns back
// ends it. Without clouds the states are those of the series against the first pass.
func TestConsecutive(t *testing.T) {
	s := series.New(series.Options{Seed: 5, Objects: 400, Passes: 12, Consecutive: true})
	st := update(t, newStore(t), track.Update{Feeds: feeds(s.Feeds...)})
	a := agree(s, st)
	if a.right != a.objects || a.switches != 0 || a.objects < 300 {
		t.Errorf("%+v", a)
	}
	for _, p := range st.Positions {
		if p.Seen != 1 {
			t.Errorf("%s was seen %d times", p.ID, p.Seen)
		}
	}
}

// TestCloudsAreNotAbsence: what was seen once and then hidden stays as it was; the same passes without clouds finish it.
func TestCloudsAreNotAbsence(t *testing.T) {
	for _, c := range []struct {
		cloud float64
		want  track.Status
		looks int
	}{{1, track.First, 1}, {0, track.Finished, 4}} {
		s := series.New(series.Options{Objects: 1, Passes: 1})
		rest := series.New(series.Options{Seed: 1, Objects: 1, Passes: 12, Cloud: c.cloud})
		all := s.Feeds
		for _, f := range rest.Feeds[1:4] {
			f.Features = nil
			all = append(all, f)
		}
		st := update(t, newStore(t), track.Update{Feeds: feeds(all...)})
		if p := st.Positions[0]; len(st.Positions) != 1 || p.Status != c.want || p.Looked != c.looks || p.Seen != 1 {
			t.Errorf("clouds over %v: %s after %d looks", c.cloud, p.Status, p.Looked)
		}
	}
}

// TestOrder: fed at once, in any order, one by one and twice, the store has the same content, and an export the same bytes.
func TestOrder(t *testing.T) {
	s := series.New(series.Options{Seed: 7, Objects: 60, Passes: 12, Cloud: 0.3, Jitter: 0.15, Missed: 0.05, Raised: 0.05})
	store := newStore(t)
	update(t, store, track.Update{Feeds: feeds(s.Feeds...)})
	want := dump(t, store.Path)
	wantOut := export(t, store)
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 3))
		order := append(slices.Clone(s.Feeds), s.Feeds[:5]...)
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		other := newStore(t)
		if seed%2 == 0 {
			update(t, other, track.Update{Feeds: feeds(order...)})
		} else {
			for _, f := range order {
				update(t, other, track.Update{Feeds: feeds(f)})
			}
		}
		if got := dump(t, other.Path); got != want {
			t.Fatalf("shuffle %d: the stores differ:\n%s", seed, firstDifference(got, want))
		}
		if got := export(t, other); got != wantOut {
			t.Errorf("shuffle %d: the exports differ", seed)
		}
	}
}

// TestPublished: an id that was exported leads to the position of its detection for ever, whatever is fed later, and feeding the same again changes
// nothing at all.
func TestPublished(t *testing.T) {
	for seed := range uint64(6) {
		s := series.New(series.Options{Seed: seed, Objects: 40, Passes: 12, Cloud: 0.3, Jitter: 0.3, Missed: 0.1, Raised: 0.1})
		r := rand.New(rand.NewPCG(seed, 4))
		r.Shuffle(len(s.Feeds), func(i, j int) { s.Feeds[i], s.Feeds[j] = s.Feeds[j], s.Feeds[i] })
		store := newStore(t)
		anchored := map[string]string{} // published ids by a detection of their position
		for i, f := range s.Feeds {
			publish := i%4 == 2
			st := update(t, store, track.Update{Feeds: feeds(f), Publish: publish})
			holds := map[string]*track.Position{}
			ids := map[string]bool{}
			for _, p := range st.Positions {
				if ids[p.ID] {
					t.Fatalf("two positions are called %s", p.ID)
				}
				ids[p.ID] = true
				for _, d := range p.DetIDs() {
					holds[d] = p
				}
			}
			leads := aliases(t, store.Path)
			for id, det := range anchored {
				if leads[id] != holds[det].ID {
					t.Errorf("%s leads to %q, its detection is in %s", id, leads[id], holds[det].ID)
				}
			}
			if publish {
				for _, p := range st.Positions {
					if anchored[p.ID] == "" {
						anchored[p.ID] = p.DetIDs()[0]
					}
				}
			}
			before := dump(t, store.Path)
			if st := update(t, store, track.Update{Feeds: feeds(s.Feeds[:i+1]...)}); st.Changed || st.Fed != 0 || st.Repeated != i+1 {
				t.Errorf("feeding again: %+v", st)
			}
			if after := dump(t, store.Path); after != before {
				t.Error("feeding again changes the store")
			}
		}
		if len(anchored) < 30 {
			t.Errorf("%d ids were published", len(anchored))
		}
	}
}
