package leak

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// coverageKeys are the properties of a piece of coverage.
var coverageKeys = strings.Fields("class schema t_before t_after coordinateUncertaintyInMeters dataGeneralizations")

// coverage looks through coverage.geojson: cells of one size, by time, row and column.
func (c *checker) coverage(data []byte) {
	const name = "coverage.geojson"
	cell := c.rules.CoverageGrid()
	last, lastTime := square{}, ""
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
		}
		said := p.get("dataGeneralizations").text
		if m := saidPlace.FindStringSubmatch(said); m == nil || m[1] != strconv.Itoa(cell) || said[len(m[0]):] != c.saidTimes(cell) {
			c.leak(name, "%s says of how it was changed: %.100q", what, said)
		}
		for _, key := range []string{"t_before", "t_after"} {
			if v := p.get(key); (v.kind != 0 || key == "t_after") && !c.moment(v.text, cell) {
				c.leak(name, "%s has %s %.40q", what, key, v.text)
			} else {
				c.old(name, what, key, v)
			}
		}
		at, ok := c.cell(name, what, f.get("geometry"), cell)
		if !ok {
			continue
		}
		c.uncertain(name, what, p, at)
		if !c.ground.sees(at.middle()) {
			c.leak(name, "%s has its middle outside of the allowed areas", what)
		}
		when := p.get("t_after").text + p.get("t_before").text
		if i > 0 && cmp.Or(cmp.Compare(when, lastTime), cmp.Compare(at.row, last.row), cmp.Compare(at.col, last.col)) <= 0 {
			c.leak(name, "%s does not stand where its time and cell belong: the order tells something", what)
		}
		last, lastTime = at, when
	}
}
