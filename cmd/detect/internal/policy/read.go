package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/peterstace/simplefeatures/geom"
	"go.yaml.in/yaml/v3"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/form"
	"passdiff/cmd/detect/internal/track"
	"passdiff/docs"
)

// policyForm is what a policy looks like.
var policyForm = form.Form{
	Schema:  docs.PolicySchema,
	Missing: "name a policy; docs/sharing.md has one to begin with",
	Empty:   "it needs version: 1 and a partner; docs/sharing.md has one to begin with",
}

// Defaults of what a policy does not say.
const (
	defaultEmbargo  = 72 * time.Hour
	defaultValidFor = 30 * 24 * time.Hour
	defaultGrid     = 1000
	defaultCoarsen  = 10_000
	defaultTLP      = "TLP:AMBER+STRICT"
	defaultSmall    = 10
)

// Read reads a policy and the files of places and verdicts that it names; keys are for others to read. Errors name the file and the line and
// carry exit codes: Usage for what the policy says, Input for what it names.
func Read(path string) (*Policy, error) {
	d, err := policyForm.Read(path)
	if err != nil {
		return nil, err
	}
	r := reader{Document: d, digest: sha256.New()}
	if err := r.sum(path); err != nil {
		return nil, exit.With(exit.Input, err)
	}
	p, err := r.policy()
	if err != nil {
		return nil, err
	}
	p.Digest = hex.EncodeToString(r.digest.Sum(nil))
	return p, nil
}

// reader makes a policy of a document that fits the schema.
type reader struct {
	*form.Document
	digest hash.Hash
}

// sum takes the bytes of a file into the digest.
func (r *reader) sum(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, exit.Cause(err))
	}
	s := sha256.Sum256(data)
	r.digest.Write(s[:])
	return nil
}

func (r *reader) policy() (*Policy, error) {
	get := func(name string) *yaml.Node { return form.Get(r.Root, name) }
	p := &Policy{
		Path: r.Path, Partner: form.Text(get("partner")), Recipients: form.Texts(get("recipients")), Approvals: max(1, integer(get("approvals"))),
		SigningKey: r.file(get("signing_key")), IDKey: r.file(get("id_key")), OriginKey: r.file(get("origin_key")),
		Audit: r.file(get("audit")), Approvers: r.file(get("approvers")),
		Rules: Rules{
			MinConfidence: integer(get("min_confidence")), AnyConfidence: get("min_confidence") == nil, MinStatus: form.Text(get("min_status")),
			Embargo: duration(get("embargo"), defaultEmbargo), Attributes: form.Texts(get("attributes")), Grid: grid(get("generalise")),
			TLP: text(get("tlp"), defaultTLP), Handling: form.Text(get("handling")), ValidFor: duration(get("valid_for"), defaultValidFor),
			SmallCount: defaultSmall,
		},
	}
	if n := get("small_count"); n != nil {
		p.SmallCount = integer(n)
	}
	if form.Text(get("require_review")) == "candidate" {
		p.Review = Candidate
	}
	switch form.Text(get("times")) {
	case "day":
		p.Times = Day
	case "week":
		p.Times = Week
	}
	switch form.Text(get("redact_source")) {
	case "family":
		p.Sources = SourceFamily
	case "none":
		p.Sources = SourceScenes
	}
	return p, r.places(p)
}

// places reads the files that a policy names.
func (r *reader) places(p *Policy) (err error) {
	if p.Allow, err = r.geometries(form.Get(r.Root, "allow_aois")); err != nil {
		return err
	}
	for _, g := range p.Allow {
		if !g.IsPolygon() && !g.IsMultiPolygon() {
			return r.input(form.Get(r.Root, "allow_aois"), fmt.Errorf("an area is a %s, not a polygon", g.Type()))
		}
	}
	if p.Deny, err = r.geometries(form.Get(r.Root, "deny_zones")); err != nil {
		return err
	}
	if list := form.Get(r.Root, "protected"); list != nil {
		for _, n := range list.Content {
			one := Protected{Distance: float64(metres(form.Get(n, "distance"))), Coarsen: defaultCoarsen}
			if c := form.Get(n, "coarsen"); c != nil {
				one.Coarsen = metres(c)
			}
			if one.Places, err = r.geometries(form.Get(n, "file")); err != nil {
				return err
			}
			p.Protected = append(p.Protected, one)
		}
	}
	n := form.Get(r.Root, "approved")
	if n == nil {
		return nil
	}
	verdicts, err := track.ReadVerdicts(r.file(n), track.Expiry{})
	if err == nil {
		err = r.sum(r.file(n))
	}
	if err != nil {
		return r.input(n, err)
	}
	// The last verdict on an id counts.
	p.Approved = map[string]bool{}
	last := map[string]time.Time{}
	for _, v := range verdicts {
		if !v.When.Before(last[v.ID]) {
			p.Approved[v.ID], last[v.ID] = v.Accepted, v.When
		}
	}
	return nil
}

// geometries reads the GeoJSON that a value names.
func (r *reader) geometries(n *yaml.Node) ([]geom.Geometry, error) {
	if n == nil {
		return nil, nil
	}
	path := r.file(n)
	all, err := ReadPlaces(path)
	if err == nil {
		err = r.sum(path)
	}
	if err != nil {
		return nil, r.input(n, err)
	}
	return all, nil
}

// input is an error of a file that a value names.
func (r *reader) input(n *yaml.Node, err error) error {
	return exit.Errorf(exit.Input, "%s:%d: %w", r.Path, n.Line, err)
}

// file makes a path relative to the policy one relative to the working directory.
func (r *reader) file(n *yaml.Node) string {
	path := form.Text(n)
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(r.Path), path)
}

// The values below have a form that the schema has checked.

func integer(n *yaml.Node) int {
	f, _ := strconv.ParseFloat(form.Text(n), 64)
	return int(f)
}

func text(n *yaml.Node, otherwise string) string {
	if n == nil {
		return otherwise
	}
	return n.Value
}

func metres(n *yaml.Node) int {
	m, _ := strconv.Atoi(strings.TrimSuffix(form.Text(n), "m"))
	return m
}

func duration(n *yaml.Node, otherwise time.Duration) time.Duration {
	s := form.Text(n)
	if s == "" {
		return otherwise
	}
	count, _ := strconv.Atoi(s[:len(s)-1])
	if s[len(s)-1] == 'd' {
		return time.Duration(count) * 24 * time.Hour
	}
	return time.Duration(count) * time.Hour
}

func grid(n *yaml.Node) int {
	switch s := form.Text(n); {
	case n == nil:
		return defaultGrid
	case s == "exact":
		return 0
	case s != "":
		m, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(s, "grid: "), "m"))
		return m
	}
	return metres(form.Get(n, "grid"))
}
