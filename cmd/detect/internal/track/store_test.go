package track_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
	"passdiff/geo"
)

// dump is the content of a store as text: every table, its rows sorted, without row numbers and the times of writing.
func dump(t testing.TB, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	for _, table := range []string{"positions", "sightings", "passes", "aliases", "verdicts", "gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", "layer_styles"} {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			values := make([]any, len(names))
			into := make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			line := table
			for i, n := range names {
				switch n {
				case "last_change", "update_time":
					continue
				case "fid":
					if table != "positions" { // positions are numbered as they were founded
						continue
					}
				}
				line += fmt.Sprintf("|%x", values[i])
				if s, ok := values[i].(string); ok {
					line = strings.TrimSuffix(line, fmt.Sprintf("%x", s)) + s
				}
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return b.String()
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n" + y[i]
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

// export is an export of all positions.
func export(t testing.TB, s track.Store) string {
	t.Helper()
	var b bytes.Buffer
	st := update(t, s, track.Update{Publish: true, Select: track.All.Has})
	if err := st.WriteFeatures(&b, geo.Format{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// aliases are the ids of a store and where they lead.
func aliases(t testing.TB, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id, COALESCE(pos_id, '') FROM aliases")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var id, to string
		if err := rows.Scan(&id, &to); err != nil {
			t.Fatal(err)
		}
		out[id] = to
	}
	return out
}

// TestRefusedChangesNothing: one bad output among good ones leaves the store as it was, and a store that is new does not appear.
func TestRefusedChangesNothing(t *testing.T) {
	s := series.New(series.Options{Objects: 20, Passes: 3})
	bad := *s.Feeds[2]
	bad.Key = "bad"
	bad.Features = append(slices.Clone(bad.Features), bad.Features[0])
	store := newStore(t)
	if _, err := store.Update(context.Background(), track.Update{Feeds: feeds(s.Feeds[0], &bad)}); err == nil || !strings.Contains(err.Error(), "two detections have the id") {
		t.Fatalf("%v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(store.Path)); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	update(t, store, track.Update{Feeds: feeds(s.Feeds[0])})
	before := dump(t, store.Path)
	bow := *s.Feeds[1]
	bow.Key = "bow"
	bow.Features = []*geo.Feature{{Detection: geo.Detection{DetID: "bow"}, Geometry: orb.Polygon{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}}
	for _, u := range []track.Update{
		{Feeds: feeds(s.Feeds[1], &bad)},
		{Feeds: feeds(s.Feeds[1], &bow)},
		{Feeds: func(yield func(*track.Feed, error) bool) {
			if yield(s.Feeds[1], nil) {
				yield(nil, errors.New("the file cannot be read"))
			}
		}},
		{Feeds: feeds(s.Feeds[1]), Verdicts: []*track.Verdict{{ID: "nobody", Who: "x", When: series.Time(1)}}},
	} {
		if _, err := store.Update(context.Background(), u); err == nil {
			t.Error("it is not refused")
		} else {
			t.Log(err)
		}
		if after := dump(t, store.Path); after != before {
			t.Errorf("the store has changed:\n%s", firstDifference(after, before))
		}
	}
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := store.Update(canceled, track.Update{Feeds: feeds(s.Feeds[1])}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if after := dump(t, store.Path); after != before {
		t.Error("an interrupted update has changed the store")
	}
}

// TestCoverageBeatsFootprint: fed without its coverage and then with it, a pass has it; never the other way round, and never two.
func TestCoverageBeatsFootprint(t *testing.T) {
	s := series.New(series.Options{Objects: 20, Passes: 2, Cloud: 0.4})
	rough := *s.Feeds[1]
	rough.Exact, rough.Digest = false, ""
	rough.Observed = orb.MultiPolygon{{rough.Observed[0][0]}}
	want := newStore(t)
	update(t, want, track.Update{Feeds: feeds(s.Feeds...)})
	for _, order := range [][]*track.Feed{{s.Feeds[0], &rough, s.Feeds[1]}, {s.Feeds[0], s.Feeds[1], &rough}} {
		store := newStore(t)
		for _, f := range order {
			update(t, store, track.Update{Feeds: feeds(f)})
		}
		if dump(t, store.Path) != dump(t, want.Path) {
			t.Error("the order of coverage and footprint matters")
		}
	}
	other := *s.Feeds[1]
	other.Digest = "other"
	if _, err := want.Update(context.Background(), track.Update{Feeds: feeds(&other)}); err == nil || !strings.Contains(err.Error(), "another coverage") {
		t.Errorf("%v", err)
	}
}

// TestConcurrent: feeders of one store wait for each other, also for the first, which makes it.
func TestConcurrent(t *testing.T) {
	s := series.New(series.Options{Objects: 40, Passes: 8, Cloud: 0.2})
	want, store := newStore(t), newStore(t)
	update(t, want, track.Update{Feeds: feeds(s.Feeds...)})
	var all sync.WaitGroup
	for _, f := range s.Feeds {
		all.Go(func() {
			if _, err := store.Update(context.Background(), track.Update{Feeds: feeds(f)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, want := dump(t, store.Path), dump(t, want.Path); got != want {
		t.Errorf("the stores differ:\n%s", firstDifference(got, want))
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(store.Path), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	db, err := sql.Open("sqlite3", "file:"+store.Path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	store.Wait = 100 * time.Millisecond
	if _, err := store.Update(context.Background(), track.Update{Feeds: feeds(s.Feeds...)}); err == nil || !strings.Contains(err.Error(), "in use by another program") {
		t.Errorf("%v", err)
	}
	store.Wait = time.Hour
	soon, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := store.Update(soon, track.Update{Feeds: feeds(s.Feeds...)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}

// TestVerdicts: a rejection keeps repeats away until it expires, by acquisition time; an acceptance stays; the last verdict counts.
func TestVerdicts(t *testing.T) {
	s := series.New(series.Options{Seed: 3, Objects: 30, Passes: 12})
	var stays *series.Object
	for i := range s.Objects {
		if o := &s.Objects[i]; o.Appears == 1 && o.Vanishes == math.MaxInt {
			stays = o
		}
	}
	if stays == nil {
		t.Fatal("the series has no object that stays")
	}
	det := ""
	for id, i := range s.Of {
		if &s.Objects[i] == stays && slices.ContainsFunc(s.Feeds[1].Features, func(f *geo.Feature) bool { return f.DetID == id }) {
			det = id
		}
	}
	rejected := &track.Verdict{ID: det, Reason: "a crop", Who: "ana", When: series.Time(4), Expires: geo.Some(series.Time(8))}
	accepted := &track.Verdict{ID: det, Accepted: true, Who: "ben", When: series.Time(5)}
	for _, c := range []struct {
		name       string
		passes     int
		verdicts   []*track.Verdict
		want       string
		suppressed bool
	}{
		{"none", 12, nil, track.Candidate, false},
		{"rejected", 6, []*track.Verdict{rejected}, track.Rejected, true},
		{"rejected, at the end of the time", 8, []*track.Verdict{rejected}, track.Rejected, true},
		{"expired", 9, []*track.Verdict{rejected}, track.Candidate, false},
		{"accepted later", 6, []*track.Verdict{accepted, rejected}, track.Accepted, false},
		{"accepted, does not expire", 12, []*track.Verdict{rejected, accepted}, track.Accepted, false},
	} {
		store := newStore(t)
		st := update(t, store, track.Update{Feeds: feeds(s.Feeds[:c.passes]...), Verdicts: c.verdicts})
		i := slices.IndexFunc(st.Positions, func(p *track.Position) bool { return slices.Contains(p.DetIDs(), det) })
		p := st.Positions[i]
		if got := p.Verdict.Word(); got != c.want || p.Suppressed != c.suppressed {
			t.Errorf("%s: %s, suppressed %v", c.name, got, p.Suppressed)
		}
		n, d := st.Suppressed()
		if (n == 1) != c.suppressed || c.suppressed && d != c.passes {
			t.Errorf("%s: %d suppressed, %d detections", c.name, n, d)
		}
		if got := track.All.Has(p); got == c.suppressed {
			t.Errorf("%s: exported %v", c.name, got)
		}
		if again := update(t, store, track.Update{Verdicts: c.verdicts}); again.Changed {
			t.Errorf("%s: the same verdicts change the store", c.name)
		}
	}
}
