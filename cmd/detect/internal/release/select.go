package release

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// Rule is why a feature is withheld.
type Rule string

// The rules, in the order in which they are asked. A feature is withheld by the first that does not let it pass.
const (
	// NoPlace: it has no valid polygon in longitude and latitude with a representative point within.
	NoPlace Rule = "no_place"
	// Denied: it touches a place of which nothing is released. No other rule or approval changes that.
	Denied Rule = "deny_zone"
	// Limited: who gave it to us does not let it be passed on to this partner (TLP:AMBER+STRICT, TLP:RED, no_onward; TLP:AMBER to those who are no clients).
	Limited Rule = "onward"
	// Outside: a part of it lies outside of the areas of which the partner may know.
	Outside Rule = "allow_aoi"
	// Near: it lies within the distance of a protected place, and nobody has approved it.
	Near Rule = "protected"
	// Unreviewed: nobody has accepted it, or somebody has rejected it.
	Unreviewed Rule = "require_review"
	// Unsure: its confidence is too low, or not known.
	Unsure Rule = "min_confidence"
	// Unconfirmed: its status is too low, or finished, which may have been reached without ever being confirmed.
	Unconfirmed Rule = "min_status"
	// Early: its passes are younger than the embargo allows, or of unknown time, as is that by which it is finished.
	Early Rule = "embargo"
)

// Order is all rules in the order in which they are asked.
var Order = []Rule{NoPlace, Denied, Limited, Outside, Near, Unreviewed, Unsure, Unconfirmed, Early}

// Input is a feature that may be released: a detection or a position, and what others who contributed it have said.
type Input struct {
	geo.Feature
	// TLP and Handling are the limits under which others gave it; "" for our own. NoOnward says that only we may have it.
	TLP      parcel.TLP
	Handling string
	NoOnward bool
	// Origins are tokens of the observations that others carried with it, see parcel.Origin; of OriginsAny one is meant, and nobody knows which.
	Origins, OriginsAny []string
}

// Chosen is a feature that may be released.
type Chosen struct {
	Feature *Input
	// Coarsen is the size in metres of the cell in which it is told at the finest; 0 for what the policy says of all.
	Coarsen int
}

// Held is a feature that is withheld.
type Held struct {
	Feature *Input
	Rule    Rule
}

// Selection is what Select found, both lists in the order of the features.
type Selection struct {
	Released []Chosen
	Withheld []Held
}

// Counts are how many features each rule withheld, in the order of Order.
func (s Selection) Counts() []Count {
	all := make([]Count, len(Order))
	for i, r := range Order {
		all[i].Rule = r
	}
	for _, h := range s.Withheld {
		all[slices.Index(Order, h.Rule)].Features++
	}
	return all
}

// Count is how many features a rule withheld.
type Count struct {
	Rule     Rule `json:"rule"`
	Features int  `json:"features"`
}

// Select applies rules to features for a release made at a time. It changes nothing, and what it says of one feature does not depend on the
// others; a stricter rule never releases more. The only error is the end of the context.
func Select(ctx context.Context, r policy.Rules, at time.Time, features []*Input) (Selection, error) {
	var s Selection
	g := newGround(r)
	for _, f := range features {
		if err := ctx.Err(); err != nil {
			return Selection{}, err
		}
		c, rule := g.judge(r, at, f)
		if rule == "" {
			s.Released = append(s.Released, c)
		} else {
			s.Withheld = append(s.Withheld, Held{f, rule})
		}
	}
	return s, nil
}

// judge finds the rule that withholds a feature; "" for none.
func (g *ground) judge(r policy.Rules, at time.Time, f *Input) (Chosen, Rule) {
	c := Chosen{Feature: f}
	shape, ok := placeOf(&f.Feature)
	switch {
	case !ok:
		return c, NoPlace
	case g.denied(shape):
		return c, Denied
	case f.NoOnward || f.TLP != "" && !f.TLP.Onward(r.AmberClient) || len(f.Handling) > policy.MostHandling || !policy.Printable(f.Handling):
		return c, Limited
	case !g.allowed(shape):
		return c, Outside
	}
	if near, coarsen := g.protected(shape); near {
		if !r.Approved[Identity(&f.Feature)] && !r.Approved[f.DetID] {
			return c, Near
		}
		c.Coarsen = coarsen
	}
	switch {
	case f.ReviewState != "accepted" && !(r.Review == policy.Candidate && f.ReviewState == "candidate"):
		return c, Unreviewed
	case !r.AnyConfidence && (!f.Confidence.Known || f.Confidence.Value < r.MinConfidence):
		return c, Unsure
	case !reaches(f.Status, r.MinStatus):
		return c, Unconfirmed
	}
	// What is finished was so found by a pass whose time it does not tell.
	if seen, ok := newest(&f.Feature); !ok || at.Before(seen.Add(r.Embargo)) || f.Status == "finished" && r.Embargo > 0 {
		return c, Early
	}
	return c, ""
}

// Identity is what a feature is known by inside: its pos_id when it is tracked, else its det_id.
func Identity(f *geo.Feature) string {
	if strings.HasPrefix(f.ID, "p-") {
		return f.ID
	}
	return f.DetID
}

// reaches reports whether a status is the least one or higher.
func reaches(status, least string) bool {
	order := []string{"first", "provisional", "confirmed"}
	if least == "" || least == "first" {
		return status == "finished" || slices.Contains(order, status)
	}
	return slices.Index(order, status) >= slices.Index(order, least)
}

// newest is when the newest pass that the feature tells of was acquired; false when that is not known.
func newest(f *geo.Feature) (time.Time, bool) {
	t := f.TAfter.Value
	for _, other := range []geo.Opt[time.Time]{f.TBefore, f.FirstSeen, f.LastSeen} {
		if other.Known && other.Value.After(t) {
			t = other.Value
		}
	}
	return t, f.TAfter.Known
}

// placeOf is the geometry of a feature; false when it is none with the representative point in it, in longitude and latitude: the cell of another
// point could be told.
func placeOf(f *geo.Feature) (geom.Geometry, bool) {
	m, ok := polygons(f.Geometry)
	if !ok || !f.RepLon.Known || !f.RepLat.Known || f.DetID == "" {
		return geom.Geometry{}, false
	}
	b := m.Bound()
	at := orb.Point{f.RepLon.Value, f.RepLat.Value}
	if !b.Contains(at) || b.Min[0] < -180 || b.Max[0] > 180 || b.Min[1] < -90 || b.Max[1] > 90 {
		return geom.Geometry{}, false
	}
	g := flat(m, func(p orb.Point) orb.Point { return p })
	if g.Validate() != nil {
		return geom.Geometry{}, false
	}
	return g, geom.Intersects(g, geom.NewPoint(geom.Coordinates{XY: geom.XY{X: at[0], Y: at[1]}}).AsGeometry())
}

// polygons is a geometry as polygons; false when it is none.
func polygons(g orb.Geometry) (orb.MultiPolygon, bool) {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, len(g) > 0
	case orb.MultiPolygon:
		return g, len(g) > 0
	}
	return nil, false
}

// flat makes a geometry of polygons whose points are moved.
func flat(m orb.MultiPolygon, move func(orb.Point) orb.Point) geom.Geometry {
	all := make([]geom.Polygon, len(m))
	for i, p := range m {
		rings := make([]geom.LineString, len(p))
		for k, r := range p {
			xy := make([]float64, 0, 2*len(r))
			for _, v := range r {
				w := move(v)
				xy = append(xy, w[0], w[1])
			}
			rings[k] = geom.NewLineString(geom.NewSequence(xy, geom.DimXY))
		}
		all[i] = geom.NewPolygon(rings)
	}
	return geom.NewMultiPolygon(all).AsGeometry()
}
