package release

import (
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"

	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// good is a feature that open lets pass.
func good() *Input {
	return &Input{Feature: geo.Feature{
		Geometry: orb.Polygon{{{30.7, -17.1}, {30.701, -17.1}, {30.701, -17.099}, {30.7, -17.099}, {30.7, -17.1}}},
		Detection: geo.Detection{
			DetID: "a", Status: "confirmed", ReviewState: "accepted", Confidence: geo.Some(70), TAfter: geo.Some(at.Add(-96 * time.Hour)),
			RepLon: geo.Some(30.7005), RepLat: geo.Some(-17.0995),
		},
	}}
}

// open allows the place of good.
func open() policy.Rules {
	return policy.Rules{Allow: square30(), MinConfidence: 50, MinStatus: "confirmed", Embargo: 72 * time.Hour}
}

// TestRules: each rule alone withholds, and the first of several is the one that counts.
func TestRules(t *testing.T) {
	zone := square(30.7, -17.1, 0.0001)
	for _, c := range []struct {
		name   string
		change func(r *policy.Rules, f *Input)
		want   Rule
	}{
		{"nothing", func(*policy.Rules, *Input) {}, ""},
		{"no polygon", func(_ *policy.Rules, f *Input) { f.Geometry = nil }, NoPlace},
		{"no representative point", func(_ *policy.Rules, f *Input) { f.RepLon = geo.Opt[float64]{} }, NoPlace},
		{"a representative point elsewhere", func(_ *policy.Rules, f *Input) { f.RepLon = geo.Some(31.0) }, NoPlace},
		{"a representative point in a notch", func(_ *policy.Rules, f *Input) {
			f.Geometry = orb.Polygon{{{30.7, -17.1}, {30.701, -17.1}, {30.701, -17.099}, {30.7006, -17.099}, {30.7005, -17.0999}, {30.7004, -17.099}, {30.7, -17.099}, {30.7, -17.1}}}
		}, NoPlace},
		{"a bow tie", func(_ *policy.Rules, f *Input) {
			f.Geometry = orb.Polygon{{{30.7, -17.1}, {30.701, -17.099}, {30.701, -17.1}, {30.7, -17.099}, {30.7, -17.1}}}
		}, NoPlace},
		{"denied, whatever is approved", func(r *policy.Rules, f *Input) {
			r.Deny = append(r.Deny, zone)
			r.Approved = map[string]bool{"a": true}
		}, Denied},
		{"touched by a denied zone", func(r *policy.Rules, _ *Input) { r.Deny = append(r.Deny, square(30.6999, -17.0995, 0.0001)) }, Denied},
		{"given for us alone", func(_ *policy.Rules, f *Input) { f.TLP = parcel.AmberStrict }, Limited},
		{"given with words of more than a line", func(_ *policy.Rules, f *Input) { f.Handling = "call\n" }, Limited},
		{"given with words, and a number to call", func(_ *policy.Rules, f *Input) { f.Handling = "call 030.1234567; not for more than 1.000" }, ""},
		{"given for others, too", func(_ *policy.Rules, f *Input) { f.TLP = parcel.Green }, ""},
		{"given for clients, and this is none", func(_ *policy.Rules, f *Input) { f.TLP = parcel.Amber }, Limited},
		{"given for clients", func(r *policy.Rules, f *Input) { r.AmberClient, f.TLP = true, parcel.Amber }, ""},
		{"given for us alone, and not for clients", func(r *policy.Rules, f *Input) { r.AmberClient, f.TLP = true, parcel.AmberStrict }, Limited},
		{"with an unknown marking", func(_ *policy.Rules, f *Input) { f.TLP = "TLP:WHITE" }, Limited},
		{"nowhere allowed", func(r *policy.Rules, _ *Input) { r.Allow = nil }, Outside},
		{"partly allowed", func(r *policy.Rules, _ *Input) { r.Allow = r.Allow[:0]; r.Allow = append(r.Allow, zone) }, Outside},
		{"near", func(r *policy.Rules, _ *Input) { r.Protected = guards(30.7055, 490) }, Near}, // 478.93 m away (pyproj.Geod.inv)
		{"not so near", func(r *policy.Rules, _ *Input) { r.Protected = guards(30.7055, 470) }, ""},
		{"near and approved", func(r *policy.Rules, f *Input) {
			r.Protected = guards(30.7055, 490)
			r.Approved = map[string]bool{"a": true}
		}, ""},
		{"candidate", func(_ *policy.Rules, f *Input) { f.ReviewState = "candidate" }, Unreviewed},
		{"rejected", func(r *policy.Rules, f *Input) { r.Review, f.ReviewState = policy.Candidate, "rejected" }, Unreviewed},
		{"of no state", func(r *policy.Rules, f *Input) { r.Review, f.ReviewState = policy.Candidate, "" }, Unreviewed},
		{"candidates allowed", func(r *policy.Rules, f *Input) { r.Review, f.ReviewState = policy.Candidate, "candidate" }, ""},
		{"unsure", func(_ *policy.Rules, f *Input) { f.Confidence = geo.Some(49) }, Unsure},
		{"of unknown confidence", func(_ *policy.Rules, f *Input) { f.Confidence = geo.Opt[int]{} }, Unsure},
		{"provisional", func(_ *policy.Rules, f *Input) { f.Status = "provisional" }, Unconfirmed},
		{"finished", func(_ *policy.Rules, f *Input) { f.Status = "finished" }, Unconfirmed},
		{"too young", func(_ *policy.Rules, f *Input) { f.TAfter = geo.Some(at.Add(-71 * time.Hour)) }, Early},
		{"seen lately", func(_ *policy.Rules, f *Input) { f.LastSeen = geo.Some(at.Add(-time.Hour)) }, Early},
		{"finished by a pass of unknown time", func(r *policy.Rules, f *Input) { r.MinStatus, f.Status = "first", "finished" }, Early},
		{"finished, without embargo", func(r *policy.Rules, f *Input) { r.MinStatus, f.Status, r.Embargo = "first", "finished", 0 }, ""},
		{"of unknown time", func(_ *policy.Rules, f *Input) { f.TAfter = geo.Opt[time.Time]{} }, Early},
		{"denied and unreviewed", func(r *policy.Rules, f *Input) { r.Deny, f.ReviewState = append(r.Deny, zone), "candidate" }, Denied},
	} {
		r, f := open(), good()
		c.change(&r, f)
		if _, rule := newGround(r).judge(r, at, f); rule != c.want {
			t.Errorf("%s: %q, want %q", c.name, rule, c.want)
		}
	}
	if s := selected(t, policy.Rules{}, []*Input{good()}); len(s.Released) > 0 {
		t.Error("the zero value releases something")
	}
}

// TestDemo: the policy that docs gives to begin with releases nothing that nobody has reviewed, near or within what it protects and denies.
func TestDemo(t *testing.T) {
	p, err := policy.Read("../../../../docs/sharing/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lon, lat float64
		review   string
		want     Rule
	}{
		{-48.91, -27.70, "accepted", ""}, {-48.91, -27.70, "candidate", Unreviewed}, {-48.91, -27.70, "rejected", Unreviewed}, {-48.91, -27.70, "", Unreviewed},
		{-48.8935, -27.685, "accepted", Denied}, {-48.9255, -27.712, "accepted", Near}, {-48.8, -27.7, "accepted", Outside},
	} {
		f := good()
		f.Geometry = orb.Polygon{{{c.lon, c.lat}, {c.lon + 1e-4, c.lat}, {c.lon + 1e-4, c.lat + 1e-4}, {c.lon, c.lat}}}
		f.RepLon, f.RepLat, f.ReviewState = geo.Some(c.lon+7e-5), geo.Some(c.lat+2e-5), c.review
		s := selected(t, p.Rules, []*Input{f})
		if rule := Rule(""); len(s.Withheld) > 0 && s.Withheld[0].Rule != c.want || len(s.Released) > 0 && rule != c.want {
			t.Errorf("%v %v %q: %+v, want %q", c.lon, c.lat, c.review, s, c.want)
		}
	}
}

// TestMeridian: a place on the other side of the meridian of 180° is near.
func TestMeridian(t *testing.T) {
	f := good()
	f.Geometry = orb.Polygon{{{179.99, 10}, {180, 10}, {180, 10.01}, {179.99, 10.01}, {179.99, 10}}}
	shape, _ := polygons(f.Geometry)
	g := flat(shape, func(p orb.Point) orb.Point { return p })
	r := policy.Rules{Deny: append(square30(), square(-180, 10, 0.001)), Protected: guards(-179.999, 200)}
	r.Protected[0].Places = append(r.Protected[0].Places, square(-179.999, 10.005, 0.0001))
	if !newGround(r).denied(g) {
		t.Error("a zone that touches the feature across the meridian is not seen")
	}
	if near, _ := newGround(r).protected(g); !near {
		t.Error("a protected place 100 m across the meridian is not near")
	}
}

// TestTighter: a stricter policy never releases more, nor any of it in a finer cell.
func TestTighter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, features, r := randomCase(rapid.Uint64().Draw(t, "seed"))
		tight := rules
		switch what := rapid.IntRange(0, 10).Draw(t, "tighten"); what {
		case 0:
			tight.Allow = tight.Allow[:len(tight.Allow)/2]
		case 1:
			tight.Deny = append(slices.Clone(tight.Deny), square(features0(features)[0], features0(features)[1], 0.05))
		case 2:
			tight.Protected = append(slices.Clone(tight.Protected), policy.Protected{Distance: 3000, Coarsen: 5000, Places: tight.Allow})
		case 3:
			tight.Protected = slices.Clone(tight.Protected)
			for i := range tight.Protected {
				tight.Protected[i].Distance *= 1 + r.Float64()
			}
		case 4:
			tight.Approved = nil
		case 5:
			tight.Review = policy.Accepted
		case 6:
			tight.AnyConfidence, tight.MinConfidence = false, min(100, tight.MinConfidence+r.IntN(20))
		case 7:
			tight.MinStatus = "confirmed"
		case 8:
			tight.Embargo += time.Duration(r.IntN(100)) * time.Hour
		case 9:
			tight.Grid = max(tight.Grid, 1000) * 2
		case 10:
			tight.AmberClient = false
		}
		loose, strict := selected(t, rules, features), selected(t, tight, features)
		before := released(loose)
		for _, id := range released(strict) {
			if !slices.Contains(before, id) {
				t.Errorf("%s is released by the stricter policy only", id)
			}
		}
		for _, c := range strict.Released {
			for _, d := range loose.Released {
				if c.Feature == d.Feature && tight.Coarsened(c.Coarsen).Grid < rules.Coarsened(d.Coarsen).Grid {
					t.Errorf("%s is released in a finer cell", c.Feature.DetID)
				}
			}
		}
		if n := len(strict.Released) + len(strict.Withheld); n != len(features) {
			t.Errorf("%d of %d features are accounted for", n, len(features))
		}
	})
}

func features0(features []*Input) orb.Point {
	if len(features) == 0 {
		return places[0]
	}
	return orb.Point{features[0].RepLon.Value, features[0].RepLat.Value}
}

func square30() []geom.Geometry { return []geom.Geometry{square(30.7, -17.1, 0.1)} }

// guards protect a point at a longitude and the latitude of good.
func guards(lon, distance float64) []policy.Protected {
	return []policy.Protected{{Distance: distance, Coarsen: 5000, Places: []geom.Geometry{geom.NewPoint(geom.Coordinates{XY: geom.XY{X: lon, Y: -17.0995}}).AsGeometry()}}}
}
