package release

import (
	"strings"
	"testing"
)

// TestLimitsInEveryForm: what others said of a feature is read from a collection and from lines, however the names are spelt, and sets of tokens
// are read whole.
func TestLimitsInEveryForm(t *testing.T) {
	a, b := "o-"+strings.Repeat("a", 32), "o-"+strings.Repeat("b", 32)
	feature := `{"type":"Feature","id":"x","geometry":{"type":"Polygon","coordinates":[[[8,47],[8.1,47],[8,47.1],[8,47]]]},` +
		`"properties":{"det_id":"x","tlp":"TLP:RED","no_onward":true,"origins_any":"` + a + " " + b + `"}}`
	spelt := strings.Replace(feature, `"tlp"`, `"\u0074lp"`, 1)
	for name, c := range map[string]struct {
		text  string
		lines bool
	}{
		"collection": {`{"type":"FeatureCollection","features":[` + feature + `]}`, false},
		"lines":      {feature + "\n\n", true},
		"escapes":    {`{"type":"FeatureCollection","features":[` + spelt + `]}`, false},
		"both":       {spelt + "\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := parseInput([]byte(c.text), c.lines)
			if err != nil || len(in) != 1 {
				t.Fatal(in, err)
			}
			if in[0].TLP != "TLP:RED" || !in[0].NoOnward || len(in[0].OriginsAny) != 2 {
				t.Errorf("%+v", in[0])
			}
		})
	}
}

// TestReadInOneWay: what another reader would take in another way is refused, in a collection and in lines, also when others said nothing of it.
func TestReadInOneWay(t *testing.T) {
	const feature = `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[8,47],[8.1,47],[8,47.1],[8,47]]]},"properties":{"det_id":"x","review_state":"rejected"}}`
	for old, doubled := range map[string]string{"": "", `"geometry"`: `"geometry":null,"geometry"`, `"properties"`: `"Properties":{},"properties"`, `}}`: `,"Review_State":"accepted"}}`} {
		text := strings.Replace(feature, old, doubled, 1)
		for lines, file := range map[bool]string{true: text + "\n" + text, false: `{"type":"FeatureCollection","name":"saved by GDAL","features":[` + text + "]}"} {
			if _, err := parseInput([]byte(file), lines); (err == nil) != (old == "") {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// TestOneDetectionIsOneThing: a detection that is fed tracked and untracked is refused, whatever the order, because a verdict may be with either; and a
// rejection of the position takes back what was released of the detection.
func TestOneDetectionIsOneThing(t *testing.T) {
	tracked, untracked := &Input{}, &Input{}
	tracked.ID, tracked.DetID, tracked.ReviewState = "p-1", "d1", "rejected"
	untracked.DetID, untracked.ReviewState = "d1", "accepted"
	for _, both := range [][]*Input{{tracked, untracked}, {untracked, tracked}} {
		if _, err := unique(t.Context(), both); err == nil || !strings.Contains(err.Error(), "d1 stands in the inputs as") {
			t.Errorf("error %v", err)
		}
	}
	if all, err := unique(t.Context(), []*Input{untracked, untracked}); err != nil || len(all) != 1 {
		t.Errorf("the same twice is %d, %v", len(all), err)
	}
	q := Request{Keys: Keys{ID: []byte("key")}}
	q.Before = []string{ReleasedID(q.Keys.ID, "d1")}
	if gone, err := q.retractions([]*Input{tracked}, nil); err != nil || len(gone) != 1 {
		t.Errorf("retracted: %v, %v", gone, err)
	}
}
