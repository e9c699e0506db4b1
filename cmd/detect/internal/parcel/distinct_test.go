package parcel

import (
	"strings"
	"testing"
)

// twoWays are features of which GDAL or another reader tells something else than encoding/json, or the same under two names.
var twoWays = map[string]string{
	"two geometries":                     `{"type":"Feature","id":"x","geometry":null,"geometry":GEOMETRY,"properties":{}}`,
	"a geometry beside Geometry":         `{"type":"Feature","id":"x","Geometry":null,"geometry":GEOMETRY,"properties":{}}`,
	"Geometry alone":                     `{"type":"Feature","id":"x","Geometry":GEOMETRY,"properties":{}}`,
	"another name in Unicode":            `{"type":"Feature","id":"x","geometry":GEOMETRY,"propertieſ":{}}`,
	"two lists of properties":            `{"type":"Feature","id":"x","geometry":GEOMETRY,"properties":{},"properties":{"a":1}}`,
	"two ids":                            `{"type":"Feature","id":"y","id":"x","geometry":GEOMETRY,"properties":{}}`,
	"coordinates twice":                  `{"type":"Feature","id":"x","geometry":{"type":"Polygon","coordinates":[],"coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{}}`,
	"Coordinates":                        `{"type":"Feature","id":"x","geometry":{"type":"Polygon","Coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{}}`,
	"a property twice":                   `{"type":"Feature","id":"x","geometry":GEOMETRY,"properties":{"det_id":"a","det_id":"b"}}`,
	"a property twice, in another case":  `{"type":"Feature","id":"x","geometry":GEOMETRY,"properties":{"review_state":"rejected","Review_State":"accepted"}}`,
	"a property twice, spelt by escapes": `{"type":"Feature","id":"x","geometry":GEOMETRY,"properties":{"det_id":"a","\u0044ET_ID":"b"}}`,
}

func TestDistinct(t *testing.T) {
	const geometry = `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`
	collection := func(f string) string {
		return `{"type":"FeatureCollection","features":[` + strings.ReplaceAll(f, "GEOMETRY", geometry) + "]}"
	}
	for name, f := range twoWays {
		if err := Distinct([]byte(collection(f))); err == nil || !strings.Contains(err.Error(), "case") {
			t.Errorf("%s: %v", name, err)
		}
		if err := Distinct([]byte("\n" + strings.ReplaceAll(f, "GEOMETRY", geometry) + "\n")); err == nil {
			t.Errorf("%s, a feature a line, is taken", name)
		}
		if _, err := ParseFeatures([]byte(collection(f))); err == nil {
			t.Errorf("%s is parsed", name)
		}
	}
	good := `{"type":"Feature","id":"x","geometry":GEOMETRY,"properties":{"ID":"x","Type":1,"deep":{"a":1,"A":2}}}`
	for _, text := range []string{collection(good), collection(good + "," + good), collection(strings.ReplaceAll(good, "GEOMETRY", "null")), `{"type":"FeatureCollection","name":"n","crs":{},"features":[]}`, ""} {
		if err := Distinct([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	two := `{"type":"FeatureCollection","features":[],"features":[]}`
	if _, err := ParseFeatures([]byte(two)); err == nil {
		t.Error("two lists are parsed")
	}
}
