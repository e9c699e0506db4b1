package track

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
)

// ReadVerdicts reads a file of verdicts: CSV with a line of names, or GeoJSON with properties of these names: id, verdict (accepted or rejected),
// reason, who, when. What has no verdict is passed over. Errors name the line or the feature.
func ReadVerdicts(path string, expiry Expiry) ([]*Verdict, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, exit.Cause(err))
	}
	return ParseVerdicts(path, data, expiry)
}

// ParseVerdicts reads the bytes of a file of verdicts.
func ParseVerdicts(path string, data []byte, expiry Expiry) (all []*Verdict, err error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".csv":
		all, err = csvVerdicts(data, expiry)
	case ".geojson", ".json":
		all, err = jsonVerdicts(data, expiry)
	default:
		err = errors.New("the format is taken from the extension: name it .csv or .geojson")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// written is a verdict as it stands in a file.
type written struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Who     string `json:"who"`
	When    string `json:"when"`
}

// verdict reads it; nil when there is none.
func (w written) verdict(expiry Expiry) (*Verdict, error) {
	if w.Verdict == "" {
		return nil, nil
	}
	v := &Verdict{ID: w.ID, Reason: w.Reason, Who: w.Who}
	switch w.Verdict {
	case Accepted:
		v.Accepted = true
	case Rejected:
	default:
		return nil, fmt.Errorf("%q is no verdict; accepted and rejected are", w.Verdict)
	}
	if w.ID == "" || w.Who == "" {
		return nil, errors.New("a verdict needs id and who")
	}
	var err error
	if v.When, err = time.Parse(time.RFC3339, w.When); err != nil {
		if v.When, err = time.Parse(time.DateOnly, w.When); err != nil {
			return nil, fmt.Errorf("when %q is not a time like 2026-05-01 or 2026-05-01T10:30:00Z", w.When)
		}
	}
	v.When = v.When.UTC().Truncate(time.Millisecond)
	if !v.Accepted {
		v.Expires = expiry.Of(v.When)
	}
	return v, nil
}

func csvVerdicts(data []byte, expiry Expiry) (all []*Verdict, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("is empty; its first line names the columns: id,verdict,reason,who,when")
	}
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, n := range names {
		column[strings.ToLower(strings.TrimSpace(n))] = i
	}
	for _, n := range []string{"id", "verdict", "who", "when"} {
		if _, ok := column[n]; !ok {
			return nil, fmt.Errorf("has no column %q; its first line names the columns: id,verdict,reason,who,when", n)
		}
	}
	for n := 1; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		field := func(name string) string {
			i, ok := column[name]
			if !ok {
				return ""
			}
			return strings.TrimSpace(row[i])
		}
		v, err := written{field("id"), field("verdict"), field("reason"), field("who"), field("when")}.verdict(expiry)
		if err != nil {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if v != nil {
			v.Row = n
			all = append(all, v)
		}
	}
}

func jsonVerdicts(data []byte, expiry Expiry) (all []*Verdict, err error) {
	var c struct {
		Type     string `json:"type"`
		Features []struct {
			ID         any     `json:"id"`
			Properties written `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("is not GeoJSON with verdicts: %w", err)
	}
	if c.Type != "FeatureCollection" {
		return nil, errors.New("is not GeoJSON with verdicts: it is no FeatureCollection")
	}
	for i, f := range c.Features {
		w := f.Properties
		if id, ok := f.ID.(string); ok && w.ID == "" {
			w.ID = id
		}
		v, err := w.verdict(expiry)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		if v != nil {
			v.Row = i + 1
			all = append(all, v)
		}
	}
	return all, nil
}
