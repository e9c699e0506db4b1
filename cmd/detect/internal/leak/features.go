package leak

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/policy"
)

// vocabulary is what coded properties may say.
var vocabulary = map[string][]string{
	"obj_desc":     {"appeared", "disappeared", "altered"},
	"direction":    {"brighter", "darker", "mixed"},
	"det_method":   {"automatic", "semi-automatic", "photo-interpretation"},
	"status":       {"first", "provisional", "confirmed", "finished"},
	"review_state": {"candidate", "accepted"},
	"edge_flag":    {"none", "aoi", "nodata", "scene"},
}

// order is all properties that a release may have, in their order, but for those at both ends; withCells are those that go with cells.
var (
	order = strings.Fields(`obj_desc direction det_method status review_state confidence t_before t_after src_before src_after first_seen last_seen
		n_looked n_seen score_max score_mean pixels area_m2 perim_m rep_lon rep_lat len_m wid_m orient_deg pos_acc_m obs_frac edge_flag`)
	withCells = order[:slices.Index(order, "score_max")]
	times     = []string{"t_before", "t_after", "first_seen", "last_seen"}
	counts    = []string{"n_looked", "n_seen", "pixels"}
	head      = []string{"det_id", "schema"}
	tail      = strings.Fields("tlp handling coordinateUncertaintyInMeters dataGeneralizations informationWithheld origins origins_any")
)

// What may be said of how a feature was changed.
var (
	saidPlace = regexp.MustCompile(`^place: the cell of ([1-9][0-9]{2,5}) m of the grid in EPSG:6933 that holds a point of it; `)
	withheld  = []string{
		"identifiers and properties that the publisher does not share",
		"outline, size, direction and exact place and time; identifiers and properties that the publisher does not share",
	}
	families = []string{"Sentinel-1", "Sentinel-2", "Sentinel-3", "Landsat", "MODIS", "VIIRS", "other"}
	scene    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)
	decimal  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]{1,340})?$`)
)

// collection reads a FeatureCollection that has nothing but features with flat properties, written as a release is.
func (c *checker) collection(name string, data []byte) []*node {
	n, err := parse(data)
	if err != nil || n.kind != '{' || !slices.Equal(n.keys, []string{"type", "features"}) || n.get("type").text != "FeatureCollection" || n.get("features").kind != '[' {
		c.leak(name, "is no FeatureCollection with the members type and features, and only these (%v)", err)
		return nil
	}
	features := n.get("features").members
	for i, f := range features {
		if f.kind != '{' || !slices.Equal(f.keys, []string{"type", "id", "geometry", "properties"}) || f.get("type").text != "Feature" {
			c.leak(name, "feature %d has other members than type, id, geometry and properties", i+1)
			return nil
		}
		if slices.ContainsFunc(f.get("properties").members, func(v *node) bool { return v.kind == '{' || v.kind == '[' }) {
			c.leak(name, "feature %d has a property that is a list or an object", i+1)
			return nil
		}
	}
	if !written(data, features) {
		c.leak(name, "is not written as a release is: a feature a line, nothing between, each text and number in one way")
	}
	return features
}

// written reports whether features are all that stands in a file.
func written(data []byte, features []*node) bool {
	data, ok := bytes.CutPrefix(data, []byte(`{"type":"FeatureCollection","features":[`))
	end := "]}\n"
	for i, f := range features {
		between := ",\n"
		if i == 0 {
			between, end = "\n", "\n]}\n"
		}
		if data, ok = cut(data, between, ok); ok {
			data, ok = f.cut(data)
		}
	}
	return ok && string(data) == end
}

// attributes are the properties that the policy lets be told, in their order.
func (c *checker) attributes() (all []string) {
	for _, a := range order {
		hidden := strings.HasPrefix(a, "src_") && c.sources() == "nothing"
		if slices.Contains(c.rules.Attributes, a) && (c.rules.Grid == 0 || slices.Contains(withCells, a)) && !hidden {
			all = append(all, a)
		}
	}
	return all
}

// sources is how much of scenes may be told.
func (c *checker) sources() string {
	switch {
	case c.rules.Sources.String() == "all":
		return "nothing"
	case c.rules.Sources.String() == "family" || c.rules.Grid > 0 || c.rules.Times.String() != "exact":
		return "family"
	}
	return "scenes"
}

func (c *checker) detections(data []byte) {
	const name = "detections.geojson"
	want := c.properties()
	var ids, tokens []string
	last, tlp := "", c.rules.TLP
	for i, f := range c.collection(name, data) {
		id := f.get("id").text
		what := fmt.Sprintf("feature %d", i+1)
		switch {
		case !releasedID.MatchString(id):
			c.leak(name, "%s has the id %.80q, which is none of a release", what, id)
		case id <= last:
			c.leak(name, "%s stands behind a greater id: the order tells something", what)
		}
		last, ids = id, append(ids, id)
		p := f.get("properties")
		if !slices.Equal(p.keys, want) {
			c.leak(name, "%s has the properties %v, and the policy lets it have %v", what, p.keys, want)
			continue
		}
		if p.get("det_id").text != id || p.get("schema").text != "passdiff-release/1" {
			c.leak(name, "%s has another det_id or schema than a release", what)
		}
		if own := p.get("tlp").text; strictness(own) > strictness(tlp) {
			tlp = own
		}
		cell := c.said(name, what, p)
		tokens = append(tokens, c.origins(name, what, p, cell)...)
		for k, key := range p.keys {
			if slices.Contains(order, key) {
				c.property(name, what, key, p.members[k], cell)
			}
		}
		c.satisfies(name, what, p, cell)
		if cell == 0 {
			if shape, ok := c.outline(name, what, f.get("geometry")); ok {
				c.exact(name, what, shape)
			}
		} else if at, ok := c.cell(name, what, f.get("geometry"), cell); ok {
			c.uncertain(name, what, p, at)
			c.coarse(name, what, at)
		}
	}
	c.agrees(ids, tokens, tlp)
}

// said reads which cell a feature says it is told in, 0 for exact, and looks through what else is said of it.
func (c *checker) said(name, what string, p *node) (cell int) {
	said := p.get("dataGeneralizations")
	rest := said.text
	if m := saidPlace.FindStringSubmatch(rest); m != nil {
		cell, _ = strconv.Atoi(m[1])
		rest = rest[len(m[0]):]
	}
	if rest != c.saidTimes(cell) {
		c.leak(name, "%s says of how it was changed: %.100q", what, said.text)
	}
	switch {
	case cell < c.rules.Grid:
		c.leak(name, "%s is told in a cell of %d m, and the policy says %d m", what, cell, c.rules.Grid)
	case cell > c.rules.Grid && !slices.ContainsFunc(c.coarser(), func(m int) bool { return m == cell }):
		c.leak(name, "%s is told in a cell of %d m, a size that the policy does not have", what, cell)
	case !slices.Contains(withheld, p.get("informationWithheld").text):
		c.leak(name, "%s says of what is withheld: %.100q", what, p.get("informationWithheld").text)
	case strictness(p.get("tlp").text) < strictness(c.rules.TLP) || strictness(p.get("tlp").text) == len(markings):
		c.leak(name, "%s is marked %.40q", what, p.get("tlp").text)
	case cell == 0 && p.get("coordinateUncertaintyInMeters").kind != 0:
		c.leak(name, "%s is exact, and has an uncertainty", what)
	}
	// What others have said of how it may be handled is carried behind the policy's words.
	handling := p.get("handling").text
	others, ok := strings.CutPrefix(handling, c.rules.Handling)
	if c.rules.Handling != "" && others != "" && ok {
		others, ok = strings.CutPrefix(others, "; ")
	}
	if !ok || len(others) > policy.MostHandling || !policy.Printable(others) {
		c.leak(name, "%s has the handling %.100q", what, handling)
	}
	return cell
}

// origins are the tokens of a feature. One that is told in larger cells than the others has none: those of the same passes would tell where it can lie.
func (c *checker) origins(name, what string, p *node, cell int) (all []string) {
	for _, key := range []string{"origins", "origins_any"} {
		v := p.get(key)
		if v.kind == 0 {
			continue
		}
		list := strings.Split(v.text, ",")
		for i, o := range list {
			if !origin.MatchString(o) || i > 0 && o <= list[i-1] || cell > c.rules.Grid {
				c.leak(name, "%s has %s %.80q", what, key, v.text)
			}
		}
		all = append(all, list...)
	}
	return all
}

// saidTimes is what dataGeneralizations says of times, behind the cell.
func (c *checker) saidTimes(cell int) string {
	switch by := c.timesBy(); {
	case by != "exact":
		return "times: the beginning of the " + by + ", UTC"
	case cell > 0:
		return "times: the beginning of the day, UTC"
	}
	return ""
}

// coarser are the cells of protected features that were approved.
func (c *checker) coarser() (sizes []int) {
	for _, p := range c.rules.Protected {
		sizes = append(sizes, c.rules.Coarsened(p.Coarsen).Grid)
	}
	return sizes
}

// property looks through one property. cell is the size of the feature's cell, 0 when it is exact.
func (c *checker) property(name, what, key string, v *node, cell int) {
	if v.kind == 0 {
		return
	}
	wrong := false
	switch {
	case cell > 0 && !slices.Contains(withCells, key):
		wrong = true // of a feature that is coarser than the others
	case vocabulary[key] != nil:
		wrong = v.kind != '"' || !slices.Contains(vocabulary[key], v.text)
	case slices.Contains(times, key):
		wrong = v.kind != '"' || !c.moment(v.text, cell)
	case strings.HasPrefix(key, "src_"):
		family := c.sources() == "family" || cell > 0
		wrong = v.kind != '"' || family && !slices.Contains(families, v.text) || !family && !scene.MatchString(v.text)
	case key == "confidence":
		n, err := strconv.Atoi(v.text)
		wrong = v.kind != 'n' || err != nil || n < 0 || n > 100
	case slices.Contains(counts, key):
		wrong = v.kind != 'n' || !number.MatchString(v.text)
	default:
		wrong = v.kind != 'n' || !decimal.MatchString(v.text)
	}
	if wrong {
		c.leak(name, "%s has %s %.80q", what, key, v.text)
	}
}

// moment reports whether a time is as coarse as the policy says.
func (c *checker) moment(s string, cell int) bool {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.UTC().Format("2006-01-02T15:04:05.999999999Z") != s {
		return false
	}
	switch {
	case c.rules.Times.String() == "week":
		return strings.HasSuffix(s, "T00:00:00Z") && t.Weekday() == time.Monday
	case c.rules.Times.String() == "day" || cell > 0:
		return strings.HasSuffix(s, "T00:00:00Z")
	}
	return true
}
