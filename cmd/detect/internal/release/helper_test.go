package release

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// at is when releases of the tests are made.
var at = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// fine is a number with nine decimals of which the last is not 0: no text of a cell holds it.
func fine(r *rand.Rand, low, high float64) float64 {
	for {
		v := float64(int64((low+(high-low)*r.Float64())*1e8))/1e8 + float64(1+r.IntN(9))*1e-9
		if v = roundTo9(v); v >= low && v <= high {
			return v
		}
	}
}

func roundTo9(v float64) float64 { return float64(int64(v*1e9+0.5*sign(v))) / 1e9 }

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// pick is one of some.
func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// places are where features of the tests lie: middle latitudes, the meridian of 180°, high latitudes.
var places = []orb.Point{{30.7, -17.1}, {-48.9, -27.7}, {179.9, 12}, {25, 69.5}}

// square is a place of the policy around a point, as big as some degrees.
func square(lon, lat, half float64) geom.Geometry {
	w, e := max(lon-half, -180), min(lon+half, 180)
	return flat(orb.MultiPolygon{{{{w, lat - half}, {e, lat - half}, {e, lat + half}, {w, lat + half}, {w, lat - half}}}}, func(p orb.Point) orb.Point { return p })
}

// randomFeature is a detection near a place, with something unlike anything else in every field.
func randomFeature(r *rand.Rand, near orb.Point, n int) *Input {
	lon, lat := fine(r, max(near[0]-0.2, -179.99), min(near[0]+0.2, 179.98)), fine(r, near[1]-0.2, near[1]+0.2)
	w, h := 0.0002+0.002*r.Float64(), 0.0002+0.002*r.Float64()
	e, top := fine(r, lon+w, lon+w+1e-4), fine(r, lat+h, lat+h+1e-4)
	after := at.Add(-time.Duration(r.Int64N(int64(10 * 24 * time.Hour)))).Truncate(time.Millisecond)
	f := &Input{Feature: geo.Feature{
		Geometry: orb.Polygon{{{lon, lat}, {e, lat}, {e, top}, {lon, top}, {lon, lat}}},
		Bbox:     geo.Bbox{lon, lat, e, top},
		Detection: geo.Detection{
			DetID: canary(r, "det"), AOIID: geo.Some(canary(r, "aoi")), JobID: geo.Some(canary(r, "job")),
			TBefore: geo.Some(after.Add(-time.Duration(r.Int64N(int64(100 * 24 * time.Hour)))).Truncate(time.Millisecond)), TAfter: geo.Some(after),
			SrcBefore: canary(r, "S2A_"), SrcAfter: canary(r, "scene"),
			ObjDesc: pick(r, "appeared", "altered", canary(r, "obj")), Direction: pick(r, "brighter", canary(r, "dir")), DetMethod: pick(r, "automatic", canary(r, "met")),
			Status: pick(r, "first", "provisional", "confirmed", "finished"), ReviewState: pick(r, "accepted", "accepted", "accepted", "candidate", "rejected"),
			Confidence: geo.Opt[int]{Value: r.IntN(101), Known: r.IntN(5) > 0},
			ScoreMax:   fine(r, 1, 90), ScoreMean: fine(r, 1, 90), Threshold: fine(r, 1, 90), PValue: geo.Some(fine(r, 0, 1)),
			Pixels: 100_000_000 + r.Int64N(800_000_000), AreaM2: geo.Some(fine(r, 100, 900)), PerimM: geo.Some(fine(r, 100, 900)),
			RepLon: geo.Some(roundTo9((lon + e) / 2)), RepLat: geo.Some(roundTo9((lat + top) / 2)),
			LenM: geo.Some(fine(r, 100, 900)), WidM: geo.Some(fine(r, 100, 900)), OrientDeg: geo.Some(fine(r, 1, 179)),
			RegDxPx: geo.Some(fine(r, 1, 2)), RegDyPx: geo.Some(fine(r, 1, 2)), RegSdPx: geo.Some(fine(r, 1, 2)), PosAccM: geo.Some(fine(r, 1, 9)),
			ObsFrac: fine(r, 0, 1), EdgeFlag: pick(r, "none", "aoi", canary(r, "edg")),
			FirstSeen: geo.Some(after.Add(-time.Hour - time.Duration(n+1)*time.Millisecond)), LastSeen: geo.Some(after.Add(-time.Duration(n+1) * time.Millisecond)),
			NLooked: geo.Some(r.IntN(9)), NSeen: geo.Some(r.IntN(9)),
		},
	}}
	if r.IntN(3) == 0 {
		f.ID = "p-" + canary(r, "pos")
	}
	if r.IntN(4) == 0 {
		f.TLP, f.NoOnward = pick(r, parcel.Clear, parcel.Green, parcel.Amber, parcel.Amber, parcel.AmberStrict, "TLP:WHITE"), r.IntN(4) == 0
	}
	if r.IntN(20) == 0 {
		f.RepLat = geo.Some(roundTo9(top + 1e-6))
	}
	return f
}

// canary is a string that stands nowhere else.
func canary(r *rand.Rand, kind string) string { return fmt.Sprintf("%sCANARY%016x", kind, r.Uint64()) }

// randomRules are rules for features near a place.
func randomRules(r *rand.Rand, near orb.Point) policy.Rules {
	rules := policy.Rules{
		Review: pick(r, policy.Accepted, policy.Candidate), MinConfidence: r.IntN(100), AnyConfidence: r.IntN(2) == 0, MinStatus: pick(r, "", "first", "provisional", "confirmed"),
		Embargo: time.Duration(r.IntN(200)) * time.Hour, Grid: pick(r, 0, 100, 250, 1000, 25_000), Times: policy.Times(r.IntN(3)), Sources: policy.Sources(r.IntN(3)),
		TLP: pick(r, "TLP:CLEAR", "TLP:AMBER", "TLP:RED"), Handling: pick(r, "", "not onward"), ValidFor: time.Duration(1+r.IntN(100)) * 24 * time.Hour, SmallCount: 2 + r.IntN(9), AmberClient: r.IntN(2) == 0,
		Approved: map[string]bool{},
	}
	for range r.IntN(3) {
		rules.Allow = append(rules.Allow, square(near[0]+0.2*r.Float64()-0.1, near[1]+0.2*r.Float64()-0.1, 0.05+0.3*r.Float64()))
	}
	for range r.IntN(3) {
		rules.Deny = append(rules.Deny, square(near[0]+0.4*r.Float64()-0.2, near[1]+0.4*r.Float64()-0.2, 0.05*r.Float64()+1e-4))
	}
	for range r.IntN(3) {
		p := policy.Protected{Distance: float64(r.IntN(5000)), Coarsen: pick(r, 5000, 10_000)}
		lon, lat := max(-180, min(180, near[0]+0.4*r.Float64()-0.2)), near[1]+0.4*r.Float64()-0.2
		p.Places = []geom.Geometry{square(lon, lat, 0.01), geom.NewPoint(geom.Coordinates{XY: geom.XY{X: lon, Y: lat - 0.1}}).AsGeometry()}
		rules.Protected = append(rules.Protected, p)
	}
	for _, a := range policy.Attributes {
		if r.IntN(2) == 0 {
			rules.Attributes = append(rules.Attributes, a.Name)
		}
	}
	r.Shuffle(len(rules.Attributes), func(i, k int) { rules.Attributes[i], rules.Attributes[k] = rules.Attributes[k], rules.Attributes[i] })
	return rules
}

// randomCase is rules and features for them.
func randomCase(seed uint64) (policy.Rules, []*Input, *rand.Rand) {
	r := rand.New(rand.NewPCG(seed, 7))
	near := pick(r, places...)
	rules := randomRules(r, near)
	var features []*Input
	for n := range r.IntN(20) {
		features = append(features, randomFeature(r, near, n))
	}
	for _, f := range features {
		if r.IntN(3) == 0 {
			rules.Approved[Identity(&f.Feature)] = true
		}
	}
	return rules, features, r
}

// selected is what Select says for a release made at.
func selected(t interface {
	Context() context.Context
	Fatal(...any)
}, r policy.Rules, features []*Input) Selection {
	s, err := Select(t.Context(), r, at, features)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func released(s Selection) (ids []string) {
	for _, c := range s.Released {
		ids = append(ids, Identity(&c.Feature.Feature))
	}
	slices.Sort(ids)
	return ids
}
