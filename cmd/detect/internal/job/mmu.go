package job

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster"
)

// MMU is a minimum mapping unit: the least size of a detection, in pixels or in square metres. The zero value is the method's own.
type MMU struct {
	Pixels int64
	M2     float64
}

// defaultPixels is the unit of methods that have none of their own.
const defaultPixels = 8

// ParseMMU reads "8px" or "100m2"; 0 of either is one pixel.
func ParseMMU(s string) (MMU, error) {
	if v, ok := strings.CutSuffix(s, "px"); ok {
		if n, err := strconv.ParseInt(v, 10, 32); err == nil && n >= 0 {
			return MMU{Pixels: max(n, 1)}, nil
		}
	} else if v, ok := strings.CutSuffix(s, "m2"); ok {
		if f, err := strconv.ParseFloat(v, 64); err == nil && f >= 0 && !math.IsInf(f, 0) {
			if f == 0 {
				return MMU{Pixels: 1}, nil
			}
			return MMU{M2: f}, nil
		}
	}
	return MMU{}, fmt.Errorf("minimum mapping unit %q is neither pixels, like 8px, nor square metres, like 100m2", s)
}

// String is what ParseMMU reads, "" for the zero value.
func (m MMU) String() string {
	if m == (MMU{}) {
		return ""
	}
	if m.M2 > 0 {
		return strconv.FormatFloat(m.M2, 'f', -1, 64) + "m2"
	}
	return strconv.FormatInt(m.Pixels, 10) + "px"
}

// pixels is the unit in whole pixels, rounded up, by the area of the pixel in the middle of the window; 0 for the model's own.
func (m MMU) pixels(l geo.Locator, w raster.Window) (int64, error) {
	if m.M2 == 0 {
		return m.Pixels, nil
	}
	x, y := float64(w.X+w.W/2), float64(w.Y+w.H/2)
	p, err := l.Place(orb.Polygon{{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}})
	if err != nil {
		return 0, exit.With(exit.Input, err)
	}
	if !p.Measures.AreaM2.Known {
		return 0, exit.Errorf(exit.Usage, "a minimum mapping unit in square metres needs a georeference; give it in pixels, like 8px")
	}
	// More than any scene has is as good as the number itself, which an int64 may not hold.
	return int64(min(math.Ceil(m.M2/p.Measures.AreaM2.Value), 1<<62)), nil
}
