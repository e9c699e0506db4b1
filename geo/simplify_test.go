package geo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"passdiff/raster"
)

var tolerances = []float64{0.3, 0.5, 1, 2}

// slanted is a rectangle of w×h pixels in the middle of n×n, turned by deg.
func slanted(n int, deg, w, h float64) mask {
	m := newMask(n, n)
	s, c := math.Sincos(deg * math.Pi / 180)
	for i := range m.on {
		x, y := float64(i%n)+0.5-float64(n)/2, float64(i/n)+0.5-float64(n)/2
		m.on[i] = math.Abs(x*c+y*s) < w/2 && math.Abs(y*c-x*s) < h/2
	}
	return m
}

// checkSimplified asserts everything that holds for an outline p of w×h pixels and its simplification q.
func checkSimplified(t interface {
	Helper()
	Fatalf(string, ...any)
}, p, q orb.Polygon, tolerance float64, w, h int) {
	t.Helper()
	if len(p) != len(q) {
		t.Fatalf("%d rings of %d", len(q), len(p))
	}
	if err := validate([]orb.Polygon{q}, placesPerPixel); err != nil {
		t.Fatalf("tolerance %v: %v\n%v\n%v", tolerance, err, p, q)
	}
	for i, ring := range q {
		if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
			t.Fatalf("ring %d has %d points", i, len(ring))
		}
		if (shoelace(ring) < 0) != (i == 0) {
			t.Fatalf("ring %d runs the wrong way", i)
		}
		if b := ring.Bound(); !p[0].Bound().Contains(b.Min) || !p[0].Bound().Contains(b.Max) {
			t.Fatalf("ring %d leaves the box of the outline", i)
		}
		if topLeft(ring) != 0 {
			t.Fatalf("ring %d begins at %v", i, ring[0])
		}
		for _, v := range p[i] {
			if d := fromRing(ring, v); d > tolerance {
				t.Fatalf("corner %v is %v from the outline, tolerance %v\n%v\n%v", v, d, tolerance, p, q)
			}
		}
		for j, v := range ring[1:] {
			if d := fromRing(p[i], v); d > 0.25 {
				t.Fatalf("vertex %v is %v from the outline", v, d)
			}
			if v[0]*placesPerPixel != math.Floor(v[0]*placesPerPixel) || v[1]*placesPerPixel != math.Floor(v[1]*placesPerPixel) {
				t.Fatalf("vertex %v", v)
			}
			if u, x := ring[j], ring[1+(j+1)%(len(ring)-1)]; cross(u, v, x) == 0 {
				t.Fatalf("no turn at %v", v)
			}
		}
	}
	want, err := Fill(orb.MultiPolygon{p}, raster.Window{W: w, H: h})
	if err != nil {
		t.Fatalf("%v", err)
	}
	got, err := Fill(orb.MultiPolygon{q}, raster.Window{X: -2, Y: -2, W: w + 4, H: h + 4})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("tolerance %v: other pixel centres inside\n%v\n%v", tolerance, p, q)
	}
}

// fromRing is the distance of a point from a closed ring.
func fromRing(r orb.Ring, v orb.Point) float64 {
	best := math.Inf(1)
	for i := 0; i+1 < len(r); i++ {
		best = min(best, fromEdge(r[i], r[i+1], v))
	}
	return math.Sqrt(best)
}

func TestSimplifyByHand(t *testing.T) {
	stairs := newMask(40, 40)
	for i := range stairs.on {
		stairs.on[i] = i%40 <= i/40
	}
	for _, c := range []struct {
		name string
		mask mask
		want string
	}{
		{"pixel", parseMask("#"), "[[[0 0] [0 1] [1 1] [1 0] [0 0]]]"},
		{"bar", parseMask("###"), "[[[0 0] [0 1] [3 1] [3 0] [0 0]]]"},
		{"hole", parseMask("###", "#.#", "###"), "[[[0 0] [0 3] [3 3] [3 0] [0 0]] [[1 1] [2 1] [2 2] [1 2] [1 1]]]"},
		// The middles of the steps lie on one line; the first and the last step have a corner that is kept.
		{"stairs", stairs, "[[[0 0] [0 40] [40 40] [40 39.5] [0.5 0] [0 0]]]"},
	} {
		p := Trace(c.mask.regions()[0])
		q := Simplify(p, 0.5)
		checkSimplified(t, p, q, 0.5, c.mask.w, c.mask.h)
		if got := fmt.Sprint(q); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if got := Simplify(p, 0); !got.Equal(p) {
			t.Errorf("%s: tolerance 0 gives %v", c.name, got)
		}
	}
}

func TestSimplifyShapes(t *testing.T) {
	for name, m := range shapes() {
		for _, tolerance := range tolerances {
			t.Run(fmt.Sprint(name, "/", tolerance), func(t *testing.T) {
				for _, runs := range m.regions() {
					p := Trace(runs)
					checkSimplified(t, p, Simplify(p, tolerance), tolerance, m.w, m.h)
				}
			})
		}
	}
}

func TestSimplifyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		seed := rapid.Uint64().Draw(t, "seed")
		density := rapid.Float64Range(0.01, 0.95).Draw(t, "density")
		tolerance := rapid.Float64Range(0.01, 3).Draw(t, "tolerance")
		r := rand.New(rand.NewPCG(seed, 1))
		for _, runs := range randomMask(r, w, h, density).regions() {
			p := Trace(runs)
			q := Simplify(p, tolerance)
			checkSimplified(t, p, q, tolerance, w, h)
			turned := make(orb.Polygon, len(p))
			for i, ring := range p {
				k := r.IntN(len(ring) - 1)
				turned[i] = slices.Concat(ring[k:], ring[1:k+1])
			}
			if !Simplify(turned, tolerance).Equal(q) {
				t.Fatalf("the answer depends on where a ring begins")
			}
		}
	})
}

func TestSimplifyBits(t *testing.T) {
	// Every mask of 4×4 pixels.
	for bits := range 1 << 16 {
		m := newMask(4, 4)
		for i := range m.on {
			m.on[i] = bits>>i&1 == 1
		}
		for _, runs := range m.regions() {
			p := Trace(runs)
			checkSimplified(t, p, Simplify(p, 1), 1, 4, 4)
		}
	}
}

func TestSimplifySlantedEdges(t *testing.T) {
	for deg := 3.0; deg < 90; deg += 7 {
		const n, w, h = 400, 300, 120
		m := slanted(n, deg, w, h)
		p := Trace(m.regions()[0])
		q := Simplify(p, 1)
		checkSimplified(t, p, q, 1, n, n)
		if len(q[0]) > len(p[0])/3 {
			t.Errorf("%v°: %d vertices of %d", deg, len(q[0])-1, len(p[0])-1)
		}
		if a, b := math.Abs(shoelace(p[0])), math.Abs(shoelace(q[0])); math.Abs(b/a-1) > 5e-4 {
			t.Errorf("%v°: area %v of %v", deg, b, a)
		}
		// As long as the rectangle, not as its steps.
		length := 0.0
		for i := 0; i+1 < len(q[0]); i++ {
			length += math.Hypot(q[0][i+1][0]-q[0][i][0], q[0][i+1][1]-q[0][i][1])
		}
		if math.Abs(length/(2*(w+h))-1) > 0.005 {
			t.Errorf("%v°: outline of %v pixels, not %v", deg, length, 2*(w+h))
		}
	}
}

func TestSimplifyPlaces(t *testing.T) {
	const w, h = 30, 25
	m := randomMask(rand.New(rand.NewPCG(6, 6)), w, h, 0.55)
	for _, s := range scenes(w, h) {
		l := s.locator(t)
		for _, runs := range m.regions() {
			p, err := l.Place(Simplify(Trace(runs), 1))
			if err == nil {
				err = checkPlaced(l, p)
			}
			if err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
		}
	}
}

func TestSimplifyPanics(t *testing.T) {
	for name, p := range map[string]orb.Polygon{
		"open":     {{{0, 0}, {0, 1}, {1, 1}, {1, 0}}},
		"diagonal": {{{0, 0}, {0, 1}, {1, 1}, {2, 0}, {0, 0}}},
		"short":    {{{0, 0}, {0, 1}, {0, 0}}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Simplify(p, 1)
		}()
	}
}

func TestOracleSimplify(t *testing.T) {
	needPython(t, "shapely")
	want := 5_000
	if long() {
		want = 100_000
	}
	for _, tolerance := range []float64{0.5, 1, 2} {
		t.Run(fmt.Sprint("tolerance=", tolerance), func(t *testing.T) {
			o := startOracle(t, "simplify.py")
			var tr Tracer
			n, before, after := 0, 0, 0
			r := rand.New(rand.NewPCG(12, 13))
			for round := 0; n < want; round++ {
				m := randomMask(r, 1+r.IntN(120), 1+r.IntN(120), 0.01+0.7*r.Float64())
				if round%4 == 0 {
					m = smooth(r, 120, 120)
				}
				rs := m.regions()
				o.put(t, int32(len(rs)))
				for _, runs := range rs {
					p := tr.Trace(runs)
					q := Simplify(p, tolerance)
					for _, g := range []orb.Polygon{p, q} {
						b := appendWKB(nil, g)
						o.put(t, int32(len(b)), b)
					}
					for i := range p {
						before, after = before+len(p[i])-1, after+len(q[i])-1
					}
				}
				n += len(rs)
			}
			complaints, last := o.verdict(t)
			for _, c := range complaints[:min(len(complaints), 20)] {
				t.Error(c)
			}
			t.Logf("%s; %d vertices of %d", last, after, before)
			if !strings.HasPrefix(last, fmt.Sprintf("checked %d ", n)) {
				t.Errorf("of %d polygons: %s", n, last)
			}
		})
	}
}

// TestOracleSimplifiedValidity asks GEOS about simplified outlines on the map, rounded; each grid has its share.
func TestOracleSimplifiedValidity(t *testing.T) {
	needPython(t, "shapely, pyproj, numpy")
	want := 2_000
	if long() {
		want = 100_000
	}
	const w, h = 120, 120
	all := append(scenes(w, h), projScenes(t, w, h)...)
	locators := make([]Locator, len(all))
	for k, s := range all {
		locators[k] = s.locator(t)
	}
	for _, tolerance := range []float64{0.5, 1, 2} {
		t.Run(fmt.Sprint("tolerance=", tolerance), func(t *testing.T) {
			o := startOracle(t, "valid.py")
			var tr Tracer
			r := rand.New(rand.NewPCG(2, 9))
			n, raised := 0, 0
			shares := make([]int, len(all))
			for round := 0; n < want; round++ {
				m := randomMask(r, 1+r.IntN(w), 1+r.IntN(h), 0.01+0.7*r.Float64())
				if round%4 == 0 {
					m = smooth(r, w, h)
				}
				for i, runs := range m.regions() {
					k := (i + round) % len(all)
					p, err := locators[k].Place(Simplify(tr.Trace(runs), tolerance))
					if err != nil {
						t.Fatalf("%s: %v", all[k].name, err)
					}
					if p.Decimals > locators[k].Decimals {
						raised++
					}
					b := appendWKB(nil, p.Geometry)
					o.put(t, int32(len(b)), b, p.Inside[0], p.Inside[1])
					n++
					shares[k]++
				}
			}
			complaints, last := o.verdict(t)
			for _, c := range complaints[:min(len(complaints), 20)] {
				t.Error(c)
			}
			t.Logf("%s; %d written with more decimals; on each of %d grids at least %d", last, raised, len(all), slices.Min(shares))
			if !strings.HasPrefix(last, fmt.Sprintf("checked %d ", n)) {
				t.Errorf("of %d polygons: %s", n, last)
			}
			if least := want / len(all) * 3 / 4; slices.Min(shares) < least {
				t.Errorf("a grid has %d polygons, want %d at least", slices.Min(shares), least)
			}
		})
	}
}

// BenchmarkSimplify reports the time for a corner of the outline.
func BenchmarkSimplify(b *testing.B) {
	r := rand.New(rand.NewPCG(8, 8))
	for _, c := range []struct {
		name string
		runs []raster.Run
	}{
		{"region=sponge", largestRegion(randomMask(r, 1000, 1000, 0.62))},
		{"region=slant8", slanted(4000, 8, 3600, 900).regions()[0]},
		{"region=slant45", slanted(4000, 45, 3600, 900).regions()[0]}, // one edge replaces thousands of steps
	} {
		p := Trace(c.runs)
		n := 0
		for _, ring := range p {
			n += len(ring) - 1
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Simplify(p, 1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/corner")
		})
	}
}
