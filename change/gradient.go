package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// gradient scores by the ratio of the mean gradients in a window.
type gradient struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	Floor     float64    `json:"floor"`
}

func (*gradient) kind() string { return "gradient" }

func (g *gradient) Halo() int { return g.Width/2 + 1 }

func (g *gradient) prepare(bands int) error {
	if g.Width < 1 || g.Width > 63 || g.Width%2 == 0 || !(g.Floor > 0 && g.Floor < math.MaxFloat32) {
		return fmt.Errorf("gradients in windows of %d pixels above %v", g.Width, g.Floor)
	}
	return g.Luminance.validate(bands)
}

func (g *gradient) worker(mem *scratch) scoring {
	s := sobel{mem: mem}
	var mean [2][]float32
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, g.Width/2
		s.measure(g.Luminance, t, w.Grow(r))
		defer s.done()
		count := mem.intSums(s.ok, w, r)
		steps := mem.plane(len(s.ok))
		var sums [2][]int32
		for pass := range sums {
			for i := range steps {
				steps[i] = s.steps(pass, i)
			}
			sums[pass] = mem.intSums(steps, w, r)
		}
		defer mem.givePlanes(count, steps, sums[0], sums[1])
		row := 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			for pass := range mean {
				mean[pass] = raster.Aligned(mean[pass], n)
				for i, v := range sums[pass][row*n:][:n] {
					mean[pass][i] = 0
					if k := count[row*n+i]; k > 0 {
						mean[pass][i] = float32(float64(v) / float64(k) / kernel.GradientUnit)
					}
				}
			}
			kernel.LogRatio(out, mean[0], mean[1], float32(g.Floor))
			for i, v := range out {
				out[i] = float32(math.Abs(float64(v)))
			}
			if t.Valid != nil {
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}
