package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// maxValidateWork bounds vertices × rings of what is handed to simplefeatures, which compares every hole with the whole exterior.
const maxValidateWork = 1 << 22

// validate checks closed rings by OGC rules: first that nothing on the lattice of 1/scale touches what it should not (contacts),
// which takes time in proportion to the vertices, then with simplefeatures, unless contacts says it all or the polygon has so many
// holes that this would take minutes. Contacts alone decides then: outlines that come from a valid polygon by moving vertices by less
// than the distance between them can become invalid only by new contacts.
func validate(parts []orb.Polygon, scale float64) error {
	work := 0
	for _, p := range parts {
		if err := contacts(p, scale); err != nil {
			return err
		}
		n := 0
		for _, ring := range p {
			n += len(ring)
		}
		work += n * len(p)
	}
	if work > maxValidateWork || len(parts) == 1 && len(parts[0]) == 1 && decided(parts[0][0], scale) {
		return nil
	}
	polys := make([]geom.Polygon, len(parts))
	for i, p := range parts {
		rings := make([]geom.LineString, len(p))
		for j, ring := range p {
			flat := make([]float64, 0, 2*len(ring))
			for _, v := range ring {
				flat = append(flat, v[0], v[1])
			}
			rings[j] = geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
		}
		polys[i] = geom.NewPolygon(rings)
	}
	if len(polys) == 1 {
		return polys[0].Validate()
	}
	return geom.NewMultiPolygon(polys).Validate()
}

// decided reports whether one ring on which contacts finds nothing is simple as float64, too. Coordinates up to 180 lie within 2e-14 of
// their place on the lattice, 2e-14·scale of its steps. What does not touch there keeps a distance of 1/length steps or more from an
// edge of that many steps, and four such errors, of both ends, the point and the arithmetic, are to be less.
func decided(r orb.Ring, scale float64) bool {
	b := r.Bound()
	length := (b.Max[0] - b.Min[0] + b.Max[1] - b.Min[1]) * scale
	return 4*2e-14*scale*length < 1 && max(math.Abs(b.Min[0]), b.Max[0], math.Abs(b.Min[1]), b.Max[1]) <= 180
}
