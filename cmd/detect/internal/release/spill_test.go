package release

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
)

// TestNothingSpills: of areas and features whose vertices lie on one lattice but for 1e-11 degrees, which library calls take for covered though they lie
// half out, none that lies out by more than the slack is allowed; and those on the lattice itself that lie within are.
func TestNothingSpills(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	vertex := func(off float64) geom.XY {
		return geom.XY{X: 37 + float64(r.IntN(5))*0.0005 + off*(r.Float64()-0.5), Y: 37 + float64(r.IntN(5))*0.0005 + off*(r.Float64()-0.5)}
	}
	polygon := func() geom.Geometry {
		for {
			ring := orb.Ring{}
			off := pick(r, 0, 0, 1e-11)
			for range 3 + r.IntN(3) {
				v := vertex(off)
				ring = append(ring, orb.Point{v.X, v.Y})
			}
			if g := shapeOf(orb.Polygon{append(ring, ring[0])}); g.Validate() == nil && g.Area() > 1e-9 {
				return g
			}
		}
	}
	allowed, within := 0, 0
	for range 4000 {
		area, shape := polygon(), polygon()
		g := newGround(policy.Rules{Allow: []geom.Geometry{area}})
		if !g.whole {
			continue
		}
		feature, _ := newPlace(shape)
		// Points of the feature, on a lattice of its own: none lies in it and out of the area, clear of the edges of both.
		out := 0
		for i := range 41 {
			for k := range 41 {
				at := geom.XY{X: 37 - 1e-5 + float64(i)*5.07e-5, Y: 37 - 1.3e-5 + float64(k)*5.11e-5}
				if feature.inside(at) && !feature.beside(at) && !g.allow.inside(at) && !g.allow.beside(at) {
					out++
				}
			}
		}
		is := g.allowed(shape)
		if is && out > 0 {
			t.Errorf("%d points lie out, and it is allowed: %v in %v", out, shape.AsText(), area.AsText())
		}
		if is {
			allowed++
		}
		if out == 0 {
			within++
		}
	}
	t.Logf("%d are allowed of %d that lie within", allowed, within)
	if allowed < 20 || allowed < within/3 {
		t.Error("too few")
	}
}
