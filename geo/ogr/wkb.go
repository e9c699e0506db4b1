package ogr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// kinds of geometries in ISO WKB.
const (
	polygonKind      = 3
	multiPolygonKind = 6
)

var kindNames = map[uint32]string{
	1: "a point", 2: "a line", 4: "points", 5: "lines", 7: "a collection of geometries", 8: "a curve", 9: "a curve", 10: "a polygon of curves",
	11: "curves", 12: "a surface of curves", 13: "a curve", 14: "a surface", 15: "a surface", 16: "a surface", 17: "a triangle",
}

// decode reads a polygon or a multipolygon in ISO WKB, as GDAL writes it, without its heights and measures.
func decode(wkb []byte) (orb.MultiPolygon, error) {
	d := decoder{rest: wkb}
	kind, dims := d.header()
	var m orb.MultiPolygon
	switch kind {
	case polygonKind:
		m = orb.MultiPolygon{d.polygon(dims)}
	case multiPolygonKind:
		for range d.count(9) {
			if k, inner := d.header(); k == polygonKind && d.err == nil {
				m = append(m, d.polygon(inner))
			} else {
				d.fail()
			}
			if d.err != nil {
				break
			}
		}
	default:
		name, ok := kindNames[kind]
		if !ok || d.err != nil {
			return nil, fmt.Errorf("has a geometry of unknown kind %d", kind)
		}
		return nil, fmt.Errorf("is %s, not a polygon; remove it, or turn it into polygons", name)
	}
	return m, d.err
}

type decoder struct {
	rest  []byte
	order binary.ByteOrder
	err   error
}

func (d *decoder) fail() { d.rest, d.err = nil, errors.New("has a geometry that cannot be decoded") }

// take is the next n bytes; zeros after a failure.
func (d *decoder) take(n int) []byte {
	if len(d.rest) < n {
		d.fail()
		return make([]byte, n)
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

// header reads byte order and kind, and how many coordinates a point has.
func (d *decoder) header() (kind uint32, dims int) {
	d.order = binary.LittleEndian
	if d.take(1)[0] == 0 {
		d.order = binary.BigEndian
	}
	kind, dims = d.order.Uint32(d.take(4)), 2
	if kind&(1<<31) != 0 { // the form before ISO had a flag for heights
		kind, dims = kind&^(1<<31), 3
	}
	switch kind / 1000 {
	case 1, 2:
		dims = 3
	case 3:
		dims = 4
	}
	return kind % 1000, dims
}

// count reads a number of things of at least size bytes each.
func (d *decoder) count(size int) int {
	n := d.order.Uint32(d.take(4))
	if uint64(n)*uint64(size) > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) polygon(dims int) orb.Polygon {
	p := make(orb.Polygon, d.count(4))
	for i := range p {
		p[i] = make(orb.Ring, d.count(8*dims))
		for k := range p[i] {
			b := d.take(8 * dims)
			p[i][k] = orb.Point{math.Float64frombits(d.order.Uint64(b)), math.Float64frombits(d.order.Uint64(b[8:]))}
		}
	}
	return p
}

// validate reports what makes a multipolygon invalid by OGC rules.
func validate(m orb.MultiPolygon) error {
	var polygons []geom.Polygon
	for _, p := range m {
		var rings []geom.LineString
		for _, r := range p {
			var flat []float64
			for _, v := range r {
				flat = append(flat, v[0], v[1])
			}
			rings = append(rings, geom.NewLineString(geom.NewSequence(flat, geom.DimXY)))
		}
		if len(rings) == 0 {
			return errors.New("has an empty polygon; remove it")
		}
		polygons = append(polygons, geom.NewPolygon(rings))
	}
	if err := geom.NewMultiPolygon(polygons).Validate(); err != nil {
		return fmt.Errorf("is not valid: %w; repair it with ogr2ogr -makevalid", err)
	}
	return nil
}
