package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// product fuses scores by their weighted geometric mean after each has been divided by its median:
//
//	S = Π_k (s_k/Median_k + Floor)^(Weight_k/ΣWeight)
//
// Terms of one part share one score, which is computed once.
type product struct {
	Parts []part  `json:"parts"`
	Floor float64 `json:"floor"`

	power []float32 // of each term, parts' terms in order
}

// part is a score and how it enters: as it is, or once for each of some Gaussians over it.
type part struct {
	Of     Node      `json:"of"`
	Sigmas []float64 `json:"sigmas,omitempty"`
	// Medians and Weights belong to the terms: one for each sigma, or one.
	Medians []float64 `json:"medians"`
	Weights []float64 `json:"weights"`

	taps     []kernel.Taps
	divisors []float32
	scale    []float32
}

// fusionFloor keeps a term that is 0 from deciding alone (QUALITY: N(x) + 0.05 before the logarithm).
const fusionFloor = 0.05

func (*product) kind() string { return "product" }

func (p *part) terms() int { return max(1, len(p.Sigmas)) }

// reach is the largest radius of the part's Gaussians.
func (p *part) reach() int { return widest(p.Sigmas) }

func (p *product) Halo() int {
	h := 0
	for i := range p.Parts {
		h = max(h, p.Parts[i].reach()+p.Parts[i].Of.Halo())
	}
	return h
}

func (p *product) prepare(bands int) error {
	if len(p.Parts) == 0 || !(p.Floor > 0 && p.Floor <= 1) {
		return fmt.Errorf("product of %d parts with floor %v", len(p.Parts), p.Floor)
	}
	sum := 0.0
	for i := range p.Parts {
		q := &p.Parts[i]
		n := q.terms()
		if len(q.Medians) != n || len(q.Weights) != n {
			return fmt.Errorf("product: part %d has %d terms, %d medians, %d weights", i+1, n, len(q.Medians), len(q.Weights))
		}
		q.taps, q.divisors, q.scale = nil, nil, nil
		for _, s := range q.Sigmas {
			if !(s > 0 && s <= maxSigma) {
				return fmt.Errorf("sigma %v is not in (0, %d] pixels", s, maxSigma)
			}
			t := kernel.Gauss(s)
			q.taps, q.divisors = append(q.taps, t), append(q.divisors, t.Weight())
		}
		for k := range n {
			if !(q.Medians[k] >= 0 && q.Medians[k] <= math.MaxFloat32) || !(q.Weights[k] > 0 && q.Weights[k] <= 1e6) {
				return fmt.Errorf("product: part %d has median %v and weight %v", i+1, q.Medians[k], q.Weights[k])
			}
			q.scale = append(q.scale, perMedian(q.Medians[k]))
			sum += q.Weights[k]
		}
		if err := q.Of.prepare(bands); err != nil {
			return err
		}
	}
	p.power = nil
	for i := range p.Parts {
		for _, w := range p.Parts[i].Weights {
			p.power = append(p.power, float32(w/sum))
		}
	}
	return nil
}

// perMedian is the scale that makes a median 1. A score that is 0 nearly everywhere says nothing.
func perMedian(median float64) float32 {
	if median > 0 {
		return float32(min(1/median, math.MaxFloat32))
	}
	return 0
}

func (p *product) worker(mem *scratch) scoring {
	s := smoother{mem: mem}
	workers := make([]scoring, len(p.Parts))
	for i := range p.Parts {
		workers[i] = p.Parts[i].Of.worker(mem)
	}
	b := p.blend()
	return func(dst *raster.Tile, t *raster.TilePair) {
		w := dst.Window
		acc := mem.tile(w)
		defer mem.give(acc)
		b.begin(dst, acc)
		for i := range p.Parts {
			q := &p.Parts[i]
			m := mem.tile(w.Grow(q.reach()))
			workers[i](m, t)
			if len(q.Sigmas) == 0 {
				b.multiply(m, q.scale[0])
			}
			for k := range q.Sigmas {
				g := mem.tile(w)
				s.smooth(g, m, t, q.taps[k], q.divisors[k])
				b.multiply(g, q.scale[k])
				mem.give(g)
			}
			mem.give(m)
		}
		b.finish(t)
	}
}

// maxGroup terms, each in [0.05, 10⁴] but for outliers, do not overflow float32 when they are multiplied.
const maxGroup = 6

// blend is a product in the making, term by term, over one window. Terms of equal power are multiplied before the logarithm is taken.
type blend struct {
	power    []float32 // of each term
	floor    float32
	dst, acc *raster.Tile
	term     int  // the next one
	group    int  // terms in acc
	fresh    bool // dst holds nothing yet
}

func (p *product) blend() blend { return blend{power: p.power, floor: float32(p.Floor)} }

// begin begins a product in dst, with memory over the same window.
func (b *blend) begin(dst, acc *raster.Tile) {
	b.dst, b.acc, b.term, b.group, b.fresh = dst, acc, 0, 0, true
}

// multiply takes the next term, a plane that holds the window, in units of its median.
func (b *blend) multiply(src *raster.Tile, scale float32) {
	if b.group == maxGroup || b.group > 0 && b.power[b.term] != b.power[b.term-1] {
		b.flush()
	}
	w := b.dst.Window
	dx, dy := w.X-src.Window.X, w.Y-src.Window.Y
	for y := range w.H {
		kernel.MultiplyAbove(b.acc.Data[y*b.acc.Stride:][:w.W], src.Data[(y+dy)*src.Stride+dx:][:w.W], scale, b.floor, b.group == 0)
	}
	b.group++
	b.term++
}

// flush raises what has been multiplied to its power.
func (b *blend) flush() {
	if b.group == 0 {
		return
	}
	w := b.dst.Window
	for y := range w.H {
		kernel.AddPower(b.dst.Data[y*b.dst.Stride:][:w.W], b.acc.Data[y*b.acc.Stride:][:w.W], b.power[b.term-1], b.fresh)
	}
	b.group, b.fresh = 0, false
}

// finish leaves the product in dst, 0 where it is not measured.
func (b *blend) finish(t *raster.TilePair) {
	b.flush()
	row := 0
	t.EachRow(b.dst.Window, func(_, at, n int) {
		out := b.dst.Data[row*b.dst.Stride:][:n]
		kernel.Exp2(out)
		if t.Valid != nil {
			kernel.ClearWhere(out, t.Valid[at:at+n])
		}
		row++
	})
}
