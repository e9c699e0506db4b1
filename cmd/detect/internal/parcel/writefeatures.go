package parcel

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"
)

// WriteFeatures writes features as a FeatureCollection, one a line, with properties in their order: what ParseFeatures reads. Polygons that are one are
// written as such. There is no bbox. It panics when a property is neither string, number, bool nor nil.
func WriteFeatures(features []Feature) []byte {
	var w featureWriter
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

type featureWriter struct{ bytes.Buffer }

func (w *featureWriter) value(v any) {
	switch v := v.(type) {
	case json.Number:
		w.WriteString(v.String())
		return
	case float64:
		w.Write(strconv.AppendFloat(nil, v, 'f', -1, 64))
		return
	case string, int, bool, nil:
	default:
		panic("parcel: a property that is not flat")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("parcel: " + err.Error()) // the above can be written
	}
	w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func (w *featureWriter) geometry(m orb.MultiPolygon) {
	kind, one := "MultiPolygon", len(m) == 1
	if one {
		kind = "Polygon"
	}
	w.WriteString(`{"type":"` + kind + `","coordinates":`)
	if !one {
		w.WriteByte('[')
	}
	for i, p := range m {
		if i > 0 {
			w.WriteByte(',')
		}
		w.polygon(p)
	}
	if !one {
		w.WriteByte(']')
	}
	w.WriteByte('}')
}

func (w *featureWriter) polygon(p orb.Polygon) {
	for i, r := range p {
		w.WriteByte("[,"[min(i, 1)])
		for k, v := range r {
			w.WriteString([]string{"[[", ",["}[min(k, 1)])
			w.value(v[0])
			w.WriteByte(',')
			w.value(v[1])
			w.WriteByte(']')
		}
		w.WriteByte(']')
	}
	w.WriteByte(']')
}
