package register

import (
	"math"

	"passdiff/raster"
)

// The constants of features.
const (
	// clipQuantile bounds gradients: the strongest edges, often of what moved or was built, shall not decide alone (QUALITY, §2).
	clipQuantile = 0.95
	// flatBox is the side in pixels of the mean that is taken off, so that edges of what was not measured are none of the feature's.
	flatBox = 31
	// featureStep is the number of steps of a feature's standard deviation in fixed point.
	featureStep = 1 << 12
)

// feature is what is compared of a pass: the magnitude of the gradient of its luminance, clipped and standardised, less the mean around; 0
// where it could not be measured. Row-major over a part of a chip.
type feature struct {
	in raster.Window
	v  []float32
}

// features of both passes.
type features struct{ before, after feature }

// extractor makes features of parts of chips. It belongs to one goroutine.
type extractor struct {
	lum, mag []float32
	ok       []uint8 // 255 where a feature can be had, else 0
	sums     []int64
	counts   []int32
}

// extract makes the features of a part of a chip.
func (e *extractor) extract(c *raster.TilePair, in raster.Window) *features {
	n := e.measured(c, in)
	f := new(features)
	e.fill(&f.before, c, &c.Before, in, n)
	e.fill(&f.after, c, &c.After, in, n)
	return f
}

// measured marks where a feature can be had of both passes: the 3×3 pixels around are measured and lie in the part. It returns their
// number.
func (e *extractor) measured(c *raster.TilePair, in raster.Window) int {
	w, h := in.W, in.H
	e.ok = resize(e.ok, w*h)
	n := 0
	at := func(y int) int { return (in.Y+y-c.Before.Window.Y)*c.Before.Stride + in.X - c.Before.Window.X }
	for y := range h {
		row := e.ok[y*w:][:w]
		clear(row)
		if y == 0 || y == h-1 {
			continue
		}
		for x := 1; x < w-1; x++ {
			row[x] = 255
			if c.Valid != nil {
				row[x] = all3(c.Valid, at(y-1)+x-1, c.Before.Stride)
			}
			n += int(row[x] & 1)
		}
	}
	return n
}

// all3 is 255 where all of 3×3 pixels are measured, else 0.
func all3(valid []uint8, at, stride int) uint8 {
	var all uint8 = 255
	for range 3 {
		all &= valid[at] & valid[at+1] & valid[at+2]
		at += stride
	}
	return all
}

// fill sets dst to the feature of a pass, of which measured gave n.
func (e *extractor) fill(dst *feature, c *raster.TilePair, pass *raster.Tile, in raster.Window, n int) {
	w, h := in.W, in.H
	dst.in, dst.v = in, make([]float32, w*h)
	if n == 0 {
		return
	}
	e.luminance(c, pass, in)
	e.gradient(w, h)
	values := func(f func([]float32)) {
		for y := range h {
			row := e.mag[y*w:][:w]
			raster.EachStretch(e.ok[y*w:][:w], func(from, to int) { f(row[from:to]) })
		}
	}
	limit := float32(raster.Quantiles(values, int64(n), clipQuantile)[0])
	var sum, square float64
	values(func(v []float32) {
		for i := range v {
			v[i] = min(v[i], limit)
			sum += float64(v[i])
			square += float64(float64(v[i]) * float64(v[i]))
		}
	})
	mean := sum / float64(n)
	sd := math.Sqrt(max(0, square/float64(n)-float64(mean*mean)))
	if !(sd > 0) || math.IsInf(1/sd, 0) || math.IsInf(sd, 0) {
		return
	}
	e.flatten(dst, mean, featureStep/sd)
}

// luminance is the mean of the bands.
func (e *extractor) luminance(c *raster.TilePair, pass *raster.Tile, in raster.Window) {
	w := in.W
	e.lum = resize(e.lum, w*in.H)
	share := 1 / float32(pass.Bands)
	c.EachRow(in, func(y, at, n int) {
		row := e.lum[(y-in.Y)*w:][:n]
		for i, v := range pass.Band(0)[at : at+n] {
			row[i] = float32(v * share)
		}
		for b := 1; b < pass.Bands; b++ {
			for i, v := range pass.Band(b)[at : at+n] {
				row[i] += float32(v * share)
			}
		}
	})
}

// gradient is the magnitude of Sobel's gradient, over what is inside the edge.
func (e *extractor) gradient(w, h int) {
	e.mag = resize(e.mag, w*h)
	clear(e.mag)
	for y := 1; y < h-1; y++ {
		u, m, l := e.lum[(y-1)*w:][:w], e.lum[y*w:][:w], e.lum[(y+1)*w:][:w]
		out := e.mag[y*w:][:w]
		for x := 1; x < w-1; x++ {
			gx := (u[x+1] - u[x-1]) + float32(2*(m[x+1]-m[x-1])) + (l[x+1] - l[x-1])
			gy := (l[x-1] - u[x-1]) + float32(2*(l[x]-u[x])) + (l[x+1] - u[x+1])
			out[x] = float32(math.Sqrt(float64(float64(gx)*float64(gx)) + float64(float64(gy)*float64(gy))))
		}
	}
}

// flatten standardises, takes the mean around off, and leaves 0 where nothing was measured. Running sums are of integers, so that it does
// not matter where they start.
func (e *extractor) flatten(dst *feature, mean, scale float64) {
	w, h, r := dst.in.W, dst.in.H, flatBox/2
	// Sums over the rows at work, with r columns of zeros on either side.
	wide := w + 2*r
	e.sums, e.counts = resize(e.sums, wide+w*h), resize(e.counts, wide+w*h)
	clear(e.sums[:wide])
	clear(e.counts[:wide])
	columns, columnN := e.sums[r:][:w], e.counts[r:][:w]
	fixed, one := e.sums[wide:], e.counts[wide:]
	mag := e.mag[:len(e.ok)]
	for i, ok := range e.ok {
		fixed[i], one[i] = 0, 0
		if ok != 0 {
			fixed[i], one[i] = round(float64((float64(mag[i])-mean)*scale)), 1
		}
	}
	// Rows come in r below the one at work and leave r above it.
	enter := func(y int) {
		n := one[y*w:][:w]
		for x, v := range fixed[y*w:][:w] {
			columns[x] += v
			columnN[x] += n[x]
		}
	}
	leave := func(y int) {
		n := one[y*w:][:w]
		for x, v := range fixed[y*w:][:w] {
			columns[x] -= v
			columnN[x] -= n[x]
		}
	}
	for y := range min(r, h) {
		enter(y)
	}
	sumIn, sumOut, nIn, nOut := e.sums[2*r:][:w], e.sums[:w], e.counts[2*r:][:w], e.counts[:w]
	for y := range h {
		if y+r < h {
			enter(y + r)
		}
		var sum int64
		var n int32
		for x := range 2 * r {
			sum += e.sums[x]
			n += e.counts[x]
		}
		ok, in, out := e.ok[y*w:][:w], fixed[y*w:][:w], dst.v[y*w:][:w]
		for x := range w {
			sum += sumIn[x]
			n += nIn[x]
			if ok[x] != 0 {
				out[x] = float32((float64(in[x]) - float64(sum)/float64(n)) / featureStep)
			}
			sum -= sumOut[x]
			n -= nOut[x]
		}
		if y-r >= 0 {
			leave(y - r)
		}
	}
}

// belowHalf is the greatest number below ½.
const belowHalf = 0.5 - 0x1p-54

// round is math.Round without branches: the nearest integer, of two the one further from 0. Adding ½ itself would take what lies just below
// ½ up to 1; adding less still takes ½ to 1, by the rounding of the sum.
func round(v float64) int64 { return int64(v + math.Copysign(belowHalf, v)) }

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
