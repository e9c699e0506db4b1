package geo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"

	"github.com/paulmach/orb"
)

// Reader reads the features of a file that a Writer wrote, one after the other: a FeatureCollection, or a feature a line. It reads other
// GeoJSON in longitude and latitude, too: properties that a Detection does not have are passed over, and those that the file lacks are
// zero, unknown, or NaN. What was written and is written again has the same bytes.
//
// A Reader belongs to one goroutine. It holds one feature at a time.
type Reader struct {
	dec     *json.Decoder
	lines   bool
	pixel   bool
	started bool
	err     error
}

// firstFeature is how a file of one feature a line begins.
var firstFeature = regexp.MustCompile(`^\s*\{\s*"type"\s*:\s*"Feature"`)

// NewReader reads a file of either form. One without a byte is an error: it may be all that was saved of a collection.
func NewReader(r io.Reader) *Reader {
	b := bufio.NewReader(r)
	head, _ := b.Peek(64)
	return &Reader{dec: json.NewDecoder(b), lines: firstFeature.Match(head)}
}

// NewLineReader reads a feature a line, as a file whose name ends in .geojsonl has them: one without a byte holds none.
func NewLineReader(r io.Reader) *Reader {
	return &Reader{dec: json.NewDecoder(r), lines: true}
}

// Pixel reports whether what was read so far is in pixel space, the foreign member passdiff_space.
func (r *Reader) Pixel() bool { return r.pixel }

// Read returns the next feature, and io.EOF after the last. Other errors name what the file holds in place of GeoJSON, or a geometry
// that is no polygon; every later call returns them, too.
func (r *Reader) Read() (*Feature, error) {
	if r.err != nil {
		return nil, r.err
	}
	f, err := r.read()
	if err != nil {
		r.err = err
		if !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			r.err = fmt.Errorf("geo: no GeoJSON features: %w", err)
		}
		return nil, r.err
	}
	return f, nil
}

func (r *Reader) read() (*Feature, error) {
	if !r.lines && !r.started {
		r.started = true
		if err := r.members(false); err != nil {
			return nil, whole(err)
		}
	}
	if !r.lines && !r.dec.More() {
		if _, err := r.dec.Token(); err != nil { // ]
			return nil, whole(err)
		}
		if err := r.members(true); err != nil {
			return nil, whole(err)
		}
		if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("the file goes on after the collection")
		}
		return nil, io.EOF
	}
	var m member
	m.Properties.ScoreMax, m.Properties.ScoreMean, m.Properties.Threshold = math.NaN(), math.NaN(), math.NaN()
	m.Properties.ObsFrac = math.NaN()
	if err := r.dec.Decode(&m); err != nil {
		if r.lines {
			return nil, err
		}
		return nil, whole(err)
	}
	r.pixel = r.pixel || m.Space == pixelSpace
	return m.feature()
}

// whole is io.ErrUnexpectedEOF for io.EOF.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// members reads the members of a collection up to its features, or those behind them.
func (r *Reader) members(behind bool) error {
	if !behind {
		if err := r.delim('{', "the file is no JSON object"); err != nil {
			return err
		}
	}
	for r.dec.More() {
		name, err := r.dec.Token()
		if err != nil {
			return err
		}
		if name == "features" && !behind {
			return r.delim('[', "features are no list")
		}
		var value json.RawMessage
		if err := r.dec.Decode(&value); err != nil {
			return err
		}
		switch {
		case name == "features":
			return errors.New("there are two lists of features")
		case name == "type" && string(value) != `"FeatureCollection"`:
			return fmt.Errorf("the object is a %.40s", value)
		case name == spaceMember:
			r.pixel = string(value) == `"`+pixelSpace+`"`
		}
	}
	if !behind {
		return errors.New("there is no list of features")
	}
	_, err := r.dec.Token() // }
	return err
}

// delim reads a delimiter; the error is otherwise, and what kept it from being read.
func (r *Reader) delim(want json.Delim, otherwise string) error {
	t, err := r.dec.Token()
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", otherwise, err)
	case t != want:
		return errors.New(otherwise)
	}
	return nil
}

// member is a feature as it stands in a file.
type member struct {
	Type       string          `json:"type"`
	ID         json.RawMessage `json:"id"`
	Space      string          `json:"passdiff_space"`
	Bbox       []float64       `json:"bbox"`
	Geometry   *shape          `json:"geometry"`
	Properties Detection       `json:"properties"`
}

// shape is a geometry as it stands in a file.
type shape struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

func (m *member) feature() (*Feature, error) {
	f := &Feature{Detection: m.Properties}
	if m.Type != "Feature" {
		return nil, fmt.Errorf("an object of type %.40q stands among the features", m.Type)
	}
	if len(m.ID) > 0 && !bytes.Equal(m.ID, []byte("null")) {
		if json.Unmarshal(m.ID, &f.ID) != nil {
			f.ID = string(m.ID) // a number
		}
	}
	if f.ID == f.DetID {
		f.ID = ""
	}
	switch len(m.Bbox) {
	case 0:
	case 4:
		f.Bbox = Bbox(m.Bbox)
	default:
		return nil, fmt.Errorf("feature %.60q has a bbox of %d numbers", f.ID, len(m.Bbox))
	}
	var err error
	if m.Geometry != nil {
		f.Geometry, err = m.Geometry.geometry()
	}
	if err != nil {
		return nil, fmt.Errorf("feature %.60q: %w", f.ID+f.DetID, err)
	}
	return f, nil
}

// geometry is the polygon or polygons of a shape. Rings are closed and have four positions or more; heights are passed over.
func (s *shape) geometry() (orb.Geometry, error) {
	var parts [][][]position
	switch s.Type {
	case "Polygon":
		parts = make([][][]position, 1)
		if err := json.Unmarshal(s.Coordinates, &parts[0]); err != nil {
			return nil, fmt.Errorf("coordinates: %w", err)
		}
	case "MultiPolygon":
		if err := json.Unmarshal(s.Coordinates, &parts); err != nil {
			return nil, fmt.Errorf("coordinates: %w", err)
		}
	default:
		return nil, fmt.Errorf("a geometry of type %.40q is no polygon", s.Type)
	}
	out := make(orb.MultiPolygon, len(parts))
	for i, part := range parts {
		if len(part) == 0 {
			return nil, errors.New("a polygon without rings")
		}
		for _, ring := range part {
			r := make(orb.Ring, len(ring))
			for k, p := range ring {
				r[k] = orb.Point(p)
			}
			if len(r) < 4 || r[0] != r[len(r)-1] {
				return nil, errors.New("a ring is not closed")
			}
			out[i] = append(out[i], r)
		}
	}
	if s.Type == "Polygon" {
		return out[0], nil
	}
	return out, nil
}

// position is the first two numbers of a position.
type position [2]float64

// UnmarshalJSON implements json.Unmarshaler.
func (p *position) UnmarshalJSON(b []byte) error {
	var v []float64
	if bytes.Contains(b, []byte("null")) { // which a float64 takes for 0
		return errors.New("a position of null")
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if len(v) < 2 {
		return fmt.Errorf("a position of %d numbers", len(v))
	}
	*p = position{v[0], v[1]}
	return nil
}
