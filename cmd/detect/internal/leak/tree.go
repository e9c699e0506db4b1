package leak

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// node is a JSON value as it stands in a file: members in order, numbers as they are written.
type node struct {
	kind    byte // { [ " n (number) 0 (null) b (true or false)
	text    string
	keys    []string
	members []*node // of an object or a list
}

// mostDeep bounds how deep values may stand in each other.
const mostDeep = 12

// parse reads the one value of a file. Members that stand twice are an error.
func parse(data []byte) (*node, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := read(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("goes on after its end")
	}
	return n, nil
}

func read(dec *json.Decoder, deep int) (*node, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if deep > mostDeep {
		return nil, errors.New("is nested too deeply")
	}
	switch t := t.(type) {
	case json.Number:
		return &node{kind: 'n', text: t.String()}, nil
	case string:
		return &node{kind: '"', text: t}, nil
	case bool:
		return &node{kind: 'b', text: fmt.Sprint(t)}, nil
	case nil:
		return &node{}, nil
	}
	n := &node{kind: byte(t.(json.Delim))}
	for dec.More() {
		if n.kind == '{' {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			n.keys = append(n.keys, key.(string))
		}
		m, err := read(dec, deep+1)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, m)
	}
	_, err = dec.Token()
	seen := map[string]bool{}
	for _, k := range n.keys {
		if seen[k] {
			return nil, fmt.Errorf("has the member %.40q twice", k)
		}
		seen[k] = true
	}
	return n, err
}

// get is a member of an object; a null for none.
func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if k == key {
			return n.members[i]
		}
	}
	return &node{}
}

// cut is what stands in data behind the value; false when it does not stand there in the only way in which a release has it: without spaces, texts with no
// more escapes than need be, numbers without an exponent and with as many digits as need be.
func (n *node) cut(data []byte) (rest []byte, ok bool) {
	switch n.kind {
	case 0:
		return cut(data, "null", true)
	case '"':
		return cut(data, quoted(n.text), true)
	case 'n':
		v, err := strconv.ParseFloat(n.text, 64)
		if err != nil || strings.ContainsAny(n.text, "eE") || strconv.FormatFloat(v, 'f', -1, 64) != n.text {
			return data, false
		}
		return cut(data, n.text, true)
	case 'b':
		return cut(data, n.text, true)
	}
	data, ok = cut(data, string(n.kind), true)
	for i, m := range n.members {
		if i > 0 {
			data, ok = cut(data, ",", ok)
		}
		if n.kind == '{' {
			data, ok = cut(data, quoted(n.keys[i])+":", ok)
		}
		if ok {
			data, ok = m.cut(data)
		}
	}
	return cut(data, map[byte]string{'{': "}", '[': "]"}[n.kind], ok)
}

// cut is what stands behind a text.
func cut(data []byte, text string, ok bool) ([]byte, bool) {
	if !ok || len(data) < len(text) || string(data[:len(text)]) != text {
		return data, false
	}
	return data[len(text):], true
}

// quoted is a text as it stands in a file.
func quoted(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return `"` + s + `"`
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("leak: " + err.Error()) // each text can be written
	}
	return strings.TrimSuffix(b.String(), "\n")
}
