package parcel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"

	"passdiff/geo"
)

// Bounds of a file of features.
const (
	MaxFeatures   = 2_000_000
	maxProperties = 200
	maxGeometry   = 8 << 20 // bytes of a feature's geometry as text
)

// Feature is a feature of a file: its id, its polygons in longitude and latitude, and its properties in the file's order.
type Feature struct {
	ID         string
	Geometry   orb.MultiPolygon
	Properties []Property
}

// Property is a flat property: Value is a string, json.Number, bool, or nil.
type Property struct {
	Name  string
	Value any
}

// Text is the value of a property that is a string; "" when it is none.
func (f *Feature) Text(name string) string {
	s, _ := f.Get(name).(string)
	return s
}

// Get is the value of a property; nil when the feature does not have it.
func (f *Feature) Get(name string) any {
	for _, p := range f.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

// member is a feature as it stands in a file.
type member struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Bbox       []float64       `json:"bbox"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties json.RawMessage `json:"properties"`
}

// ParseFeatures reads a FeatureCollection of polygons in longitude and latitude whose names are distinct (Distinct) and whose properties are flat, and of a
// detection's type where they have the name of one of its.
func ParseFeatures(data []byte) ([]Feature, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := expect(dec, json.Delim('{')); err != nil {
		return nil, err
	}
	var features []Feature
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		seen[name] = true
		switch name {
		case "type":
			err = expect(dec, "FeatureCollection")
		case "bbox":
			var b []float64
			err = dec.Decode(&b)
		case "features":
			features, err = list(dec)
		default:
			err = fmt.Errorf("the member %.40q is not allowed", name)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := expect(dec, json.Delim('}')); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file goes on after the collection")
	}
	if !seen["type"] || !seen["features"] {
		return nil, errors.New("is no FeatureCollection")
	}
	return features, Distinct(data)
}

// expect reads one token.
func expect(dec *json.Decoder, want json.Token) error {
	switch t, err := dec.Token(); {
	case err != nil:
		return fmt.Errorf("is cut off, or no JSON: %w", err)
	case t != want:
		return fmt.Errorf("has %.40q where %v belongs", fmt.Sprint(t), want)
	}
	return nil
}

func list(dec *json.Decoder) (all []Feature, err error) {
	if err := expect(dec, json.Delim('[')); err != nil {
		return nil, err
	}
	for dec.More() {
		var m member
		if err := dec.Decode(&m); err != nil {
			return nil, err
		}
		f, err := m.feature()
		if err != nil {
			return nil, fmt.Errorf("feature %.80q: %w", m.ID, err)
		}
		if all = append(all, f); len(all) > MaxFeatures {
			return nil, fmt.Errorf("more than %d features", MaxFeatures)
		}
	}
	return all, expect(dec, json.Delim(']'))
}

func (m *member) feature() (f Feature, err error) {
	if m.Type != "Feature" {
		return f, fmt.Errorf("an object of type %.40q stands among the features", m.Type)
	}
	f.ID = m.ID
	if len(m.Geometry) > maxGeometry {
		return f, fmt.Errorf("its geometry has more than %d bytes", maxGeometry)
	}
	if f.Properties, err = flat(m.Properties); err != nil {
		return f, err
	}
	// Properties of detections have the type that they have there, so that whoever reads them as such can.
	shell := bytes.Join([][]byte{[]byte(`{"type":"Feature","geometry":`), m.Geometry, []byte(`,"properties":`), m.Properties, []byte(`}`)}, nil)
	g, err := geo.NewReader(bytes.NewReader(shell)).Read()
	if err != nil {
		return f, err
	}
	switch g := g.Geometry.(type) {
	case orb.Polygon:
		f.Geometry = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		f.Geometry = g
	}
	if len(f.Geometry) == 0 {
		return f, errors.New("has no polygon")
	}
	for _, p := range f.Geometry {
		for _, r := range p {
			for _, v := range r {
				if math.Abs(v[0]) > 180 || math.Abs(v[1]) > 90 {
					return f, errors.New("lies outside of longitude and latitude")
				}
			}
		}
	}
	return f, nil
}

// flat reads the properties of a feature.
func flat(data []byte) ([]Property, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := expect(dec, json.Delim('{')); err != nil {
		return nil, errors.New("its properties are no object")
	}
	var all []Property
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		value, err := dec.Token()
		if err != nil {
			return nil, err
		}
		p := Property{Name: name.(string), Value: value}
		if _, deep := value.(json.Delim); deep {
			return nil, fmt.Errorf("the property %.40q is a list or an object", p.Name)
		}
		if n, is := value.(json.Number); is {
			if _, err := n.Float64(); err != nil {
				return nil, fmt.Errorf("the property %.40q is a number beyond all bounds", p.Name)
			}
		}
		if all = append(all, p); len(all) > maxProperties {
			return nil, fmt.Errorf("has more than %d properties", maxProperties)
		}
	}
	return all, nil
}
