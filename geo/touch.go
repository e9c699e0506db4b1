package geo

import (
	"math"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// grazing is how far, in pixels, an area may reach into a pixel without counting as in it: as much as InPixels may move an edge, so
// that areas drawn along the sides of pixels do not touch those beyond.
const grazing = 1.0 / 100

// Touch lists, in any order and perhaps several times, the pixels of w of which some part lies in area, whether their centres do or not:
// those of Fill and those that an edge crosses by more than 1/100 pixel. It takes what Fill takes. Time and memory are also proportional
// to the rows of w that edges cross.
func Touch(area orb.MultiPolygon, w raster.Window) ([]raster.Run, error) {
	runs, err := Fill(area, w)
	if err != nil {
		return nil, err
	}
	for _, p := range area {
		for _, ring := range p {
			for k, b := range ring {
				runs = crossed(runs, ring[(k+len(ring)-1)%len(ring)], b, w)
			}
		}
	}
	return runs, nil
}

// crossed adds the pixels of w that an edge crosses.
func crossed(runs []raster.Run, a, b orb.Point, w raster.Window) []raster.Run {
	if a[1] > b[1] {
		a, b = b, a
	}
	first, end := max(math.Floor(a[1]+grazing), float64(w.Y)), min(math.Ceil(b[1]-grazing), float64(w.MaxY()))
	for y := first; y < end; y++ {
		x0, x1 := a[0], b[0]
		if b[1] > a[1] {
			slope := (b[0] - a[0]) / (b[1] - a[1])
			if a[1] < y {
				x0 += float64((y - a[1]) * slope)
			}
			if b[1] > y+1 {
				x1 -= float64((b[1] - y - 1) * slope)
			}
		}
		left := max(math.Floor(min(x0, x1)+grazing), float64(w.X))
		right := min(math.Ceil(max(x0, x1)-grazing), float64(w.MaxX()))
		if left < right {
			runs = append(runs, raster.Run{Y: int32(y), X0: int32(left), X1: int32(right)})
		}
	}
	return runs
}
