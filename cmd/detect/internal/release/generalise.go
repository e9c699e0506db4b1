package release

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// Names of properties that every released feature has.
const (
	propID          = "det_id"
	propSchema      = "schema"
	propTLP         = "tlp"
	propHandling    = "handling"
	propUncertainty = "coordinateUncertaintyInMeters"
	propGeneralised = "dataGeneralizations"
	propWithheld    = "informationWithheld"
	propOrigins     = "origins"
	propAny         = "origins_any"
)

// Generalise makes of chosen features what the partner gets, sorted by their released ids. It is an error when two of them have the same.
func Generalise(ctx context.Context, r policy.Rules, keys Keys, chosen []Chosen) ([]parcel.Feature, error) {
	all := make([]parcel.Feature, 0, len(chosen))
	for _, c := range chosen {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all = append(all, generalise(r, keys, c))
	}
	slices.SortFunc(all, func(a, b parcel.Feature) int { return cmp.Compare(a.ID, b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			return nil, fmt.Errorf("two features are %s", all[i].ID)
		}
	}
	return all, nil
}

func generalise(r policy.Rules, keys Keys, c Chosen) parcel.Feature {
	in := c.Feature
	own := r.Coarsened(c.Coarsen)
	f := parcel.Feature{ID: ReleasedID(keys.ID, Identity(&in.Feature))}
	f.Geometry, _ = polygons(in.Geometry)
	add := func(name string, value any) {
		f.Properties = append(f.Properties, parcel.Property{Name: name, Value: value})
	}
	add(propID, f.ID)
	add(propSchema, parcel.Format)
	for _, name := range r.Effective().Attributes {
		if !slices.Contains(own.Attributes, name) {
			add(name, nil) // the feature is coarser than others
			continue
		}
		add(name, value(&in.Feature, name, own))
	}
	tlp, handling := parcel.TLP(r.TLP), r.Handling
	if in.TLP != "" {
		tlp = tlp.Stricter(in.TLP)
	}
	if in.Handling != "" && in.Handling != handling {
		handling = strings.TrimPrefix(handling+"; "+in.Handling, "; ")
	}
	add(propTLP, string(tlp))
	add(propHandling, text(handling))
	if own.Grid == 0 {
		add(propUncertainty, nil)
	} else {
		at := cellOf(in.RepLon.Value, in.RepLat.Value, own.Grid)
		f.Geometry = orb.MultiPolygon{at.polygon()}
		add(propUncertainty, at.uncertainty())
	}
	add(propGeneralised, told(own))
	if own.Grid == 0 {
		add(propWithheld, withheldExact)
	} else {
		add(propWithheld, withheldCells)
	}
	sure, maybe := c.origins(r, keys.Origin)
	add(propOrigins, text(strings.Join(sure, ",")))
	add(propAny, text(strings.Join(maybe, ",")))
	return f
}

// What informationWithheld says.
const (
	withheldExact = "identifiers and properties that the publisher does not share"
	withheldCells = "outline, size, direction and exact place and time; identifiers and properties that the publisher does not share"
)

// told is what dataGeneralizations says of rules; nil when nothing was made coarser.
func told(r policy.Rules) any {
	var parts []string
	if r.Grid > 0 {
		parts = append(parts, fmt.Sprintf("place: the cell of %d m of the grid in EPSG:6933 that holds a point of it", r.Grid))
	}
	if r.Times > policy.ExactTimes {
		parts = append(parts, fmt.Sprintf("times: the beginning of the %v, UTC", r.Times))
	}
	return text(strings.Join(parts, "; "))
}

// text is a string; nil for none.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// ReleasedID is the id under which a partner knows a feature: HMAC-SHA256 of its identity under the partner's key, the first 130 bits
// in base 32. Without the key nobody can tell which ids of two partners are one feature, or find the feature by trying places.
func ReleasedID(key []byte, identity string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(identity))
	return "r-" + strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:26]
}

// value is what a released feature says under the name of an attribute.
func value(f *geo.Feature, name string, r policy.Rules) any {
	switch name {
	case "obj_desc":
		return word(f.ObjDesc, "appeared", "disappeared", "altered")
	case "direction":
		return word(f.Direction, "brighter", "darker", "mixed")
	case "det_method":
		return word(f.DetMethod, "automatic", "semi-automatic", "photo-interpretation")
	case "status":
		return word(f.Status, "first", "provisional", "confirmed", "finished")
	case "review_state":
		return word(f.ReviewState, "candidate", "accepted")
	case "edge_flag":
		return word(f.EdgeFlag, "none", "aoi", "nodata", "scene")
	case "confidence":
		return whole(f.Confidence)
	case "n_looked":
		if r.Embargo > 0 {
			return nil // it counts passes whose times it does not tell
		}
		return whole(f.NLooked)
	case "n_seen":
		return whole(f.NSeen)
	case "pixels":
		return int(f.Pixels)
	case "t_before":
		return moment(f.TBefore, r.Times)
	case "t_after":
		return moment(f.TAfter, r.Times)
	case "first_seen":
		return moment(f.FirstSeen, r.Times)
	case "last_seen":
		return moment(f.LastSeen, r.Times)
	case "src_before":
		return source(f.SrcBefore, r.Sources)
	case "src_after":
		return source(f.SrcAfter, r.Sources)
	case "score_max":
		return number(geo.Some(f.ScoreMax))
	case "score_mean":
		return number(geo.Some(f.ScoreMean))
	case "area_m2":
		return number(f.AreaM2)
	case "perim_m":
		return number(f.PerimM)
	case "rep_lon":
		return number(f.RepLon)
	case "rep_lat":
		return number(f.RepLat)
	case "len_m":
		return number(f.LenM)
	case "wid_m":
		return number(f.WidM)
	case "orient_deg":
		return number(f.OrientDeg)
	case "pos_acc_m":
		return number(f.PosAccM)
	case "obs_frac":
		return number(geo.Some(f.ObsFrac))
	}
	panic("release: no attribute " + name)
}

// word is a coded value; nil when it is none of those known, as it might say anything.
func word(s string, known ...string) any {
	if !slices.Contains(known, s) {
		return nil
	}
	return s
}

func whole(v geo.Opt[int]) any {
	if !v.Known {
		return nil
	}
	return v.Value
}

func number(v geo.Opt[float64]) any {
	if !v.Known || math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
		return nil
	}
	return v.Value
}

// moment is a time, coarsened.
func moment(t geo.Opt[time.Time], to policy.Times) any {
	if !t.Known {
		return nil
	}
	return coarse(t.Value, to).Format("2006-01-02T15:04:05.999999999Z")
}

// coarse is the beginning of the day or week in which a time lies.
func coarse(t time.Time, to policy.Times) time.Time {
	t = t.UTC()
	if to == policy.ExactTimes {
		return t
	}
	y, m, d := t.Date()
	if to == policy.Week {
		d -= (int(t.Weekday()) + 6) % 7 // since Monday
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
