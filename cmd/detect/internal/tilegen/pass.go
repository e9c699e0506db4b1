package tilegen

import (
	"context"
	"fmt"
	"math"

	"passdiff/raster"
)

// pass is one overflight of the ground: a raster.Source that computes pixels when they are read.
type pass struct {
	info   raster.Info
	spec   Spec
	ground *ground
	things *catalogue
	which  int // 0 before, 1 after: which delta of an object counts
	origin [2]int
	// The first ground cell under a pixel, relative to the pixel's own, and how much of it (1/256) lies outside.
	cell, part [2]int
	gain       []int64 // 1/65536
	offset     []int32 // 1/256 counts
	haze       []octave
	clouds     *clouds
	noise      int64
	sensor     []stream // one a band
	collar     collar
}

// collar is the slanted border of a pass.
type collar struct {
	w, h, depth int
	rise, run   int // slope of the border
}

// measured reports whether pixel (x, y) of the pass lies inside the border.
func (c collar) measured(x, y int) bool {
	if c.depth == 0 {
		return true
	}
	dx, dy := (2*x+1-c.w)*c.rise, (2*y+1-c.h)*c.rise
	left := (2*(x-c.depth)+1)*c.run + dy
	right := (2*(c.w-1-c.depth-x)+1)*c.run - dy
	top := (2*(y-c.depth)+1)*c.run - dx
	bottom := (2*(c.h-1-c.depth-y)+1)*c.run + dx
	return min(left, right, top, bottom) >= 0
}

func newPass(s Spec, g *ground, things *catalogue, which int) *pass {
	p := &pass{spec: s, ground: g, things: things, which: which, noise: int64(fixed(s.Noise))}
	p.info = raster.Info{Name: "before", Grid: s.beforeGrid(), Bands: s.Bands, Type: s.Type}
	layout := s.BeforeLayout
	p.collar = collar{w: s.Width, h: s.Height, depth: s.Collar, rise: 1, run: 45}
	for b := range s.Bands {
		p.gain = append(p.gain, 1<<16)
		p.offset = append(p.offset, 0)
		p.sensor = append(p.sensor, newStream(s.Seed, layerSensor+64*which+b))
	}
	if which == 1 {
		p.info.Name, p.info.Grid, layout = "after", s.afterGrid(), s.AfterLayout
		p.origin = [2]int{s.After.X, s.After.Y}
		p.collar = collar{w: s.After.W, h: s.After.H, depth: s.Collar, rise: -1, run: 60}
		for i, shift := range [2]float64{s.ShiftX, s.ShiftY} {
			back := -int(math.Floor(float64(shift*float64(256*s.Subsample)) + 0.5))
			p.cell[i], p.part[i] = floorDiv(back, 256), floorMod(back, 256)
		}
		for b, v := range s.Gain {
			p.gain[b] = int64(math.Floor(v*65536 + 0.5))
		}
		for b, v := range s.Offset {
			p.offset[b] = fixed(v)
		}
		if s.Haze > 0 {
			p.haze = octaves(s.Seed, layerHaze, 1, [2]int{600, 100}, [2]int{230, 40})
			for i := range p.haze {
				p.haze[i].amp = p.haze[i].amp * int64(fixed(s.Haze)) / fixedOne / 100
			}
		}
		if s.Clouds > 0 {
			p.clouds = newClouds(s)
		}
	}
	p.info.BlockW, p.info.BlockH = layout.block(p.info.Grid)
	return p
}

// fixedOne is one count in the fixed point of the pixel arithmetic.
const fixedOne = 256

func (p *pass) Info() raster.Info { return p.info }

func (p *pass) Reader() (raster.Reader, error) { return &passReader{pass: p}, nil }

// passReader computes rows. Its slices are scratch space.
type passReader struct {
	*pass
	scratch groundRow
	cells   [][]int32 // a row of ground cells, band by band
	sums    [][]int64 // weighted sums of cells under the pixels of a row
	light   [][]int32 // brightness of a row of pixels, 1/256 counts
	drift   []int32
	veil    []int32
	white   []int32
}

func (r *passReader) Close() error { return nil }

func (r *passReader) Read(ctx context.Context, w raster.Window, b *raster.Block) error {
	if !r.info.Grid.Window().Contains(w) {
		panic(fmt.Sprintf("tilegen: read of %v outside %v", w, r.info.Grid.Window()))
	}
	r.shape(w.W)
	if r.spec.Collar > 0 {
		b.MaskStorage()
	}
	for y := w.Y; y < w.MaxY(); y++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.look(w.X, y)
		r.weather(w.X, y)
		r.sense(w.X, y)
		switch data := b.Data.(type) {
		case []uint8:
			store(r, w, y, b.Valid, data, r.count(math.MaxUint8))
		case []uint16:
			store(r, w, y, b.Valid, data, r.count(math.MaxUint16))
		case []float32:
			store(r, w, y, b.Valid, data, func(v int32) float64 { return float64(v) / (10000 * fixedOne) })
		default:
			panic(fmt.Sprintf("tilegen: block of %T", b.Data))
		}
	}
	return nil
}

func (r *passReader) shape(w int) {
	n := w*r.spec.Subsample + 1
	if len(r.veil) == w {
		return
	}
	r.cells, r.sums, r.light = nil, nil, nil
	for range r.spec.Bands {
		r.cells = append(r.cells, make([]int32, n))
		r.sums = append(r.sums, make([]int64, w))
		r.light = append(r.light, make([]int32, w))
	}
	r.drift, r.veil, r.white = make([]int32, w), make([]int32, w), make([]int32, w)
}

// look sets light to the exact area means of the ground under row y, columns x0...
func (r *passReader) look(x0, y int) {
	sub := r.spec.Subsample
	for _, s := range r.sums {
		clear(s)
	}
	fromX := (r.origin[0]+x0)*sub + r.cell[0]
	fromY := (r.origin[1]+y)*sub + r.cell[1]
	first, last := int64(256-r.part[0]), int64(r.part[0])
	for k := 0; k <= sub; k++ {
		weight := int64(256)
		switch k {
		case 0:
			weight -= int64(r.part[1])
		case sub:
			weight = int64(r.part[1])
		}
		if weight == 0 {
			continue
		}
		r.cellsOf(fromX, fromY+k)
		for b, cells := range r.cells {
			sums := r.sums[b]
			for x := range sums {
				under := cells[x*sub : x*sub+sub+1]
				sum := int64(under[0])*first + int64(under[sub])*last
				for _, c := range under[1:sub] {
					sum += int64(c) * 256
				}
				sums[x] += sum * weight
			}
		}
	}
	whole := int64(sub*256) * int64(sub*256)
	for b, sums := range r.sums {
		for x, s := range sums {
			r.light[b][x] = int32((s + whole/2) / whole)
		}
	}
}

// cellsOf sets cells to a row of ground with the objects that this pass sees.
func (r *passReader) cellsOf(x0, y int) {
	sub := r.spec.Subsample
	r.ground.row(x0, y, r.cells, &r.scratch)
	r.things.spans(floorDiv(y, sub), func(i, a, b int) {
		a, b = max(a*sub-x0, 0), min(b*sub-x0, len(r.cells[0]))
		for band, delta := range r.things.objects[i].delta[r.which] {
			for x := a; x < b; x++ {
				r.cells[band][x] = max(r.cells[band][x]+delta, fixedOne)
			}
		}
	})
}

// weather applies drift, haze and clouds to light.
func (r *passReader) weather(x0, y int) {
	if r.which == 0 {
		return
	}
	fillRow(r.haze, r.drift, x0, y)
	for b, light := range r.light {
		for x, v := range light {
			light[x] = int32(int64(v)*r.gain[b]>>16) + r.offset[b] + r.drift[x]
		}
	}
	if r.clouds == nil || !r.clouds.row(r.veil, r.white, x0, y) {
		return
	}
	r.clouds.brightness(r.white, x0, y)
	for _, light := range r.light {
		for x, a := range r.veil {
			light[x] = int32((int64(light[x])*int64(256-a) + int64(r.white[x])*int64(a)) / 256)
		}
	}
}

// sense adds the sensor's speckle and noise to light.
func (r *passReader) sense(x0, y int) {
	for b, light := range r.light {
		if r.spec.Looks > 0 {
			speckle(light, r.sensor[b], r.spec.Looks, x0, y)
		}
		if r.noise == 0 {
			continue
		}
		for x := range light {
			light[x] += int32(bell(r.sensor[b].at(x0+x, y)) * r.noise / bellUnit)
		}
	}
}

// count returns the conversion of brightness to the DN of an integer file, 1..top: 0 is nodata.
func (r *passReader) count(top int) func(int32) float64 {
	step := r.spec.Step * fixedOne
	return func(v int32) float64 { return float64(min(max(floorDiv(int(v)+step/2, step), 1), top)) }
}

// store writes row y of light into a block of window w.
func store[T raster.Number](r *passReader, w raster.Window, y int, valid []uint8, data []T, value func(int32) float64) {
	row, plane := (y-w.Y)*w.W, w.W*w.H
	nodata := T(r.spec.nodata())
	for x := range w.W {
		seen := r.collar.measured(w.X+x, y)
		if valid != nil {
			valid[row+x] = 0
			if seen {
				valid[row+x] = 255
			}
		}
		for b, light := range r.light {
			if seen {
				data[b*plane+row+x] = T(value(light[x]))
			} else {
				data[b*plane+row+x] = nodata
			}
		}
	}
}
