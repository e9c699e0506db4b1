package geo

import (
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/orb"
)

// Format chooses between the forms that a Writer writes. The zero value is an RFC 7946 FeatureCollection in longitude and latitude.
type Format struct {
	// Lines writes features only, newline-delimited (.geojsonl).
	Lines bool
	// Pixel says that coordinates are columns and mirrored rows: the foreign member passdiff_space "pixel" is written, in the
	// collection or, with Lines, in every feature.
	Pixel bool
}

// Writer writes features as they come, one on a line, with LF. A collection's bbox follows its features.
//
// Keys have a fixed order. Coordinates are written with as few decimals as read back as the same float64: with those that they
// were rounded to, trailing zeros trimmed. Areas and lengths have 8 significant digits, scores and thresholds 9, p_value 4 and
// never less than 1e-15, offsets, accuracy and orientation 4 decimals, obs_frac 6; none has more than 15 decimals, an exponent, or
// a point without decimals. Times are UTC. Bytes of strings that are not UTF-8 become U+FFFD.
//
// A Writer belongs to one goroutine. It buffers up to 128 KiB; Close writes the rest and does not close the underlying writer. An
// error, once returned, is returned by every later call, and the file is not complete.
type Writer struct {
	w      io.Writer
	format Format
	enc    encoder
	extent extent
	n      int64
	opened bool
	closed bool
	err    error
}

const flushSize = 64 << 10

// The foreign member that names a space other than longitude and latitude.
const (
	spaceMember = "passdiff_space"
	pixelSpace  = "pixel"
)

// NewWriter starts a file. Nothing is written before the first call of Write or Close.
func NewWriter(w io.Writer, f Format) *Writer {
	return &Writer{w: w, format: f, enc: encoder{buf: make([]byte, 0, 2*flushSize), d: minDecimals}, extent: extent{planar: f.Pixel}}
}

// Write appends a feature. It keeps nothing of f. An error names a feature with a coordinate or a time that cannot be written, or
// is that of the underlying writer. A geometry other than Polygon, MultiPolygon or nil and a Write after Close panic.
func (w *Writer) Write(f *Feature) error {
	id := f.ID
	if id == "" {
		id = f.DetID
	}
	return w.feature(id, f.Bbox, f.Geometry, func(e *encoder) { e.properties(&f.Detection) })
}

// WriteCoverage appends a piece of coverage as Write does a detection. A file holds one kind of features.
func (w *Writer) WriteCoverage(c *Coverage) error {
	return w.feature(c.ID, c.Placed.Bbox, c.Placed.Geometry, func(e *encoder) { e.coverage(c) })
}

// feature appends a feature whose properties object is written by properties.
func (w *Writer) feature(id string, bbox Bbox, geometry orb.Geometry, properties func(*encoder)) error {
	if w.closed {
		panic("geo: write after close")
	}
	if w.err != nil {
		return w.err
	}
	e := &w.enc
	w.open()
	start := len(e.buf)
	if w.n > 0 && !w.format.Lines {
		e.raw(",\n")
	} else if !w.format.Lines {
		e.raw("\n")
	}
	e.bad = false
	e.raw(`{"type":"Feature","id":`)
	e.text(id)
	if w.format.Lines && w.format.Pixel {
		e.raw(`,"` + spaceMember + `":"` + pixelSpace + `"`)
	}
	if bbox != (Bbox{}) {
		e.raw(`,"bbox":`)
		e.bbox(bbox)
	}
	e.raw(`,"geometry":`)
	e.geometry(geometry)
	e.raw(`,"properties":`)
	properties(e)
	e.raw("}")
	if w.format.Lines {
		e.raw("\n")
	}
	if e.bad {
		e.buf = e.buf[:start]
		w.err = fmt.Errorf("geo: feature %q has a coordinate that is not a number, or a time outside the years 0 to 9999", id)
		return w.err
	}
	w.n++
	if bbox != (Bbox{}) {
		w.extent.add(bbox)
	}
	if len(e.buf) >= flushSize {
		return w.flush()
	}
	return nil
}

// Count is the number of features written so far.
func (w *Writer) Count() int64 { return w.n }

// Bbox encloses the features written so far; the zero value when none had a bbox.
func (w *Writer) Bbox() Bbox {
	if !w.extent.some {
		return Bbox{}
	}
	return w.extent.bbox()
}

// Close completes the file. A second Close returns an error.
func (w *Writer) Close() error {
	if w.closed {
		return errors.New("geo: writer closed twice")
	}
	w.closed = true
	if w.err != nil {
		return w.err
	}
	if e := &w.enc; !w.format.Lines {
		w.open()
		if w.n > 0 {
			e.raw("\n")
		}
		e.raw("]")
		if w.extent.some {
			e.raw(`,"bbox":`)
			e.bbox(w.extent.bbox())
		}
		e.raw("}\n")
	}
	return w.flush()
}

// open writes the head of a collection once.
func (w *Writer) open() {
	if w.opened || w.format.Lines {
		return
	}
	w.opened = true
	w.enc.raw(`{"type":"FeatureCollection",`)
	if w.format.Pixel {
		w.enc.raw(`"` + spaceMember + `":"` + pixelSpace + `",`)
	}
	w.enc.raw(`"features":[`)
}

func (w *Writer) flush() error {
	n, err := w.w.Write(w.enc.buf)
	if err == nil && n < len(w.enc.buf) {
		err = io.ErrShortWrite
	}
	w.enc.buf = w.enc.buf[:0]
	if err != nil {
		w.err = fmt.Errorf("geo: writing features: %w", err)
	}
	return w.err
}
