package geo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// scene is a grid with its projection, for tests.
type scene struct {
	name    string
	grid    raster.Grid
	project func(x, y []float64) error
}

// scenes covers hemispheres, mirrored and turned affines, the meridian of ±180° and both poles, for masks of w×h pixels.
func scenes(w, h int) []scene {
	g := func(crs string, a ...float64) raster.Grid {
		return raster.Grid{CRS: crs, Affine: raster.Affine(a), Width: w, Height: h}
	}
	fw, fh := float64(w), float64(h)
	turn := func(x, y, size, deg float64) []float64 {
		s, c := math.Sincos(deg * math.Pi / 180)
		return []float64{x, size * c, size * s, y, size * s, -size * c}
	}
	return []scene{
		{"pixel space", raster.Grid{Width: w, Height: h}, nil},
		{"lonlat 1e-4", g("EPSG:4326", 8, 1e-4, 0, 47, 0, -1e-4), lonLat},
		{"lonlat south up", g("EPSG:4326", 8, 1e-4, 0, -33, 0, 1e-4), lonLat},
		{"lonlat 10 m over 180", g("EPSG:4326", 180-1e-4*math.Floor(fw/2), 1e-4, 0, -17, 0, -1e-4), lonLat},
		{"lonlat 0.1 over 180, no line on it", g("EPSG:4326", 180.03-0.1*math.Floor(fw/2), 0.1, 0, 60, 0, -0.1), lonLat},
		{"lonlat 0 to 360", g("EPSG:4326", 0, 360/fw, 0, 90, 0, -180/fh), lonLat},
		{"lonlat world", g("EPSG:4326", -180, 360/fw, 0, 90, 0, -180/fh), lonLat},
		{"tm north 2 cm", g("tm", 150000, 0.02, 0, 5.9e6, 0, -0.02), transverseMercator(9)},
		{"tm north 10 m", g("tm", -200000, 10, 0, 5.9e6, 0, -10), transverseMercator(9)},
		{"tm south 0.5 m", g("tm", 100000, 0.5, 0, -3.4e6, 0, -0.5), transverseMercator(-63)},
		{"tm turned", g("tm", turn(100000, 6.4e6, 3, 37)...), transverseMercator(15)},
		{"tm sheared", g("tm", 100000, 8, 3, 7e6, -2, -9), transverseMercator(15)},
		{"tm mirrored", g("tm", 100000, -8, 3, 7e6, 2, -9), transverseMercator(15)},
		{"tm over 180", g("tm", -3*fw/2, 3, 0, 7.1e6, 0, -3), transverseMercator(180)},
		{"tm over 180, turned", g("tm", turn(-20*fw, 7.1e6, 30, 28)...), transverseMercator(-179.999)},
		{"mercator 30 m", g("EPSG:3857", 1e6, 30, 0, 8e6, 0, -30), webMercator},
		{"polar north far", g("polar", 1.3e6, 30, 0, -9e5, 0, -30), polarSphere(1)},
		{"polar north 1 km on corner", g("polar", -1000*math.Floor(fw/2), 1000, 0, 1000*math.Floor(fh/2), 0, -1000), polarSphere(1)},
		{"polar north 1 km off corner", g("polar", -1000*fw/2+371, 1000, 0, 1000*fh/2-141, 0, -1000), polarSphere(1)},
		{"polar south 10 m on corner", g("polar", -10*math.Floor(fw/2), 10, 0, 10*math.Floor(fh/2), 0, -10), polarSphere(-1)},
		{"polar south turned", g("polar", turn(-4000*fw/2, 700*fh/2, 5000, 11)...), polarSphere(-1)},
	}
}

func (s scene) locator(t testing.TB) Locator {
	t.Helper()
	l, err := NewLocator(s.grid, s.project)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// checkPlaced asserts what holds for every Placed.
func checkPlaced(l Locator, p Placed) error {
	parts, ok := p.Geometry.(orb.MultiPolygon)
	if !ok {
		parts = orb.MultiPolygon{p.Geometry.(orb.Polygon)}
	} else if len(parts) < 2 {
		return errors.New("a MultiPolygon of one part")
	}
	if l.Project != nil && (p.Decimals < l.Decimals || p.Decimals > maxDecimals) {
		return fmt.Errorf("%d decimals, not %d", p.Decimals, l.Decimals)
	}
	insides := 0
	for _, part := range parts {
		if contains(part, p.Inside) {
			insides++
		}
		for i, ring := range part {
			if (shoelace(ring) > 0) != (i == 0) {
				return fmt.Errorf("ring %d runs the wrong way", i)
			}
			for _, v := range ring {
				if l.Project == nil {
					continue
				}
				if math.Abs(v[0]) > 180 || math.Abs(v[1]) > 90 {
					return fmt.Errorf("vertex %v", v)
				}
				if v[0] != roundTo(v[0], p.Decimals) || v[1] != roundTo(v[1], p.Decimals) {
					return fmt.Errorf("vertex %v is not rounded", v)
				}
				if b := p.Bbox; v[1] < b[1] || v[1] > b[3] || !between360(b[0], v[0], b[2]) {
					return fmt.Errorf("vertex %v outside %v", v, b)
				}
			}
		}
	}
	if insides != 1 {
		return fmt.Errorf("point %v inside %d parts", p.Inside, insides)
	}
	if l.Project == nil {
		return validate(parts, placesPerPixel)
	}
	return validate(parts, pow10[p.Decimals])
}

// between360 reports whether x lies on the arc from w eastward to e, where −180 is 180.
func between360(w, x, e float64) bool {
	if w <= e {
		return w <= x && x <= e
	}
	return x >= w || x <= e
}

func TestPlaceMasks(t *testing.T) {
	const w, h = 24, 18
	r := rand.New(rand.NewPCG(7, 7))
	masks := map[string]mask{}
	for name, m := range shapes() {
		masks[name] = m
	}
	for k := range 6 {
		masks[fmt.Sprint("random ", k)] = randomMask(r, w, h, 0.1+0.12*float64(k))
	}
	full := newMask(w, h)
	for i := range full.on {
		full.on[i] = true
	}
	masks["full"] = full
	for name, m := range masks {
		for _, s := range scenes(m.w, m.h) {
			l := s.locator(t)
			raised := 0
			for _, runs := range m.regions() {
				p, err := l.Place(Trace(runs))
				if err == nil {
					err = checkPlaced(l, p)
				}
				if err != nil {
					t.Errorf("%s, %s: %v", s.name, name, err)
					continue
				}
				if p.Decimals > l.Decimals {
					raised++
				}
			}
			if raised > 0 {
				t.Logf("%s, %s: %d regions needed more than %d decimals", s.name, name, raised, l.Decimals)
			}
		}
	}
}

func TestPlacePixelSpace(t *testing.T) {
	p, err := Locator{}.Place(Trace([]raster.Run{{Y: 2, X0: 1, X1: 4}}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(p.Geometry, p.Bbox, p.Inside, p.Decimals), "[[[1 -2] [1 -3] [4 -3] [4 -2] [1 -2]]] [1 -3 4 -2] [2.5 -2.5] 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if p.Measures != (Measures{}) {
		t.Errorf("pixel space has measures: %+v", p.Measures)
	}
}

func TestPlaceAcross180(t *testing.T) {
	g := raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{179, 0.5, 0, 10, 0, -0.5}, Width: 4, Height: 2}
	l, err := NewLocator(g, lonLat)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Place(Trace([]raster.Run{{Y: 0, X0: 1, X1: 3}, {Y: 1, X0: 1, X1: 3}}))
	if err != nil {
		t.Fatal(err)
	}
	const want = "[[[[-180 9] [-179.5 9] [-179.5 10] [-180 10] [-180 9]]] [[[179.5 9] [180 9] [180 10] [179.5 10] [179.5 9]]]]"
	if got := fmt.Sprint(p.Geometry); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	if p.Bbox != (Bbox{179.5, 9, -179.5, 10}) {
		t.Errorf("bbox %v", p.Bbox)
	}
	sum := 0.0
	for _, part := range p.Geometry.(orb.MultiPolygon) {
		sum += shoelace(part[0])
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("%v square degrees of 1", sum)
	}
}

func TestPlaceAroundPole(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		g := raster.Grid{CRS: "polar", Affine: raster.Affine{-2e5, 1e5, 0, 2e5, 0, -1e5}, Width: 4, Height: 4}
		l, err := NewLocator(g, polarSphere(sign))
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.Place(Trace([]raster.Run{{Y: 1, X0: 1, X1: 3}, {Y: 2, X0: 1, X1: 3}}))
		if err != nil {
			t.Fatal(err)
		}
		poly, ok := p.Geometry.(orb.Polygon)
		if !ok {
			t.Fatalf("got %T", p.Geometry)
		}
		b := poly[0].Bound()
		if b.Min[0] != -180 || b.Max[0] != 180 || math.Max(b.Max[1], -b.Min[1]) != 90 {
			t.Errorf("bound %v", b)
		}
		// 200 km × 200 km about the pole on a sphere of the semi-major axis, read on the ellipsoid: 4e10 m² within the
		// flattening.
		if a := p.Measures.AreaM2.Value; math.Abs(a/4e10-1) > 0.02 {
			t.Errorf("area %v", a)
		}
		// An annulus: the pole is in the hole.
		p, err = l.Place(Trace(parseMask("####", "#..#", "#..#", "####").regions()[0]))
		if err != nil {
			t.Fatal(err)
		}
		if a := p.Measures.AreaM2.Value; math.Abs(a/12e10-1) > 0.02 {
			t.Errorf("area of the annulus %v", a)
		}
		if err := checkPlaced(l, p); err != nil {
			t.Error(err)
		}
	}
}

func TestSharedEdgesDensifyAlike(t *testing.T) {
	for _, s := range scenes(400, 400) {
		if s.project == nil {
			continue
		}
		l := s.locator(t)
		a, _, err := l.densify(Trace([]raster.Run{{Y: 10, X0: 5, X1: 395}}))
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := l.densify(Trace([]raster.Run{{Y: 11, X0: 5, X1: 395}}))
		if err != nil {
			t.Fatal(err)
		}
		at := map[[2]float64]edge{}
		n := 0
		for _, v := range a[0] {
			at[[2]float64{v.col, v.row}] = v
			if v.row == 11 {
				n++
			}
		}
		for _, v := range b[0] {
			if v.row != 11 {
				continue
			}
			n--
			if o, ok := at[[2]float64{v.col, v.row}]; !ok || o.lon != v.lon || o.lat != v.lat {
				t.Fatalf("%s: column %v of the shared edge: %v and %v", s.name, v.col, v, o)
			}
		}
		if n != 0 {
			t.Errorf("%s: %d vertices more on one side", s.name, n)
		}
	}
}

func TestDensifyKeepsStraight(t *testing.T) {
	s := scene{"", raster.Grid{CRS: "tm", Affine: raster.Affine{-300000, 1000, 0, 7.1e6, 0, -1000}, Width: 600, Height: 10}, transverseMercator(9)}
	l := s.locator(t)
	lines, _, err := l.densify(Trace([]raster.Run{{Y: 0, X0: 0, X1: 600}}))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(lines[0]); n < 20 || n > 400 {
		t.Errorf("%d vertices", n)
	}
	for i, a := range lines[0] {
		b := lines[0].next(i)
		for _, f := range []float64{0.2, 0.5, 0.7} {
			x, y := []float64{a.col + f*(b.col-a.col)}, []float64{a.row + f*(b.row-a.row)}
			if err := l.toMap(x, y); err != nil {
				t.Fatal(err)
			}
			cos := math.Cos(y[0] * math.Pi / 180)
			// The distance from the straight line; positions along it do not matter.
			de, dn := (b.lon-a.lon)*cos, b.lat-a.lat
			d := ((x[0]-a.lon)*cos*dn - (y[0]-a.lat)*de) / math.Hypot(de, dn) * 111320
			if math.Abs(d) > 10.5 {
				t.Errorf("%v m from the line at column %v", d, a.col)
			}
		}
	}
}

func TestDecimals(t *testing.T) {
	// A pixel of s metres is at least s/111700 degrees; half a unit of the last decimal is at most a fiftieth of it.
	for _, c := range []struct {
		size float64
		want int
	}{{1000, 7}, {10, 7}, {0.5, 7}, {0.3, 7}, {0.25, 8}, {0.02, 9}, {0.002, 10}} {
		g := raster.Grid{CRS: "tm", Affine: raster.Affine{1e5, c.size, 0, 5e6, 0, -c.size}, Width: 10, Height: 10}
		l, err := NewLocator(g, transverseMercator(0))
		if err != nil {
			t.Fatal(err)
		}
		if l.Decimals != c.want {
			t.Errorf("%v m: %d decimals, want %d", c.size, l.Decimals, c.want)
		}
	}
}

func TestDecimalsAreRaised(t *testing.T) {
	// Half a unit of the 7th decimal is 5 mm: pixels of 2 mm fall together. The Locator is told otherwise.
	g := raster.Grid{CRS: "tm", Affine: raster.Affine{1e5, 0.002, 0, 5e6, 0, -0.002}, Width: 10, Height: 10}
	l, err := NewLocator(g, transverseMercator(0))
	if err != nil {
		t.Fatal(err)
	}
	l.Decimals = 7
	raised := 0
	for _, runs := range randomMask(rand.New(rand.NewPCG(5, 1)), 30, 30, 0.6).regions() {
		p, err := l.Place(Trace(runs))
		if err != nil {
			t.Fatal(err)
		}
		if err := checkPlaced(l, p); err != nil {
			t.Error(err)
		}
		if p.Decimals > 7 {
			raised++
		}
	}
	if raised == 0 {
		t.Error("no region needed more decimals")
	}
	// A pixel of 1e-10 m is smaller than the last of 13 decimals.
	l.Grid.Affine = raster.Affine{1e5, 1e-10, 0, 5e6, 0, -1e-10}
	if _, err := l.Place(Trace([]raster.Run{{Y: 7, X0: 3, X1: 4}})); err == nil || !strings.Contains(err.Error(), "columns 3 to 4, rows 7 to 8") {
		t.Errorf("got %v", err)
	}
}

func TestLocatorErrors(t *testing.T) {
	g := raster.Grid{CRS: "x", Affine: raster.Affine{0, 1, 0, 0, 0, -1}, Width: 4, Height: 4}
	broken := errors.New("no grid file")
	if _, err := NewLocator(g, func(x, y []float64) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	nowhere := func(x, y []float64) error {
		for i := range x {
			x[i] = math.Inf(1)
		}
		return nil
	}
	if _, err := NewLocator(g, nowhere); err == nil || !strings.Contains(err.Error(), "no part of the grid") {
		t.Errorf("got %v", err)
	}
	if _, err := NewLocator(raster.Grid{Width: 1, Height: 1}, lonLat); err == nil {
		t.Error("a singular affine passed")
	}
	l, err := NewLocator(g, lonLat)
	if err != nil {
		t.Fatal(err)
	}
	l.Project = nowhere
	if _, err := l.Place(Trace([]raster.Run{{Y: 7, X0: 3, X1: 4}})); err == nil || !strings.Contains(err.Error(), "columns 3 to 4, rows 7 to 8") {
		t.Errorf("got %v", err)
	}
}
