package leak

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"passdiff/cmd/detect/internal/policy"
)

// readmeSum is the SHA-256 of the lines of README.txt that are the same in all packages, with a byte of 0 where the one on places and times stands.
const readmeSum = "138ed944bc0c215e222fde91a4975fd2504dfa307ce41b6e55dbf7b8b3b34400"

// readme looks through README.txt: the lines that differ from policy to policy are made anew, and the others are known by their sum.
func (c *checker) readme(data []byte) {
	const name = "README.txt"
	if c.told == nil {
		return
	}
	begin := fmt.Sprintf("Candidates for changes between satellite passes, for %s\nMarking: %s\n", c.rules.Partner, c.told.TLP)
	if c.rules.Handling != "" {
		begin += fmt.Sprintf("Handling: %s\n", c.rules.Handling)
	}
	begin += fmt.Sprintf("Created %s, valid until %s; delete it then, and delete what\n", c.told.Created, c.told.ValidUntil)
	places := fmt.Sprintf("\nPlaces are %s, times %s. What is not here was not found, not looked at, not reviewed,\n", c.precision(), c.timesBy())
	rest, ok := strings.CutPrefix(string(data), begin)
	before, after, ok2 := strings.Cut(rest, places)
	switch sum := fmt.Sprintf("%x", sha256.Sum256([]byte(before+"\x00"+after))); {
	case !ok:
		c.leak(name, "does not begin with partner, marking, handling and times as the policy and the manifest say")
	case !ok2:
		c.leak(name, "does not say that places are %s and times %s", c.precision(), c.timesBy())
	case sum != readmeSum:
		c.leak(name, "has other lines than a release has; the sum over those that are the same in all packages is %s", sum)
	}
}

// timesBy is how exactly times are told: exact, day or week.
func (c *checker) timesBy() string {
	if c.rules.Grid > 0 && c.rules.Times == policy.ExactTimes {
		return "day"
	}
	return c.rules.Times.String()
}

// properties are those of each feature, in their order.
func (c *checker) properties() []string { return slices.Concat(head, c.attributes(), tail) }

// about finds the words of the policy on a property.
func about(name string) policy.Attribute {
	all := slices.Concat(policy.Fixed, policy.Attributes)
	return all[slices.IndexFunc(all, func(a policy.Attribute) bool { return a.Name == name })]
}

// codebook makes codebook.csv anew.
func (c *checker) codebook() string {
	rows := [][]string{{"field", "meaning"}}
	for _, name := range c.properties() {
		a := about(name)
		if by := c.timesBy(); a.Time && by != "exact" {
			a.About += ": the beginning of that " + by + ", UTC"
		}
		rows = append(rows, []string{name, a.About})
	}
	rows = append(rows, []string{"class", "in coverage: observed, or partly observed; what is not listed was not looked at, or is not told"},
		[]string{"t_before, t_after", "in coverage: the day or week in which the passes were acquired"})
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		panic("leak: " + err.Error()) // a builder takes everything
	}
	return b.String()
}

// schemaForm is schema.json without spaces, and without the properties and their names.
const schemaForm = `{"$schema":"https://json-schema.org/draft/2020-12/schema","additionalProperties":false,"properties":{"features":{"items":{` +
	`"additionalProperties":false,"properties":{"geometry":{"type":"object"},"id":{"type":"string"},"properties":{"additionalProperties":false,` +
	`"properties":{%s},"required":[%s],"type":"object"},"type":{"const":"Feature"}},"required":["type","id","geometry","properties"],"type":"object"},` +
	`"type":"array"},"type":{"const":"FeatureCollection"}},"required":["type","features"],"title":"detections.geojson of a release","type":"object"}`

// schema makes schema.json anew.
func (c *checker) schema() string {
	var names, properties []string
	for _, name := range c.properties() {
		names = append(names, fmt.Sprintf("%q", name))
		properties = append(properties, fmt.Sprintf(`%q:{"description":%q,"type":["string","number","null"]}`, name, about(name).About))
	}
	slices.Sort(properties)
	var b bytes.Buffer
	if err := json.Indent(&b, fmt.Appendf(nil, schemaForm, strings.Join(properties, ","), strings.Join(names, ",")), "", "  "); err != nil {
		panic("leak: " + err.Error()) // the form is one
	}
	return b.String() + "\n"
}

// same looks whether a file is as it was made anew, and names the first line that is not.
func (c *checker) same(name string, data []byte, want string) {
	made := strings.SplitAfter(want, "\n")
	for i, line := range strings.SplitAfter(string(data), "\n") {
		if i >= len(made) || line != made[i] {
			c.leak(name, "has the line %.100q, which the policy does not have there", line)
			return
		}
	}
}
