package release

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"

	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// plainDenied, plainAllowed and plainNear ask the library about whole places, one after the other.
func plainDenied(deny []geom.Geometry, shape geom.Geometry) bool {
	for _, p := range deny {
		for _, shift := range plainTurns(shape, p, 0, 0) {
			if geom.Intersects(p, moved(shape, shift)) {
				return true
			}
		}
	}
	return false
}

func plainAllowed(allow []geom.Geometry, shape geom.Geometry) bool {
	union, err := geom.UnionMany(allow)
	if len(allow) == 0 || err != nil {
		return false
	}
	covers, err := geom.Covers(union, shape)
	return err == nil && covers
}

func plainNear(places []geom.Geometry, distance float64, shape geom.Geometry) bool {
	lo, hi, _ := shape.Envelope().MinMaxXYs()
	north := leastMeridian * math.Pi / 180
	reach := distance/north + 1e-9
	highest := min(90, max(math.Abs(lo.Y), math.Abs(hi.Y))+reach)
	east := leastNormal * math.Pi / 180 * math.Cos(highest*math.Pi/180)
	scale := func(xy geom.XY) geom.XY { return geom.XY{X: xy.X * east, Y: xy.Y * north} }
	for _, q := range places {
		for _, shift := range plainTurns(shape, q, min(360, distance/east+1e-9), reach) {
			if d, ok := geom.Distance(moved(shape, shift).TransformXY(scale), q.TransformXY(scale)); !ok || d <= distance {
				return true
			}
		}
	}
	return false
}

func plainTurns(shape, place geom.Geometry, wide, high float64) (shifts []float64) {
	lo, hi, _ := shape.Envelope().MinMaxXYs()
	l, h, _ := place.Envelope().MinMaxXYs()
	for _, s := range []float64{0, -360, 360} {
		if hi.X+wide+s >= l.X && lo.X-wide+s <= h.X && hi.Y+high >= l.Y && lo.Y-high <= h.Y {
			shifts = append(shifts, s)
		}
	}
	return shifts
}

// star is a ring of n vertices around a point, between two radii.
func star(r *rand.Rand, at orb.Point, n int, least, most float64) (ring orb.Ring) {
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		radius := least + (most-least)*r.Float64()
		ring = append(ring, orb.Point{at[0] + radius*cos, at[1] + radius*sin})
	}
	return append(ring, ring[0])
}

// steps is a ring on a grid, so that other shapes touch it exactly: a rectangle without a corner.
func steps(r *rand.Rand, at orb.Point, size float64) orb.Ring {
	x, y, w, h := at[0]+size*float64(r.IntN(9)-4), at[1]+size*float64(r.IntN(9)-4), size*float64(2+r.IntN(4)), size*float64(2+r.IntN(4))
	return orb.Ring{{x, y}, {x + w, y}, {x + w, y + h - size}, {x + w - size, y + h - size}, {x + w - size, y + h}, {x, y + h}, {x, y}}
}

// shapeOf makes a geometry of polygons, within the world.
func shapeOf(m ...orb.Polygon) geom.Geometry {
	return flat(m, func(p orb.Point) orb.Point { return orb.Point{max(-180, min(180, p[0])), p[1]} })
}

// randomPlace is a place of any kind around a point, mostly within half a degree.
func randomPlace(r *rand.Rand, at orb.Point) geom.Geometry {
	outline := star(r, at, 3+r.IntN(90), 0.2, 0.5)
	switch r.IntN(6) {
	case 0:
		return shapeOf(orb.Polygon{outline})
	case 1:
		return shapeOf(orb.Polygon{outline, star(r, at, 3+r.IntN(9), 0.02, 0.09)})
	case 2:
		return shapeOf(orb.Polygon{outline, star(r, at, 9, 0.08, 0.09)}, orb.Polygon{star(r, at, 5, 0.01, 0.03)})
	case 3:
		return shapeOf(orb.Polygon{outline}).Boundary()
	case 4:
		var points []geom.Point
		for _, p := range outline {
			points = append(points, geom.XY{X: max(-180, min(180, p[0])), Y: p[1]}.AsPoint())
		}
		return geom.NewMultiPoint(points).AsGeometry()
	}
	return shapeOf(orb.Polygon{steps(r, at, 0.125)})
}

// randomShape is a feature around a point, often one that touches a place: by a vertex, an edge, on an edge, or as the very same.
func randomShape(r *rand.Rand, at orb.Point, beside geom.Geometry) geom.Geometry {
	edges, off := beside.DumpCoordinates(), orb.Point{at[0] + 0.8*r.Float64() - 0.4, at[1] + 0.8*r.Float64() - 0.4}
	i := r.IntN(edges.Length())
	a, b := edges.GetXY(i), edges.GetXY((i+1)%edges.Length())
	switch r.IntN(9) {
	case 0:
		return shapeOf(orb.Polygon{steps(r, at, 0.125)})
	case 1:
		return shapeOf(orb.Polygon{{{a.X, a.Y}, {b.X, b.Y}, off, {a.X, a.Y}}})
	case 2:
		return shapeOf(orb.Polygon{{{a.X, a.Y}, {a.X + 0.01, a.Y}, {a.X, a.Y + 0.01}, {a.X, a.Y}}})
	case 3:
		on := a.Add(b.Sub(a).Scale(r.Float64()))
		return shapeOf(orb.Polygon{{{on.X, on.Y}, off, {off[0], on.Y}, {on.X, on.Y}}})
	case 4:
		c, d := a.Add(b.Sub(a).Scale(r.Float64())), a.Add(b.Sub(a).Scale(r.Float64()))
		return shapeOf(orb.Polygon{{{c.X, c.Y}, {d.X, d.Y}, off, {c.X, c.Y}}})
	case 5:
		if beside.IsMultiPolygon() {
			return beside
		}
	case 6:
		return shapeOf(orb.Polygon{star(r, at, 9, 0.5, 0.7), star(r, at, 9, 0.3, 0.5)})
	case 7:
		return shapeOf(orb.Polygon{star(r, off, 5, 0.001, 0.01)}, orb.Polygon{star(r, orb.Point{off[0] + 0.05, off[1]}, 5, 0.001, 0.01)})
	}
	return shapeOf(orb.Polygon{star(r, off, 3+r.IntN(9), 0.001, pick(r, 0.002, 0.02, 0.2))})
}

// TestAsWhole: what is found by the edges near a feature is what the library says of whole places.
func TestAsWhole(t *testing.T) {
	answers := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		at := pick(r, orb.Point{30, -17}, orb.Point{180, 12}, orb.Point{-180, 12}, orb.Point{25, 69}, orb.Point{0, 0}, orb.Point{25, 89})
		var all []geom.Geometry
		for range 1 + r.IntN(3) {
			if p := randomPlace(r, orb.Point{at[0] + 0.25*float64(r.IntN(3)), at[1]}); p.Validate() == nil {
				all = append(all, p)
			}
		}
		if len(all) == 0 {
			return
		}
		distance := pick(r, 0.0, 1, 500, 5000, 50_000)
		g := newGround(policy.Rules{Allow: all, Deny: all, Protected: []policy.Protected{{Distance: distance, Places: all}}})
		for range 20 {
			shape := randomShape(r, at, pick(r, all...))
			if math.Abs(at[0]) == 180 && r.IntN(2) == 0 {
				shape = shape.TransformXY(func(xy geom.XY) geom.XY { return geom.XY{X: -xy.X, Y: xy.Y} }) // on the other side of the meridian
			}
			if lo, hi, ok := shape.Envelope().MinMaxXYs(); !ok || lo.X < -180 || hi.X > 180 || shape.Validate() != nil {
				continue
			}
			near, _ := g.protected(shape)
			for what, c := range map[string][2]bool{
				"denied": {g.denied(shape), plainDenied(all, shape)}, "allowed": {g.allowed(shape), plainAllowed(all, shape)}, "near": {near, plainNear(all, distance, shape)},
			} {
				if c[0] {
					answers[what]++
				}
				if c[0] != c[1] {
					t.Errorf("%s: %v, and %v of the whole: distance %g\n%v\n%v", what, c[0], c[1], distance, shape.AsText(), all)
				}
			}
			answers["shapes"]++
			point := shape.DumpCoordinates().GetXY(0).AsPoint().AsGeometry()
			if got, want := g.allowed(point), plainAllowed(all, point); got != want {
				t.Errorf("a point is allowed: %v, and %v of the whole: %v\n%v", got, want, point.AsText(), all)
			}
		}
	})
	t.Log(answers)
}

// TestManyVertices bounds how long Select and Coverage take with borders as they are: 20,000 features, an allowed area of 20,000 vertices, 300 denied zones of
// 100, and a protected line of 20,000 points. Asked whole, the allowed area alone took a quarter of an hour, and each cell of coverage as long as a feature.
func TestManyVertices(t *testing.T) {
	rules, features := manyVertices()
	begun := time.Now()
	s := selected(t, rules, features)
	t.Log("selected in ", time.Since(begun), s.Counts())
	all, err := Coverage(t.Context(), rules, at, []Looked{{TAfter: geo.Some(at.Add(-1000 * time.Hour)), Ground: orb.MultiPolygon{{{{31.5, -18}, {33, -18}, {33, -17}, {31.5, -17}, {31.5, -18}}}}}})
	took := time.Since(begun)
	t.Logf("%d released, %d cells of coverage, %v", len(s.Released), len(all), took)
	if limit := 20 * time.Second; err != nil || took > limit {
		t.Errorf("%v, %v, want less than %v", err, took, limit)
	}
	if n := len(s.Released); n < 5000 || n > 15_000 {
		t.Errorf("%d of %d features are released", n, len(features))
	}
}

func manyVertices() (policy.Rules, []*Input) {
	r := rand.New(rand.NewPCG(1, 2))
	rules := open()
	rules.Allow = []geom.Geometry{shapeOf(orb.Polygon{star(r, orb.Point{30.5, -17.5}, 20_000, 1.9, 1.905)})}
	for range 300 {
		rules.Deny = append(rules.Deny, shapeOf(orb.Polygon{star(r, orb.Point{28.5 + 4*r.Float64(), -19.5 + 4*r.Float64()}, 100, 0.02, 0.03)}))
	}
	line := make([]float64, 0, 40_000)
	for i := range 20_000 {
		line = append(line, 28.5+0.0002*float64(i), -17.5+0.5*math.Sin(float64(i)/1000)+0.001*r.Float64())
	}
	rules.Protected = []policy.Protected{{Distance: 1000, Coarsen: 5000, Places: []geom.Geometry{geom.NewLineString(geom.NewSequence(line, geom.DimXY)).AsGeometry()}}}
	features := make([]*Input, 20_000)
	for i := range features {
		f := good()
		lon, lat := 28.5+4*r.Float64(), -19.5+4*r.Float64()
		f.Geometry = orb.Polygon{star(r, orb.Point{lon, lat}, 12, 0.0002, 0.001)}
		f.RepLon, f.RepLat = geo.Some(lon), geo.Some(lat)
		features[i] = f
	}
	return rules, features
}
