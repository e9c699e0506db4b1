package change

import (
	"fmt"
	"math/bits"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// coarse scores the pair at a coarser resolution: means over blocks of Factor×Factor pixels, aligned to the frame, of what is measured
// in them. Between the centres of blocks scores are interpolated linearly; blocks without a measured pixel do not count.
type coarse struct {
	Of     Node `json:"of"`
	Factor int  `json:"factor"`
}

func (*coarse) kind() string { return "coarse" }

// Halo reaches the far ends of the blocks whose centres are next to a pixel.
func (c *coarse) Halo() int { return c.Factor*(c.Of.Halo()+1) + c.Factor/2 - 1 }

func (c *coarse) prepare(bands int) error {
	if c.Factor != 2 && c.Factor != 4 && c.Factor != 8 {
		return fmt.Errorf("coarser by %d; 2, 4 and 8 can be had", c.Factor)
	}
	return c.Of.prepare(bands)
}

func (c *coarse) worker(mem *scratch) scoring {
	of := c.Of.worker(mem)
	var b blocks
	var s raster.Tile
	var across []lerp
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, k := dst.Window, c.Factor
		first, last := lerpAt(w.X, k), lerpAt(w.MaxX()-1, k)
		top, bottom := lerpAt(w.Y, k), lerpAt(w.MaxY()-1, k)
		out := raster.Window{X: first.at, Y: top.at, W: last.at + 2 - first.at, H: bottom.at + 2 - top.at}
		b.average(t, out.Grow(c.Of.Halo()), k)
		b.pair.Out = out
		s.Shape(out, 1)
		of(&s, &b.pair)
		across = across[:0]
		for x := w.X; x < w.MaxX(); x++ {
			l := lerpAt(x, k)
			l.at -= out.X
			across = append(across, l)
		}
		var valid []uint8
		row := 0
		t.EachRow(w, func(y, at, n int) {
			l := lerpAt(y, k)
			from := (l.at - out.Y) * s.Stride
			upper, lower := s.Data[from:][:out.W], s.Data[from+s.Stride:][:out.W]
			line := dst.Data[row*dst.Stride:][:n]
			if b.pair.Valid == nil {
				for x, a := range across {
					line[x] = l.between(a, upper, lower)
				}
			} else {
				in := b.pair.Before.Window
				valid = b.pair.Valid[(l.at-in.Y)*b.pair.Before.Stride+out.X-in.X:]
				for x, a := range across {
					line[x] = l.weigh(a, upper, lower, valid, b.pair.Before.Stride)
				}
			}
			if t.Valid != nil {
				kernel.ClearWhere(line, t.Valid[at:at+n])
			}
			row++
		})
	}
}

// lerp is a place between the centres of two blocks: at and at+1, f of the way.
type lerp struct {
	at int
	f  float32
}

// lerpAt is where the centre of pixel x lies between centres of blocks of k pixels.
func lerpAt(x, k int) lerp {
	n := 2*x + 1 - k
	at := n / (2 * k)
	if n < 0 && n%(2*k) != 0 {
		at--
	}
	return lerp{at, float32(n-at*2*k) / float32(2*k)}
}

// between interpolates between four blocks.
func (l lerp) between(a lerp, upper, lower []float32) float32 {
	u := upper[a.at] + float32(a.f*(upper[a.at+1]-upper[a.at]))
	v := lower[a.at] + float32(a.f*(lower[a.at+1]-lower[a.at]))
	return u + float32(l.f*(v-u))
}

// weigh interpolates between those of four blocks that are valid.
func (l lerp) weigh(a lerp, upper, lower []float32, valid []uint8, stride int) float32 {
	if valid[a.at]&valid[a.at+1]&valid[stride+a.at]&valid[stride+a.at+1] != 0 {
		return l.between(a, upper, lower)
	}
	var sum, weight float32
	add := func(w, v float32, ok uint8) {
		if ok != 0 {
			sum += float32(w * v)
			weight += w
		}
	}
	add(float32((1-l.f)*(1-a.f)), upper[a.at], valid[a.at])
	add(float32((1-l.f)*a.f), upper[a.at+1], valid[a.at+1])
	add(float32(l.f*(1-a.f)), lower[a.at], valid[stride+a.at])
	add(float32(l.f*a.f), lower[a.at+1], valid[stride+a.at+1])
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// blocks makes coarser pairs of tiles. It belongs to one goroutine.
type blocks struct {
	pair  raster.TilePair
	mask  []uint8
	count []float32
}

// average sets pair to block means over a window of blocks; the blocks lie inside t's tiles.
func (b *blocks) average(t *raster.TilePair, w raster.Window, k int) {
	p := &b.pair
	p.Index, p.Valid, p.Why = t.Index, nil, nil
	in, stride := t.Before.Window, t.Before.Stride
	if cap(b.count) < w.W {
		b.count = make([]float32, w.W)
	}
	count := b.count[:w.W]
	p.Before.Shape(w, t.Before.Bands)
	p.After.Shape(w, t.After.Bands)
	if t.Valid != nil {
		if n := w.H * p.Before.Stride; cap(b.mask) < n {
			b.mask = make([]uint8, n)
		}
		p.Valid = b.mask[:w.H*p.Before.Stride]
	}
	for y := range w.H {
		at := ((w.Y+y)*k-in.Y)*stride + w.X*k - in.X
		for x := range count {
			count[x] = float32(k * k)
		}
		if t.Valid != nil {
			clear(count)
			for dy := range k {
				for x, v := range t.Valid[at+dy*stride:][:w.W*k] {
					count[x/k] += float32(v & 1)
				}
			}
			for x, n := range count {
				p.Valid[y*p.Before.Stride+x] = 0
				if n > 0 {
					p.Valid[y*p.Before.Stride+x] = 255
				}
			}
		}
		for _, pass := range []struct{ dst, src *raster.Tile }{{&p.Before, &t.Before}, {&p.After, &t.After}} {
			for band := range pass.src.Bands {
				out := pass.dst.Band(band)[y*pass.dst.Stride:][:w.W]
				clear(out)
				src := pass.src.Band(band)
				for dy := range k {
					row := src[at+dy*stride:][:w.W*k]
					if t.Valid == nil {
						for x := range out {
							for _, v := range row[x*k:][:k] {
								out[x] += v
							}
						}
						continue
					}
					mask := t.Valid[at+dy*stride:][:w.W*k]
					for x := range out {
						for i, v := range row[x*k:][:k] {
							if mask[x*k+i] != 0 {
								out[x] += v
							}
						}
					}
				}
				for x, n := range count {
					if n > 0 {
						out[x] /= n
					}
				}
			}
		}
	}
}

// coarser is the training at a coarser resolution. Its chips are the blocks inside the chips, with as much halo as there is.
func (t *Training) coarser(factor int) *Training {
	s := *t.Sample
	s.Chips, s.Pixels, s.Measured = nil, 0, 0
	for _, c := range t.Chips {
		inner, outer := blocksIn(c.Out, factor), blocksIn(c.Before.Window, factor)
		if inner.Empty() {
			continue
		}
		b := new(blocks)
		b.average(c, outer, factor)
		b.pair.Out = inner
		s.Chips = append(s.Chips, &b.pair)
	}
	u := t.on(&s)
	u.count()
	return u
}

// blocksIn is the window of blocks that lie inside a window of pixels.
func blocksIn(w raster.Window, k int) raster.Window {
	shift := bits.TrailingZeros(uint(k)) // k is a power of two, and shifting rounds down
	x, y := (w.X+k-1)>>shift, (w.Y+k-1)>>shift
	return raster.Window{X: x, Y: y, W: max(0, w.MaxX()>>shift-x), H: max(0, w.MaxY()>>shift-y)}
}

// count counts pixels again.
func (t *Training) count() {
	t.Pixels, t.Measured = 0, 0
	for _, c := range t.Chips {
		t.Pixels += c.Out.Pixels()
		c.EachMeasured(c.Before.Band(0), func(v []float32) { t.Measured += int64(len(v)) })
	}
}
