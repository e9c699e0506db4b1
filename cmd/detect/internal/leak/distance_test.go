package leak

import (
	"fmt"
	"math"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
)

// degreeTable is how many metres a degree of latitude and of longitude have on WGS 84, as tables of the figure of the Earth give it, see
// https://en.wikipedia.org/wiki/Latitude. PROJ's geodesics agree within a metre.
var degreeTable = []struct{ lat, north, east float64 }{
	{0, 110_574, 111_320}, {15, 110_649, 107_550}, {30, 110_852, 96_486}, {45, 111_132, 78_847}, {60, 111_412, 55_800}, {75, 111_618, 28_902},
}

// TestNear: what is farther than the distance is never near, and what is nearer by a hundredth always is.
func TestNear(t *testing.T) {
	point := func(lon, lat float64) *zone {
		return newZone(geom.NewPoint(geom.Coordinates{XY: geom.XY{X: lon, Y: lat}}).AsGeometry())
	}
	for _, c := range degreeTable {
		for _, far := range []float64{10, 500, 5000} {
			for what, lonLat := range map[string][2]float64{
				"east": {179.999 + far/c.east, c.lat}, "west": {179.999 - far/c.east, c.lat}, "north": {179.999, c.lat + far/c.north}, "south": {179.999, c.lat - far/c.north},
			} {
				lon := lonLat[0]
				if lon > 180 {
					lon -= 360
				}
				from, to := point(179.999, c.lat), []*zone{point(lon, lonLat[1])}
				if near(to, from, far*0.9995) {
					t.Errorf("%v m to the %s of latitude %v are within %v m", far, what, c.lat, far*0.9995)
				}
				if !near(to, from, far*1.01) {
					t.Errorf("%v m to the %s of latitude %v are not within %v m", far, what, c.lat, far*1.01)
				}
			}
		}
	}
}

// TestWidest: a band of latitudes has the longest degrees of it, those of longitude at one side and those of latitude at the other.
func TestWidest(t *testing.T) {
	for _, c := range []struct{ south, north, atEast, atNorth float64 }{
		{30, 60, degreeTable[2].east, degreeTable[4].north}, {-75, -45, degreeTable[3].east, degreeTable[5].north}, {-30, 15, degreeTable[0].east, degreeTable[2].north},
	} {
		if p := widest(c.south, c.north, 0); math.Abs(p.east-c.atEast) > 1 || math.Abs(p.north-c.atNorth) > 1 {
			t.Errorf("%v to %v: %v", c.south, c.north, p)
		}
	}
}

// circle is a polygon of 100 corners.
func circle(x, y, radius float64) geom.Geometry {
	var xy []float64
	for i := range 101 {
		a := 2 * math.Pi * float64(i%100) / 100
		xy = append(xy, x+radius*math.Cos(a), y+radius*math.Sin(a))
	}
	ring := geom.NewLineString(geom.NewSequence(xy, geom.DimXY))
	return geom.NewMultiPolygon([]geom.Polygon{geom.NewPolygon([]geom.LineString{ring})}).AsGeometry()
}

// BenchmarkGround asks about exact features among zones of 100 corners each: denied, allowed and protected, a tenth of them not far away.
func BenchmarkGround(b *testing.B) {
	const features, zones = 20_000, 300
	p := exactRules()
	p.Allow, p.Deny = nil, nil
	p.Protected[0].Places = nil
	for i := range zones {
		x, y := float64(i%20), float64(i/20)
		p.Allow = append(p.Allow, circle(x, y, 0.6))
		p.Deny = append(p.Deny, circle(x+0.5, y+0.5, 0.1))
		p.Protected[0].Places = append(p.Protected[0].Places, circle(x, y+0.5, 0.05))
	}
	var all []geom.Geometry
	for i := range features {
		all = append(all, circle(20*float64(i%151)/151, 15*float64(i%1009)/1009, 0.002))
	}
	b.Run(fmt.Sprintf("exact/features=%d/zones=%d", features, 3*zones), func(b *testing.B) {
		found := 0
		for b.Loop() {
			g := newGround(p.Rules)
			found = 0
			for _, f := range all {
				if g.exact(f) != "" {
					found++
				}
			}
		}
		b.ReportMetric(float64(found), "found")
	})
	b.Run(fmt.Sprintf("cells/features=%d/zones=%d", features, 3*zones), func(b *testing.B) {
		found := 0
		for b.Loop() {
			g := newGround(p.Rules)
			found = 0
			for _, f := range all {
				lo, hi, _ := f.Envelope().MinMaxXYs()
				if g.coarse(square{size: 1000, box: box{lo, hi}}).wrong != "" {
					found++
				}
			}
		}
		b.ReportMetric(float64(found), "found")
	})
}
