package geo

import (
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// asMask draws runs, which have to be sorted, apart and inside.
func asMask(t testing.TB, runs []raster.Run, w, h int) mask {
	t.Helper()
	m := newMask(w, h)
	for i, r := range runs {
		if r.X0 < 0 || r.X0 >= r.X1 || int(r.X1) > w || r.Y < 0 || int(r.Y) >= h {
			t.Fatalf("run %v outside %d×%d", r, w, h)
		}
		if i > 0 {
			if q := runs[i-1]; r.Y < q.Y || r.Y == q.Y && r.X0 <= q.X1 {
				t.Fatalf("run %v after %v", r, q)
			}
		}
		for x := r.X0; x < r.X1; x++ {
			m.on[int(r.Y)*w+int(x)] = true
		}
	}
	return m
}

func TestFillByHand(t *testing.T) {
	square := orb.Ring{{1.5, 1.5}, {4.5, 1.5}, {4.5, 4.5}, {1.5, 4.5}, {1.5, 1.5}}
	reversed := slices.Clone(square)
	slices.Reverse(reversed)
	for _, c := range []struct {
		name string
		area orb.MultiPolygon
		want mask
	}{
		{"nothing", nil, parseMask("......", "......", "......", "......", "......", "......")},
		// Centres on its left side are out, on the others in.
		{"on centres", orb.MultiPolygon{{square}}, parseMask("......", "..###.", "..###.", "..###.", "..###.", "......")},
		{"on centres, the other way", orb.MultiPolygon{{reversed}}, parseMask("......", "..###.", "..###.", "..###.", "..###.", "......")},
		// The hole's upper and right sides belong to it.
		{"hole on centres", orb.MultiPolygon{{{{0, 0}, {6, 0}, {6, 6}, {0, 6}}, square}},
			parseMask("######", "##...#", "##...#", "##...#", "######", "######")},
		{"hole", orb.MultiPolygon{{{{0, 0}, {6, 0}, {6, 6}, {0, 6}}, {{2, 1}, {4, 1}, {4, 5}, {2, 5}}}},
			parseMask("######", "##..##", "##..##", "##..##", "##..##", "######")},
		{"overlapping polygons", orb.MultiPolygon{{{{0, 0}, {3, 0}, {3, 3}, {0, 3}}}, {{{2, 2}, {5, 2}, {5, 5}, {2, 5}}}},
			parseMask("###...", "###...", "#####.", "..###.", "..###.", "......")},
		{"far outside", orb.MultiPolygon{{{{-1e300, -1e300}, {1e300, -1e300}, {1e300, 1e300}, {-1e300, 1e300}}}},
			parseMask("######", "######", "######", "######", "######", "######")},
		{"right of the window", orb.MultiPolygon{{{{4, -5}, {900, -5}, {900, 50}, {4, 50}}}},
			parseMask("....##", "....##", "....##", "....##", "....##", "....##")},
		{"elsewhere", orb.MultiPolygon{{{{1e6, 1e6}, {2e6, 1e6}, {2e6, 2e6}}}, {{}}, {}, {{{3, 3}}}},
			parseMask("......", "......", "......", "......", "......", "......")},
	} {
		runs, err := Fill(c.area, raster.Window{W: 6, H: 6})
		if err != nil {
			t.Fatal(err)
		}
		if got := asMask(t, runs, 6, 6); !slices.Equal(got.on, c.want.on) {
			t.Errorf("%s: %v", c.name, runs)
		}
	}
	if runs, err := Fill(orb.MultiPolygon{{square}}, raster.Window{}); err != nil || len(runs) > 0 {
		t.Errorf("no window: %v, %v", runs, err)
	}
}

func TestFillRefuses(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := Fill(orb.MultiPolygon{nil, {{{0, 0}, {1, 0}, {1, 1}}, {{0, 0}, {bad, 1}, {1, 1}}}}, raster.Window{W: 3, H: 3})
		if err == nil || !strings.Contains(err.Error(), "vertex 1 of ring 1 of polygon 1") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// anyArea is made to hit centres, sides and corners of pixels: vertices on halves, horizontal edges, slivers, holes, polygons
// that overlap.
func anyArea(r *rand.Rand, w, h int) orb.MultiPolygon {
	step := []float64{0.5, 0.5, 0.25, 1, 0.001, 1e-12}[r.IntN(6)]
	value := func(n int) float64 {
		v := (r.Float64()*1.6 - 0.3) * float64(n)
		return math.Round(v/step) * step
	}
	ring := func(n int) orb.Ring {
		out := orb.Ring{}
		for range n {
			p := orb.Point{value(w), value(h)}
			if k := len(out); k > 0 && r.IntN(3) == 0 {
				p[r.IntN(2)] = out[k-1][1-r.IntN(2)] // often along an axis
			} else if k > 0 && r.IntN(4) == 0 {
				p[1] = out[k-1][1]
			}
			out = append(out, p)
		}
		return append(out, out[0])
	}
	var out orb.MultiPolygon
	for range 1 + r.IntN(4) {
		p := orb.Polygon{ring(3 + r.IntN(12))}
		for range r.IntN(3) {
			p = append(p, ring(3+r.IntN(4)))
		}
		out = append(out, p)
	}
	return out
}

// simple is a polygon of one ring around its middle, with vertices on halves.
func simple(r *rand.Rand, w, h int) orb.Polygon {
	n := 3 + r.IntN(12)
	ring := make(orb.Ring, n+1)
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		d := float64(w+h) * (0.1 + 0.4*r.Float64())
		ring[i] = orb.Point{float64(w)/2 + math.Round(2*d*c)/2, float64(h)/2 + math.Round(2*d*s)/2}
	}
	ring[n] = ring[0]
	return orb.Polygon{ring}
}

func TestFillDoesNotDependOnTheWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 1))
	for range 2000 {
		w, h := 1+r.IntN(30), 1+r.IntN(30)
		area := anyArea(r, w, h)
		runs, err := Fill(area, raster.Window{W: w, H: h})
		if err != nil {
			t.Fatal(err)
		}
		whole := asMask(t, runs, w, h)
		part := raster.Window{X: r.IntN(w), Y: r.IntN(h), W: 1 + r.IntN(w), H: 1 + r.IntN(h)}
		runs, err = Fill(area, part)
		if err != nil {
			t.Fatal(err)
		}
		for i := range runs {
			runs[i].Y -= int32(part.Y)
			runs[i].X0 -= int32(part.X)
			runs[i].X1 -= int32(part.X)
		}
		got := asMask(t, runs, part.W, part.H)
		for y := range min(part.H, h-part.Y) {
			for x := range min(part.W, w-part.X) {
				if got.at(x, y) != whole.at(x+part.X, y+part.Y) {
					t.Fatalf("pixel %d, %d of %v differs in %v", x+part.X, y+part.Y, area, part)
				}
			}
		}
	}
}

func TestOracleRasterize(t *testing.T) {
	needPython(t, "rasterio, shapely")
	o := startOracle(t, "rasterize.py")
	n := 4_000
	if long() {
		n = 100_000
	}
	r := rand.New(rand.NewPCG(77, 2))
	set := 0
	for range n {
		w, h := 1+r.IntN(40), 1+r.IntN(40)
		area := anyArea(r, w, h)
		affine := raster.Affine{0, 1, 0, 0, 0, -1}
		if r.IntN(2) == 0 { // a grid whose pixel size is no binary number, at a distance; there, which way a ring runs that
			// crosses itself would be a matter of rounding
			area = orb.MultiPolygon{simple(r, w, h), simple(r, w, h)}
			affine = raster.Affine{399960, 0.1, 0, 5300040, 0, -0.1}
			if r.IntN(2) == 0 {
				affine = raster.Affine{399960, 2.4, 1.8, 5300040, 1.8, -2.4}
			}
		}
		for _, p := range area {
			for _, ring := range p {
				for i := range ring {
					ring[i][0], ring[i][1] = affine.Apply(ring[i][0], ring[i][1])
				}
			}
		}
		b := appendWKB(nil, area)
		o.put(t, int32(w), int32(h), affine, int32(len(b)), b)
		if err := o.in.Flush(); err != nil {
			t.Fatal(err)
		}
		want := make([]byte, w*h)
		if _, err := io.ReadFull(o.out, want); err != nil {
			t.Fatal(err)
		}
		onGrid, err := InPixels(area, raster.Grid{Affine: affine, Width: w, Height: h}, nil)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := Fill(onGrid, raster.Window{W: w, H: h})
		if err != nil {
			t.Fatal(err)
		}
		got := asMask(t, runs, w, h)
		for i, b := range want {
			if got.on[i] != (b == 1) {
				t.Fatalf("pixel %d, %d of %d×%d is %v, GDAL has %v: %v by %v", i%w, i/w, w, h, got.on[i], b == 1, area, affine)
			}
			set += int(b)
		}
	}
	t.Logf("%d areas, %d pixels in them, all the same", n, set)
	if set < n*50 {
		t.Errorf("only %d pixels", set)
	}
}

// coast is an island of n vertices with its middle at (x, y), ragged by a pixel.
func coast(n int, x, y, radius float64) orb.Polygon {
	r := rand.New(rand.NewPCG(uint64(n), 5))
	ring := make(orb.Ring, n+1)
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		d := radius*(0.9+0.1*math.Sin(14*math.Pi*float64(i)/float64(n))) + r.Float64()
		ring[i] = orb.Point{x + d*c, y + d*s}
	}
	ring[n] = ring[0]
	return orb.Polygon{ring}
}

// BenchmarkFill counts the bytes of the vertices.
func BenchmarkFill(b *testing.B) {
	for _, c := range []struct {
		name string
		area orb.MultiPolygon
	}{
		{"vertices=1e3/pixels=8e7", orb.MultiPolygon{coast(1000, 5490, 5490, 5400)}},
		{"vertices=1e6/pixels=8e7", orb.MultiPolygon{coast(1_000_000, 5490, 5490, 5400)}},
		{"vertices=1e6/elsewhere", orb.MultiPolygon{coast(1_000_000, 5490, 50000, 5400)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.area[0][0]) * binary.Size(orb.Point{})))
			b.ReportAllocs()
			runs := 0
			for b.Loop() {
				out, err := Fill(c.area, raster.Window{W: 10980, H: 10980})
				if err != nil {
					b.Fatal(err)
				}
				runs = len(out)
			}
			b.ReportMetric(float64(runs), "runs/op")
		})
	}
}
