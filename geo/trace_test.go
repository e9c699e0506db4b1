package geo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"passdiff/raster"
)

func TestTraceByHand(t *testing.T) {
	for _, c := range []struct {
		name string
		mask mask
		want string
	}{
		{"pixel", parseMask("#"), "[[[0 0] [0 1] [1 1] [1 0] [0 0]]]"},
		{"bar", parseMask("###"), "[[[0 0] [0 1] [3 1] [3 0] [0 0]]]"},
		{"L", parseMask("#.", "##"), "[[[0 0] [0 2] [2 2] [2 1] [1 1] [1 0] [0 0]]]"},
		{"hole", parseMask("###", "#.#", "###"), "[[[0 0] [0 3] [3 3] [3 0] [0 0]] [[1 1] [2 1] [2 2] [1 2] [1 1]]]"},
		// The hole (1,1) touches the exterior at (2,1): the notch at (2,0) stays outside, the interior joined.
		{"notch", parseMask("##.", "#.#", "###"),
			"[[[0 0] [0 3] [3 3] [3 1] [2 1] [2 0] [0 0]] [[1 1] [2 1] [2 2] [1 2] [1 1]]]"},
		// Two holes that touch at (2,2).
		{"two holes", parseMask("####", "#.##", "##.#", "####"),
			"[[[0 0] [0 4] [4 4] [4 0] [0 0]] [[1 1] [2 1] [2 2] [1 2] [1 1]] [[2 2] [3 2] [3 3] [2 3] [2 2]]]"},
	} {
		rs := c.mask.regions()
		if len(rs) != 1 {
			t.Fatalf("%s: %d regions", c.name, len(rs))
		}
		if got := fmt.Sprint(Trace(rs[0])); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	if Trace(nil) != nil {
		t.Error("no runs should give no polygon")
	}
}

func TestTraceTouchingRunsAreOne(t *testing.T) {
	one := []raster.Run{{Y: 3, X0: 2, X1: 9}, {Y: 4, X0: 2, X1: 4}}
	cut := []raster.Run{{Y: 3, X0: 2, X1: 4}, {Y: 3, X0: 4, X1: 5}, {Y: 3, X0: 5, X1: 9}, {Y: 4, X0: 2, X1: 4}}
	if !Trace(one).Equal(Trace(cut)) {
		t.Error("the outline depends on how a row is cut")
	}
}

func TestTracePanics(t *testing.T) {
	for name, runs := range map[string][]raster.Run{
		"empty":       {{Y: 0, X0: 2, X1: 2}},
		"overlapping": {{Y: 0, X0: 0, X1: 3}, {Y: 0, X0: 2, X1: 4}},
		"unsorted":    {{Y: 0, X0: 5, X1: 6}, {Y: 0, X0: 0, X1: 1}},
		"rows":        {{Y: 1, X0: 0, X1: 1}, {Y: 0, X0: 0, X1: 1}},
		"gap":         {{Y: 0, X0: 0, X1: 1}, {Y: 2, X0: 0, X1: 1}},
		"pieces":      {{Y: 0, X0: 0, X1: 1}, {Y: 0, X0: 5, X1: 6}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Trace(runs)
		}()
	}
}

// checkTrace asserts everything that holds for any region.
func checkTrace(t interface {
	Helper()
	Fatalf(string, ...any)
}, tr *Tracer, runs []raster.Run, w, h int) orb.Polygon {
	t.Helper()
	p := tr.Trace(runs)
	pixels := 0
	want := newMask(w, h)
	for _, r := range runs {
		pixels += r.Len()
		for x := r.X0; x < r.X1; x++ {
			want.on[int(r.Y)*w+int(x)] = true
		}
	}
	area := 0.0
	for i, ring := range p {
		n := len(ring)
		if n < 5 || ring[0] != ring[n-1] {
			t.Fatalf("ring %d of %d points is not closed", i, n)
		}
		for j := 0; j+1 < n; j++ {
			a, b, c := ring[j], ring[j+1], ring[(j+2)%(n-1)]
			if (a[0] == b[0]) == (a[1] == b[1]) {
				t.Fatalf("edge %v %v is not along an axis", a, b)
			}
			if (a[0] == b[0]) == (b[0] == c[0]) {
				t.Fatalf("no turn at %v", b)
			}
			if b[1] < ring[0][1] || b[1] == ring[0][1] && b[0] < ring[0][0] {
				t.Fatalf("ring %d begins at %v, not at %v", i, ring[0], b)
			}
		}
		// y grows down: counter-clockwise on the screen is negative.
		if s := shoelace(ring); (s < 0) != (i == 0) {
			t.Fatalf("ring %d runs the wrong way", i)
		}
		area -= shoelace(ring)
		if i > 1 {
			a, b := p[i-1][0], ring[0]
			if b[1] < a[1] || b[1] == a[1] && b[0] < a[0] {
				t.Fatalf("holes %d and %d out of order", i-1, i)
			}
		}
	}
	if area != float64(pixels) {
		t.Fatalf("area %v, %d pixels", area, pixels)
	}
	if !slices.Equal(fill(p, w, h).on, want.on) {
		t.Fatalf("filled outline differs from the region")
	}
	if err := validate([]orb.Polygon{p}, 1); err != nil {
		t.Fatalf("not valid: %v", err)
	}
	return p
}

func TestTraceShapes(t *testing.T) {
	var tr Tracer
	for name, m := range shapes() {
		t.Run(name, func(t *testing.T) {
			for _, runs := range m.regions() {
				p := checkTrace(t, &tr, runs, m.w, m.h)
				if !p.Equal(Trace(runs)) {
					t.Fatal("a used Tracer gives another outline")
				}
			}
		})
	}
}

func TestTraceProperties(t *testing.T) {
	var tr Tracer
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		seed := rapid.Uint64().Draw(t, "seed")
		p := rapid.Float64Range(0.01, 0.95).Draw(t, "density")
		for _, runs := range randomMask(rand.New(rand.NewPCG(seed, 1)), w, h, p).regions() {
			checkTrace(t, &tr, runs, w, h)
		}
	})
}

func TestTraceBits(t *testing.T) {
	var tr Tracer
	// Every mask of 4×4 pixels.
	for bits := range 1 << 16 {
		m := newMask(4, 4)
		for i := range m.on {
			m.on[i] = bits>>i&1 == 1
		}
		for _, runs := range m.regions() {
			checkTrace(t, &tr, runs, 4, 4)
		}
	}
}
