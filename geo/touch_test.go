package geo

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"passdiff/raster"
)

// Random triangles, some thinner than a pixel, against the geometry of simplefeatures: a pixel is touched when the triangle meets the
// pixel's square made smaller by twice what counts as grazing, and not when it does not meet the whole square.
func TestTouchIsWhatTheGeometryMeets(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	w := raster.Window{X: -2, Y: 1, W: 14, H: 12}
	for range 400 {
		scale := 1 + 12*rng.Float64()
		x, y := -6+20*rng.Float64(), -4+20*rng.Float64()
		ring := orb.Ring{{x, y}, {x + scale*rng.Float64(), y + scale*(rng.Float64()-0.5)}, {x + 0.2*rng.Float64(), y + scale*rng.Float64()}}
		ring = append(ring, ring[0])
		touched, err := Touch(orb.MultiPolygon{{ring}}, w)
		if err != nil {
			t.Fatal(err)
		}
		area := raster.NewArea(touched)
		triangle := polygonOf(t, ring)
		for py := w.Y; py < w.MaxY(); py++ {
			for px := w.X; px < w.MaxX(); px++ {
				got := area.Touches(raster.Run{Y: int32(py), X0: int32(px), X1: int32(px) + 1})
				inner, whole := square(t, px, py, 2*grazing), square(t, px, py, 0)
				if sf.Intersects(triangle, inner) && !got {
					t.Fatalf("%v meets pixel %d,%d, which is not touched", ring, px, py)
				}
				if !sf.Intersects(triangle, whole) && got {
					t.Fatalf("%v does not meet pixel %d,%d, which is touched", ring, px, py)
				}
			}
		}
	}
}

// An area along the sides of pixels touches none beyond them, and one inside a pixel touches it.
func TestTouchOfSides(t *testing.T) {
	w := raster.Window{W: 10, H: 10}
	for _, c := range []struct {
		box    [4]float64
		pixels int64
	}{
		{[4]float64{2, 3, 5, 7}, 12}, {[4]float64{2.6, 3.6, 2.9, 3.9}, 1}, {[4]float64{2.9, 3, 3.1, 4}, 2}, {[4]float64{0, 4.55, 10, 4.95}, 10},
		{[4]float64{-9, -9, 99, 0}, 0}, {[4]float64{-9, -9, 99, 99}, 100}, {[4]float64{1.999, 3, 5.001, 7}, 12},
	} {
		b := c.box
		ring := orb.Ring{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}, {b[0], b[1]}}
		runs, err := Touch(orb.MultiPolygon{{ring}}, w)
		if n := raster.NewArea(runs).Pixels(); err != nil || n != c.pixels {
			t.Errorf("%v touches %d pixels (%v), want %d", b, n, err, c.pixels)
		}
	}
}

func polygonOf(t *testing.T, ring orb.Ring) sf.Geometry {
	t.Helper()
	var c []float64
	for _, v := range ring {
		c = append(c, v[0], v[1])
	}
	return sf.NewPolygon([]sf.LineString{sf.NewLineString(sf.NewSequence(c, sf.DimXY))}).AsGeometry()
}

// square is a pixel without a rim of that width.
func square(t *testing.T, x, y int, rim float64) sf.Geometry {
	t.Helper()
	x0, y0, x1, y1 := float64(x)+rim, float64(y)+rim, float64(x+1)-rim, float64(y+1)-rim
	return polygonOf(t, orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}})
}
