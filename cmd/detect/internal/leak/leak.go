// Package leak looks through the bytes of a package for what its policy does not let a partner know. It shares nothing with the package that
// makes releases, neither the selection nor the grid: it knows what may stand in a package, and whatever else stands there is a leak. Of what stands there
// it asks what can be asked of a package: whether the policy's rules let such a thing be told, and at such a place.
package leak

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/policy"
)

// Check looks through a folder. Its error lists what it found, up to mostFound, and carries exit.Unverified.
func Check(dir string, p *policy.Policy) error {
	files, err := load(dir)
	if err != nil {
		return err
	}
	c := newChecker(p, dir)
	c.run(files)
	if len(c.found) == 0 {
		return nil
	}
	return exit.With(exit.Unverified, errors.Join(c.found...))
}

// Names of what a package may hold: all of needed, and one of signatures.
var (
	needed     = []string{"README.txt", "SHA256SUMS", "codebook.csv", "coverage.geojson", "detections.geojson", "manifest.json", "schema.json"}
	signatures = []string{"SHA256SUMS.minisig", "SHA256SUMS.sig"}
)

// mostFile is the most bytes of a file that is looked through.
const mostFile = 256 << 20

// load reads a folder of plain files.
func load(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: cannot be read: %w", dir, err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, exit.With(exit.Input, err)
		}
		if !info.Mode().IsRegular() || info.Size() > mostFile {
			return nil, exit.Errorf(exit.Unverified, "%s: %s is no plain file of up to %d bytes", dir, e.Name(), mostFile)
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, exit.With(exit.Input, err)
		}
	}
	return files, nil
}

// mostFound is how many leaks are listed.
const mostFound = 20

type checker struct {
	rules  *policy.Policy
	ground *ground
	dir    string
	found  []error
	// What manifest.json says; at is created.
	created, until string
	at             time.Time
	// guarded is how many features are told in cells near protected places.
	guarded int
}

func newChecker(p *policy.Policy, dir string) *checker {
	return &checker{rules: p, ground: newGround(p.Rules), dir: dir}
}

// leak notes something that may not stand in a file.
func (c *checker) leak(file, format string, args ...any) {
	if len(c.found) < mostFound {
		c.found = append(c.found, fmt.Errorf("%s: %s: %s", c.dir, file, fmt.Sprintf(format, args...)))
	}
}

func (c *checker) run(files map[string][]byte) {
	signed := 0
	for name := range files {
		switch {
		case slices.Contains(signatures, name):
			signed++
		case !slices.Contains(needed, name):
			c.leak(strconv.Quote(name), "is no file of a package")
		}
	}
	if signed != 1 {
		c.leak("SHA256SUMS", "has %d signatures beside it, and one is needed", signed)
	}
	for _, name := range needed {
		if _, ok := files[name]; !ok {
			c.leak(name, "is missing")
			return
		}
	}
	n := c.manifest(files["manifest.json"])
	c.detections(files["detections.geojson"], n)
	c.coverage(files["coverage.geojson"])
	for _, name := range []string{"README.txt", "codebook.csv", "schema.json"} {
		c.text(name, files[name])
	}
	c.sums(files)
}

// manifestKeys are those of manifest.json in their order.
var manifestKeys = []string{"format", "partner", "sequence", "prev_manifest_sha256", "tlp", "handling", "created", "valid_until", "counts", "precision",
	"origins", "audit_head", "retractions", "software", "subjects"}

var (
	releasedID = regexp.MustCompile(`^r-[a-z2-7]{26}$`)
	origin     = regexp.MustCompile(`^o-[0-9a-f]{32}$`)
	digest     = regexp.MustCompile(`^([0-9a-f]{64})?$`)
	software   = regexp.MustCompile(`^detect [0-9A-Za-z.+-]{1,40}$`)
	number     = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
)

// manifest looks through manifest.json and returns how many features it counts; −1 when it does not say.
func (c *checker) manifest(data []byte) int {
	const name = "manifest.json"
	m, err := parse(data)
	if err != nil || m.kind != '{' || !slices.Equal(m.keys, manifestKeys) {
		c.leak(name, "does not have the members %s, and only these (%v)", strings.Join(manifestKeys, ", "), err)
		return -1
	}
	want := func(key string, ok bool) {
		if !ok {
			c.leak(name, "%s is %.80q, which the policy does not say", key, m.get(key).text)
		}
	}
	want("format", m.get("format").text == "passdiff-release/1")
	want("partner", m.get("partner").text == c.rules.Partner)
	want("sequence", number.MatchString(m.get("sequence").text))
	want("tlp", strictness(m.get("tlp").text) >= strictness(c.rules.TLP) && strictness(m.get("tlp").text) < len(markings))
	want("handling", m.get("handling").text == c.rules.Handling)
	precision := "exact"
	if c.rules.Grid > 0 {
		precision = fmt.Sprintf("grid: %dm", c.rules.Grid)
	}
	want("precision", m.get("precision").text == precision)
	want("prev_manifest_sha256", digest.MatchString(m.get("prev_manifest_sha256").text))
	want("audit_head", digest.MatchString(m.get("audit_head").text))
	want("software", software.MatchString(m.get("software").text))
	c.created, c.until = m.get("created").text, m.get("valid_until").text
	created, err1 := time.Parse(time.RFC3339, c.created)
	until, err2 := time.Parse(time.RFC3339, c.until)
	c.at = created
	want("created", err1 == nil)
	want("valid_until", err2 == nil && until.Equal(created.Add(c.rules.ValidFor)))
	for key, form := range map[string]*regexp.Regexp{"origins": origin, "retractions": releasedID} {
		for _, v := range m.get(key).members {
			if v.kind != '"' || !form.MatchString(v.text) {
				c.leak(name, "%s has %.80q, which is none", key, v.text)
			}
		}
	}
	counts := m.get("counts")
	if !slices.Equal(counts.keys, []string{"features", "withheld"}) {
		c.leak(name, "counts has the members %v", counts.keys)
		return -1
	}
	withheld := counts.get("withheld")
	if n, err := strconv.Atoi(withheld.text); withheld.kind != 0 && (err != nil || n < c.rules.SmallCount) {
		c.leak(name, "tells that %s features are withheld; fewer than %d are not told", withheld.text, c.rules.SmallCount)
	}
	for _, s := range m.get("subjects").members {
		if !slices.Equal(s.keys, []string{"name", "size", "sha256"}) {
			c.leak(name, "a subject has the members %v", s.keys)
		}
	}
	n, err := strconv.Atoi(counts.get("features").text)
	if err != nil {
		return -1
	}
	return n
}

// markings of TLP 2.0, from the least to the most strict.
var markings = []string{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"}

func strictness(tlp string) int {
	if i := slices.Index(markings, tlp); i >= 0 {
		return i
	}
	return len(markings)
}

// What a text for people must not hold: fine decimals, times of day, and long runs of letters and digits as ids and hashes are.
var (
	fine   = regexp.MustCompile(`[0-9]\.[0-9]{3,}`)
	clock  = regexp.MustCompile(`[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ]?[0-9:]*Z?`)
	hashes = regexp.MustCompile(`[A-Za-z0-9+/=_-]{27,}`)
)

// text looks through a text for people.
func (c *checker) text(name string, data []byte) {
	s := strings.NewReplacer("https://json-schema.org/draft/2020-12/schema", "", c.created, "", c.until, "", c.rules.Handling, "", "coordinateUncertaintyInMeters", "").Replace(string(data))
	for _, form := range []*regexp.Regexp{fine, clock, hashes} {
		for _, found := range form.FindAllString(s, 3) {
			c.leak(name, "holds %.40q", found)
		}
	}
}

var sumLine = regexp.MustCompile(`^[0-9a-f]{64}  ([A-Za-z0-9.]+)$`)

// sums looks through SHA256SUMS and the signature, which have free text in them.
func (c *checker) sums(files map[string][]byte) {
	for _, line := range strings.Split(strings.TrimSuffix(string(files["SHA256SUMS"]), "\n"), "\n") {
		if m := sumLine.FindStringSubmatch(line); m == nil || files[m[1]] == nil {
			c.leak("SHA256SUMS", "has the line %.100q", line)
		}
	}
	lines := strings.Split(string(files["SHA256SUMS.minisig"]), "\n")
	if len(lines) > 1 && (len(lines) != 5 || lines[0] != "untrusted comment: signature from minisign secret key" || lines[2] != "trusted comment: passdiff-release/1 SHA256SUMS") {
		c.leak("SHA256SUMS.minisig", "has other comments than a release has")
	}
}
