package release

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/audit"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// request is one for good under open rules, in cells.
func request(grid int, change func(*policy.Rules)) Request {
	q := Request{Policy: &policy.Policy{Path: "policy.yaml", Partner: "north", Rules: open()}, Keys: Keys{ID: []byte("k"), Origin: []byte("o")}, Features: []*Input{good()}, Created: at}
	q.Policy.Grid = grid
	change(&q.Policy.Rules)
	return q
}

// TestCellsNest: a partner who got features in cells of one size never gets any in cells that overlap those by a part; larger and smaller ones that lie
// within each other may follow.
func TestCellsNest(t *testing.T) {
	var log []audit.Entry
	for _, c := range []struct {
		grid, coarsen int
		ok            bool
	}{{1000, 0, true}, {1500, 0, false}, {2000, 0, true}, {0, 0, true}, {3000, 0, false}, {500, 0, true}, {4000, 0, true}, {250, 10_000, false}, {250, 8000, true}} {
		q := request(c.grid, func(r *policy.Rules) {
			if c.coarsen > 0 {
				r.Protected, r.Approved = guards(30.7005, 10), map[string]bool{"a": true}
				r.Protected[0].Coarsen = c.coarsen
			}
		})
		d, err := NewDraft(t.Context(), HistoryOf(log).Of(q))
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
		if err != nil {
			var e *exit.Error
			if !errors.As(err, &e) || e.Code != exit.Usage || !strings.Contains(err.Error(), "do not lie within each other") {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		log = append(log, audit.Entry{Partner: "north", IDs: d.ids(), Cells: d.Cells})
	}
	if got := HistoryOf(log).Cells; !slices.Equal(got, []int{500, 1000, 2000, 4000, 8000}) {
		t.Error(got)
	}
	if got := Across(log, "south", []int{3000, 10_000}); !slices.Equal(got, []string{"north"}) {
		t.Error(got)
	}
	if got := append(Across(log, "north", []int{3000}), Across(log, "south", []int{500})...); len(got) > 0 {
		t.Error(got)
	}
}

// TestCoarserTellsNoPass: a feature that is told in larger cells than the others has no token of its passes, in the package neither, unless the others
// lie in such cells, too: then none would tell that it is protected.
func TestCoarserTellsNoPass(t *testing.T) {
	for _, c := range []struct {
		grid int
		told bool
	}{{0, false}, {1000, false}, {5000, true}, {10_000, true}} {
		q := request(c.grid, func(r *policy.Rules) {
			r.Protected, r.Approved = guards(30.7005, 10), map[string]bool{"a": true}
		})
		d, err := NewDraft(t.Context(), q)
		if err != nil || len(d.Features) != 1 {
			t.Fatal(d, err)
		}
		if told := d.Features[0].Text(propOrigins) != ""; told != c.told || told != (len(d.Origins) > 0) {
			t.Errorf("grid %d: %q, %q", c.grid, d.Features[0].Text(propOrigins), d.Origins)
		}
	}
	q := request(1000, func(*policy.Rules) {})
	q.Features[0].OriginsAny = []string{parcel.Origin(nil, "a", "b", at, at)}
	if d, err := NewDraft(t.Context(), q); err != nil || len(d.Origins) != 1 {
		t.Error("what others carried with it is lost: ", d, err)
	}
}

// TestOther: whatever is changed in a plan, the plan made anew is another one.
func TestOther(t *testing.T) {
	q := request(1000, func(*policy.Rules) {})
	d, err := NewDraft(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*Plan){
		"": func(*Plan) {}, parcel.DetectionName: func(p *Plan) { p.Files[0].SHA256 = "" }, "gone": func(p *Plan) { p.Files = p.Files[1:] },
		"precision": func(p *Plan) { p.Precision = "exact" }, "released": func(p *Plan) { p.Released++ }, "page": func(p *Plan) { p.Page = "" },
		"withheld": func(p *Plan) { p.Withheld[1].Features++ }, "tlp": func(p *Plan) { p.TLP = "TLP:CLEAR" },
	} {
		p, _ := NewPlan(q, d, History{}, PlanFile{}, nil)
		anew, _ := NewPlan(q, d, History{}, PlanFile{}, nil)
		change(p)
		if other := p.Other(anew); (other != "") != (what != "") || what == parcel.DetectionName && other != what {
			t.Errorf("%s: %q", what, other)
		}
	}
}

// TestCoverageHidesCoarser: what was looked at is told in no smaller cells than a protected feature that lies there, which has no times by which it could
// be found among the passes; without approvals it is told in the cells of all.
func TestCoverageHidesCoarser(t *testing.T) {
	for _, c := range []struct {
		grid     int
		approved bool
		size     int
	}{{0, false, 1000}, {0, true, 5000}, {250, false, 250}, {250, true, 5000}, {10_000, true, 10_000}} {
		q := request(c.grid, func(r *policy.Rules) {
			r.Protected, r.Attributes = guards(30.7005, 10), []string{"t_before", "t_after", "obj_desc"}
			r.Approved = map[string]bool{"a": c.approved}
		})
		f := q.Features[0]
		f.TBefore = geo.Some(at.AddDate(0, -1, 0))
		q.Looked = []Looked{{f.TBefore, f.TAfter, orb.MultiPolygon{{{{30.69, -17.11}, {30.71, -17.11}, {30.71, -17.09}, {30.69, -17.09}, {30.69, -17.11}}}}}}
		d, err := NewDraft(t.Context(), q)
		if err != nil || len(d.Features) == 1 != c.approved {
			t.Fatalf("%+v: %d features, %v", c, len(d.Features), err)
		}
		want := cellOf(30.7005, -17.0995, c.size).polygon()
		if !slices.ContainsFunc(d.Coverage, func(p parcel.Feature) bool { return orb.Equal(p.Geometry, orb.MultiPolygon{want}) }) {
			t.Errorf("%+v: the coverage of %d cells lacks %v", c, len(d.Coverage), want)
		}
		if c.approved && (d.Features[0].Get("t_after") != nil) != (c.grid == 10_000) {
			t.Errorf("%+v: t_after is %v", c, d.Features[0].Get("t_after"))
		}
	}
}

// ending is a context that ends when it was asked some times.
type ending struct {
	context.Context
	left int
}

func (e *ending) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestEnds: a draft ends with its context, wherever it is: it asks before each feature, each cell and each row of what was observed.
func TestEnds(t *testing.T) {
	q := request(1000, func(*policy.Rules) {})
	q.Looked = []Looked{{TAfter: geo.Some(at.Add(-1000 * time.Hour)), Ground: orb.MultiPolygon{{{{30.7, -17.1}, {30.73, -17.1}, {30.73, -17.08}, {30.7, -17.08}, {30.7, -17.1}}}}}}
	const most = 1000
	whole := &ending{t.Context(), most}
	d, err := NewDraft(whole, q)
	if err != nil {
		t.Fatal(err)
	}
	asked := most - whole.left
	if least := 3*len(q.Features) + 2*len(d.Coverage); len(d.Coverage) < 6 || asked < least {
		t.Errorf("asked %d times of one feature and %d cells, want %d at least", asked, len(d.Coverage), least)
	}
	for n := range asked {
		if d, err := NewDraft(&ending{t.Context(), n}, q); !errors.Is(err, context.Canceled) {
			t.Errorf("asked %d times: %v, %v", n+1, d, err)
		}
	}
}
