package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/audit"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/policy"
)

// planFormat names the layout of a plan.
const planFormat = "passdiff-plan/1"

// Plan is what is to be released, for people to approve: which inputs under which policy give which bytes. It stays inside: it names files.
type Plan struct {
	Format  string `json:"format"`
	Partner string `json:"partner"`
	// Sequence is the package's number, and PrevManifestSHA256 the manifest before it.
	Sequence           int       `json:"sequence"`
	PrevManifestSHA256 string    `json:"prev_manifest_sha256"`
	Created            time.Time `json:"created"`
	ValidUntil         time.Time `json:"valid_until"`
	// Policy and Inputs are files as seen from the plan's folder.
	Policy PlanFile    `json:"policy"`
	Inputs []PlanInput `json:"inputs"`
	// Retract is what was asked to be retracted, Retractions all that the package asks to delete.
	Retract     []string `json:"retract"`
	Retractions []string `json:"retractions"`
	// What the policy comes to.
	Precision string `json:"precision"`
	Times     string `json:"times"`
	Sources   string `json:"redact_source"`
	TLP       string `json:"tlp"`
	// Released and Withheld count features; Change compares with what the partner has got before.
	Released int     `json:"released"`
	Withheld []Count `json:"withheld"`
	Change   Change  `json:"change"`
	// Files are the data files and texts of the package, with their SHA-256.
	Files []PlanFile `json:"files"`
	// Page is the SHA-256 of the page that shows the plan.
	Page string `json:"page_sha256"`
}

// PlanFile is a file with its SHA-256; that of a policy covers the files that it names.
type PlanFile struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// PlanInput is an output of detect, with what was looked at for it, if that is told.
type PlanInput struct {
	PlanFile
	Coverage *PlanFile `json:"coverage"`
	Record   *PlanFile `json:"record"`
}

// From is the input with its paths turned.
func (in PlanInput) From(turn func(path string) string) PlanInput {
	in.Path = turn(in.Path)
	for _, f := range []**PlanFile{&in.Coverage, &in.Record} {
		if *f != nil {
			*f = &PlanFile{turn((*f).Path), (*f).SHA256}
		}
	}
	return in
}

// Same reports whether two inputs have the same bytes.
func (in PlanInput) Same(other PlanInput) bool {
	same := func(a, b *PlanFile) bool { return a == nil && b == nil || a != nil && b != nil && a.SHA256 == b.SHA256 }
	return in.SHA256 == other.SHA256 && same(in.Coverage, other.Coverage) && same(in.Record, other.Record)
}

// Change is how a release differs from the one before: features that are new to the partner, that stay, and that are not in it any more.
type Change struct {
	Added   int `json:"added"`
	Kept    int `json:"kept"`
	Dropped int `json:"dropped"`
}

// History is what the audit log says of a partner.
type History struct {
	Sequence           int
	PrevManifestSHA256 string
	// Last are the ids of the last release, Before those of all, and Retracted what the last one takes back.
	Last, Before, Retracted []string
	// Cells are the sizes of cells, in metres, in which features were told.
	Cells []int
}

// HistoryOf reads the history of a partner from entries of theirs.
func HistoryOf(entries []audit.Entry) (h History) {
	for _, e := range entries {
		h.Sequence, h.PrevManifestSHA256 = e.Sequence, e.ManifestSHA256
		h.Last, h.Retracted = e.IDs, e.Retractions
		h.Before = append(h.Before, e.IDs...)
		h.Cells = append(h.Cells, e.Cells...)
	}
	h.Before, h.Cells = distinct(h.Before), distinct(h.Cells)
	return h
}

// Across are the partners, but for one, who got features in cells that do not lie within cells of these sizes, sorted.
func Across(entries []audit.Entry, but string, cells []int) (partners []string) {
	for _, e := range entries {
		for _, theirs := range e.Cells {
			if _, _, apart := policy.Unnested(append([]int{theirs}, cells...)); apart && e.Partner != but {
				partners = append(partners, e.Partner)
			}
		}
	}
	return distinct(partners)
}

// Namesake is a partner of whom the log tells and whose name differs from another by case only; "" for none. One partner of two names would have two
// histories.
func Namesake(entries []audit.Entry, partner string) string {
	for _, e := range entries {
		if e.Partner != partner && strings.EqualFold(e.Partner, partner) {
			return e.Partner
		}
	}
	return ""
}

// Of fills into a request what the partner has got before.
func (h History) Of(q Request) Request {
	q.Before, q.Retracted, q.Cells = h.Before, h.Retracted, h.Cells
	return q
}

// NewPlan plans a draft of a request, and makes the page that shows it. The names of the files are the caller's.
func NewPlan(q Request, d *Draft, h History, policyFile PlanFile, inputs []PlanInput) (p *Plan, page []byte) {
	r := q.Policy.Effective()
	p = &Plan{
		Format: planFormat, Partner: q.Policy.Partner, Sequence: h.Sequence + 1, PrevManifestSHA256: h.PrevManifestSHA256,
		Created: q.Created, ValidUntil: d.ValidUntil, Policy: policyFile, Inputs: inputs,
		Retract: append([]string{}, q.Retract...), Retractions: append([]string{}, d.Retractions...),
		Precision: r.Precision(), Times: r.Times.String(), Sources: r.Sources.String(), TLP: string(d.TLP),
		Released: len(d.Features), Withheld: d.Selection.Counts(), Change: changeOf(h.Last, d.ids()),
	}
	for _, f := range d.Files {
		p.Files = append(p.Files, PlanFile{f.Name, sum(f.Data)})
	}
	page = pageOf(p, d, q.Policy)
	p.Page = sum(page)
	return p, page
}

func changeOf(last, now []string) (c Change) {
	had := map[string]bool{}
	for _, id := range last {
		had[id] = true
	}
	for _, id := range now {
		if had[id] {
			c.Kept++
		} else {
			c.Added++
		}
	}
	c.Dropped = len(last) - c.Kept
	return c
}

// Other says what of a plan is not as in one that was made anew of the same files: the names of files of the package, or what the plan says of itself;
// "" for nothing.
func (p *Plan) Other(anew *Plan) string {
	var other []string
	for i, f := range p.Files {
		if i >= len(anew.Files) || anew.Files[i] != f {
			other = append(other, f.Path)
		}
	}
	a, errA := p.Bytes()
	b, errB := anew.Bytes()
	if len(other) == 0 && (errA != nil || errB != nil || !bytes.Equal(a, b)) {
		return "what the plan says of itself"
	}
	return strings.Join(other, ", ")
}

// Bytes is the plan as JSON, the same for the same plan.
func (p *Plan) Bytes() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(p)
	return b.Bytes(), err
}

// mostPlan is the most bytes of a plan.
const mostPlan = 64 << 20

// ReadPlan reads a plan, and returns its bytes, too, over which approvals are.
func ReadPlan(path string) (*Plan, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, exit.Errorf(exit.Input, "%s: %w; detect release plan writes one", path, exit.Cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostPlan))
	if err != nil {
		return nil, nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	p, err := parsePlan(data)
	if err != nil {
		return nil, nil, exit.Errorf(exit.Input, "%s: is not a plan of detect release: %w; plan again", path, err)
	}
	return p, data, nil
}

func parsePlan(data []byte) (*Plan, error) {
	var p Plan
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return nil, err
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("its format is %.40q, not %s", p.Format, planFormat)
	}
	same, err := p.Bytes()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(same, data) {
		return nil, errors.New("it is not as it was written")
	}
	return &p, nil
}
