package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
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
	r.sum(d.Bytes)
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
func (r *reader) sum(data []byte) {
	s := sha256.Sum256(data)
	r.digest.Write(s[:])
}

// mostBytes is the most bytes of a file that a policy names.
const mostBytes = 256 << 20

// read reads the file that a value names, takes it into the digest, and has its content parsed.
func (r *reader) read(n *yaml.Node, parse func(path string, data []byte) error) error {
	path := r.file(n)
	f, err := os.Open(path)
	if err != nil {
		return r.input(n, fmt.Errorf("%s: %w", path, exit.Cause(err)))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err == nil && len(data) > mostBytes {
		err = fmt.Errorf("is larger than %d MiB; simplify it", mostBytes>>20)
	}
	if err != nil {
		return r.input(n, fmt.Errorf("%s: %w", path, exit.Cause(err)))
	}
	r.sum(data)
	if err := parse(path, data); err != nil {
		return r.input(n, err)
	}
	return nil
}

func (r *reader) policy() (*Policy, error) {
	get := func(name string) *yaml.Node { return form.Get(r.Root, name) }
	p := &Policy{
		Path: r.Path, Partner: form.Text(get("partner")), Recipients: form.Texts(get("recipients")), Approvals: max(1, int(form.Value[float64](get("approvals")))),
		SigningKey: r.file(get("signing_key")), IDKey: r.file(get("id_key")), OriginKey: r.file(get("origin_key")),
		Audit: r.file(get("audit")), Approvers: r.file(get("approvers")),
		Rules: Rules{
			MinConfidence: int(form.Value[float64](get("min_confidence"))), AnyConfidence: get("min_confidence") == nil, MinStatus: form.Text(get("min_status")),
			Embargo: duration(get("embargo"), defaultEmbargo), Attributes: form.Texts(get("attributes")), Grid: grid(get("generalise")),
			TLP: text(get("tlp"), defaultTLP), Handling: form.Text(get("handling")), ValidFor: duration(get("valid_for"), defaultValidFor),
			SmallCount: defaultSmall, AmberClient: form.Value[bool](get("amber_client")),
		},
	}
	if n := get("small_count"); n != nil {
		p.SmallCount = int(form.Value[float64](n))
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
	if err := r.places(p); err != nil {
		return nil, err
	}
	if p.Handling != strings.TrimSpace(p.Handling) || !Printable(p.Handling) {
		return nil, r.At(get("handling"), "handling begins or ends with a blank, or has a character that cannot be printed")
	}
	return p, r.approvers(p)
}

// approvers takes who may approve into the digest, so that nobody joins them after a plan was made. A list that is not there yet, or is none, is
// found when it is used.
func (r *reader) approvers(p *Policy) error {
	if _, err := os.Stat(p.Approvers); p.Approvers == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return r.read(form.Get(r.Root, "approvers"), func(string, []byte) error { return nil })
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
			one := Protected{Distance: float64(metres(form.Get(n, "distance"))), Coarsen: coarser(p.Grid)}
			if c := form.Get(n, "coarsen"); c != nil {
				one.Coarsen = metres(c)
			}
			if one.Places, err = r.geometries(form.Get(n, "file")); err != nil {
				return err
			}
			p.Protected = append(p.Protected, one)
			if a, b, ok := Unnested(p.Sizes()); ok {
				return r.At(n, "cells of %d m and of %d m do not lie within each other, so that a feature told in both would be placed more exactly than in either; make one a multiple of the other", a, b)
			}
		}
	}
	return r.approved(p)
}

// coarser is the size of cells of approved features when the policy does not say it: whole cells of the others.
func coarser(grid int) int {
	if grid == 0 {
		return defaultCoarsen
	}
	return (defaultCoarsen + grid - 1) / grid * grid
}

// approved reads which protected features may be released.
func (r *reader) approved(p *Policy) error {
	n := form.Get(r.Root, "approved")
	if n == nil {
		return nil
	}
	var verdicts []*track.Verdict
	err := r.read(n, func(path string, data []byte) (err error) {
		verdicts, err = track.ParseVerdicts(path, data, track.Expiry{})
		return err
	})
	if err != nil {
		return err
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
func (r *reader) geometries(n *yaml.Node) (all []geom.Geometry, err error) {
	if n == nil {
		return nil, nil
	}
	err = r.read(n, func(path string, data []byte) (err error) {
		if all, err = parsePlaces(data); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
	return all, err
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
