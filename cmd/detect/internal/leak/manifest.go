package leak

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// manifest is manifest.json, its members in their order.
type manifest struct {
	Format     string `json:"format"`
	Partner    string `json:"partner"`
	Sequence   int    `json:"sequence"`
	Prev       string `json:"prev_manifest_sha256"`
	TLP        string `json:"tlp"`
	Handling   string `json:"handling"`
	Created    string `json:"created"`
	ValidUntil string `json:"valid_until"`
	Counts     struct {
		Features int  `json:"features"`
		Withheld *int `json:"withheld"`
	} `json:"counts"`
	Precision   string    `json:"precision"`
	Origins     []string  `json:"origins"`
	AuditHead   string    `json:"audit_head"`
	Retractions []string  `json:"retractions"`
	Software    string    `json:"software"`
	Subjects    []subject `json:"subjects"`
}

type subject struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

// mostSequence is the greatest number of a package.
const mostSequence = 1_000_000_000

var (
	releasedID = regexp.MustCompile(`^r-[a-z2-7]{26}$`)
	origin     = regexp.MustCompile(`^o-[0-9a-f]{32}$`)
	digest     = regexp.MustCompile(`^([0-9a-f]{64})?$`)
	software   = regexp.MustCompile(`^detect [0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-(dev|test|(alpha|beta|rc)\.?[0-9]{0,2}))?$`)
	number     = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
)

// readManifest reads manifest.json, nil when it holds anything but its members, or is written otherwise.
func (c *checker) readManifest(data []byte) *manifest {
	const name = "manifest.json"
	m := &manifest{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		c.leak(name, "does not have the members that it should have, and only these (%v)", err)
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil || !bytes.Equal(b.Bytes(), data) {
		c.leak(name, "is not written with each member once, in their order, and nothing between or behind them")
		return nil
	}
	return m
}

// manifest looks through manifest.json, and keeps what the other files are compared with.
func (c *checker) manifest(files map[string][]byte) {
	const name = "manifest.json"
	m := c.readManifest(files[name])
	if m == nil {
		return
	}
	want := func(key string, value any, ok bool) {
		if !ok {
			c.leak(name, "%s is %.80q, which the policy does not say", key, fmt.Sprint(value))
		}
	}
	want("format", m.Format, m.Format == "passdiff-release/1")
	want("partner", m.Partner, m.Partner == c.rules.Partner)
	want("sequence", m.Sequence, m.Sequence >= 1 && m.Sequence <= mostSequence)
	want("tlp", m.TLP, strictness(m.TLP) >= strictness(c.rules.TLP) && strictness(m.TLP) < len(markings))
	want("handling", m.Handling, m.Handling == c.rules.Handling)
	want("precision", m.Precision, m.Precision == c.precision())
	want("prev_manifest_sha256", m.Prev, digest.MatchString(m.Prev) && (m.Prev == "") == (m.Sequence == 1))
	want("audit_head", m.AuditHead, digest.MatchString(m.AuditHead))
	want("software", m.Software, software.MatchString(m.Software))
	created, ok := second(m.Created)
	want("created", m.Created, ok)
	until, ok := second(m.ValidUntil)
	want("valid_until", m.ValidUntil, ok && until.Equal(created.Add(c.rules.ValidFor)))
	c.tokens("origins", m.Origins, origin)
	c.tokens("retractions", m.Retractions, releasedID)
	if n := m.Counts.Withheld; n != nil && *n < max(c.rules.SmallCount, 1) {
		c.leak(name, "tells that %d features are withheld; fewer than %d are not told", *n, c.rules.SmallCount)
	}
	if !slices.Equal(m.Subjects, subjects(files)) {
		c.leak(name, "subjects are not the files that are there, with their sizes and sums")
	}
	c.told, c.at = m, created
}

// tokens looks through a list of the manifest: sorted, each once.
func (c *checker) tokens(key string, list []string, form *regexp.Regexp) {
	for i, v := range list {
		if !form.MatchString(v) || i > 0 && v <= list[i-1] {
			c.leak("manifest.json", "%s has %.80q, which is none, or does not stand where it belongs", key, v)
		}
	}
}

// second reads a time to the second, in UTC.
func second(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil && t.UTC().Format("2006-01-02T15:04:05Z") == s
}

// precision is how exactly places are told, in words.
func (c *checker) precision() string {
	if c.rules.Grid == 0 {
		return "exact"
	}
	return fmt.Sprintf("grid: %dm", c.rules.Grid)
}

// subjects are the files that a manifest names, by name.
func subjects(files map[string][]byte) (all []subject) {
	for _, name := range needed {
		if name != "manifest.json" && name != "SHA256SUMS" {
			all = append(all, subject{name, len(files[name]), fmt.Sprintf("%x", sha256.Sum256(files[name]))})
		}
	}
	return all
}

// agrees looks whether the features of the package are those that the manifest tells of: ids, their strictest marking and their tokens.
func (c *checker) agrees(ids, tokens []string, tlp string) {
	const name = "manifest.json"
	m := c.told
	if m == nil {
		return
	}
	if m.Counts.Features != len(ids) {
		c.leak("detections.geojson", "has %d features, and the manifest counts %d", len(ids), m.Counts.Features)
	}
	slices.Sort(tokens)
	if tokens = slices.Compact(tokens); !slices.Equal(m.Origins, tokens) {
		c.leak(name, "origins are not those of the features: %.80q and %.80q", strings.Join(m.Origins, ","), strings.Join(tokens, ","))
	}
	if m.TLP != tlp {
		c.leak(name, "tlp is %.40q, and the strictest of policy and features is %.40q", m.TLP, tlp)
	}
	for _, id := range ids {
		if _, found := slices.BinarySearch(m.Retractions, id); found {
			c.leak(name, "retractions has %.80q, which is there", id)
		}
	}
}

// markings of TLP 2.0, from the least to the most strict.
var markings = []string{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"}

func strictness(tlp string) int {
	if i := slices.Index(markings, tlp); i >= 0 {
		return i
	}
	return len(markings)
}
