package parcel

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Format names the layout of a package.
const Format = "passdiff-release/1"

// Manifest is manifest.json. Its keys stand in this order.
type Manifest struct {
	Format string `json:"format"`
	// Partner is for whom the package was made, Sequence counts the packages for that partner from 1, and PrevManifestSHA256 is of the manifest
	// before, "" for the first.
	Partner            string `json:"partner"`
	Sequence           int    `json:"sequence"`
	PrevManifestSHA256 string `json:"prev_manifest_sha256"`
	TLP                TLP    `json:"tlp"`
	Handling           string `json:"handling"`
	// Created and ValidUntil are in UTC, to the second.
	Created    time.Time `json:"created"`
	ValidUntil time.Time `json:"valid_until"`
	Counts     Counts    `json:"counts"`
	// Precision is "exact", or "grid: 1000m".
	Precision string `json:"precision"`
	// Origins are the tokens of all observations in the package, see Origin: sorted, each once.
	Origins []string `json:"origins"`
	// AuditHead is the hash of the newest line of the publisher's audit log, "" for none.
	AuditHead string `json:"audit_head"`
	// Retractions are ids of features of earlier packages that no longer hold: sorted, each once.
	Retractions []string `json:"retractions"`
	Software    string   `json:"software"`
	// Subjects are all files but manifest, sums and signature, by name.
	Subjects []Subject `json:"subjects"`
}

// Counts says how many features a package has, and how many were withheld: nil when that is not told.
type Counts struct {
	Features int  `json:"features"`
	Withheld *int `json:"withheld"`
}

// Subject is a file that the manifest lists.
type Subject struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

var (
	tokenForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@/+=-]{0,127}$`)
	precisionForm = regexp.MustCompile(`^(exact|grid: [1-9][0-9]{0,6}m)$`)
)

// encode writes the manifest as it stands in a package.
func (m Manifest) encode() ([]byte, error) {
	m.Created, m.ValidUntil = m.Created.UTC().Truncate(time.Second), m.ValidUntil.UTC().Truncate(time.Second)
	m.Origins, m.Retractions, m.Subjects = orEmpty(m.Origins), orEmpty(m.Retractions), orEmpty(m.Subjects)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ParseManifest reads manifest.json. It must be what this package writes, byte for byte: keys in order, each once, indented by two spaces. That leaves
// no room for what two readers would understand in two ways.
func ParseManifest(data []byte) (*Manifest, error) {
	if len(data) > MaxManifest {
		return nil, fmt.Errorf("is larger than %d bytes", MaxManifest)
	}
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	same, err := m.encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(same, data) {
		return nil, errors.New("is not written as the format says: every key once, in the format's order, indented by two spaces, and nothing behind it")
	}
	return &m, nil
}

// check is an error that lists what is wrong with the manifest.
func (m *Manifest) check() error {
	var errs []error
	wrong := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	wrong(m.Format == Format, "format is %.40q, not %s", m.Format, Format)
	wrong(line(m.Partner, 1, 100), "partner is not a name of up to 100 characters")
	wrong(m.Sequence >= 1 && m.Sequence <= MaxSequence, "sequence %d is not from 1 to %d", m.Sequence, MaxSequence)
	wrong(m.PrevManifestSHA256 == "" || isSum(m.PrevManifestSHA256), "prev_manifest_sha256 is no sha256")
	wrong((m.Sequence == 1) == (m.PrevManifestSHA256 == ""), "sequence is %d and prev_manifest_sha256 %.64q: the first package has none, every other one has it", m.Sequence, m.PrevManifestSHA256)
	wrong(m.TLP.Known(), "tlp %.40q is no marking of TLP 2.0", m.TLP)
	wrong(line(m.Handling, 0, 1000), "handling is not a line of up to 1000 characters")
	wrong(year(m.Created) && year(m.ValidUntil), "created or valid_until is not in the years 2000 to 9999")
	wrong(m.ValidUntil.After(m.Created), "valid_until is not after created")
	wrong(m.Counts.Features >= 0 && (m.Counts.Withheld == nil || *m.Counts.Withheld >= 0), "counts are negative")
	wrong(precisionForm.MatchString(m.Precision), "precision %.40q is neither exact nor a grid such as grid: 1000m", m.Precision)
	wrong(tokens(m.Origins, IsOrigin), "origins are not up to %d tokens, sorted, each once", MaxTokens)
	wrong(m.AuditHead == "" || isSum(m.AuditHead), "audit_head is no sha256")
	wrong(tokens(m.Retractions, tokenForm.MatchString), "retractions are not up to %d tokens, sorted, each once", MaxTokens)
	wrong(line(m.Software, 0, 100), "software is not a line of up to 100 characters")
	wrong(len(m.Subjects) <= MaxFiles, "subjects are more than %d", MaxFiles)
	wrong(slices.IsSortedFunc(m.Subjects, func(a, b Subject) int { return strings.Compare(a.Name, b.Name) }), "subjects are not sorted by name")
	for _, s := range m.Subjects {
		wrong(s.Size >= 0 && s.Size <= MaxFile && isSum(s.SHA256), "subject %.64q has no size up to %d, or no sha256", s.Name, MaxFile)
		wrong(s.Name != ManifestName && s.Name != SumsName && !isSignature(s.Name), "subject %.64q cannot be one", s.Name)
	}
	return errors.Join(errs...)
}

// line reports whether s is a line of printable text of that many characters.
func line(s string, least, most int) bool {
	n := 0
	for _, r := range s {
		if n++; !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return false
		}
	}
	return n >= least && n <= most && strings.TrimSpace(s) == s
}

// tokens reports whether a list is of tokens of a form: sorted, each once, and not too many.
func tokens(list []string, form func(string) bool) bool {
	for i, t := range list {
		if !form(t) || i > 0 && list[i-1] >= t {
			return false
		}
	}
	return len(list) <= MaxTokens
}

func year(t time.Time) bool { return t.Year() >= 2000 && t.Year() <= 9999 }

// isSum reports whether s is a sha256 in lower-case hexadecimal digits.
func isSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && strings.ToLower(s) == s
}
