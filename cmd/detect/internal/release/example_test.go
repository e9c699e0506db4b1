package release_test

import (
	"context"
	"fmt"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
	"passdiff/cmd/detect/internal/release"
	"passdiff/geo"
)

// A policy decides which of two detections a partner gets, and in which cell.
func ExampleSelect() {
	area, err := geom.UnmarshalWKT("POLYGON((30 -18, 31 -18, 31 -17, 30 -17, 30 -18))")
	if err != nil {
		panic(err)
	}
	rules := policy.Rules{
		Allow:         []geom.Geometry{area},
		AnyConfidence: true,
		Embargo:       72 * time.Hour,
		Attributes:    []string{"obj_desc", "t_after", "area_m2"},
		Grid:          1000,
	}
	passed := time.Date(2026, 5, 1, 10, 30, 0, 0, time.UTC)
	detection := func(id, review string) *release.Input {
		return &release.Input{Feature: geo.Feature{
			Geometry: orb.Polygon{{{30.7, -17.1}, {30.701, -17.1}, {30.701, -17.099}, {30.7, -17.099}, {30.7, -17.1}}},
			Detection: geo.Detection{
				DetID: id, Status: "first", ObjDesc: "appeared", ReviewState: review, TAfter: geo.Some(passed),
				RepLon: geo.Some(30.7005), RepLat: geo.Some(-17.0995), AreaM2: geo.Some(11_800.0),
			},
		}}
	}
	s, err := release.Select(context.Background(), rules, passed.Add(96*time.Hour), []*release.Input{detection("one", "accepted"), detection("two", "candidate")})
	if err != nil {
		panic(err)
	}
	for _, c := range s.Counts() {
		if c.Features > 0 {
			fmt.Println("withheld by", c.Rule, c.Features)
		}
	}
	features, err := release.Generalise(context.Background(), rules, release.Keys{ID: []byte("the partner's secret")}, s.Released)
	if err != nil {
		panic(err)
	}
	for _, f := range features {
		fmt.Println(f.ID, f.Geometry[0])
		for _, p := range f.Properties[2:4] {
			fmt.Println(p.Name, p.Value)
		}
	}
	// Output:
	// withheld by require_review 1
	// r-wqckzjlxdwt2ykrxd2m7luvdjf [[[30.6986651 -17.1074436] [30.7090292 -17.1074436] [30.7090292 -17.0992517] [30.6986651 -17.0992517] [30.6986651 -17.1074436]]]
	// obj_desc appeared
	// t_after 2026-05-01T00:00:00Z
}
