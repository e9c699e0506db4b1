package geo

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

func TestSincosd(t *testing.T) {
	for d := -720.0; d <= 720; d += 0.37 {
		s, c := sincosd(d)
		ws, wc := math.Sincos(math.Mod(d, 360) * math.Pi / 180)
		if math.Abs(s-ws) > 2e-15 || math.Abs(c-wc) > 2e-15 {
			t.Fatalf("%v: %v %v, want %v %v", d, s, c, ws, wc)
		}
	}
	for _, v := range [][3]float64{{0, 0, 1}, {90, 1, 0}, {-90, -1, 0}, {180, 0, -1}, {270, -1, 0}} {
		if s, c := sincosd(v[0]); s != v[1] || c != v[2] {
			t.Errorf("%v: %v %v", v[0], s, c)
		}
	}
}

func TestAtan2d(t *testing.T) {
	for d := -179.9; d < 180; d += 0.1 {
		s, c := sincosd(d)
		if got := atan2d(3*s, 3*c); math.Abs(got-d) > 1e-12 {
			t.Fatalf("%v: %v", d, got)
		}
	}
	for _, v := range [][3]float64{{0, 0, 0}, {0, 1, 0}, {0, -1, 180}, {1, 0, 90}, {-1, 0, -90}, {1, 1, 45}} {
		if got := atan2d(v[0], v[1]); math.Abs(got-v[2]) > 1e-14*180 {
			t.Errorf("atan2d(%v, %v) = %v", v[0], v[1], got)
		}
	}
}

func TestEllipsoidConstants(t *testing.T) {
	// The surface of WGS 84 is 510 065 621.724 km² (NIMA TR8350.2: equal-area sphere of radius 6 371 007.1809 m).
	const r = 6371007.1809
	area := 2 * math.Pi * semiMajor * semiMajor / 2 * authalic(90, -90)
	if want := 4 * math.Pi * r * r; math.Abs(area/want-1) > 1e-10 {
		t.Errorf("surface %v, want %v", area, want)
	}
	// A quarter meridian is 10 001 965.729 m (EPSG guidance note 7-2 constants; sum of 90 one-degree arcs).
	sum := 0.0
	for d := range 900 {
		sum += arc(geocentric(12, float64(d)/10), geocentric(12, float64(d+1)/10))
	}
	if math.Abs(sum-10001965.729) > 0.01 {
		t.Errorf("quarter meridian %v", sum)
	}
	// q at the pole, Snyder 1987 p. 187 for Clarke 1866, is not ours; the closed form of eq. 3-12 is.
	q := func(lat float64) float64 {
		s := math.Sin(lat * math.Pi / 180)
		return (1 - eccentricity) * (s/(1-eccentricity*s*s) - math.Log((1-math.Sqrt(eccentricity)*s)/(1+math.Sqrt(eccentricity)*s))/(2*math.Sqrt(eccentricity)))
	}
	for lat := -90.0; lat <= 90; lat += 7.5 {
		for lat0 := -90.0; lat0 <= 90; lat0 += 7.5 {
			if got, want := authalic(lat, lat0), q(lat)-q(lat0); math.Abs(got-want) > 1e-13 {
				t.Fatalf("q(%v) − q(%v) = %v, want %v", lat, lat0, got, want)
			}
		}
	}
}

func TestLeastRectangle(t *testing.T) {
	// A 6 × 2 rectangle with its long side pointing to 30° (east of north), and a point inside.
	s, c := math.Sincos(30 * math.Pi / 180)
	p := func(along, across float64) orb.Point { return orb.Point{along*s + across*c, along*c - across*s} }
	l, w, deg := leastRectangle([]orb.Point{p(0, 0), p(6, 0), p(6, 2), p(0, 2), p(3, 1), p(2, 2)})
	if math.Abs(l-6) > 1e-12 || math.Abs(w-2) > 1e-12 || deg != 30 {
		t.Errorf("%v × %v at %v", l, w, deg)
	}
	// Against every hull edge tried alone, for random points.
	r := rand.New(rand.NewPCG(3, 3))
	for range 500 {
		var points []orb.Point
		for range 3 + r.IntN(30) {
			points = append(points, orb.Point{r.NormFloat64() * 5, r.NormFloat64()})
		}
		hull := convexHull(append([]orb.Point(nil), points...))
		best := math.Inf(1)
		for i, a := range hull {
			b := hull[(i+1)%len(hull)]
			d := math.Hypot(b[0]-a[0], b[1]-a[1])
			lo, hi, top := math.Inf(1), math.Inf(-1), 0.0
			for _, q := range points {
				u := ((q[0]-a[0])*(b[0]-a[0]) + (q[1]-a[1])*(b[1]-a[1])) / d
				v := ((q[1]-a[1])*(b[0]-a[0]) - (q[0]-a[0])*(b[1]-a[1])) / d
				lo, hi, top = min(lo, u), max(hi, u), max(top, v)
			}
			best = min(best, (hi-lo)*top)
		}
		l, w, deg := leastRectangle(points)
		if l*w > best*(1+2e-6) || l*w < best*(1-1e-9) || l < w || deg < 0 || deg >= 180 {
			t.Fatalf("%v × %v at %v, least area %v", l, w, deg, best)
		}
	}
}

func TestMeasuresOfARectangle(t *testing.T) {
	// 30 × 4 pixels of 10 m near the central meridian, turned by 20°: scale 1 + x²/2R² ≤ 1 + 2e-9.
	s, c := math.Sincos(20 * math.Pi / 180)
	g := raster.Grid{CRS: "tm", Affine: raster.Affine{100, 10 * c, 10 * s, 1000, 10 * s, -10 * c}, Width: 40, Height: 40}
	l, err := NewLocator(g, transverseMercator(9))
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Place(Trace([]raster.Run{{Y: 0, X0: 2, X1: 32}, {Y: 1, X0: 2, X1: 32}, {Y: 2, X0: 2, X1: 32}, {Y: 3, X0: 2, X1: 32}}))
	if err != nil {
		t.Fatal(err)
	}
	// The sphere of radius a has latitudes read on the ellipsoid: at the equator a degree of latitude is (1 − e²) as long.
	m := p.Measures
	k := 1 - eccentricity
	if got, want := m.AreaM2.Value, 12000*k; math.Abs(got/want-1) > 1e-6 {
		t.Errorf("area %v, want %v", got, want)
	}
	want := 2 * (300*math.Hypot(c, k*s) + 40*math.Hypot(s, k*c))
	if got := m.PerimM.Value; math.Abs(got/want-1) > 1e-6 {
		t.Errorf("perimeter %v, want %v", got, want)
	}
	if got := m.OrientDeg.Value; math.Abs(got-70) > 0.2 {
		t.Errorf("orientation %v, want 70", got)
	}
	if math.Abs(m.LenM.Value-300) > 1 || math.Abs(m.WidM.Value-40) > 1 {
		t.Errorf("%v × %v", m.LenM.Value, m.WidM.Value)
	}
}

func TestAreasAddUp(t *testing.T) {
	// The regions of a mask and of its complement tile the scene.
	const w, h = 24, 18
	r := rand.New(rand.NewPCG(11, 2))
	for _, s := range scenes(w, h) {
		if s.project == nil {
			continue
		}
		l := s.locator(t)
		area := func(m mask) float64 {
			sum := 0.0
			for _, runs := range m.regions() {
				p, err := l.Place(Trace(runs))
				if err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
				sum += p.Measures.AreaM2.Value
			}
			return sum
		}
		m := randomMask(r, w, h, 0.5)
		rest, all := newMask(w, h), newMask(w, h)
		for i, on := range m.on {
			rest.on[i], all.on[i] = !on, true
		}
		parts, whole := area(m)+area(rest), area(all)
		if math.Abs(parts/whole-1) > 1e-7 {
			t.Errorf("%s: parts %v, whole %v (%.2g)", s.name, parts, whole, parts/whole-1)
		}
		// The surface of the ellipsoid, as in TestEllipsoidConstants.
		if s.name == "lonlat world" && math.Abs(whole/5.10065621724e14-1) > 1e-9 {
			t.Errorf("the world has %v m²", whole)
		}
	}
}

// blob is a region of about n pixels: a disc with random holes.
func blob(r *rand.Rand, n int) mask {
	if n == 1 {
		return parseMask("#")
	}
	side := int(math.Ceil(math.Sqrt(float64(n)*1.5))) + 2
	m := newMask(side, side)
	c, rad := float64(side)/2, float64(side)/2-0.4
	for i := range m.on {
		x, y := float64(i%side)+0.5-c, float64(i/side)+0.5-c
		m.on[i] = math.Hypot(x, y) < rad && (n < 50 || r.Float64() < 0.93)
	}
	return m
}

func largestRegion(m mask) []raster.Run {
	var best []raster.Run
	most := 0
	for _, runs := range m.regions() {
		n := 0
		for _, q := range runs {
			n += q.Len()
		}
		if n > most {
			best, most = runs, n
		}
	}
	return best
}

func TestOracleGeodesic(t *testing.T) {
	needPython(t, "pyproj, numpy")
	o := startOracle(t, "geodesic.py")
	utm, world, north := proj(t, "EPSG:32632"), proj(t, "EPSG:4326"), proj(t, "EPSG:3413")
	r := rand.New(rand.NewPCG(5, 5))
	worstA, worstP, worst := 0.0, 0.0, ""
	for _, lat := range []float64{0, 10, 35, 52, 70, 80, 85} {
		for _, size := range []float64{0.02, 0.5, 10, 100, 1000} {
			for _, n := range []int{1, 7, 100, 100000} {
				if size == 1000 && n == 100000 && lat >= 80 {
					continue // 300 km and more: over the pole, tested in the polar grid
				}
				deg := size / 111320
				for _, s := range []scene{
					{"utm", raster.Grid{CRS: "EPSG:32632", Affine: raster.Affine{650000, size, 0, lat * 110900, 0, -size}, Width: 400, Height: 400}, utm},
					{"utm turned", raster.Grid{CRS: "EPSG:32632", Affine: raster.Affine{350000, size * 0.8, size * 0.6, lat * 110900, size * 0.6, -size * 0.8}, Width: 400, Height: 400}, utm},
					{"lonlat", raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{-71.3, deg, 0, lat, 0, -deg}, Width: 400, Height: 400}, world},
					{"polar", raster.Grid{CRS: "EPSG:3413", Affine: raster.Affine{(90 - lat) * 111320 * 0.7, size, 0, -(90 - lat) * 111320 * 0.7, 0, -size}, Width: 400, Height: 400}, north},
				} {
					big := n == 100000 && !(lat == 52 && size == 10 || lat == 85 && size == 0.02 || lat == 70 && size == 1000)
					if s.name == "polar" && lat < 35 || big && !long() {
						continue
					}
					l := s.locator(t)
					poly := Trace(largestRegion(blob(r, n)))
					p, err := l.Place(poly)
					if err != nil {
						t.Fatal(err)
					}
					area, length := geodesic(t, o, l, poly, size)
					da, dp := math.Abs(p.Measures.AreaM2.Value/area-1), math.Abs(p.Measures.PerimM.Value/length-1)
					name := fmt.Sprintf("%s, %v°, %v m, %d pixels: area %.9g (oracle %.9g, %.2g off), perimeter %.9g (%.9g, %.2g)", s.name, lat, size, n,
						p.Measures.AreaM2.Value, area, da, p.Measures.PerimM.Value, length, dp)
					if da > 1e-5 || dp > 1e-5 {
						t.Error(name)
					}
					if da > worstA {
						worstA, worst = da, name
					}
					worstP = max(worstP, dp)
				}
			}
		}
	}
	t.Logf("largest relative error: area %.2g, perimeter %.2g; %s", worstA, worstP, worst)
}

// geodesic asks the oracle about the polygon with many more vertices on its edges: as the CRS draws them.
func geodesic(t *testing.T, o *oracle, l Locator, p orb.Polygon, size float64) (area, length float64) {
	t.Helper()
	o.put(t, int32(len(p)))
	parts := 1.0
	if size >= 100 {
		parts = 8
	}
	if b := p[0].Bound(); size >= 100 && b.Max[0]-b.Min[0] < 20 {
		parts = 64
	}
	for _, ring := range p {
		var x, y []float64
		for i := 0; i+1 < len(ring); i++ {
			a, b := ring[i], ring[i+1]
			d := math.Abs(b[0]-a[0]) + math.Abs(b[1]-a[1])
			for k := 0.0; k < d*parts; k++ {
				f := k / (d * parts)
				x, y = append(x, a[0]+f*(b[0]-a[0])), append(y, a[1]+f*(b[1]-a[1]))
			}
		}
		for i := range x {
			x[i], y[i] = l.Grid.Affine.Apply(x[i], y[i])
		}
		if err := l.Project(x, y); err != nil {
			t.Fatal(err)
		}
		o.put(t, int32(len(x)), x, y)
	}
	if err := o.in.Flush(); err != nil {
		t.Fatal(err)
	}
	var out [2]float64
	if err := binary.Read(o.out, binary.LittleEndian, &out); err != nil {
		t.Fatal(err)
	}
	return out[0], out[1]
}
