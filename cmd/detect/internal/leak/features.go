package leak

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
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
	tail      = strings.Fields("tlp handling coordinateUncertaintyInMeters dataGeneralizations informationWithheld origins origins_any")
)

// What may be said of how a feature was changed.
var (
	saidPlace = regexp.MustCompile(`^place: the cell of ([1-9][0-9]{2,5}) m of the grid in EPSG:6933 that holds a point of it(; |$)`)
	saidTimes = regexp.MustCompile(`^times: the beginning of the (day|week), UTC$`)
	withheld  = []string{
		"identifiers and properties that the publisher does not share",
		"outline, size, direction and exact place and time; identifiers and properties that the publisher does not share",
	}
	families = []string{"Sentinel-1", "Sentinel-2", "Sentinel-3", "Landsat", "MODIS", "VIIRS", "other"}
	scene    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)
	decimal  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]{1,15})?$`)
)

// collection reads a FeatureCollection that has nothing but features.
func (c *checker) collection(name string, data []byte) []*node {
	n, err := parse(data)
	if err != nil || n.kind != '{' || !slices.Equal(n.keys, []string{"type", "features"}) || n.get("type").text != "FeatureCollection" || n.get("features").kind != '[' {
		c.leak(name, "is no FeatureCollection with the members type and features, and only these (%v)", err)
		return nil
	}
	for i, f := range n.get("features").members {
		if f.kind != '{' || !slices.Equal(f.keys, []string{"type", "id", "geometry", "properties"}) || f.get("type").text != "Feature" {
			c.leak(name, "feature %d has other members than type, id, geometry and properties", i+1)
			return nil
		}
	}
	return n.get("features").members
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

func (c *checker) detections(data []byte, counted int) {
	const name = "detections.geojson"
	features := c.collection(name, data)
	if counted >= 0 && counted != len(features) {
		c.leak(name, "has %d features, and the manifest counts %d", len(features), counted)
	}
	want := slices.Concat([]string{"det_id", "schema"}, c.attributes(), tail)
	last := ""
	for i, f := range features {
		id := f.get("id").text
		what := fmt.Sprintf("feature %d", i+1)
		switch {
		case !releasedID.MatchString(id):
			c.leak(name, "%s has the id %.80q, which is none of a release", what, id)
		case id <= last:
			c.leak(name, "%s stands behind a greater id: the order tells something", what)
		}
		last = id
		p := f.get("properties")
		if !slices.Equal(p.keys, want) {
			c.leak(name, "%s has the properties %v, and the policy lets it have %v", what, p.keys, want)
			continue
		}
		if p.get("det_id").text != id || p.get("schema").text != "passdiff-release/1" {
			c.leak(name, "%s has another det_id or schema than a release", what)
		}
		cell := c.said(name, what, p)
		for k, key := range p.keys {
			if slices.Contains(order, key) {
				c.property(name, what, key, p.members[k], cell)
			}
		}
		c.satisfies(name, what, p)
		if cell == 0 {
			if shape, ok := c.outline(name, what, f.get("geometry")); ok {
				c.exact(name, what, shape)
			}
		} else if u := p.get("coordinateUncertaintyInMeters"); !number.MatchString(u.text) {
			c.leak(name, "%s is told in a cell, and its uncertainty is %.40q", what, u.text)
		} else if at, ok := c.cell(name, what, f.get("geometry"), cell); ok {
			c.coarse(name, what, at)
		}
	}
}

// said reads which cell a feature says it is told in, 0 for exact, and looks through what else is said of it.
func (c *checker) said(name, what string, p *node) (cell int) {
	said := p.get("dataGeneralizations")
	rest := said.text
	if m := saidPlace.FindStringSubmatch(rest); m != nil {
		cell, _ = strconv.Atoi(m[1])
		rest = rest[len(m[0]):]
	}
	week := c.rules.Times.String() == "week"
	switch m := saidTimes.FindStringSubmatch(rest); {
	case m == nil && (rest != "" || cell > 0 || c.rules.Times.String() != "exact"):
		c.leak(name, "%s says of how it was changed: %.100q", what, said.text)
	case m != nil && (m[1] == "week") != week:
		c.leak(name, "%s has times by the %s", what, m[1])
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
	if h := p.get("handling").text; !strings.HasPrefix(h, c.rules.Handling) || fine.MatchString(h) || len(h) > 2000 {
		c.leak(name, "%s has the handling %.100q", what, h)
	}
	for _, key := range []string{"origins", "origins_any"} {
		for _, o := range strings.Split(p.get(key).text, ",") {
			if p.get(key).kind != 0 && !origin.MatchString(o) {
				c.leak(name, "%s has %s %.80q", what, key, p.get(key).text)
			}
		}
	}
	return cell
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
	if err != nil || !strings.HasSuffix(s, "Z") {
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

// coverageKeys are the properties of a piece of coverage.
var coverageKeys = strings.Fields("class schema t_before t_after coordinateUncertaintyInMeters dataGeneralizations")

func (c *checker) coverage(data []byte) {
	const name = "coverage.geojson"
	cell := c.rules.Grid
	if cell == 0 {
		cell = 1000
	}
	lastRow, lastCol, lastTime := math.Inf(-1), math.Inf(-1), ""
	for i, f := range c.collection(name, data) {
		what := fmt.Sprintf("feature %d", i+1)
		p := f.get("properties")
		class := p.get("class").text
		switch {
		case !slices.Equal(p.keys, coverageKeys):
			c.leak(name, "%s has the properties %v", what, p.keys)
			continue
		case class != "observed" && class != "partly", p.get("schema").text != "passdiff-release/1", f.get("id").text != fmt.Sprintf("%s-%d", class, i+1):
			c.leak(name, "%s has the id %.40q and the class %.40q", what, f.get("id").text, class)
		case !number.MatchString(p.get("coordinateUncertaintyInMeters").text):
			c.leak(name, "%s has no uncertainty in whole metres", what)
		}
		if m := saidPlace.FindStringSubmatch(p.get("dataGeneralizations").text); m == nil || m[1] != strconv.Itoa(cell) || !saidTimes.MatchString(p.get("dataGeneralizations").text[len(m[0]):]) {
			c.leak(name, "%s says of how it was changed: %.100q", what, p.get("dataGeneralizations").text)
		}
		for _, key := range []string{"t_before", "t_after"} {
			if v := p.get(key); v.kind != 0 && !c.moment(v.text, cell) {
				c.leak(name, "%s has %s %.40q", what, key, v.text)
			} else {
				c.old(name, what, key, v)
			}
		}
		at, ok := c.cell(name, what, f.get("geometry"), cell)
		if ok && !c.ground.sees(at.middle()) {
			c.leak(name, "%s has its middle outside of the allowed areas", what)
		}
		when := p.get("t_after").text + p.get("t_before").text
		if ok && when == lastTime && (at.row < lastRow || at.row == lastRow && at.col <= lastCol) {
			c.leak(name, "%s does not stand where its cell belongs: the order tells something", what)
		}
		lastRow, lastCol, lastTime = at.row, at.col, when
	}
}
