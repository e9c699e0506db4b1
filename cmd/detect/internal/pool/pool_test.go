package pool

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/parcel"
)

// box is a square of a side in degrees.
func box(lon, lat, side float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{lon, lat}, {lon + side, lat}, {lon + side, lat + side}, {lon, lat + side}, {lon, lat}}}}
}

// feature is one with properties: name, value, name, value.
func feature(id string, g orb.MultiPolygon, properties ...any) parcel.Feature {
	f := parcel.Feature{ID: id, Geometry: g}
	for i := 0; i < len(properties); i += 2 {
		v := properties[i+1]
		if n, ok := v.(int); ok {
			v = json.Number(fmt.Sprint(n))
		}
		f.Properties = append(f.Properties, parcel.Property{Name: properties[i].(string), Value: v})
	}
	return f
}

// release is a package of a publisher, of which set changes the manifest.
func release(publisher string, sequence int, set func(*parcel.Manifest), features ...parcel.Feature) *parcel.Package {
	m := &parcel.Manifest{Format: parcel.Format, Partner: "us", Sequence: sequence, TLP: parcel.Green, Precision: "exact"}
	if set != nil {
		set(m)
	}
	return &parcel.Package{Path: publisher, Manifest: m, Features: features, Key: &parcel.Key{Name: publisher}, ManifestSHA256: fmt.Sprintf("%s-%d", publisher, sequence)}
}

// o is a token of an origin.
func o(n int) string { return fmt.Sprintf("o-%032x", n) }

func origins(list ...string) func(*parcel.Manifest) {
	return func(m *parcel.Manifest) { m.Origins = list }
}

// combine pools packages and own outputs.
func combine(t *testing.T, p *Pool, inputs ...any) Result {
	t.Helper()
	for i, in := range inputs {
		var err error
		switch in := in.(type) {
		case *parcel.Package:
			err = p.AddPackage(in)
		case []parcel.Feature:
			err = p.AddOutput(fmt.Sprintf("own-%d.geojson", i), parcel.WriteFeatures(in))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := p.Combine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var key = []byte("a secret of thirty-two bytes ....")

const (
	may1 = "2026-05-01T10:00:00Z"
	may9 = "2026-05-09T10:00:00Z"
	july = "2026-07-09T10:00:00Z"
)

// TestOneOrTwo: what becomes one feature and what stays two, by hand: boxes of side 10, the second moved by x, have IoU (10 − x)/(10 + x).
func TestOneOrTwo(t *testing.T) {
	side := 0.001
	for _, c := range []struct {
		name string
		a, b *parcel.Package
		want int
		weak bool
	}{
		{"IoU 0.33", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1)), release("b", 1, nil, feature("g", box(10+side/2, 0, side), "t_after", may9)), 1, false},
		{"IoU 0.25", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1)), release("b", 1, nil, feature("g", box(10+0.6*side, 0, side), "t_after", may9)), 2, false},
		{"too far apart in time", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1)), release("b", 1, nil, feature("g", box(10, 0, side), "t_after", july)), 2, false},
		{"seen last", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1)), release("b", 1, nil, feature("g", box(10, 0, side), "last_seen", may9)), 1, false},
		{"no time", release("a", 1, nil, feature("f", box(10, 0, side))), release("b", 1, nil, feature("g", box(10, 0, side), "t_after", may1)), 2, false},
		{"appeared and disappeared", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1, "obj_desc", "appeared")),
			release("b", 1, nil, feature("g", box(10, 0, side), "t_after", may1, "obj_desc", "disappeared")), 2, false},
		{"in a cell", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1)),
			release("b", 1, func(m *parcel.Manifest) { m.Precision = "grid: 1000m" }, feature("g", box(9.999, 0, 9*side), "t_after", may1)), 1, true},
		{"beside a cell", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1)),
			release("b", 1, func(m *parcel.Manifest) { m.Precision = "grid: 1000m" }, feature("g", box(10.0006, 0, 9*side), "t_after", may1)), 2, false},
		{"two of one package", release("a", 1, nil, feature("f", box(10, 0, side), "t_after", may1), feature("g", box(10, 0, side), "t_after", may1)), release("b", 1, nil), 2, false},
	} {
		r := combine(t, &Pool{}, c.a, c.b)
		if len(r.Features) != c.want || (r.Weak > 0) != c.weak {
			t.Errorf("%s: %d features, want %d: %+v", c.name, len(r.Features), c.want, r)
		}
	}
}

// TestWindow: the window is the time between two sightings that may be of one change.
func TestWindow(t *testing.T) {
	a, b := release("a", 1, nil, feature("f", box(10, 0, 1), "t_after", may1)), release("b", 1, nil, feature("g", box(10, 0, 1), "t_after", may9))
	for days, want := range map[int]int{7: 2, 8: 1} {
		if r := combine(t, &Pool{Window: time.Duration(days) * 24 * time.Hour}, a, b); len(r.Features) != want {
			t.Errorf("%d days: %d features, want %d", days, len(r.Features), want)
		}
	}
}

// TestBestMember: place and attributes are those of the most precise member, and all sources stand in the feature.
func TestBestMember(t *testing.T) {
	exact, rough := box(10, 0, 0.001), box(10, 0.0001, 0.001)
	a := release("a", 1, nil, feature("f", rough, "t_after", may1, "pos_acc_m", 9, "confidence", 90))
	b := release("b", 3, func(m *parcel.Manifest) {
		m.TLP, m.Handling, m.PrevManifestSHA256 = parcel.AmberStrict, "no print", "x"
	},
		feature("g", exact, "t_after", may9, "pos_acc_m", 2, "confidence", 50))
	own := []parcel.Feature{feature("h", box(9.999, 0, 0.002), "t_after", may9, "coordinateUncertaintyInMeters", 5000, "dataGeneralizations", "cell", "handling", "ours")}
	r := combine(t, &Pool{}, a, b, own)
	if len(r.Features) != 1 {
		t.Fatalf("%+v", r)
	}
	f := r.Features[0]
	if !f.Geometry.Equal(exact) {
		t.Errorf("the place is %v", f.Geometry)
	}
	ownSum := strings.Split(f.Text("source_packages"), ",")
	for name, want := range map[string]any{
		"confidence": json.Number("50"), "tlp": "TLP:AMBER+STRICT", "handling": "no print / ours", "no_onward": true, "n_sources": 3, "weak": true,
		"contributors": "a,b,own", "source_tlp": "TLP:AMBER+STRICT,TLP:GREEN", "source_times": may1 + "," + may9, "review_state": "candidate",
		"det_id": f.ID, "schema": parcel.PoolSchema, "p_value": nil,
		"sources": "a|a-1|f|TLP:GREEN|" + may1 + "|strong,b|b-3|g|TLP:AMBER+STRICT|" + may9 + "|strong,own|" + ownSum[0] + "|h||" + may9 + "|weak",
	} {
		if got := f.Get(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestObservations: how many distinct observations are counted, and how many are possible.
func TestObservations(t *testing.T) {
	at := func(id string, more ...any) parcel.Feature {
		return feature(id, box(10, 0, 0.001), append([]any{"t_after", may1}, more...)...)
	}
	ours := func(src string) []parcel.Feature { return []parcel.Feature{at("own-"+src, "src_after", src)} }
	after, err := time.Parse(time.RFC3339, may1)
	if err != nil {
		t.Fatal(err)
	}
	token := func(src string) string { return parcel.Origin(key, "", src, time.Time{}, after) }
	grid := func(list ...string) func(*parcel.Manifest) {
		return func(m *parcel.Manifest) { m.Precision, m.Origins = "grid: 1000m", list }
	}
	for _, c := range []struct {
		name           string
		want, possible int
		inputs         []any
	}{
		{"one", 1, 1, []any{release("a", 1, origins(o(1)), at("f"))}},
		{"two partners, two passes", 2, 2, []any{release("a", 1, origins(o(1)), at("f")), release("b", 1, origins(o(2)), at("g"))}},
		{"two partners tell what one saw", 1, 1, []any{release("a", 1, origins(o(1)), at("f")), release("b", 1, origins(o(1)), at("g"))}},
		{"ours, and ours by way of a partner", 1, 1, []any{ours("s"), release("a", 1, origins(token("s")), at("f"))}},
		{"ours, and ours among others by way of a partner", 1, 1, []any{ours("s"), release("a", 1, origins(o(1), token("s")), at("f"))}},
		{"ours of two passes", 2, 2, []any{ours("s"), ours("r")}},
		{"ours and a partner's", 2, 2, []any{ours("s"), release("a", 1, origins(o(1)), at("f"))}},
		{"two partners with tokens in common", 1, 1, []any{release("a", 1, origins(o(1), o(2)), at("f")), release("b", 1, origins(o(2), o(3)), at("g"))}},
		{"two partners without tokens in common", 2, 2, []any{release("a", 1, origins(o(1), o(2)), at("f")), release("b", 1, origins(o(3), o(4)), at("g"))}},
		{"a third joins two", 1, 1, []any{release("a", 1, origins(o(1), o(2)), at("f")), release("b", 1, origins(o(3), o(4)), at("g")), release("c", 1, origins(o(2), o(3)), at("h"))}},
		{"tokens of the feature itself", 3, 3, []any{release("a", 1, origins(o(1), o(2), o(3)), at("f", "origins", o(1)+","+o(2))), release("b", 1, origins(o(3)), at("g"))}},
		{"two packages of a publisher who tells no origins", 1, 1, []any{release("a", 1, nil, at("f")), release("a", 2, nil, at("g"))}},
		{"two publishers who tell no origins", 1, 2, []any{release("a", 1, nil, at("f")), release("b", 1, nil, at("g"))}},
		{"ours and that of a publisher who tells none", 1, 2, []any{ours("s"), release("a", 1, nil, at("f"))}},
		{"a publisher who tells one and one who does not", 1, 2, []any{release("a", 1, origins(o(1)), at("f")), release("b", 1, nil, at("g"))}},
		{"one of several tokens and none", 1, 2, []any{release("a", 1, origins(o(1), o(2)), at("f")), release("b", 1, nil, at("g"))}},
		{"a cell is possible only", 1, 2, []any{release("a", 1, origins(o(1)), at("f")), release("b", 1, grid(o(2)), feature("g", box(9.999, 0, 0.009), "t_after", may1))}},
	} {
		r := combine(t, &Pool{OriginKey: key}, c.inputs...)
		if len(r.Features) != 1 {
			t.Errorf("%s: %d features", c.name, len(r.Features))
			continue
		}
		if f := r.Features[0]; f.Get("n_observations") != c.want || f.Get("n_observations_possible") != c.possible {
			t.Errorf("%s: %v of %v, want %d of %d", c.name, f.Get("n_observations"), f.Get("n_observations_possible"), c.want, c.possible)
		}
		// What was pooled is pooled again with its sources: nothing more is counted.
		again := combine(t, &Pool{OriginKey: key}, append(slices.Clone(c.inputs), r.Features)...)
		if f := again.Features[0]; len(again.Features) != 1 || f.Get("n_observations").(int) > c.want || f.Get("n_observations_possible").(int) > c.possible {
			t.Errorf("%s: with the pool itself %d features, %v of %v observations", c.name, len(again.Features), f.Get("n_observations"), f.Get("n_observations_possible"))
		}
		// The pool alone counts no more, either.
		read, err := parcel.ParseFeatures(parcel.WriteFeatures(r.Features))
		if err != nil {
			t.Fatal(err)
		}
		alone := combine(t, &Pool{OriginKey: key}, read).Features[0]
		if alone.Get("n_observations").(int) > c.want || alone.Get("n_observations_possible").(int) > c.possible {
			t.Errorf("%s: the pool alone %v of %v observations", c.name, alone.Get("n_observations"), alone.Get("n_observations_possible"))
		}
	}
}

// TestToldBySome: in a package in which some features tell their origins, the list of the package is not that of those which do not: theirs may be another.
func TestToldBySome(t *testing.T) {
	told := feature("f", box(10, 0, 0.001), "t_after", may1, "origins", o(1))
	silent := feature("g", box(20, 0, 0.001), "t_after", may1)
	other := release("b", 1, origins(o(2)), feature("h", box(20, 0, 0.001), "t_after", may1))
	for _, c := range []struct {
		name            string
		known, possible int
		p               *parcel.Package
	}{
		{"one that is told by another feature", 1, 2, release("a", 1, origins(o(1)), told, silent)},
		{"one of several", 1, 2, release("a", 1, origins(o(1), o(3)), told, silent)},
		{"one of which one is meant", 1, 2, release("a", 1, origins(o(1), o(3)), feature("f", box(10, 0, 0.001), "t_after", may1, "origins_any", o(1)+","+o(3)), silent)},
		{"told by none", 2, 2, release("a", 1, origins(o(1)), silent)},
	} {
		for _, f := range combine(t, &Pool{}, c.p, other).Features {
			if f.Get("n_sources") != 2 {
				continue
			}
			if f.Get("n_observations") != c.known || f.Get("n_observations_possible") != c.possible || strings.Contains(f.Text("origins"), o(1)) == (c.known == 1) {
				t.Errorf("%s: %v of %v observations, origins %v", c.name, f.Get("n_observations"), f.Get("n_observations_possible"), f.Get("origins"))
			}
		}
	}
}

// TestUnknownStaysHere: that somebody told no token goes on to nobody as one.
func TestUnknownStaysHere(t *testing.T) {
	silent := release("a", 1, nil, feature("f", box(10, 0, 0.001), "t_after", may1))
	own := []parcel.Feature{feature("g", box(10, 0, 0.001), "t_after", may1, "src_after", "s")}
	p := &Pool{OriginKey: key}
	if f := combine(t, p, silent, own).Features[0]; f.Get("origins_any") != nil || strings.Contains(f.Text("origins"), ",") {
		t.Errorf("%v, %v", f.Get("origins"), f.Get("origins_any"))
	}
}

// TestOwnOriginsNeedTheKey: without the key our tokens do not go on.
func TestOwnOriginsNeedTheKey(t *testing.T) {
	own := []parcel.Feature{feature("f", box(10, 0, 0.001), "t_after", may1, "src_after", "S2A_SCENE")}
	if f := combine(t, &Pool{}, own).Features[0]; f.Get("origins") != nil || f.Get("n_observations") != 1 {
		t.Errorf("%+v", f)
	}
	if f := combine(t, &Pool{OriginKey: key}, own).Features[0]; !strings.HasPrefix(f.Text("origins"), "o-") {
		t.Errorf("%+v", f)
	}
}

// TestEditions: of packages of one chain the newest edition of a feature counts, and what was retracted is gone.
func TestEditions(t *testing.T) {
	one := release("a", 1, nil, feature("f", box(10, 0, 0.001), "t_after", may1), feature("g", box(11, 0, 0.001), "t_after", may1))
	two := release("a", 2, func(m *parcel.Manifest) { m.Retractions = []string{"g"} }, feature("f", box(10, 0, 0.002), "t_after", may9))
	r := combine(t, &Pool{}, one, two)
	if len(r.Features) != 1 || r.Features[0].Text("t_after") != may9 || r.Features[0].Get("n_sources") != 1 {
		t.Errorf("%+v", r)
	}
}

func TestRefused(t *testing.T) {
	var p Pool
	if err := p.AddPackage(release("a", 1, nil)); err != nil {
		t.Fatal(err)
	}
	fork := release("a", 1, nil)
	fork.ManifestSHA256 = "another"
	if err := p.AddPackage(fork); err == nil || !strings.Contains(err.Error(), "another package 1") {
		t.Errorf("a fork: %v", err)
	}
	if err := p.AddPackage(release(Own, 1, nil)); err == nil {
		t.Error("a publisher by our own name is taken")
	}
	bow := orb.MultiPolygon{{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}
	for name, f := range map[string]parcel.Feature{"an invalid polygon": feature("f", bow), "no id": feature("", box(0, 0, 1))} {
		if err := p.AddOutput("own.geojson", parcel.WriteFeatures([]parcel.Feature{f})); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	many := make([]string, MaxMaybe+1)
	for i := range many {
		many[i] = o(i)
	}
	p = Pool{}
	if err := p.AddPackage(release("a", 1, origins(many...), feature("f", box(0, 0, 1)))); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Combine(t.Context()); err == nil {
		t.Error("too many origins are taken")
	}
}

// TestVerdict: only our own people accept.
func TestVerdict(t *testing.T) {
	theirs := release("a", 1, nil, feature("f", box(10, 0, 0.001), "t_after", may1, "review_state", "accepted"))
	finer := release("b", 1, nil, feature("g", box(10, 0, 0.0011), "t_after", may1, "pos_acc_m", 1, "review_state", "accepted"))
	own := func(state string) []parcel.Feature {
		return []parcel.Feature{feature("h-"+state, box(10, 0, 0.001), "t_after", may1, "review_state", state)}
	}
	for _, c := range []struct {
		want   string
		inputs []any
	}{
		{"candidate", []any{theirs}}, {"candidate", []any{theirs, own("candidate")}}, {"accepted", []any{theirs, own("accepted")}},
		{"rejected", []any{theirs, own("accepted"), own("rejected")}},
		// what stands there is theirs, and nobody here has seen it
		{"candidate", []any{finer, own("accepted")}}, {"rejected", []any{finer, own("rejected")}},
	} {
		if got := combine(t, &Pool{}, c.inputs...).Features[0].Text("review_state"); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
