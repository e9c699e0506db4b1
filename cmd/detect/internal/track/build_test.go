package track_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
	"passdiff/geo"
)

// seen is a detection drawn by hand: a box of height 1 from west to east, in thousandths of a degree, and what it says.
type seen struct {
	west, east float64
	desc       string // appeared for ""
}

// hand makes a pass by hand, compared with another, that looked at the box from 0 to 100.
func hand(before, after int, all ...seen) *track.Feed {
	box := func(west, east, height float64) orb.Polygon {
		return orb.Polygon{{{west / 1000, 0}, {east / 1000, 0}, {east / 1000, height / 1000}, {west / 1000, height / 1000}, {west / 1000, 0}}}
	}
	f := &track.Feed{Name: fmt.Sprintf("%d-%d.geojson", before, after)}
	f.SrcBefore, f.SrcAfter, f.TBefore, f.TAfter = fmt.Sprint(before), fmt.Sprint(after), series.Time(before), series.Time(after)
	f.Key, f.Exact, f.Observed = f.Name, true, orb.MultiPolygon{box(0, 100, 2)}
	for i, s := range all {
		d := geo.Detection{DetID: fmt.Sprintf("d%d-%d-%d", before, after, i), ObjDesc: "appeared", Direction: "brighter", EdgeFlag: "none", ObsFrac: 1, Pixels: 9,
			TBefore: geo.Some(f.TBefore), TAfter: geo.Some(f.TAfter), SrcBefore: f.SrcBefore, SrcAfter: f.SrcAfter}
		if s.desc != "" {
			d.ObjDesc = s.desc
		}
		f.Features = append(f.Features, &geo.Feature{Geometry: box(s.west, s.east, 1), Detection: d})
	}
	return f
}

// told is what a state says of its positions: status, looked/seen/held, detections.
func told(st *track.State) string {
	var lines []string
	for _, p := range st.Positions {
		lines = append(lines, fmt.Sprintf("%s %d/%d/%d %s", p.Status, p.Looked, p.Seen, p.Held, strings.Join(p.DetIDs(), " ")))
	}
	return strings.Join(lines, "\n")
}

// TestByHand has the rules of docs/track.md one by one.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		name  string
		feeds []*track.Feed
		want  string
	}{
		{"seen again", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(0, 2, seen{0, 10, ""}), hand(0, 3, seen{0, 10, ""})}, "confirmed 3/3/0 d0-1-0 d0-2-0 d0-3-0"},
		{"an IoU of a quarter is enough", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(0, 2, seen{0, 40, ""})}, "provisional 2/2/0 d0-1-0 d0-2-0"},
		{"less is another position", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(0, 2, seen{6.5, 16.5, ""})}, "first 2/1/0 d0-1-0\nfirst 1/1/0 d0-2-0"},
		{"it may grow", []*track.Feed{hand(0, 1, seen{0, 5, ""}), hand(0, 2, seen{0, 15, ""}), hand(0, 3, seen{0, 45, ""})}, "confirmed 3/3/0 d0-1-0 d0-2-0 d0-3-0"},
		{"merged with its neighbour, it is held", []*track.Feed{hand(0, 1, seen{0, 10, ""}, seen{11, 19, ""}), hand(0, 2, seen{0, 20, ""})},
			"provisional 2/2/0 d0-1-0 d0-2-0\nprovisional 2/1/1 d0-1-1"},
		{"taken apart, the better part counts", []*track.Feed{hand(0, 1, seen{0, 20, ""}), hand(0, 2, seen{0, 8, ""}, seen{9, 20, ""})},
			"provisional 2/2/0 d0-1-0 d0-2-1\nfirst 1/1/0 d0-2-0"},
		{"neighbouring passes: nothing changes, it stays", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(1, 2), hand(2, 3)}, "confirmed 3/1/2 d0-1-0"},
		{"it turns back", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(1, 2, seen{0, 10, "disappeared"}), hand(2, 3)}, "finished 3/1/0 d0-1-0 d1-2-0"},
		{"and comes again", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(1, 2, seen{0, 10, "disappeared"}), hand(2, 3), hand(3, 4, seen{0, 10, ""})},
			"first 4/2/0 d0-1-0 d1-2-0 d3-4-0"},
		{"it changes on", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(1, 2, seen{0, 10, "altered"})}, "provisional 2/2/0 d0-1-0 d1-2-0"},
		{"two pairs of one pass are one look", []*track.Feed{hand(0, 2, seen{0, 10, ""}), hand(1, 2, seen{0, 10, ""}), hand(0, 3)}, "first 2/1/0 d0-2-0 d1-2-0"},
		{"of which one that shows it is enough", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(0, 3), hand(2, 3, seen{0, 10, "altered"})},
			"provisional 2/2/0 d0-1-0 d2-3-0"},
		{"that nothing has changed since counts less", []*track.Feed{hand(0, 1, seen{0, 10, ""}), hand(0, 3), hand(2, 3)}, "first 2/1/0 d0-1-0"},
		{"what was looked at before does not count", []*track.Feed{hand(0, 1), hand(0, 2), hand(0, 3, seen{0, 10, ""})}, "first 1/1/0 d0-3-0"},
	} {
		if got := told(update(t, newStore(t), track.Update{Feeds: feeds(c.feeds...)})); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		slices.Reverse(c.feeds)
		if got := told(update(t, newStore(t), track.Update{Feeds: feeds(c.feeds...)})); got != c.want {
			t.Errorf("%s, fed the other way round:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestLatePass: a pass that comes late joins two positions that were exported, and the younger id leads to the older. One that is earlier than all
// changes no id.
func TestLatePass(t *testing.T) {
	store := newStore(t)
	update(t, store, track.Update{Feeds: feeds(hand(0, 2, seen{0, 10, ""}), hand(0, 4, seen{9, 19, ""})), Publish: true})
	if got := aliases(t, store.Path); len(got) != 2 || got["p-d0-2-0"] != "p-d0-2-0" || got["p-d0-4-0"] != "p-d0-4-0" {
		t.Fatalf("%v", got)
	}
	st := update(t, store, track.Update{Feeds: feeds(hand(0, 3, seen{4.5, 14.5, ""}), hand(0, 1, seen{0, 10, ""}))})
	if len(st.Positions) != 1 || st.Positions[0].ID != "p-d0-2-0" || !st.Positions[0].FirstSeen.Equal(series.Time(1)) {
		t.Fatalf("%s", told(st))
	}
	got := aliases(t, store.Path)
	for _, id := range []string{"p-d0-1-0", "p-d0-2-0", "p-d0-4-0"} {
		if got[id] != "p-d0-2-0" {
			t.Errorf("%s leads to %q", id, got[id])
		}
	}
	// a verdict on the id that was exported finds it
	if st := update(t, store, track.Update{Verdicts: []*track.Verdict{{ID: "p-d0-4-0", Who: "ana", When: series.Time(5)}}}); !st.Positions[0].Suppressed {
		t.Error("the verdict on an alias is lost")
	}
}
