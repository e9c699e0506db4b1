package geo

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// forward is a scene's projection from longitude and latitude: the inverses of those in helper_test.go.
func toMercator(x, y []float64) error {
	for i := range x {
		x[i] = x[i] * math.Pi / 180 * semiMajor
		y[i] = math.Log(math.Tan(math.Pi/4+y[i]*math.Pi/360)) * semiMajor
	}
	return nil
}

// toTransverse is the spherical transverse Mercator projection (Snyder 1987, eq. 8-1 ff.).
func toTransverse(lon0 float64) func(x, y []float64) error {
	return func(x, y []float64) error {
		for i := range x {
			sl, cl := math.Sincos((x[i] - lon0) * math.Pi / 180)
			sp, cp := math.Sincos(y[i] * math.Pi / 180)
			x[i], y[i] = semiMajor*math.Atanh(cp*sl), semiMajor*math.Atan2(sp, cp*cl)
		}
		return nil
	}
}

// toPolar is the polar stereographic projection of a sphere (Snyder 1987, eq. 21-5 ff.).
func toPolar(x, y []float64) error {
	for i := range x {
		s, c := math.Sincos(x[i] * math.Pi / 180)
		rho := 2 * semiMajor * math.Tan(math.Pi/4-y[i]*math.Pi/360)
		x[i], y[i] = rho*s, -rho*c
	}
	return nil
}

func TestInPixelsStaysClose(t *testing.T) {
	box := func(w, s, e, n float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
	}
	for _, c := range []struct {
		name    string
		area    orb.MultiPolygon
		affine  raster.Affine
		project func(x, y []float64) error
		most    int // vertices
	}{
		{"mercator", box(5, 40, 15, 50), raster.Affine{1e6, 10, 0, 8e6, 0, -10}, toMercator, 5},
		{"mercator, slanted", orb.MultiPolygon{{{{5, 40}, {15, 42}, {9, 60}}}}, raster.Affine{1e6, 10, 0, 8e6, 0, -10}, toMercator, 5000},
		{"tm 10 m", box(5, 46, 13, 54), raster.Affine{-3e5, 10, 0, 6e6, 0, -10}, toTransverse(9), 5000},
		{"tm 2 cm", box(9.1, 48.1, 9.2, 48.2), raster.Affine{0, 0.02, 0, 6e6, 0, -0.02}, toTransverse(9), 5000},
		// Bent like a cubic: straight in the middle.
		{"tm through its origin", orb.MultiPolygon{{{{4, -10}, {14, 10}, {-10, 30}}}}, raster.Affine{0, 10, 0, 0, 0, -10}, toTransverse(9), 20000},
		{"tm turned", box(8, 50, 9, 51), raster.Affine{0, 8, 6, 6e6, 6, -8}, toTransverse(9), 500},
		{"polar cap", box(-170, 80, 170, 85), raster.Affine{-2e6, 100, 0, 2e6, 0, -100}, toPolar, 8000},
	} {
		grid := raster.Grid{Affine: c.affine, Width: 10, Height: 10}
		got, err := InPixels(c.area, grid, c.project)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		out := got[0][0]
		if len(out) > c.most {
			t.Errorf("%s: %d vertices", c.name, len(out))
		}
		// Many points of each edge, in order, against the vertices in order.
		ring := c.area[0][0]
		if ring[0] != ring[len(ring)-1] {
			ring = append(slices.Clone(ring), ring[0])
		}
		inv, _ := invert(c.affine)
		worst := 0.0
		k := 0
		for i := 0; i+1 < len(ring); i++ {
			const n = 20000
			for f := range n {
				u := float64(f) / n
				x, y := []float64{ring[i][0] + u*(ring[i+1][0]-ring[i][0])}, []float64{ring[i][1] + u*(ring[i+1][1]-ring[i][1])}
				if err := c.project(x, y); err != nil {
					t.Fatal(err)
				}
				col, row := inv.Apply(x[0], y[0])
				d := fromEdge(out[k], out[k+1], orb.Point{col, row})
				for k+2 < len(out) {
					e := fromEdge(out[k+1], out[k+2], orb.Point{col, row})
					if e > d {
						break
					}
					d = e
					k++
				}
				worst = max(worst, d)
			}
		}
		if worst = math.Sqrt(worst); worst > 0.01 {
			t.Errorf("%s: %v pixels away", c.name, worst)
		}
		t.Logf("%s: %d vertices, %.2g pixels away", c.name, len(out), worst)
	}
}

func TestInPixelsSharesEdges(t *testing.T) {
	grid := raster.Grid{Affine: raster.Affine{-3e5, 10, 0, 6e6, 0, -10}, Width: 10, Height: 10}
	got, err := InPixels(orb.MultiPolygon{{{{5, 46}, {13, 46.5}, {9, 54}, {5, 46}}}, {{{13, 46.5}, {5, 46}, {9, 40}, {13, 46.5}}}}, grid, toTransverse(9))
	if err != nil {
		t.Fatal(err)
	}
	a, b := got[0][0], got[1][0]
	n := slices.Index(b, a[0])
	for i := 0; i <= n; i++ {
		if a[i] != b[n-i] {
			t.Fatalf("vertex %d: %v and %v", i, a[i], b[n-i])
		}
	}
	if n < 50 {
		t.Errorf("%d edges", n)
	}
}

func TestInPixelsSameCRS(t *testing.T) {
	grid := raster.Grid{CRS: "x", Affine: raster.Affine{400000, 10, 0, 5000000, 0, -10}, Width: 10, Height: 10}
	got, err := InPixels(orb.MultiPolygon{{{{400015, 4999985}, {400035, 4999985}, {400035, 4999965}, {400015, 4999985}}}}, grid, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := (orb.MultiPolygon{{{{1.5, 1.5}, {3.5, 1.5}, {3.5, 3.5}, {1.5, 1.5}}}}); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Without a georeference coordinates are pixels already.
	if got, err := InPixels(got, raster.Grid{Width: 3, Height: 3}, nil); err != nil || got[0][0][2] != (orb.Point{3.5, 3.5}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestInPixelsErrors(t *testing.T) {
	grid := raster.Grid{CRS: "x", Affine: raster.Affine{0, 10, 0, 0, 0, -10}, Width: 10, Height: 10}
	broken := errors.New("no grid file")
	area := orb.MultiPolygon{{{{0, 0}, {10, 0}, {10, 10}, {0, 0}}}}
	if _, err := InPixels(area, grid, func(x, y []float64) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := InPixels(orb.MultiPolygon{nil, {nil, {{0, math.NaN()}}}}, grid, nil); err == nil || !strings.Contains(err.Error(), "ring 1 of polygon 1: vertex 0 is not finite") {
		t.Errorf("got %v", err)
	}
	nowhere := func(x, y []float64) error {
		for i := range x {
			if x[i] > 5 {
				x[i], y[i] = math.Inf(1), math.Inf(1)
			}
		}
		return nil
	}
	if _, err := InPixels(area, grid, nowhere); err == nil || !strings.Contains(err.Error(), "point (10, 0) has no place in the grid's CRS") {
		t.Errorf("got %v", err)
	}
	tear := func(x, y []float64) error {
		for i := range x {
			if x[i] > 3 {
				y[i] += 360
			}
		}
		return nil
	}
	if _, err := InPixels(area, grid, tear); !errors.Is(err, errTorn) {
		t.Errorf("got %v", err)
	}
	singular := grid
	singular.Affine[1] = 0
	if _, err := InPixels(area, singular, nil); err == nil || !strings.Contains(err.Error(), "cannot be inverted") {
		t.Errorf("got %v", err)
	}
}
