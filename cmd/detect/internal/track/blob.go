package track

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// The head of a GeoPackage geometry (OGC 12-128r18, 2.1.3): magic, version, flags, CRS, and the box as minx, maxx, miny, maxy.
const (
	blobMagic    = "GP"
	blobLittle   = 1      // little-endian
	blobBox      = 1 << 1 // with a box of x and y
	blobHead     = 8
	blobWithBox  = blobHead + 32
	lonLatSRS    = 4326
	boxIndicator = 0b1110
)

// blob is polygons as a GeoPackage keeps them; nil for none.
func blob(m orb.MultiPolygon) ([]byte, error) {
	if len(m) == 0 {
		return nil, nil
	}
	body, err := wkb.Marshal(m, binary.LittleEndian)
	if err != nil {
		return nil, err
	}
	b := m.Bound()
	out := append(make([]byte, 0, blobWithBox+len(body)), blobMagic...)
	out = append(out, 0, blobLittle|blobBox)
	out = binary.LittleEndian.AppendUint32(out, lonLatSRS)
	for _, v := range []float64{b.Min[0], b.Max[0], b.Min[1], b.Max[1]} {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	}
	return append(out, body...), nil
}

// unblob reads what blob wrote, also with another box or none, as other programs may write it.
func unblob(b []byte) (orb.MultiPolygon, error) {
	if b == nil {
		return nil, nil
	}
	if len(b) < blobHead || string(b[:2]) != blobMagic {
		return nil, errors.New("a geometry is not that of a GeoPackage")
	}
	box := [8]int{0, 32, 48, 48, 64}[b[3]&boxIndicator>>1]
	if len(b) < blobHead+box {
		return nil, errors.New("a geometry is cut off")
	}
	g, err := wkb.Unmarshal(b[blobHead+box:])
	if err != nil {
		return nil, fmt.Errorf("a geometry cannot be read: %w", err)
	}
	m, ok := polygons(g)
	if !ok {
		return nil, errors.New("a geometry is no polygon")
	}
	return m, nil
}

// blobBound reads the box in the head of a geometry, when it has one.
func blobBound(b []byte) (bound orb.Bound, ok bool) {
	if len(b) < blobWithBox || b[3]&blobBox == 0 {
		return bound, false
	}
	at := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[blobHead+8*i:])) }
	return orb.Bound{Min: orb.Point{at(0), at(2)}, Max: orb.Point{at(1), at(3)}}, true
}
