package form

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"passdiff/cmd/detect/internal/exit"
)

// compile reads a schema.
func compile(data []byte) (*schema, error) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	const name = "form.schema.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, raw); err != nil {
		return nil, err
	}
	s, err := c.Compile(name)
	return &schema{s, raw, message.NewPrinter(language.English)}, err
}

type schema struct {
	*jsonschema.Schema
	raw     any
	english *message.Printer
}

// check reports everything in which the document differs from the schema, by line.
func (d *Document) check(form []byte) error {
	s, err := compile(form)
	if err != nil {
		return err
	}
	v, err := d.value(d.Root)
	if err != nil {
		return err
	}
	var wrong *jsonschema.ValidationError
	if err := s.Validate(v); !errors.As(err, &wrong) {
		return err
	}
	all := d.complaints(s, wrong)
	slices.SortStableFunc(all, func(a, b complaint) int { return cmp.Compare(a.line, b.line) })
	var errs []error
	for _, c := range slices.Compact(all) {
		errs = append(errs, fmt.Errorf("%s:%d: %s", d.Path, c.line, c.text))
	}
	return exit.With(exit.Usage, errors.Join(errs...))
}

// complaint is one thing that the schema does not allow.
type complaint struct {
	line int
	text string
}

// complaints puts what the checker found into words: what stands there, and what the schema wants there.
func (d *Document) complaints(s *schema, e *jsonschema.ValidationError) (all []complaint) {
	n := d.find(e.InstanceLocation)
	name := "the file"
	if i := len(e.InstanceLocation) - 1; i >= 0 {
		name = e.InstanceLocation[i]
		if _, err := strconv.Atoi(name); err == nil {
			name = "entry"
		}
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
		for _, c := range e.Causes {
			all = append(all, d.complaints(s, c)...)
		}
		return all
	case *kind.AdditionalProperties:
		for _, p := range k.Properties {
			all = append(all, complaint{key(n, p).Line, fmt.Sprintf("%q is not known; choose among %s", p, strings.Join(s.keys(e.SchemaURL), ", "))})
		}
		return all
	case *kind.Required:
		return []complaint{{n.Line, fmt.Sprintf("%s lacks %s", name, strings.Join(k.Missing, ", "))}}
	case *kind.OneOf, *kind.Not:
		return []complaint{{n.Line, s.about(e.SchemaURL)}}
	}
	text := fmt.Sprintf("%s: %s", name, e.ErrorKind.LocalizedString(s.english))
	if empty(e.ErrorKind) {
		text = name + ": has no value"
	}
	if about := s.about(e.SchemaURL); about != "" {
		text += "; " + about
	}
	return []complaint{{n.Line, text}}
}

// empty reports whether nothing stands where something belongs.
func empty(k jsonschema.ErrorKind) bool {
	switch k := k.(type) {
	case *kind.Type:
		return k.Got == "null"
	case *kind.MinLength:
		return k.Got == 0
	}
	return false
}

// part is the part of the schema at a location; nil when it is no object.
func (s *schema) part(location string) map[string]any {
	_, pointer, _ := strings.Cut(location, "#")
	v := s.raw
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		m, _ := v.(map[string]any)
		if step != "" {
			v = m[step]
		}
	}
	m, _ := v.(map[string]any)
	return m
}

// about is the description of a part.
func (s *schema) about(location string) string {
	about, _ := s.part(location)["description"].(string)
	return about
}

// keys are those that a part knows, sorted.
func (s *schema) keys(location string) (names []string) {
	known, _ := s.part(location)["properties"].(map[string]any)
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
