package release

import (
	"bytes"
	"testing"

	"passdiff/cmd/detect/internal/frugal"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// FuzzInput wants any GeoJSON to be read or refused, and what is read to be selected and generalised.
func FuzzInput(f *testing.F) {
	var b bytes.Buffer
	w := geo.NewWriter(&b, geo.Format{})
	one := good().Feature
	if err := w.Write(&one); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), false)
	f.Add(bytes.Replace(b.Bytes(), []byte(`"properties":{`), []byte(`"properties":{"tlp":"TLP:GREEN","origins":"o-00","no_onward":true,`), 1), false)
	f.Add(b.Bytes(), true)
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[]]},"properties":{"\u0074lp":1}}]}`), false)
	rules := open()
	rules.Review, rules.AnyConfidence, rules.MinStatus, rules.Grid, rules.Deny = policy.Candidate, true, "", 1000, square30()[:0]
	f.Fuzz(func(t *testing.T, data []byte, lines bool) {
		frugal.Do(t, func() {
			features, err := parseInput(data, lines)
			if err != nil {
				return
			}
			d, err := NewDraft(t.Context(), Request{Policy: &policy.Policy{Partner: "north", Rules: rules}, Keys: Keys{ID: []byte("k")}, Features: features, Created: at})
			if err != nil {
				return
			}
			if n := len(d.Selection.Released) + len(d.Selection.Withheld); n > len(features) || len(d.Features) != len(d.Selection.Released) {
				t.Errorf("%d of %d features are accounted for", n, len(features))
			}
			if _, err := parcel.ParseFeatures(d.Files[0].Data); err != nil {
				t.Errorf("what is released cannot be read: %v", err)
			}
		})
	})
}

// FuzzPlan wants any plan to be refused that is not as it was written.
func FuzzPlan(f *testing.F) {
	q := request(1000, func(*policy.Rules) {})
	d, err := NewDraft(f.Context(), q)
	if err != nil {
		f.Fatal(err)
	}
	p, _ := NewPlan(q, d, History{}, PlanFile{}, nil)
	data, err := p.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			p, err := parsePlan(data)
			if err != nil {
				return
			}
			if same, err := p.Bytes(); err != nil || !bytes.Equal(same, data) {
				t.Errorf("is read, and written as %q: %v", same, err)
			}
		})
	})
}
