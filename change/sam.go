package change

import (
	"context"
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// SAM is the spectral angle between both values of a pixel (Kruse et al. 1993, doi:10.1016/0034-4257(93)90013-N), in degrees:
//
//	S = G_σ arccos( Σ_b x_b·y_b / √(Σ_b x_b² · Σ_b y_b²) )
//
// on the values as they are, so that a gain common to all bands of either pass, such as light and shade, leaves it the same; an offset
// does not: take reflectances. It needs two bands at least. The zero value is the default.
type SAM struct {
	// Sigma smooths the score, in pixels; 0 means 1.
	Sigma float64
}

// Name is "sam".
func (SAM) Name() string { return "sam" }

// Halo is the reach of the Gaussian.
func (m SAM) Halo() int { return kernel.Radius(orDefault(m.Sigma)) }

// Fit has nothing to learn; it refuses a single band, in which no angle is.
func (m SAM) Fit(_ context.Context, t *Training) (Fitted, error) {
	if t.Bands < 2 {
		return Fitted{}, fmt.Errorf("sam: a spectral angle needs two bands at least; the pair has %d", t.Bands)
	}
	s, err := smoothed(&angle{Offset: t.Offset}, m.Sigma, t.Bands)
	return Fitted{Scorer: s}, err
}

// angle is the spectral angle in degrees.
type angle struct {
	// Offset is what was subtracted from the values as they were read, by pass and band; nil for nothing.
	Offset [2][]float64 `json:"offset"`
}

func (*angle) kind() string { return "angle" }

func (*angle) Halo() int { return 0 }

func (a *angle) prepare(bands int) error {
	for _, o := range a.Offset {
		if o != nil && len(o) != bands {
			return fmt.Errorf("angle with %d offsets for %d bands", len(o), bands)
		}
	}
	return nil
}

func (a *angle) worker(*scratch) scoring {
	offset := func(pass, band int) float32 { return float32(offsetOf(a.Offset, pass, band)) }
	var r rowReader
	var both []int // all bands of both passes
	return func(dst *raster.Tile, t *raster.TilePair) {
		bands := t.After.Bands
		for len(both) < 2*bands {
			both = append(both, len(both))
		}
		row := 0
		t.EachRow(dst.Window, func(fy, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			all := r.read(t, both, dst.Window.X, fy, n)
			for i := range out {
				var xx, yy, xy float64
				for b := range bands {
					x, y := float64(all[bands+b][i]+offset(0, b)), float64(all[b][i]+offset(1, b))
					xx += float64(x * x)
					yy += float64(y * y)
					xy += float64(x * y)
				}
				out[i] = 0
				if d := math.Sqrt(xx) * math.Sqrt(yy); d > 0 && d <= math.MaxFloat64 && float64(xy*xy) < float64(xx*yy) {
					out[i] = float32(kernel.Acos(xy/d) * (180 / math.Pi))
				}
			}
			if t.Valid != nil {
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}
