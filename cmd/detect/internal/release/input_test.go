package release

import (
	"testing"

	"passdiff/cmd/detect/internal/policy"
)

// FuzzInput wants any GeoJSON to be read or refused, and what was read to be selected by, and generalised, without a crash.
func FuzzInput(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"type":"FeatureCollection","features":[]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","id":"p-a","geometry":{"type":"Polygon","coordinates":[[[30.7,-17.1],[30.701,-17.1],[30.701,-17.099],[30.7,-17.1]]]},"properties":{"det_id":"a","review_state":"accepted","status":"first","t_after":"2026-01-01T00:00:00Z","rep_lon":30.7006,"rep_lat":-17.0998,"tlp":"TLP:GREEN","origins":"o-1","no_onward":false}}]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[180,0],[181,0],[181,1],[180,0]]]]},"properties":{"det_id":"a","rep_lon":1e300,"rep_lat":-91}}]}`} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	rules := open()
	rules.Review, rules.AnyConfidence, rules.MinStatus, rules.Grid, rules.Protected = policy.Candidate, true, "", 250, guards(30.71, 500)
	f.Fuzz(func(t *testing.T, data []byte, lines bool) {
		features, err := parseInput(data, lines)
		if err != nil {
			return
		}
		s := Select(rules, at, features)
		if len(s.Released)+len(s.Withheld) != len(features) {
			t.Errorf("%d of %d are accounted for", len(s.Released)+len(s.Withheld), len(features))
		}
		for _, c := range s.Released {
			generalise(rules, Keys{ID: []byte("k")}, c)
		}
	})
}

// FuzzPlan wants any plan to be read or refused.
func FuzzPlan(f *testing.F) {
	q := Request{Policy: &policy.Policy{Rules: open()}, Features: []*Input{good()}, Created: at}
	d, err := NewDraft(q)
	if err != nil {
		f.Fatal(err)
	}
	data, err := NewPlan(q, d, History{}, PlanFile{"policy.yaml", "0"}, []PlanInput{{PlanFile: PlanFile{"a.geojson", "1"}}}).Bytes()
	if err != nil {
		f.Fatal(err)
	}
	if _, err := parsePlan(data); err != nil {
		f.Error(err)
	}
	f.Add(data)
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = parsePlan(data) })
}
