package pool

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/track"
)

// Own is what our own outputs have as contributor.
const Own = "own"

// Pool is the inputs, in any order. Its zero value has none.
type Pool struct {
	// Window is how far apart in time two sightings of one change may be: DefaultWindow when zero.
	Window time.Duration
	// OriginKey makes the tokens of our own observations; nil when it is not known.
	OriginKey []byte

	inputs []input
}

// DefaultWindow is the time between two sightings that may be of one change.
const DefaultWindow = 30 * 24 * time.Hour

// input is a package, or an output of our own.
type input struct {
	path, contributor, sum string
	partner                string // for whom the package was made; "" for our own output
	sequence               int
	tlp                    parcel.TLP // "" for our own
	handling               string
	grid                   int     // metres; 0 for exact
	origins                *tokens // of the package, of which any may be a feature's own; nil for none, and when features tell their own
	retracted              []string
	features               []parcel.Feature
}

// AddPackage adds a package that was verified.
func (p *Pool) AddPackage(k *parcel.Package) error {
	m := k.Manifest
	in := input{path: k.Path, contributor: k.Key.Name, sum: k.ManifestSHA256, partner: m.Partner, sequence: m.Sequence, tlp: m.TLP, handling: m.Handling,
		retracted: m.Retractions, features: k.Features}
	if !slices.ContainsFunc(k.Features, tells) {
		in.origins = newTokens(m.Origins)
	}
	if k.Key.Name == Own {
		return exit.Errorf(exit.Input, "%s: the trust file names its key %q, which stands for our own outputs; give it another name", k.Path, Own)
	}
	in.grid, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(m.Precision, "grid: "), "m")) // 0 for exact
	return p.add(in)
}

// tells reports whether a feature tells its origins. Where some do, the list of the package is theirs, and not that of those which do not.
func tells(f parcel.Feature) bool { return f.Text("origins") != "" || f.Text("origins_any") != "" }

// AddOutput adds an output of our own: of detect run, detect track, or detect pool.
func (p *Pool) AddOutput(path string, data []byte) error {
	features, err := parcel.ParseFeatures(data)
	if err != nil {
		return exit.Errorf(exit.Input, "%s: is no collection of detections in longitude and latitude: %w", path, err)
	}
	sum := sha256.Sum256(data)
	return p.add(input{path: path, contributor: Own, sum: hex.EncodeToString(sum[:]), features: features})
}

// add adds an input, unless it was added already.
func (p *Pool) add(in input) error {
	if slices.ContainsFunc(p.inputs, func(other input) bool { return other.sum == in.sum && other.contributor == in.contributor }) {
		return nil
	}
	for _, other := range p.inputs {
		if in.partner != "" && other.contributor == in.contributor && other.partner == in.partner && other.sequence == in.sequence {
			return exit.Errorf(exit.Unverified, "%s: chain: %s is another package %d of %s for %s; ask which of them holds", in.path, other.path, in.sequence, in.contributor, in.partner)
		}
	}
	ids := map[string]bool{}
	for i := range in.features {
		f := &in.features[i]
		if ids[f.ID] {
			return exit.Errorf(exit.Input, "%s: the id %s is there twice; give the file as detect wrote it", in.path, f.ID)
		}
		ids[f.ID] = true
		if err := track.Validate(f.Geometry); err != nil {
			return exit.Errorf(exit.Input, "%s: feature %s is not a valid polygon: %w; ask whoever made it", in.path, f.ID, err)
		}
		if !idForm.MatchString(f.ID) {
			return exit.Errorf(exit.Input, "%s: the id %.80q is none of letters, digits, and . _ : - between them", in.path, f.ID)
		}
	}
	p.inputs = append(p.inputs, in)
	return nil
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// member is a feature of an input with what the pool asks of it.
type member struct {
	*parcel.Feature
	in    *input
	shape *track.Shape
	place *place    // of its shape
	what  string    // obj_desc
	at    time.Time // when it was seen last; zero when that is not known
	grid  float64   // metres by which its place is generalised; 0 for exact
	acc   float64   // 1-sigma accuracy of its place, metres; a large number when it is not known
	tlp   parcel.TLP
	// sure are the tokens of its observations. There is one more when maybe is not nil, with one of these tokens: nobody knows with which.
	sure  []string
	maybe *tokens
	weak  bool // it lies in its cluster by containment alone
}

const unknownAccuracy = 1e9

// members are the features of all inputs that hold: the newest edition of each, unless it was retracted.
func (p *Pool) members() (all []*member, err error) {
	type key struct{ contributor, partner, id string }
	newest, gone := map[key]int{}, map[key]int{}
	for i := range p.inputs {
		in := &p.inputs[i]
		for _, f := range in.features {
			k := key{in.contributor, in.partner, f.ID}
			newest[k] = max(newest[k], in.sequence)
		}
		for _, id := range in.retracted {
			k := key{in.contributor, in.partner, id}
			gone[k] = max(gone[k], in.sequence)
		}
	}
	for i := range p.inputs {
		in := &p.inputs[i]
		for f := range in.features {
			k := key{in.contributor, in.partner, in.features[f].ID}
			if in.partner != "" && (in.sequence < newest[k] || in.sequence < gone[k]) {
				continue
			}
			m, err := p.member(in, &in.features[f])
			if err != nil {
				return nil, exit.Errorf(exit.Input, "%s: feature %s: %w", in.path, in.features[f].ID, err)
			}
			all = append(all, m)
		}
	}
	slices.SortFunc(all, (*member).order)
	return all, nil
}

// order puts the more precise member first, among equals our own, and the rest in an order of its own.
func (m *member) order(o *member) int {
	others := func(m *member) int {
		if m.in.contributor == Own {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(m.grid, o.grid), cmp.Compare(m.acc, o.acc), cmp.Compare(others(m), others(o)), m.at.Compare(o.at), cmp.Compare(m.in.contributor, o.in.contributor),
		cmp.Compare(m.in.sum, o.in.sum), cmp.Compare(m.ID, o.ID))
}

// member reads what the pool asks of a feature.
func (p *Pool) member(in *input, f *parcel.Feature) (*member, error) {
	m := &member{Feature: f, in: in, shape: track.LonLat.NewShape(f.Geometry), what: f.Text("obj_desc"), grid: float64(in.grid), acc: unknownAccuracy, tlp: in.tlp}
	if g, ok := number(f, "coordinateUncertaintyInMeters"); ok && (f.Text("dataGeneralizations") != "" || in.grid > 0) {
		m.grid = max(m.grid, g)
	}
	if a, ok := number(f, "pos_acc_m"); ok && a > 0 {
		m.acc = a
	}
	if t := f.Text("tlp"); t != "" {
		m.tlp = cmp.Or(m.tlp, parcel.TLP(t)).Stricter(parcel.TLP(t))
	}
	after, err := instant(f, "t_after")
	if err != nil {
		return nil, err
	}
	if m.at = after; after.IsZero() {
		if m.at, err = instant(f, "last_seen"); err != nil {
			return nil, err
		}
	}
	before, err := instant(f, "t_before")
	if err != nil {
		return nil, err
	}
	return m, p.observe(m, before, after)
}

// number is the value of a property that is a number.
func number(f *parcel.Feature, name string) (float64, bool) {
	n, ok := f.Get(name).(json.Number)
	if !ok {
		return 0, false
	}
	v, err := n.Float64()
	return v, err == nil
}

// instant is the value of a property that is a time; zero for null.
func instant(f *parcel.Feature, name string) (time.Time, error) {
	v := f.Get(name)
	if v == nil {
		return time.Time{}, nil
	}
	s, ok := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if !ok || err != nil {
		return time.Time{}, errors.New(name + " is no time such as 2026-05-01T00:00:00Z")
	}
	return t.UTC(), nil
}
