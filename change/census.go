package change

import (
	"fmt"
	"math"

	"passdiff/raster"
)

// census scores by how the differences between neighbouring pixels changed, each clipped so that its sign counts more than its size:
// the mean over a window of |u(y) − u(x)|, where u is the difference of luminance to the neighbour right, below, and on both diagonals
// below, divided by Scale and clipped to ±1 (QUALITY, §2a; after the census transform of Zabih and Woodfill 1994,
// doi:10.1007/BFb0028345).
type census struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	// Scale is in standard deviations of luminance.
	Scale float64 `json:"scale"`
}

// censusUnit is the number of steps per unit of clipped difference in fixed point; 12 of it share out evenly among one to four neighbours.
const censusUnit = 12 << 8

func (*census) kind() string { return "census" }

func (c *census) Halo() int { return c.Width/2 + 1 }

func (c *census) prepare(bands int) error {
	if c.Width < 1 || c.Width > 63 || c.Width%2 == 0 || !(c.Scale > 0 && c.Scale < math.MaxFloat32) {
		return fmt.Errorf("census in windows of %d pixels with scale %v", c.Width, c.Scale)
	}
	return c.Luminance.validate(bands)
}

func (c *census) Worker() func(dst *raster.Tile, t *raster.TilePair) {
	var lum [2]raster.Tile
	var change, count []int32
	var s summer[int32]
	scale := float32(1 / c.Scale)
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, c.Width/2
		in := w.Grow(r)
		wide := in.Grow(1)
		for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
			lum[pass].Shape(wide, 1)
			c.Luminance[pass].fill(&lum[pass], tile, t)
		}
		n := in.W * in.H
		if cap(change) < n {
			change, count = make([]int32, n), make([]int32, n)
		}
		change, count = change[:n], count[:n]
		stride := lum[0].Stride
		neighbours := [4]int{1, stride, stride + 1, stride - 1}
		masks := [4]int{1, t.Before.Stride, t.Before.Stride + 1, t.Before.Stride - 1}
		row := 0
		t.EachRow(in, func(_, at, n int) {
			from := (row+1)*stride + 1
			diffs, counts := change[row*n:][:n], count[row*n:][:n]
			for i := range diffs {
				k := from + i
				x, y := lum[0].Data[k], lum[1].Data[k]
				var sum float32
				near := int32(0)
				for q, d := range neighbours {
					if t.Valid != nil && t.Valid[at+i+masks[q]] == 0 {
						continue
					}
					a, b := (lum[0].Data[k+d]-x)*scale, (lum[1].Data[k+d]-y)*scale
					a, b = min(max(a, -1), 1), min(max(b, -1), 1)
					sum += max(a-b, b-a)
					near++
				}
				if near == 0 || t.Valid != nil && t.Valid[at+i] == 0 {
					diffs[i], counts[i] = 0, 0
					continue
				}
				diffs[i], counts[i] = int32(float32(sum*censusUnit)+0.5)/near, 1
			}
			row++
		})
		sums, counts := s.sums(0, change, w, r), s.sums(1, count, w, r)
		row = 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			for i := range out {
				out[i] = 0
				if k := counts[row*n+i]; k > 0 {
					out[i] = float32(float64(sums[row*n+i]) / float64(k) / censusUnit)
				}
			}
			if t.Valid != nil {
				clearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}
