package release

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
)

// Names of the texts of a package.
const (
	codebookName = "codebook.csv"
	schemaName   = "schema.json"
	readmeName   = "README.txt"
)

// texts are the files that explain a package. They depend on the policy, the marking and the times alone.
func texts(p *policy.Policy, tlp parcel.TLP, created, until time.Time) ([]parcel.File, error) {
	r := p.Effective()
	schema, err := schemaOf(r)
	if err != nil {
		return nil, err
	}
	return []parcel.File{
		{Name: codebookName, Data: codebook(r)},
		{Name: schemaName, Data: schema},
		{Name: readmeName, Data: readme(p, r, tlp, created, until)},
	}, nil
}

// lines are the properties of a released feature in their order.
func lines(r policy.Rules) (all []policy.Attribute) {
	all = append(all, policy.Fixed[:2]...)
	for _, a := range policy.Attributes {
		if slices.Contains(r.Attributes, a.Name) {
			all = append(all, a)
		}
	}
	return append(all, policy.Fixed[2:]...)
}

func codebook(r policy.Rules) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"field", "meaning"}}
	for _, a := range lines(r) {
		about := a.About
		if a.Time && r.Times > policy.ExactTimes {
			about += fmt.Sprintf(": the beginning of that %v, UTC", r.Times)
		}
		rows = append(rows, []string{a.Name, about})
	}
	rows = append(rows,
		[]string{"class", "in coverage: observed, or partly observed; what is not listed was not looked at, or is not told"},
		[]string{"t_before, t_after", "in coverage: the day or week in which the passes were acquired"})
	if err := w.WriteAll(rows); err != nil {
		panic("release: " + err.Error()) // a buffer takes everything
	}
	return b.Bytes()
}

// schemaOf is a JSON Schema of the features of detections.geojson.
func schemaOf(r policy.Rules) ([]byte, error) {
	type object = map[string]any
	properties, names := object{}, []string{}
	for _, a := range lines(r) {
		names = append(names, a.Name)
		properties[a.Name] = object{"description": a.About, "type": []string{"string", "number", "null"}}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "detections.geojson of a release",
		"type":    "object", "required": []string{"type", "features"}, "additionalProperties": false,
		"properties": object{
			"type": object{"const": "FeatureCollection"},
			"features": object{"type": "array", "items": object{
				"type": "object", "required": []string{"type", "id", "geometry", "properties"}, "additionalProperties": false,
				"properties": object{
					"type": object{"const": "Feature"}, "id": object{"type": "string"}, "geometry": object{"type": "object"},
					"properties": object{"type": "object", "required": names, "additionalProperties": false, "properties": properties},
				},
			}},
		},
	})
	return b.Bytes(), err
}

func readme(p *policy.Policy, r policy.Rules, tlp parcel.TLP, created, until time.Time) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `Candidates for changes between satellite passes, for %s
Marking: %s
`, p.Partner, tlp)
	if p.Handling != "" {
		fmt.Fprintf(&b, "Handling: %s\n", p.Handling)
	}
	fmt.Fprintf(&b, `Created %s, valid until %s; delete it then, and delete what
"retractions" in manifest.json lists from earlier packages.

What it is
  detections.geojson  candidates for changes. A change is not an identification.
  coverage.geojson    ground that was looked at
  codebook.csv        what the properties mean; schema.json has their form
  manifest.json       which package this is, and the SHA-256 of every file

Places are %s, times %v. What is not here was not found, not looked at, not reviewed,
or is not told: the absence of a feature says nothing about a place, also where
coverage.geojson says that it was observed.

To check it with the publisher's public key, which you got on another way:
  minisign -Vm SHA256SUMS -P KEY && sha256sum -c SHA256SUMS
or, when there is SHA256SUMS.sig,
  ssh-keygen -Y verify -f allowed_signers -I NAME -n passdiff-release -s SHA256SUMS.sig < SHA256SUMS && sha256sum -c SHA256SUMS
`, created.Format(time.RFC3339), until.Format(time.RFC3339), r.Precision(), r.Times)
	return []byte(b.String())
}
