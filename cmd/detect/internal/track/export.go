package track

import (
	"fmt"
	"io"
	"strings"

	"passdiff/geo"
)

// Kind is which positions an export has. Those that a verdict suppresses are in that of Rejected only.
type Kind string

// The kinds of exports.
const (
	// New positions were shown by one look so far, and nobody has accepted them.
	New Kind = "new"
	// OnlyConfirmed positions are confirmed, or accepted and not finished.
	OnlyConfirmed Kind = "confirmed"
	// All positions.
	All Kind = "all"
	// OnlyRejected are those that a verdict suppresses: so that a release takes back what a partner has got of them.
	OnlyRejected Kind = "rejected"
)

// ParseKind reads a kind.
func ParseKind(s string) (Kind, error) {
	switch k := Kind(s); k {
	case New, OnlyConfirmed, All, OnlyRejected:
		return k, nil
	}
	return "", fmt.Errorf("%q is not known; choose new, confirmed, all or rejected", s)
}

// Has reports whether an export of the kind has a position.
func (k Kind) Has(p *Position) bool {
	accepted := p.Verdict != nil && p.Verdict.Accepted
	switch {
	case p.Suppressed || k == OnlyRejected:
		return p.Suppressed && k == OnlyRejected
	case k == New:
		return p.Status == First && !accepted
	case k == OnlyConfirmed:
		return p.Status == Confirmed || accepted && p.Status != Finished
	}
	return true
}

// WriteFeatures writes the features of the positions that were selected: the detection of best precision of each, with the id and the counts of
// the position. The same positions give the same bytes.
func (s *State) WriteFeatures(w io.Writer, format geo.Format) error {
	out := geo.NewWriter(w, format)
	for _, f := range s.Features {
		if err := out.Write(f); err != nil {
			return err
		}
	}
	return out.Close()
}

// WriteSuppressed writes a line for each position that a verdict suppresses, tabs between the fields, below a line of names.
func (s *State) WriteSuppressed(w io.Writer) error {
	var b strings.Builder
	b.WriteString("id\tdetections\tlast_seen\twho\twhen\texpires\treason\n")
	for _, p := range s.Positions {
		if !p.Suppressed {
			continue
		}
		expires := "never"
		if p.Verdict.Expires.Known {
			expires = stamp(p.Verdict.Expires.Value)
		}
		fmt.Fprintf(&b, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", p.ID, len(p.sightings), stamp(p.LastSeen), oneField(p.Verdict.Who), stamp(p.Verdict.When), expires,
			oneField(p.Verdict.Reason))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// oneField is a text without what would end its field or its line.
func oneField(s string) string { return strings.Join(strings.Fields(s), " ") }
