package pool

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/parcel"
)

// attributes are taken from the most precise member: those of a detection, in their order, but for the first two and what a person said of it.
var attributes = []string{
	"aoi_id", "job_id", "t_before", "t_after", "src_before", "src_after", "obj_desc", "direction", "det_method", "status", "confidence", "score_max", "score_mean",
	"threshold", "p_value", "pixels", "area_m2", "perim_m", "rep_lon", "rep_lat", "len_m", "wid_m", "orient_deg", "reg_dx_px", "reg_dy_px", "reg_sd_px", "pos_acc_m",
	"obs_frac", "edge_flag", "first_seen", "last_seen", "n_looked", "n_seen", "coordinateUncertaintyInMeters", "dataGeneralizations", "informationWithheld",
}

// Result is a pool.
type Result struct {
	Features []parcel.Feature
	// Members is how many features went into it, Joined how many of its features have several, Weak how many of them a member by containment alone.
	Members, Joined, Weak int
	// Timeless is how many members have no time, so that they were not joined with others.
	Timeless int
}

// Combine combines the inputs. It ends with the context.
func (p *Pool) Combine(ctx context.Context) (Result, error) {
	all, err := p.members()
	if err != nil {
		return Result{}, err
	}
	r := Result{Members: len(all)}
	for _, m := range all {
		if m.at.IsZero() {
			r.Timeless++
		}
	}
	clusters, err := p.clusters(ctx, all)
	if err != nil {
		return Result{}, err
	}
	for _, c := range clusters {
		slices.SortFunc(c.members, (*member).order)
		r.Features = append(r.Features, p.feature(c))
		if len(c.members) > 1 {
			r.Joined++
		}
		if c.weak() {
			r.Weak++
		}
	}
	slices.SortFunc(r.Features, func(a, b parcel.Feature) int { return cmp.Compare(a.ID, b.ID) })
	return r, nil
}

// feature makes the feature of a cluster.
func (p *Pool) feature(c *cluster) parcel.Feature {
	best := c.members[0]
	sum := sha256.Sum256([]byte(best.in.contributor + "\x00" + best.in.partner + "\x00" + best.key()))
	f := parcel.Feature{ID: "c-" + hex.EncodeToString(sum[:13]), Geometry: best.Geometry}
	set := func(name string, value any) {
		f.Properties = append(f.Properties, parcel.Property{Name: name, Value: value})
	}
	set("det_id", f.ID)
	set("schema", parcel.PoolSchema)
	for _, name := range attributes {
		set(name, best.Get(name))
	}
	set("review_state", c.verdict())
	tlp, handling := c.limits()
	set("tlp", orNull(string(tlp)))
	set("handling", orNull(handling))
	set("no_onward", c.onlyUs(tlp))
	set("n_sources", len(c.members))
	known, possible := observations(c.members)
	set("n_observations", known)
	set("n_observations_possible", possible)
	set("weak", c.weak())
	sure, maybe := p.carried(c.members)
	set("origins", orNull(sure))
	set("origins_any", orNull(maybe))
	set("contributors", c.list(func(m *member) string { return m.in.contributor }))
	set("source_packages", c.list(func(m *member) string { return m.in.sum }))
	set("source_tlp", orNull(c.list(func(m *member) string { return string(m.tlp) })))
	set("source_times", orNull(c.list(func(m *member) string { return stamp(m.at) })))
	set("sources", c.list((*member).source))
	return f
}

// key tells the best member of one cluster from that of another, also in the next edition of its package: by its id, which for our own outputs is unique in
// its file only.
func (m *member) key() string {
	if m.in.contributor == Own {
		return m.in.sum + "\x00" + m.ID
	}
	return m.ID
}

// source is all that is told of a member: contributor, package, id, marking, time, and how it was found to be the same.
func (m *member) source() string {
	how := "strong"
	if m.weak {
		how = "weak"
	}
	return strings.Join([]string{m.in.contributor, m.in.sum, m.ID, string(m.tlp), stamp(m.at), how}, "|")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// list is what of says of the members: sorted, each once, commas between, without empty ones.
func (c *cluster) list(of func(*member) string) string {
	var all []string
	for _, m := range c.members {
		all = append(all, of(m))
	}
	return joined(all)
}

func joined(all []string) string {
	slices.Sort(all)
	return strings.Join(slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" }), ",")
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// verdict is what our own people said: that of others is theirs. They accepted what they saw: a place and attributes of somebody else, which stand for the
// cluster where they are more precise, are a candidate again. A rejection holds for the whole.
func (c *cluster) verdict() string {
	verdict := "candidate"
	for _, m := range c.members {
		if m.in.contributor != Own {
			continue
		}
		switch m.Text("review_state") {
		case "rejected":
			return "rejected"
		case "accepted":
			if m == c.members[0] {
				verdict = "accepted"
			}
		}
	}
	return verdict
}

// limits are the strictest marking, "" when all is our own and unmarked, and every handling.
func (c *cluster) limits() (tlp parcel.TLP, handling string) {
	var all []string
	for _, m := range c.members {
		if m.tlp != "" {
			tlp = cmp.Or(tlp, m.tlp).Stricter(m.tlp)
		}
		all = append(append(all, m.in.handling), strings.Split(m.Text("handling"), handlingBreak)...)
	}
	slices.Sort(all)
	return tlp, strings.Join(slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" }), handlingBreak)
}

// handlingBreak stands between two handlings.
const handlingBreak = " / "

// onlyUs reports whether a member must not be passed on.
func (c *cluster) onlyUs(tlp parcel.TLP) bool {
	return tlp != "" && !tlp.Onward(true) || slices.ContainsFunc(c.members, func(m *member) bool { return m.Get("no_onward") == true })
}

// weak reports whether a member is here by containment alone.
func (c *cluster) weak() bool {
	return slices.ContainsFunc(c.members, func(m *member) bool { return m.weak || m.Get("weak") == true })
}

// Summary is the result in words.
func (r Result) Summary() string {
	return fmt.Sprintf("%d features of %d: %d have several sources, %d of these by containment alone", len(r.Features), r.Members, r.Joined, r.Weak)
}
