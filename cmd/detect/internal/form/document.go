package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"passdiff/cmd/detect/internal/exit"
)

// Bounds of a file: bytes, and values that stand there by aliases.
const (
	mostBytes   = 64 << 20
	mostAliased = 1 << 18
)

// Form is what files of one kind look like, and the words for those that do not.
type Form struct {
	// Schema is the JSON Schema, in JSON.
	Schema []byte
	// Missing says what to do about a file that cannot be found, and Empty about one without content.
	Missing, Empty string
}

// Document is a YAML file whose values know their lines.
type Document struct {
	Path string
	// Bytes is what stands in the file.
	Bytes []byte
	// Root is the value of the file, without aliases.
	Root *yaml.Node
}

// Read reads the one document of a file and compares it with the schema. Errors name the file and every line that differs; they carry
// exit.Usage for what the file says, and exit.Input when it cannot be read.
func (form Form) Read(path string) (*Document, error) {
	d, err := form.parse(path)
	if err != nil {
		return nil, err
	}
	return d, d.check(form.Schema)
}

// parse reads the one document of a file.
func (form Form) parse(path string) (*Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w; %s", path, exit.Cause(err), form.Missing)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	switch {
	case err != nil:
		return nil, exit.Errorf(exit.Input, "%s: cannot be read: %w", path, exit.Cause(err))
	case len(data) > mostBytes:
		return nil, exit.Errorf(exit.Input, "%s: is larger than %d MiB; split it", path, mostBytes>>20)
	}
	d := &Document{Path: path, Bytes: data}
	var top, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	switch err := dec.Decode(&top); {
	case errors.Is(err, io.EOF):
		return nil, exit.Errorf(exit.Usage, "%s: is empty; %s", path, form.Empty)
	case err != nil:
		return nil, d.syntax(err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, exit.Errorf(exit.Usage, "%s:%d: holds a second document; make a file of each", path, max(more.Line, 1))
	}
	left := mostAliased
	if d.Root, err = plain(top.Content[0], false, &left); err != nil {
		return nil, d.At(top.Content[0], "%w", err)
	}
	return d, nil
}

// yamlLine is how the parser names the line of an error, counted from 1; counted from 0 it is before what offByOne matches.
var (
	yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	offByOne = regexp.MustCompile(`^did not find expected (<|node content|'-'|key$|',' or)`)
)

// syntax is an error of the parser, which names the line of what is wrong or of what that is part of.
func (d *Document) syntax(err error) error {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return exit.Errorf(exit.Usage, "%s: is no YAML: %w", d.Path, err)
	}
	line, _ := strconv.Atoi(m[1]) // 0 for none
	if offByOne.MatchString(m[2]) {
		line++
	}
	return exit.Errorf(exit.Usage, "%s:%d: is no YAML, here or in what begins here: %s", d.Path, max(line, 1), m[2])
}

// At is an error of usage about a value.
func (d *Document) At(n *yaml.Node, format string, args ...any) error {
	return exit.Errorf(exit.Usage, "%s:%d: %w", d.Path, n.Line, fmt.Errorf(format, args...))
}

// plain is n with copies in place of aliases; left counts down how many values may still stand inside of these.
func plain(n *yaml.Node, inside bool, left *int) (*yaml.Node, error) {
	if inside {
		*left--
	}
	if *left < 0 {
		return nil, errors.New("holds too many values once its aliases are written out; write it without")
	}
	if n.Kind == yaml.AliasNode {
		return plain(n.Alias, true, left)
	}
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, v := range n.Content {
		var err error
		if c.Content[i], err = plain(v, inside, left); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// value is a node as the schema's checker takes it.
func (d *Document) value(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for key, v := range Fields(n) {
			if _, twice := m[key.Value]; twice || key.Kind != yaml.ScalarNode {
				return nil, d.At(key, "%q stands here twice, or is no text; leave it out", key.Value)
			}
			var err error
			if m[key.Value], err = d.value(v); err != nil {
				return nil, err
			}
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, v := range n.Content {
			var err error
			if list[i], err = d.value(v); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE", nil
	case "!!int", "!!float":
		var f float64
		if err := n.Decode(&f); err != nil || f-f != 0 {
			return n.Value, nil
		}
		return f, nil
	}
	return n.Value, nil
}

// Fields goes through the keys and values of a mapping.
func Fields(n *yaml.Node) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// Get is the value of a key, nil when the mapping, or nothing, does not have it.
func Get(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for key, v := range Fields(n) {
		if key.Value == name {
			return v
		}
	}
	return nil
}

// Text is the value of a scalar, "" for none.
func Text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// Value is the value of a scalar of which the schema says that it is a number, or a truth, in whichever of YAML's ways it is written; 0 or false for none.
func Value[T float64 | bool](n *yaml.Node) (v T) {
	if n == nil {
		return v
	}
	if err := n.Decode(&v); err != nil {
		panic("form: the schema let pass what is of another type: " + err.Error())
	}
	return v
}

// Texts are the value of a scalar or those of a list.
func Texts(n *yaml.Node) (list []string) {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	for _, v := range n.Content {
		list = append(list, v.Value)
	}
	return list
}

// find goes from the root along keys and positions. It stops where the way ends.
func (d *Document) find(way []string) *yaml.Node {
	n := d.Root
	for _, step := range way {
		next := Get(n, step)
		if i, err := strconv.Atoi(step); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			next = n.Content[i]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// key is the key of that name in a mapping, or the mapping where it has none.
func key(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for key := range Fields(n) {
			if key.Value == name {
				return key
			}
		}
	}
	return n
}
