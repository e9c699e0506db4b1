package parcel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Distinct is an error when a collection, or features a line, can be read in two ways: a name is there twice in an object, also in another case, of which
// one reader takes the first, another the last or both; or a member has its name but for the case, so that some read it and others pass over it. It
// leaves to the reader what is no JSON, and lists and objects among the properties.
func Distinct(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		err := object(dec, featureMembers, func(name string) error {
			if name == "features" {
				return distinctList(dec)
			}
			return distinctMember(dec, name)
		})
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// The members that are read, in a feature or collection and in a geometry.
var (
	featureMembers  = []string{"type", "bbox", "features", "id", "geometry", "properties"}
	geometryMembers = []string{"type", "coordinates"}
)

func distinctList(dec *json.Decoder) error {
	if err := expect(dec, json.Delim('[')); err != nil {
		return err
	}
	for n := 1; dec.More(); n++ {
		err := object(dec, featureMembers, func(name string) error { return distinctMember(dec, name) })
		if err != nil {
			return fmt.Errorf("feature %d of the list: %w", n, err)
		}
	}
	return expect(dec, json.Delim(']'))
}

// distinctMember looks at the value of a member of a feature.
func distinctMember(dec *json.Decoder, name string) error {
	pass := func(string) error {
		var value json.RawMessage
		return dec.Decode(&value)
	}
	switch name {
	case "geometry":
		return object(dec, geometryMembers, pass)
	case "properties":
		return object(dec, nil, pass)
	}
	return pass(name)
}

// object reads an object whose names are distinct, and those of known spelt so; value reads what stands behind a name. It passes over null.
func object(dec *json.Decoder, known []string, value func(name string) error) error {
	switch t, err := dec.Token(); {
	case err != nil:
		return err
	case t == nil:
		return nil
	case t != json.Delim('{'):
		return fmt.Errorf("has %.40q where an object belongs", fmt.Sprint(t))
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		folded := strings.ToLower(strings.ToUpper(name)) // also where capitals or small letters alone are the same
		switch {
		case seen[folded]:
			return fmt.Errorf("the name %.40q is there twice, if only in another case", name)
		case folded != name && slices.Contains(known, folded):
			return fmt.Errorf("the name %.40q is %q but for the case", name, folded)
		}
		seen[folded] = true
		if err := value(name); err != nil {
			return err
		}
	}
	return expect(dec, json.Delim('}'))
}
