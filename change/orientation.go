package change

import (
	"fmt"
	"math"

	"passdiff/raster"
)

// orientation scores by how the directions of edges in a window changed, whatever their strength (QUALITY, §2a): with A_k and B_k the sums
// of gradient magnitude in each of eight unsigned directions,
//
//	Σ_k |A_k − B_k| / (Σ_k A_k + Σ_k B_k + 32·Floor)
type orientation struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	// Floor keeps flat ground from counting; the mean gradient per direction of the weaker pass, in standard deviations of luminance.
	Floor float64 `json:"floor"`
}

// directions is the number of unsigned directions that are told apart.
const directions = 8

func (*orientation) kind() string { return "orientation" }

func (o *orientation) Halo() int { return o.Width/2 + 1 }

func (o *orientation) prepare(bands int) error {
	if o.Width < 1 || o.Width > 63 || o.Width%2 == 0 || !(o.Floor > 0 && o.Floor < math.MaxFloat32) {
		return fmt.Errorf("orientation in windows of %d pixels above %v", o.Width, o.Floor)
	}
	return o.Luminance.validate(bands)
}

func (o *orientation) Worker() func(dst *raster.Tile, t *raster.TilePair) {
	var g sobel
	var plane [directions][]int32
	var s summer[int32]
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, o.Width/2
		in := w.Grow(r)
		n := in.W * in.H
		if cap(plane[0]) < n {
			for k := range plane {
				plane[k] = make([]int32, n)
			}
		}
		g.measure(o.Luminance, t, in)
		var sums [2][directions][]int32
		for pass := range sums {
			for k := range plane {
				plane[k] = plane[k][:n]
				clear(plane[k])
			}
			for i := range n {
				m := g.steps(pass, i)
				if m == 0 {
					continue
				}
				at := g.direction(pass, i)
				k := int(at)
				right := int32(float32(float32(m)*(at-float32(k))) + 0.5)
				plane[k&(directions-1)][i] = m - right
				plane[(k+1)&(directions-1)][i] = right
			}
			for k := range plane {
				sums[pass][k] = s.sums(pass*directions+k, plane[k], w, r)
			}
		}
		count := s.sums(2*directions, g.ok, w, r)
		row := 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			for i := range out {
				q := row*n + i
				var diff, all int64
				for k := range directions {
					a, b := int64(sums[0][k][q]), int64(sums[1][k][q])
					diff += max(a-b, b-a)
					all += a + b
				}
				out[i] = 0
				if c := count[q]; c > 0 {
					out[i] = float32(float64(diff) / (float64(all) + float64(float64(o.Floor*4*directions*gradientUnit)*float64(c))))
				}
			}
			if t.Valid != nil {
				clearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}
