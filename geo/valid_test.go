package geo

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

func sfValid(p orb.Polygon) error {
	rings := make([]geom.LineString, len(p))
	for i, r := range p {
		var xy []float64
		for _, v := range r {
			xy = append(xy, v[0], v[1])
		}
		rings[i] = geom.NewLineString(geom.NewSequence(xy, geom.DimXY))
	}
	return geom.NewPolygon(rings).Validate()
}

func TestContactsOfSingleRings(t *testing.T) {
	// For one ring, having no contacts is being simple.
	r := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for range 60_000 {
		var ring orb.Ring
		for n := 3 + r.IntN(6); len(ring) < n; {
			v := orb.Point{float64(r.IntN(7)), float64(r.IntN(7))}
			if len(ring) == 0 || v != ring[len(ring)-1] && (len(ring) < n-1 || v != ring[0]) {
				ring = append(ring, v)
			}
		}
		ring = append(ring, ring[0])
		a, b := contacts(orb.Polygon{ring}, 1), sfValid(orb.Polygon{ring})
		if (a == nil) != (b == nil) {
			t.Fatalf("%v: contacts %v, simplefeatures %v", ring, a, b)
		}
		if a == nil {
			valid++
		}
	}
	if valid < 3000 {
		t.Errorf("only %d valid rings", valid)
	}
}

func TestContactsOfMovedOutlines(t *testing.T) {
	// Outlines whose corners are moved by up to a pixel: what contacts lets pass is valid.
	r := rand.New(rand.NewPCG(2, 2))
	passed, failed := 0, 0
	for range 4000 {
		for _, runs := range randomMask(r, 12, 12, 0.6).regions() {
			p := Trace(runs)
			amount := r.IntN(12)
			moved := map[orb.Point]orb.Point{}
			for _, ring := range p {
				for j, v := range ring {
					if _, ok := moved[v]; !ok {
						moved[v] = orb.Point{10*v[0] + float64(r.IntN(2*amount+1)-amount), 10*v[1] + float64(r.IntN(2*amount+1)-amount)}
					}
					ring[j] = moved[v]
				}
			}
			// Holes that touch a ring in the middle of an edge are valid, but contacts refuses them.
			a, b := contacts(p, 1), sfValid(p)
			if a == nil && b != nil {
				t.Fatalf("%v: %v", p, b)
			}
			if a == nil {
				passed++
			} else {
				failed++
			}
		}
	}
	if passed < 1000 || failed < 1000 {
		t.Errorf("%d passed, %d failed", passed, failed)
	}
}

func TestContactsFindTouches(t *testing.T) {
	square := func(x0, y0, x1, y1 float64) orb.Ring {
		return orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
	}
	diamond := orb.Ring{{5, 0}, {10, 5}, {5, 10}, {0, 5}, {5, 0}}
	for name, c := range map[string]struct {
		p  orb.Polygon
		ok bool
	}{
		"apart":          {orb.Polygon{square(0, 0, 10, 10), square(1, 1, 2, 2)}, true},
		"one touch":      {orb.Polygon{diamond, {{5, 0}, {5, 3}, {6, 3}, {5, 0}}}, true},
		"two touches":    {orb.Polygon{diamond, {{5, 0}, {6, 5}, {5, 10}, {4, 5}, {5, 0}}}, false},
		"chain of holes": {orb.Polygon{diamond, {{5, 0}, {6, 3}, {5, 5}, {5, 0}}, {{5, 5}, {6, 7}, {5, 10}, {5, 5}}}, false},
		"shared edge":    {orb.Polygon{square(0, 0, 10, 10), square(0, 4, 2, 6)}, false},
		"spike":          {orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {4, 1}, {0, 1}, {0, 0}}}, false},
	} {
		if err := contacts(c.p, 1); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCompareProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	number := func() int64 { return (r.Int64() - 1<<62) >> r.IntN(60) }
	for range 20_000 {
		a, b, c, d := number(), number(), number(), number()
		if r.IntN(4) == 0 {
			c, d = -b, -a
		}
		x, y := new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), new(big.Int).Mul(big.NewInt(c), big.NewInt(d))
		if got, want := compareProducts(a, b, c, d), x.Cmp(y); got != want {
			t.Fatalf("%d·%d, %d·%d: %d, want %d", a, b, c, d, got, want)
		}
	}
}
