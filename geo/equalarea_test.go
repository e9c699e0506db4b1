package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestEqualArea compares with what pyproj, Transformer.from_crs(4326, 6933, always_xy=True), says of the same points.
func TestEqualArea(t *testing.T) {
	for _, c := range equalAreaPoints {
		x, y := EqualArea(c[0], c[1])
		if math.Abs(x-c[2]) > 1e-6 || math.Abs(y-c[3]) > 1e-6 {
			t.Errorf("(%v, %v): %.9f %.9f, PROJ says %.9f %.9f", c[0], c[1], x, y, c[2], c[3])
		}
	}
}

func TestFromEqualAreaIsInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")
		x, y := EqualArea(lon, lat)
		l, p := FromEqualArea(x, y)
		xx, yy := EqualArea(l, p)
		if math.Abs(l-lon) > 1e-12 || math.Abs(xx-x) > 1e-8 || math.Abs(yy-y) > 1e-8 {
			t.Errorf("(%v, %v) comes back as (%v, %v), %v m and %v m away", lon, lat, l, p, xx-x, yy-y)
		}
	})
	for _, y := range []float64{8e6, 1e300, math.Inf(1)} {
		if _, lat := FromEqualArea(0, y); lat != 90 {
			t.Errorf("beyond the pole: %v", lat)
		}
		if _, lat := FromEqualArea(0, -y); lat != -90 {
			t.Errorf("beyond the pole: %v", lat)
		}
	}
}

var equalAreaPoints = [][4]float64{
	{0, 0, 0.0, 0.0},
	{180, 0, 17367530.445161372, 0.0},
	{-180, 45, -17367530.445161372, 5180102.328839251},
	{30.7, -17.12, 2962128.8037025225, -2152532.715689813},
	{-48.911, -27.695, -4719240.4533516, -3400435.9854912157},
	{12.5, 78.9, 1206078.5031362064, 7203675.924910564},
	{1e-07, -1e-07, 0.00964862802508965, -0.0127573293172495},
	{100, 89.999, 9648628.025089651, 7342230.135370338},
	{7, -90, 675403.9617562756, -7342230.136498678},
}
