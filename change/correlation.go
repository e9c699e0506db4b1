package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// localCorrelation scores by 1 − the correlation of both luminances in a window.
type localCorrelation struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	// Floor is added to the variances and the covariance, as a share of the variance of a pass.
	Floor float64 `json:"floor"`
}

func (*localCorrelation) kind() string { return "correlation" }

func (c *localCorrelation) Halo() int { return c.Width / 2 }

func (c *localCorrelation) prepare(bands int) error {
	if c.Width < 1 || c.Width > 63 || c.Width%2 == 0 || !(c.Floor > 0 && c.Floor < math.MaxFloat32) {
		return fmt.Errorf("correlation in windows of %d pixels above %v", c.Width, c.Floor)
	}
	return c.Luminance.validate(bands)
}

func (c *localCorrelation) worker(mem *scratch) scoring {
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, c.Width/2
		grown := w.Grow(r)
		n := grown.W * grown.H
		var lum [2]*raster.Tile
		var in [6][]int64 // a, b, a², b², ab, measured
		for k := range in {
			in[k] = mem.long(n)
		}
		for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
			lum[pass] = mem.tile(grown)
			c.Luminance[pass].fill(lum[pass], tile, t, mem)
		}
		row := 0
		t.EachRow(grown, func(_, at, width int) {
			x, y := lum[0].Data[row*lum[0].Stride:], lum[1].Data[row*lum[1].Stride:]
			for i := range width {
				a, b := fixed(x[i]), fixed(y[i])
				k := row*width + i
				in[0][k], in[1][k], in[2][k], in[3][k], in[4][k] = a, b, a*a, b*b, a*b
				in[5][k] = 1
				if t.Valid != nil && t.Valid[at+i] == 0 {
					in[0][k], in[1][k], in[2][k], in[3][k], in[4][k], in[5][k] = 0, 0, 0, 0, 0, 0
				}
			}
			row++
		})
		var sum [6][]int64
		for k := range sum {
			sum[k] = mem.longSums(in[k], w, r)
			mem.giveLongs(in[k])
		}
		mem.give(lum[:]...)
		defer mem.giveLongs(sum[:]...)
		floor := c.Floor * lumUnit * lumUnit
		row = 0
		t.EachRow(w, func(_, at, width int) {
			out := dst.Data[row*dst.Stride:][:width]
			for i := range out {
				k := row*width + i
				n := sum[5][k]
				if n == 0 {
					out[i] = 0
					continue
				}
				f := float64(floor * float64(n*n))
				cov := float64(n*sum[4][k]-sum[0][k]*sum[1][k]) + f
				va, vb := float64(n*sum[2][k]-sum[0][k]*sum[0][k])+f, float64(n*sum[3][k]-sum[1][k]*sum[1][k])+f
				out[i] = float32(max(0, 1-cov/math.Sqrt(float64(va*vb))))
			}
			if t.Valid != nil {
				kernel.ClearWhere(out, t.Valid[at:at+width])
			}
			row++
		})
	}
}
