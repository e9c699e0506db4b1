package track_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
	"passdiff/geo"
)

// TestVerdictBeforeExport: a verdict on an id that only the table of positions had holds when an earlier pass takes the first sighting over, and the
// order of feeding and judging leaves the same store.
func TestVerdictBeforeExport(t *testing.T) {
	early, late := hand(0, 1, seen{0, 10, ""}), hand(0, 2, seen{0, 10, ""})
	verdict := func() []*track.Verdict { return []*track.Verdict{{ID: "p-d0-2-0", Who: "ana", When: series.Time(3)}} }
	want := ""
	for _, updates := range [][]track.Update{
		{{Feeds: feeds(late)}, {Verdicts: verdict()}, {Feeds: feeds(early)}, {}},
		{{Feeds: feeds(late)}, {Feeds: feeds(early), Verdicts: verdict()}},
		{{Feeds: feeds(early, late)}, {Verdicts: verdict()}},
		{{Feeds: feeds(late, early), Verdicts: verdict()}},
		{{Feeds: feeds(late), Verdicts: verdict()}, {Feeds: feeds(early)}, {Verdicts: verdict()}},
	} {
		store := newStore(t)
		var st *track.State
		for _, u := range updates {
			st = update(t, store, u)
		}
		if len(st.Positions) != 1 || !st.Positions[0].Suppressed || st.Positions[0].ID != "p-d0-1-0" {
			t.Errorf("%s: %+v", told(st), st.Positions[0])
		}
		if got := aliases(t, store.Path); got["p-d0-2-0"] != "p-d0-1-0" {
			t.Errorf("%v", got)
		}
		got := dump(t, store.Path)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("the stores differ:\n%s", firstDifference(got, want))
		}
	}
	store := newStore(t)
	update(t, store, track.Update{Feeds: feeds(late), Publish: true})
	st := update(t, store, track.Update{Feeds: feeds(early), Verdicts: []*track.Verdict{{ID: "p-d0-1-0", Who: "ana", When: series.Time(3)}}})
	if st.Positions[0].ID != "p-d0-2-0" || !st.Positions[0].Suppressed {
		t.Errorf("a verdict takes an exported id away: %s", st.Positions[0].ID)
	}
}

// granule is a pass of hand, acquired some time later.
func granule(f *track.Feed, later time.Duration) *track.Feed {
	f.Key, f.Pair = f.Key+later.String(), f.Pair+later.String()
	f.TAfter = f.TAfter.Add(later)
	f.SrcAfter += later.String()
	for _, d := range f.Features {
		d.DetID += later.String()
		d.TAfter.Value = f.TAfter
	}
	return f
}

// TestOneLook: passes of one overflight are one look, chained by OneLook, in whatever order they are fed.
func TestOneLook(t *testing.T) {
	a := seen{0, 10, ""}
	for _, c := range []struct {
		name  string
		feeds []*track.Feed
		want  string
	}{
		{"three granules", []*track.Feed{hand(0, 1, a), granule(hand(0, 1, a), 8*time.Second), granule(hand(0, 1, a), 16*time.Second)},
			"first 1/1/0 d0-1-0 d0-1-08s d0-1-016s"},
		{"chained", []*track.Feed{hand(0, 1, a), granule(hand(0, 1, a), 10*time.Minute), granule(hand(0, 1, a), 20*time.Minute)},
			"first 1/1/0 d0-1-0 d0-1-010m0s d0-1-020m0s"},
		{"further apart", []*track.Feed{hand(0, 1, a), granule(hand(0, 1, a), 10*time.Minute+time.Millisecond)}, "provisional 2/2/0 d0-1-0 d0-1-010m0.001s"},
		{"one that misses it", []*track.Feed{hand(0, 1, a), granule(hand(0, 1), 8*time.Second), hand(0, 2), granule(hand(0, 2), 8*time.Second)}, "first 2/1/0 d0-1-0"},
		// BEFORE is an earlier granule of the look that showed it first: not the ground before the change
		{"against a granule", []*track.Feed{granule(hand(0, 1, a), 8*time.Second), hand(1, 2), hand(1, 3)}, "confirmed 3/1/2 d0-1-08s"},
	} {
		for range 2 {
			st := update(t, newStore(t), track.Update{Feeds: feeds(c.feeds...)})
			if got := told(st); got != c.want {
				t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
			}
			if p := st.Positions[0]; p.LastSeen.Before(p.FirstSeen) {
				t.Errorf("%s: seen from %v to %v", c.name, p.FirstSeen, p.LastSeen)
			}
			slices.Reverse(c.feeds)
		}
	}
}

// rerun is an output of the same pair with another key.
func rerun(f *track.Feed, options map[string]string) *track.Feed {
	f.Key, f.Options = f.Key+"again", options
	for _, d := range f.Features {
		d.DetID += "again"
	}
	return f
}

// TestReplace: another output of the same pair is refused, or takes the place of the first; ids and verdicts stay with their places.
func TestReplace(t *testing.T) {
	store := newStore(t)
	one := hand(0, 1, seen{0, 10, ""}, seen{20, 30, ""}, seen{40, 50, ""}, seen{60, 70, ""})
	one.Options = map[string]string{"mmu": "4px"}
	update(t, store, track.Update{Feeds: feeds(one, hand(0, 2, seen{20, 30, ""})), Publish: true,
		Verdicts: []*track.Verdict{{ID: "d0-1-0", Who: "ana", When: series.Time(3)}}})
	before := dump(t, store.Path)
	other := rerun(hand(0, 1, seen{1, 10, ""}, seen{80, 90, ""}), map[string]string{"mmu": "9px"})
	_, err := store.Update(context.Background(), track.Update{Feeds: feeds(other)})
	if err == nil || err.Error() != "0-1.geojson: the store has another output of the same scenes and area (here mmu 9px, there 4px); give --replace to put this one in its place" {
		t.Errorf("%v", err)
	}
	if after := dump(t, store.Path); after != before {
		t.Errorf("the store has changed:\n%s", firstDifference(after, before))
	}
	st := update(t, store, track.Update{Feeds: feeds(other), Replace: true})
	if st.Fed != 1 || st.Replaced != 1 {
		t.Errorf("%+v", st)
	}
	if got, want := told(st), "first 2/1/0 d0-1-0again\nfirst 2/1/0 d0-1-1again\nfirst 1/1/0 d0-2-0"; got != want {
		t.Fatalf("%s\nwant\n%s", got, want)
	}
	if p := st.Positions[0]; p.ID != "p-d0-1-0" || !p.Suppressed {
		t.Errorf("%s, suppressed %v", p.ID, p.Suppressed)
	}
	got := aliases(t, store.Path)
	for id, want := range map[string]string{"p-d0-1-0": "p-d0-1-0", "p-d0-1-1": "p-d0-1-1", "p-d0-2-0": "p-d0-1-1", "p-d0-1-2": "", "p-d0-1-3": ""} {
		if to, ok := got[id]; !ok || to != want {
			t.Errorf("%s leads to %q, want %q", id, to, want)
		}
	}
	if st := update(t, store, track.Update{Feeds: feeds(other), Replace: true}); st.Changed || st.Repeated != 1 {
		t.Errorf("%+v", st)
	}
	// put back, the detections and what held on to them are there again
	if st := update(t, store, track.Update{Feeds: feeds(one), Replace: true}); st.Replaced != 1 {
		t.Errorf("%+v", st)
	}
	if got := aliases(t, store.Path); got["p-d0-1-2"] != "p-d0-1-2" || got["p-d0-1-0"] != "p-d0-1-0" {
		t.Errorf("%v", got)
	}
	both := track.Update{Feeds: feeds(hand(0, 5), rerun(hand(0, 5), nil)), Replace: true}
	if _, err := store.Update(context.Background(), both); err == nil || !strings.Contains(err.Error(), "feed one of them") {
		t.Errorf("%v", err)
	}
	// a coverage can be replaced, too
	digest := *one
	digest.Digest = "other"
	if _, err := store.Update(context.Background(), track.Update{Feeds: feeds(&digest)}); err == nil || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("%v", err)
	}
	if st := update(t, store, track.Update{Feeds: feeds(&digest), Replace: true}); st.Replaced != 1 {
		t.Errorf("%+v", st)
	}
}

// TestOptions: an output made otherwise than the most of the store is warned of, in whatever order they are fed.
func TestOptions(t *testing.T) {
	var all []*track.Feed
	for i := range 3 {
		f := hand(0, i+1)
		f.Options = map[string]string{"method": "cva", "threshold": "otsu"}
		all = append(all, f)
	}
	all[1].Options = map[string]string{"method": "cva", "threshold": "9"}
	want := "0-2.geojson: was made with other options than the most passes of the store (here threshold 9, there otsu): "
	for range 2 {
		if st := update(t, newStore(t), track.Update{Feeds: feeds(all...)}); len(st.Warnings) != 1 || !strings.HasPrefix(st.Warnings[0], want) {
			t.Errorf("%q", st.Warnings)
		}
		slices.Reverse(all)
	}
	store := newStore(t)
	for i, f := range []*track.Feed{all[0], all[2], all[1], all[0]} {
		if st := update(t, store, track.Update{Feeds: feeds(f)}); (len(st.Warnings) == 1) != (i == 2) {
			t.Errorf("%d: %q", i, st.Warnings)
		}
	}
}

// TestLaterRow: of verdicts of one time the one in the later row of the file counts, also by another id, and read twice.
func TestLaterRow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "verdicts.csv")
	for _, c := range []struct{ rows, want string }{
		{"p-d0-1-0,accepted,ana,2026-01-03\np-d0-1-0,rejected,ana,2026-01-03\n", track.Rejected},
		{"p-d0-1-0,rejected,ana,2026-01-03\nd0-1-0,accepted,ana,2026-01-03\n", track.Accepted},
		{"d0-1-0,accepted,zoe,2026-01-03\np-d0-1-0,rejected,ana,2026-01-03\n", track.Rejected},
		{"d0-1-0,rejected,ana,2026-01-03\nd0-1-0,accepted,ana,2026-01-03\nd0-1-0,rejected,ana,2026-01-03\n", track.Rejected},
		{"d0-1-0,rejected,ana,2026-01-04\nd0-1-0,accepted,ana,2026-01-03\n", track.Rejected},
	} {
		store := newStore(t)
		update(t, store, track.Update{Feeds: feeds(hand(0, 1, seen{0, 10, ""}))})
		if err := os.WriteFile(file, []byte("id,verdict,who,when\n"+c.rows), 0o644); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			verdicts, err := track.ReadVerdicts(file, track.Expiry{})
			if err != nil {
				t.Fatal(err)
			}
			st := update(t, store, track.Update{Verdicts: verdicts})
			if got := st.Positions[0].Verdict.Word(); got != c.want || st.Changed != (i == 0) {
				t.Errorf("%s%s, changed %v", c.rows, got, st.Changed)
			}
		}
	}
}

// TestDamaged: values that detect did not write are refused as inputs, with the way out, and not read as something else.
func TestDamaged(t *testing.T) {
	for _, statement := range []string{
		"UPDATE passes SET t_before = 'hello'", "UPDATE passes SET t_after = 5", `UPDATE verdicts SET "when" = 'hello'`, "UPDATE verdicts SET expires = 'hello'",
		"UPDATE verdicts SET verdict = 'maybe'", "UPDATE aliases SET published = 'hello'", "UPDATE sightings SET obs_frac = 'hello'", "UPDATE sightings SET geom = x''",
		"ALTER TABLE passes DROP COLUMN src_after", "ALTER TABLE sightings DROP COLUMN edge_flag", "ALTER TABLE passes DROP COLUMN options", "DROP TABLE aliases",
		`ALTER TABLE verdicts DROP COLUMN expires`,
	} {
		store := newStore(t)
		update(t, store, track.Update{Feeds: feeds(hand(0, 1, seen{0, 10, ""})), Publish: true, Verdicts: []*track.Verdict{{ID: "d0-1-0", Who: "ana", When: series.Time(3)}}})
		spoil(t, store.Path, statement)
		_, err := store.Update(context.Background(), track.Update{Feeds: feeds(hand(0, 2, seen{0, 10, ""}))})
		if exit.Of(context.Background(), err) != exit.Input || !strings.HasPrefix(err.Error(), store.Path+": ") || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%s: %d, %v", statement, exit.Of(context.Background(), err), err)
		}
	}
	for _, statement := range []string{"UPDATE positions SET expires = 'hello'", "UPDATE positions SET status = 'hello'", "UPDATE positions SET suppressed = 'hello'",
		"ALTER TABLE positions DROP COLUMN expires"} {
		store := newStore(t)
		update(t, store, track.Update{Feeds: feeds(hand(0, 1, seen{0, 10, ""}))})
		spoil(t, store.Path, statement)
		_, err := store.Known(context.Background(), geo.Some(series.Time(2)))
		if exit.Of(context.Background(), err) != exit.Input || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%s: %d, %v", statement, exit.Of(context.Background(), err), err)
		}
	}
}

func spoil(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
