// Package policy is what may be given to a partner: rules as plain values, and the YAML file in which they stand. docs/policy.schema.json is
// its form, docs/sharing.md explains it.
package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/peterstace/simplefeatures/geom"
)

// Policy is what a policy file says, defaults filled in.
type Policy struct {
	// Path is where it was read from, Digest the SHA-256 over the bytes of it and of all files of places and verdicts that it names.
	Path, Digest string
	// Partner is for whom it is, by the name that the partner reads.
	Partner string
	// Recipients are public keys of age.
	Recipients []string
	// SigningKey, IDKey, OriginKey, Audit and Approvers are files, relative to the working directory as Path is; "" for none.
	SigningKey, IDKey, OriginKey, Audit, Approvers string
	// Approvals is how many persons must approve a plan.
	Approvals int
	Rules
}

// Rules decide what is released, and how exactly. The zero value releases nothing, as it allows no place; it is safe for concurrent use
// as long as nobody changes it.
type Rules struct {
	// Allow are the places of which the partner may know: only what lies wholly within them is released.
	Allow []geom.Geometry
	// Deny are places of which nothing is released, whatever else holds.
	Deny      []geom.Geometry
	Protected []Protected
	// Approved are the ids of features that may be released although they lie near a protected place, coarsened.
	Approved map[string]bool
	Review   Review
	// MinConfidence is the least confidence, 0 to 100; AnyConfidence passes over it, and over features without one.
	MinConfidence int
	AnyConfidence bool
	// MinStatus is the least status: first, provisional or confirmed; "" is first.
	MinStatus string
	// Embargo is how long after acquisition nothing is released.
	Embargo time.Duration
	// Attributes are the properties that are told, of Attributes.
	Attributes []string
	// Grid is the size of cells in metres; 0 for exact places.
	Grid    int
	Times   Times
	Sources Sources
	// TLP and Handling are carried.
	TLP, Handling string
	ValidFor      time.Duration
	// AmberClient says that the partner is a client in the sense of TLP:AMBER: what others gave us with that marking may go to them.
	AmberClient bool
	// SmallCount is k: how many features were withheld is told when they are k or more.
	SmallCount int
}

// Protected are places near which nothing is released unless it is approved.
type Protected struct {
	Places []geom.Geometry
	// Distance is how near, in metres.
	Distance float64
	// Coarsen is the size in metres of the cells in which approved features are released.
	Coarsen int
}

// Review is what a person must have said of a feature.
type Review int

// The zero value is the stricter one.
const (
	Accepted  Review = iota // released only when accepted
	Candidate               // also before anybody has said anything; never what was rejected
)

// Times is how exactly times are told.
type Times int

// From the most to the least exact.
const (
	ExactTimes Times = iota
	Day              // the beginning of the day, UTC
	Week             // the beginning of the Monday of the week, UTC
)

func (t Times) String() string { return [...]string{"exact", "day", "week"}[t] }

// Sources is how much is told of the scenes.
type Sources int

// From the least to the most.
const (
	NoSources    Sources = iota // nothing
	SourceFamily                // the family of the satellite
	SourceScenes                // the name of the scene
)

func (s Sources) String() string { return [...]string{"all", "family", "none"}[s] }

// Effective are the rules with what they imply: cells imply times by the day or coarser, coarse times imply that scenes are not named, as
// their names tell the time, and attributes that would undo cells or sources are left out.
func (r Rules) Effective() Rules {
	if r.Grid > 0 {
		r.Times = max(r.Times, Day)
	}
	if r.Times > ExactTimes {
		r.Sources = min(r.Sources, SourceFamily)
	}
	r.Attributes = r.told(r.Grid > 0)
	return r
}

// Coarsened are effective rules for a feature that is told in cells of another size. In larger ones than the others it has no times: they would tell of
// which passes it is, and what else is told of these passes where it can lie.
func (r Rules) Coarsened(grid int) Rules {
	larger := grid > r.Grid
	r.Grid = max(r.Grid, grid)
	if r = r.Effective(); !larger {
		return r
	}
	r.Attributes = slices.DeleteFunc(r.Attributes, func(name string) bool {
		return slices.ContainsFunc(Attributes, func(a Attribute) bool { return a.Name == name && a.Time })
	})
	return r
}

// coverageGrid is the size of the cells of coverage, in metres, when features are exact.
const coverageGrid = 1000

// CoverageGrid is the size of the cells of coverage, in metres: that of the largest in which features may be told, as a feature lies where something was
// looked at, and smaller cells of that would place it better than its own.
func (r Rules) CoverageGrid() int {
	size := cmp.Or(r.Grid, coverageGrid)
	for _, approved := range r.Approved {
		if approved {
			return slices.Max(append(r.Sizes(), size))
		}
	}
	return size
}

// Sizes are the sizes of cells, in metres, in which features may be told: that of all, and those of approved features near protected places.
func (r Rules) Sizes() (all []int) {
	if r.Grid > 0 {
		all = append(all, r.Grid)
	}
	for _, p := range r.Protected {
		all = append(all, max(r.Grid, p.Coarsen))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Unnested finds two sizes of cells of which neither is a multiple of the other. Cells of one grid lie within each other unless their sizes are
// such: a feature that is told in both then lies where they overlap, which is smaller than either.
func Unnested(sizes []int) (a, b int, found bool) {
	for i, a := range sizes {
		for _, b := range sizes[i+1:] {
			if min(a, b) > 0 && max(a, b)%min(a, b) != 0 {
				return a, b, true
			}
		}
	}
	return 0, 0, false
}

// told are the attributes that may be told, in the order of Attributes.
func (r Rules) told(cells bool) (names []string) {
	for _, a := range Attributes {
		if slices.Contains(r.Attributes, a.Name) && !(cells && a.Exact) && !(r.Sources == NoSources && a.Source) {
			names = append(names, a.Name)
		}
	}
	return names
}

// MostHandling is the most bytes of what others said of how a feature may be handled, which goes on with it word for word.
const MostHandling = 4000

// Printable reports whether a text is one line of characters that can be printed.
func Printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

// Precision is the rule for places in words: "exact", or "grid: 1000m".
func (r Rules) Precision() string {
	if r.Grid == 0 {
		return "exact"
	}
	return fmt.Sprintf("grid: %dm", r.Grid)
}

// Attribute is a property that a release may tell.
type Attribute struct {
	Name string
	// Exact ones narrow down the place or the shape, or are so fine that they tell which feature of another release it is: none of them goes with cells.
	Exact bool
	// Time and Source ones are told as exactly as Times and Sources say.
	Time, Source bool
	// About is its line in the codebook.
	About string
}

// Attributes are all properties that a release may tell, in their order. What is not among them is never told.
var Attributes = []Attribute{
	{Name: "obj_desc", About: "appeared, disappeared or altered: what stands out from its surroundings after, before, in both or neither"},
	{Name: "direction", About: "brighter, darker or mixed"},
	{Name: "det_method", About: "automatic, semi-automatic or photo-interpretation"},
	{Name: "status", About: "first, provisional, confirmed or finished: how often the change was seen"},
	{Name: "review_state", About: "candidate or accepted: what a person said of it"},
	{Name: "confidence", About: "strength of evidence, 0 to 100, rough"},
	{Name: "t_before", Time: true, About: "when the earlier pass was acquired"},
	{Name: "t_after", Time: true, About: "when the later pass was acquired"},
	{Name: "src_before", Source: true, About: "the earlier scene or its family"},
	{Name: "src_after", Source: true, About: "the later scene or its family"},
	{Name: "first_seen", Time: true, About: "when the change was first seen"},
	{Name: "last_seen", Time: true, About: "when the change was last seen"},
	{Name: "n_looked", About: "passes that looked at the place"},
	{Name: "n_seen", About: "passes that showed the change"},
	{Name: "score_max", Exact: true, About: "largest score of its pixels"},
	{Name: "score_mean", Exact: true, About: "mean score of its pixels"},
	{Name: "pixels", Exact: true, About: "number of pixels"},
	{Name: "area_m2", Exact: true, About: "area on the ellipsoid, square metres"},
	{Name: "perim_m", Exact: true, About: "length of the outline, metres"},
	{Name: "rep_lon", Exact: true, About: "longitude of a point inside, degrees"},
	{Name: "rep_lat", Exact: true, About: "latitude of that point, degrees"},
	{Name: "len_m", Exact: true, About: "length of the smallest rectangle around it, metres"},
	{Name: "wid_m", Exact: true, About: "its width, metres"},
	{Name: "orient_deg", Exact: true, About: "its direction, degrees from north"},
	{Name: "pos_acc_m", Exact: true, About: "position accuracy, 1 sigma, metres"},
	{Name: "obs_frac", Exact: true, About: "share of it and its rim that both passes showed"},
	{Name: "edge_flag", Exact: true, About: "edge of what was looked at that it touches: none, aoi, nodata or scene"},
}

// Fixed are the properties that every released feature has: det_id and schema before the attributes, the others behind them.
var Fixed = []Attribute{
	{Name: "det_id", About: "id of the feature for this partner, the same in every release"},
	{Name: "schema", About: "form of the features"},
	{Name: "tlp", About: "marking of the Traffic Light Protocol 2.0"},
	{Name: "handling", About: "what may be done with it"},
	{Name: "coordinateUncertaintyInMeters", About: "no place in the polygon is farther from its middle, metres; null when exact"},
	{Name: "dataGeneralizations", About: "what was made coarser"},
	{Name: "informationWithheld", About: "what is known and not told"},
	{Name: "origins", About: "tokens of its observations, so that nobody counts one twice"},
	{Name: "origins_any", About: "tokens of which one, nobody knows which, is meant"},
}
