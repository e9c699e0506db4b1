package release

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"
)

// write writes features as a FeatureCollection, one a line. There is no bbox, neither of features nor of the collection.
func write(features []Feature) []byte {
	var w writer
	w.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, f := range features {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n" + `{"type":"Feature","id":`)
		w.value(f.ID)
		w.WriteString(`,"geometry":`)
		w.geometry(f.Geometry)
		w.WriteString(`,"properties":{`)
		for k, p := range f.Properties {
			if k > 0 {
				w.WriteByte(',')
			}
			w.value(p.Name)
			w.WriteByte(':')
			w.value(p.Value)
		}
		w.WriteString("}}")
	}
	if len(features) > 0 {
		w.WriteByte('\n')
	}
	w.WriteString("]}\n")
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

// value writes a string, a number or null.
func (w *writer) value(v any) {
	if f, ok := v.(float64); ok {
		w.Write(strconv.AppendFloat(nil, f, 'f', -1, 64))
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("release: " + err.Error()) // strings, ints and nil can be written
	}
	w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func (w *writer) geometry(g orb.Geometry) {
	if p, ok := g.(orb.Polygon); ok {
		w.WriteString(`{"type":"Polygon","coordinates":`)
		w.polygon(p)
	} else {
		w.WriteString(`{"type":"MultiPolygon","coordinates":[`)
		for i, p := range g.(orb.MultiPolygon) {
			if i > 0 {
				w.WriteByte(',')
			}
			w.polygon(p)
		}
		w.WriteByte(']')
	}
	w.WriteByte('}')
}

func (w *writer) polygon(p orb.Polygon) {
	w.WriteByte('[')
	for i, r := range p {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('[')
		for k, v := range r {
			if k > 0 {
				w.WriteByte(',')
			}
			w.WriteByte('[')
			w.value(v[0])
			w.WriteByte(',')
			w.value(v[1])
			w.WriteByte(']')
		}
		w.WriteByte(']')
	}
	w.WriteByte(']')
}
