package track

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

func box(x0, y0, x1, y1 float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}}}
}

// measured is the IoU of two geometries.
func measured(t rapid.TB, space Space, a, b orb.MultiPolygon) float64 {
	t.Helper()
	p, q := space.NewShape(a), space.NewShape(b)
	shared, err := Overlap(p, q)
	if err != nil {
		t.Fatal(err)
	}
	return IoU(p, q, shared)
}

// TestIoU: two squares that share a half have 1/3 by hand, whatever their latitude; a pair of boxes of different latitude shares more or less by the
// sphere, whose zones have areas in proportion to the difference of sines.
func TestIoU(t *testing.T) {
	zone := func(a, b float64) float64 { return math.Sin(b*math.Pi/180) - math.Sin(a*math.Pi/180) }
	for _, c := range []struct {
		a, b  orb.MultiPolygon
		space Space
		want  float64
	}{
		{box(0, 0, 2, 2), box(0, 0, 2, 2), Pixels, 1},
		{box(0, 0, 2, 2), box(1, 0, 3, 2), Pixels, 1. / 3},
		{box(0, 0, 2, 2), box(2, 0, 4, 2), Pixels, 0},
		{box(0, 0, 2, 2), box(5, 5, 6, 6), Pixels, 0},
		{box(10, 60, 10.002, 60.001), box(10.001, 60, 10.003, 60.001), LonLat, 1. / 3},
		{box(10, -80, 10.002, -79.999), box(10.001, -80, 10.003, -79.999), LonLat, 1. / 3},
		{box(0, 0, 10, 60), box(0, 30, 10, 90), LonLat, zone(30, 60) / zone(0, 90)},
	} {
		if got := measured(t, c.space, c.a, c.b); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("IoU of %v and %v is %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestIoULaws: it is symmetric, from 0 to 1, and for boxes equals what their sides say.
func TestIoULaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.Float64Range(0.1, 3)
		at := rapid.Float64Range(0, 3)
		draw := func(name string) orb.MultiPolygon {
			x, y := at.Draw(t, name+"x"), at.Draw(t, name+"y")
			return box(x, y, x+side.Draw(t, name+"w"), y+side.Draw(t, name+"h"))
		}
		a, b := draw("a"), draw("b")
		p, q := a.Bound(), b.Bound()
		shared := max(0, min(p.Max[0], q.Max[0])-max(p.Min[0], q.Min[0])) * max(0, min(p.Max[1], q.Max[1])-max(p.Min[1], q.Min[1]))
		want := shared / (planar.Area(a) + planar.Area(b) - shared)
		got := measured(t, Pixels, a, b)
		if back := measured(t, Pixels, b, a); got != back || got < 0 || got > 1 || math.Abs(got-want) > 2e-6 {
			t.Errorf("%v, the other way %v, want %v", got, back, want)
		}
	})
}

func TestValidate(t *testing.T) {
	bow := orb.MultiPolygon{{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}
	if err := Validate(bow); err == nil {
		t.Error("a bow tie is taken for a polygon")
	}
	if err := Validate(box(0, 0, 1, 1)); err != nil {
		t.Error(err)
	}
}

// TestCover compares with orb's own test of points in polygons, on rings like stars and with a hole.
func TestCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		star := func(cx, cy, least, most float64, n int) (ring orb.Ring) {
			for k := range n {
				d := least + (most-least)*r.Float64()
				a := 2 * math.Pi * float64(k) / float64(n)
				ring = append(ring, orb.Point{cx + d*math.Cos(a), cy + d*math.Sin(a)})
			}
			return append(ring, ring[0])
		}
		n := rapid.IntRange(3, 300).Draw(t, "n")
		m := orb.MultiPolygon{{star(0, 0, 2, 5, n), star(0, 0, 0.5, 0.9, n)}, {star(20, 3, 1, 6, n)}}
		if n < 8 {
			m = orb.MultiPolygon{{star(0, 0, 2, 5, n)}} // the hole may reach out of a coarse star
		}
		c := newCover(m)
		for range 200 {
			p := orb.Point{-6 + 33*r.Float64(), -6 + 15*r.Float64()}
			if got, want := c.holds(p), planar.MultiPolygonContains(m, p); got != want {
				t.Fatalf("%v: %v, want %v", p, got, want)
			}
		}
	})
	if (&cover{}).holds(orb.Point{}) || newCover(nil).holds(orb.Point{}) {
		t.Error("no ground holds a point")
	}
}

// TestSamples: they lie inside, and a polygon that the lattice misses has some, too.
func TestSamples(t *testing.T) {
	if n := len(samples(box(0, 0, 1, 2))); n != lattice*lattice {
		t.Errorf("%d samples of a box", n)
	}
	sliver := orb.MultiPolygon{{{{0, 0}, {1, 0.001}, {1, 0.0011}, {0, 0}}, {}}}
	sliver[0] = sliver[0][:1]
	if got := samples(sliver); len(got) == 0 {
		t.Error("no samples of a sliver")
	}
	half := newCover(box(0, 0, 0.5, 2))
	if got := half.share(samples(box(0, 0, 1, 2))); got != 0.5 {
		t.Errorf("half of a box counts as %v", got)
	}
}

// TestHolds: a rectangle that holds a polygon shares all of it with it; the corners of a box in another order are no rectangle.
func TestHolds(t *testing.T) {
	cell, hat := LonLat.NewShape(box(10, 50, 12, 52)), LonLat.NewShape(orb.MultiPolygon{{{{10, 50}, {12, 50}, {11, 51}, {10, 50}}}})
	for _, two := range [][2]*Shape{{cell, hat}, {hat, cell}} {
		if shared, err := Overlap(two[0], two[1]); err != nil || shared != hat.Area() {
			t.Errorf("%v shared: %v", shared, err)
		}
	}
	if !cell.holds(cell) || hat.holds(cell) || cell.holds(LonLat.NewShape(box(11, 51, 13, 53))) {
		t.Error("what is held is not what lies within a rectangle")
	}
	for _, m := range []orb.MultiPolygon{{{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}, {{{{0, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 0}}}}, {{{{0, 0}, {1, 0}, {0.5, 1}, {0, 1}, {0, 0}}}}} {
		if fills(m, m.Bound()) {
			t.Errorf("%v is its box", m)
		}
	}
}
