package geo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// outlineArea is the area of the outline of columns [x0, x1) of row y, as Place measures it; false when it has none.
func outlineArea(l Locator, y, x0, x1 float64) (float64, bool) {
	lines, _, err := l.densify(orb.Polygon{{{x0, y}, {x0, y + 1}, {x1, y + 1}, {x1, y}, {x0, y}}})
	if err != nil {
		return 0, false
	}
	atPoles(lines)
	return measure(lines).AreaM2.Value, true
}

// areaScenes are grids of w×h pixels that lie on the Earth: those of scenes, of PROJ when it is there, and the far ends of the usual
// projections.
func areaScenes(t testing.TB, w, h int) []scene {
	out := scenes(w, h)[1:]
	g := func(crs string, project func(x, y []float64) error, a ...float64) scene {
		return scene{crs, raster.Grid{CRS: crs, Affine: raster.Affine(a), Width: w, Height: h}, project}
	}
	out = append(out,
		g("lonlat to 85°", lonLat, 20, 1e-3, 0, 85, 0, -1e-3),
		g("lonlat 0.3 m at 85°", lonLat, 20, 3e-6, 0, 85, 0, -3e-6),
		g("mercator to 85°", webMercator, 0, 100, 0, 20037508, 0, -100),
		g("tm at 12° from the meridian", transverseMercator(9), 1.2e6, 60, 0, 6e6, 0, -60))
	return out
}

func TestPixelAreasAgainstOutlines(t *testing.T) {
	const w, h = 3000, 2000
	r := rand.New(rand.NewPCG(14, 15))
	all := areaScenes(t, w, h)
	if long() {
		needPython(t, "pyproj, numpy")
		for _, s := range projScenes(t, w, h) {
			if s.grid.Affine[1] != 0.1 { // that grid goes far beyond the pole
				all = append(all, s)
			}
		}
	}
	for _, s := range all {
		l := s.locator(t)
		p, err := l.PixelAreas(s.grid.Window())
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		worst, worstRun := 0.0, 0.0
		for k := range 600 {
			y, x := r.IntN(h), r.IntN(w)
			n := 1
			if k%3 == 0 {
				n = 1 + r.IntN(w-x)
			}
			if s.name == "lonlat 0.1 over 180, no line on it" {
				y %= 1400 // the pole is at row 1500
			}
			want, ok := outlineArea(l, float64(y), float64(x), float64(x+n))
			if !ok || n > w/3 {
				continue
			}
			d := math.Abs(p.Area(y, x, x+n)/want - 1)
			if n == 1 {
				worst = max(worst, d)
			} else {
				worstRun = max(worstRun, d)
			}
		}
		t.Logf("%s: %d cells; pixels %.2g, runs %.2g off", s.name, len(p.cells), worst, worstRun)
		// Outlines in degrees know a side of 2 cm to 1e-7; those of 100 km along curved rows are drawn to 1/100 pixel.
		limit := 1e-7
		if s.grid.Affine[1] == 0.02 {
			limit = 1e-6
		}
		if worst > limit || worstRun > limit {
			t.Errorf("%s: pixels %.2g, runs %.2g off", s.name, worst, worstRun)
		}
	}
}

func TestPixelAreasAddUp(t *testing.T) {
	const w, h = 700, 500
	r := rand.New(rand.NewPCG(15, 16))
	for _, s := range areaScenes(t, w, h) {
		l := s.locator(t)
		window := raster.Window{X: 13, Y: 17, W: 650, H: 430}
		p, err := l.PixelAreas(window)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		var whole, parts int64
		for y := window.Y; y < window.MaxY(); y++ {
			u := p.Units(raster.Run{Y: int32(y), X0: int32(window.X), X1: int32(window.MaxX())})
			whole += u
			for x := window.X; x < window.MaxX(); {
				n := min(1+r.IntN(60), window.MaxX()-x)
				a := p.Units(raster.Run{Y: int32(y), X0: int32(x), X1: int32(x + n)})
				if a < 0 {
					t.Fatalf("%s: %d units", s.name, a)
				}
				parts += a
				x += n
			}
		}
		if whole != parts {
			t.Errorf("%s: %d units in rows, %d in parts of them", s.name, whole, parts)
		}
		if s.name == "lonlat 0.1 over 180, no line on it" || s.name == "lonlat 0 to 360" || s.name == "lonlat world" {
			continue // more than once around, or one edge of a window without ends
		}
		placed, err := l.Place(orb.Polygon{{{13, 17}, {13, 447}, {663, 447}, {663, 17}, {13, 17}}})
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if got, want := p.SquareMetres(whole), placed.Measures.AreaM2.Value; math.Abs(got/want-1) > 1e-7 {
			t.Errorf("%s: %v m², the window's outline has %v (%.2g)", s.name, got, want, got/want-1)
		}
	}
}

func TestPixelAreasOfTheWorld(t *testing.T) {
	for _, g := range []raster.Grid{
		{CRS: "EPSG:4326", Affine: raster.Affine{-180, 0.25, 0, 90, 0, -0.25}, Width: 1440, Height: 720},
		// Centres of the first and the last row on the poles: half of them lies beyond.
		{CRS: "EPSG:4326", Affine: raster.Affine{0, 1, 0, 90.5, 0, -1}, Width: 360, Height: 181},
	} {
		l, err := NewLocator(g, lonLat)
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.PixelAreas(g.Window())
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for y := range g.Height {
			sum += p.Units(raster.Run{Y: int32(y), X1: int32(g.Width)})
		}
		// As in TestEllipsoidConstants.
		if got := p.SquareMetres(sum); math.Abs(got/5.10065621724e14-1) > 1e-9 {
			t.Errorf("%v: %v m²", g, got)
		}
	}
}

func TestPixelAreasOffTheEarth(t *testing.T) {
	// An orthographic view (Snyder 1987, eq. 20-14 ff.) of a sphere, read on the ellipsoid: corners of the grid show sky.
	ortho := func(x, y []float64) error {
		for i := range x {
			rho := math.Hypot(x[i], y[i]) / semiMajor
			c := math.Sqrt(1 - rho*rho) // NaN off the Earth
			x[i], y[i] = math.Atan2(x[i]/semiMajor, c)*180/math.Pi, math.Asin(y[i]/semiMajor)*180/math.Pi+c*0
		}
		return nil
	}
	const n = 200
	g := raster.Grid{CRS: "ortho", Affine: raster.Affine{-6.5e6, 6.5e4, 0, 6.5e6, 0, -6.5e4}, Width: n, Height: n}
	l, err := NewLocator(g, ortho)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.PixelAreas(g.Window())
	if err != nil {
		t.Fatal(err)
	}
	if a := p.Area(0, 0, 30); a != 0 {
		t.Errorf("the sky has %v m²", a)
	}
	sum := int64(0)
	for y := range n {
		sum += p.Units(raster.Run{Y: int32(y), X1: n})
	}
	// The half-sphere, but for pixels on the limb: those of the outermost 1/100 of the radius may be lost, which is the share
	// √(1 − 0.99²) of it.
	if got := p.SquareMetres(sum) / 2.55032810862e14; got < 1-math.Sqrt(1-0.99*0.99)-0.01 || got > 1 {
		t.Errorf("%v of the hemisphere", got)
	}
	want, ok := outlineArea(l, 100, 60, 61)
	if got := p.Area(100, 60, 61); !ok || math.Abs(got/want-1) > 1e-7 {
		t.Errorf("%v m², the outline has %v", got, want)
	}
}

func TestPixelAreasMisuse(t *testing.T) {
	if _, err := (Locator{}).PixelAreas(raster.Window{W: 3, H: 3}); err == nil {
		t.Error("pixel space has areas")
	}
	g := raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{8, 1e-4, 0, 47, 0, -1e-4}, Width: 30, Height: 20}
	l, err := NewLocator(g, lonLat)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.PixelAreas(raster.Window{X: 100, W: 3, H: 3})
	if err != nil {
		t.Fatal(err)
	}
	if u := p.Units(raster.Run{}); u != 0 {
		t.Errorf("%d units", u)
	}
	p, err = l.PixelAreas(raster.Window{X: 10, Y: 10, W: 100, H: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []raster.Run{{Y: 9, X0: 10, X1: 11}, {Y: 10, X0: 9, X1: 11}, {Y: 10, X0: 29, X1: 31}, {Y: 20, X0: 10, X1: 11}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v: no panic", r)
				}
			}()
			p.Units(r)
		}()
	}
}

func BenchmarkPixelAreas(b *testing.B) {
	const w, h = 10980, 10980
	for _, s := range []scene{
		{"tm", raster.Grid{CRS: "tm", Affine: raster.Affine{-1e5, 10, 0, 5.4e6, 0, -10}, Width: w, Height: h}, transverseMercator(9)},
		{"world", raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{-180, 360.0 / w, 0, 90, 0, -180.0 / h}, Width: w, Height: h}, lonLat},
	} {
		l := s.locator(b)
		b.Run("grid="+s.name+"/make", func(b *testing.B) {
			for b.Loop() {
				if _, err := l.PixelAreas(s.grid.Window()); err != nil {
					b.Fatal(err)
				}
			}
		})
		p, err := l.PixelAreas(s.grid.Window())
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range []int32{5, w} {
			b.Run(fmt.Sprintf("grid=%s/run=%d", s.name, n), func(b *testing.B) {
				b.ReportAllocs()
				k := int32(0)
				for b.Loop() {
					k = (k*31 + 7919) % w
					x := min(k, w-n)
					p.Units(raster.Run{Y: k, X0: x, X1: x + n})
				}
			})
		}
	}
}
