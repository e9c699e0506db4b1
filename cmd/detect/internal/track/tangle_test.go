package track

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// zigzag is a polygon whose upper edge goes up and down n times, or its mirror image in the diagonal, of which each of n edges crosses each of the other's.
func zigzag(n int, mirrored bool) orb.MultiPolygon {
	r := orb.Ring{{1, -0.1}, {0, -0.1}}
	for i := range n {
		r = append(r, orb.Point{float64(i) / float64(n), float64(i % 2)})
	}
	r = append(r, r[0])
	if mirrored {
		for i, v := range r {
			r[i] = orb.Point{v[1], v[0]}
		}
	}
	return orb.MultiPolygon{{r}}
}

// comb is a polygon of n slanted teeth, moved by a share of the way from one to the next: the teeth of two combs lie between each other, and the boxes of
// all their edges meet.
func comb(n int, moved float64) orb.MultiPolygon {
	at := func(i int) float64 { return (float64(i) + moved) / float64(n) }
	r := orb.Ring{{at(n), -0.1 - moved}, {at(0), -0.1 - moved}}
	for i := range n {
		up := float64(i % 2)
		r = append(r, orb.Point{at(i) + up, up})
	}
	return orb.MultiPolygon{{append(r, r[0])}}
}

// shore is an outline of n vertices around a lake, each of which is up to 10 m off.
func shore(n int, seed float64) orb.MultiPolygon {
	var r orb.Ring
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		radius := 0.1 + 0.03*math.Sin(5*angle) + 1e-4*math.Sin(float64(i)*12.9898+seed)
		r = append(r, orb.Point{radius * math.Cos(angle), radius * math.Sin(angle)})
	}
	return orb.MultiPolygon{{append(r, r[0])}}
}

func TestCrossings(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b orb.MultiPolygon
		want bool
	}{
		{"zigzags that cross at 40,000 places", zigzag(200, false), zigzag(200, true), false},
		{"zigzags that cross at 160,000 places", zigzag(400, false), zigzag(400, true), true},
		{"a zigzag and itself", zigzag(4000, false), zigzag(4000, false), false},
		{"a zigzag and a box", zigzag(4000, false), orb.MultiPolygon{{{{-1, -1}, {2, -1}, {2, 2}, {-1, 2}, {-1, -1}}}}, false},
		{"combs with 1,000,000 pairs of edges close to each other", comb(1000, 0), comb(1000, 0.3), false},
		{"combs with 16,000,000 of them", comb(4000, 0), comb(4000, 0.3), true},
		{"two outlines of a flood, 10,000 vertices each", shore(10_000, 0), shore(10_000, 1), false},
		{"two of 40,000", shore(40_000, 0), shore(40_000, 1), false},
		{"a flood and a lozenge", shore(40_000, 0), orb.MultiPolygon{{{{-0.15, 0}, {0, -0.15}, {0.15, 0}, {0, 0.15}, {-0.15, 0}}}}, false},
	} {
		for _, m := range []orb.MultiPolygon{c.a, c.b} {
			if err := Validate(m); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		a, b := LonLat.NewShape(c.a), LonLat.NewShape(c.b)
		n, ab := Crossings(a, b)
		if m, ba := Crossings(b, a); ab != c.want || ba != c.want || !ab && n != m {
			t.Errorf("%s: want %v", c.name, c.want)
		}
	}
}
