package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// luminance is the sum of the standardised bands of a pass, standardised over the sample: Σ_b Gain_b·v_b + Shift. A gain and an offset of a
// band leave it the same.
type luminance struct {
	Gain  []float64 `json:"gain"`
	Shift float64   `json:"shift"`
}

// lumUnit is the number of steps per standard deviation of luminances in fixed point, lumClip the largest, 16 standard deviations.
const (
	lumUnit = 1 << 12
	lumClip = 16 * lumUnit
)

// mostLuminance is the largest luminance, in standard deviations: gradients of what is beyond, such as nodata that is not declared, stay finite.
const mostLuminance = 1e6

// luminances of both passes, before first.
type luminances [2]luminance

func (l luminances) validate(bands int) error {
	for _, v := range l {
		if len(v.Gain) != bands {
			return fmt.Errorf("luminance of %d bands, not %d", len(v.Gain), bands)
		}
		for _, x := range append([]float64{v.Shift}, v.Gain...) {
			if math.IsNaN(x) || math.Abs(x) > math.MaxFloat32 {
				return fmt.Errorf("luminance with gain %v and shift %v", v.Gain, v.Shift)
			}
		}
	}
	return nil
}

// fill sets dst, one band, to the luminance of a pass over dst's window, 0 where it is not measured.
func (l luminance) fill(dst *raster.Tile, pass *raster.Tile, t *raster.TilePair, mem *scratch) {
	bands, gains := mem.form(pass.Bands)
	for b := range gains {
		gains[b] = float32(l.Gain[b])
	}
	w := dst.Window
	stride := raster.TileValues(raster.Window{W: w.W, H: 1})
	store := mem.values(stride * len(bands))
	defer mem.floats.put(store)
	row := 0
	t.EachRow(w, func(y, at, n int) {
		line := dst.Data[row*dst.Stride:][:n]
		for b := range bands {
			bands[b] = pass.Row(b, w.X, y, store[b*stride:][:n])
		}
		kernel.Linear(line, bands, gains, float32(l.Shift))
		kernel.Clamp(line, mostLuminance)
		if t.Valid != nil {
			kernel.ClearWhere(line, t.Valid[at:at+n])
		}
		row++
	})
}

// fitLuminance standardises the bands of both passes and their sums. A band that does not vary in one of them counts in neither; where none
// does, luminance is 0.
func fitLuminance(p *pixels) luminances {
	usable := func(sd float64) bool { return sd > 0 && 1/sd < math.MaxFloat32 }
	var l luminances
	for pass := range l {
		l[pass].Gain = make([]float64, p.bands)
	}
	for b := range p.bands {
		if before, after := p.sdBefore(b), p.sdAfter(b); usable(before) && usable(after) {
			l[0].Gain[b], l[1].Gain[b] = 1/before, 1/after
		}
	}
	for pass, plane := range []func(int) []float64{p.before, p.after} {
		v := &l[pass]
		sum := make([]float64, p.len())
		for b, g := range v.Gain {
			for i, x := range plane(b) {
				sum[i] += float64(g * x)
			}
		}
		mean, sd := deviation(sum)
		for b := range v.Gain {
			if v.Gain[b] = round32(v.Gain[b] / sd); !usable(sd) {
				v.Gain[b] = 0
			}
		}
		if usable(sd) {
			v.Shift = round32(-mean / sd)
		}
	}
	return l
}

// correlation of the smoothed luminances of both passes over the sample; how alike the passes are at the scale of a few pixels.
func (t *Training) correlation(l luminances) float64 {
	taps := kernel.Gauss(evidenceSigma)
	var smooth [2]raster.Tile
	var plane raster.Tile
	s := smoother{mem: new(scratch)}
	var n, sx, sy, sxx, syy, sxy float64
	for _, c := range t.Chips {
		for pass, tile := range []*raster.Tile{&c.Before, &c.After} {
			plane.Shape(c.Out.Grow(taps.Radius()), 1)
			l[pass].fill(&plane, tile, c, s.mem)
			smooth[pass].Shape(c.Out, 1)
			s.smooth(&smooth[pass], &plane, c, taps, taps.Weight())
		}
		row := 0
		c.EachRow(c.Out, func(_, at, w int) {
			for i := range w {
				if c.Valid != nil && c.Valid[at+i] == 0 {
					continue
				}
				x, y := float64(smooth[0].Data[row*smooth[0].Stride+i]), float64(smooth[1].Data[row*smooth[1].Stride+i])
				n++
				sx += x
				sy += y
				sxx += float64(x * x)
				syy += float64(y * y)
				sxy += float64(x * y)
			}
			row++
		})
	}
	vx, vy := float64(n*sxx)-float64(sx*sx), float64(n*syy)-float64(sy*sy)
	if !(vx > 0 && vy > 0) {
		return 0
	}
	return (float64(n*sxy) - float64(sx*sy)) / math.Sqrt(float64(vx*vy))
}

// fixed is a luminance, or what is measured on it, in fixed point.
func fixed(v float32) int64 {
	x := float64(float64(min(max(v, -lumClip/lumUnit), lumClip/lumUnit)) * lumUnit)
	if x < 0 {
		return int64(x - 0.5)
	}
	return int64(x + 0.5)
}
