package register

import (
	"math"
	"math/rand/v2"
	"testing"

	"passdiff/raster"
)

// psf is the side in tenths of the square over which a sensor's pixel is the mean: a little more than the pixel.
const psf = 14

// fine is the number of sub-pixels along a pixel's side: shifts are multiples of a tenth.
const fine = 10

// ground is a scene at a tenth of a pixel, as sums over rectangles from the corner: pixels are exact means of it.
type ground struct {
	w, h int
	sums []float64
}

// newGround draws fields and buildings: rectangles of 2 to 60 pixels in random brightness, turned, over one another.
func newGround(seed uint64, w, h int) *ground {
	r := rand.New(rand.NewPCG(seed, 7))
	fw, fh := w*fine, h*fine
	v := make([]float32, fw*fh)
	for range w * h / 60 {
		size := 2 * math.Pow(30, r.Float64()*r.Float64())
		cx, cy := r.Float64()*float64(fw), r.Float64()*float64(fh)
		a, b := size*fine/2, size*fine/2*(0.3+0.7*r.Float64())
		s, c := math.Sincos(r.Float64() * math.Pi)
		value := float32(r.Float64() * 100)
		reach := math.Hypot(a, b)
		for y := max(0, int(cy-reach)); y < min(fh, int(cy+reach)); y++ {
			for x := max(0, int(cx-reach)); x < min(fw, int(cx+reach)); x++ {
				u, t := float64(x)-cx, float64(y)-cy
				if math.Abs(u*c+t*s) < a && math.Abs(t*c-u*s) < b {
					v[y*fw+x] = value
				}
			}
		}
	}
	g := &ground{fw, fh, make([]float64, (fw+1)*(fh+1))}
	for y := range fh {
		row := 0.0
		for x := range fw {
			row += float64(v[y*fw+x])
			g.sums[(y+1)*(fw+1)+x+1] = g.sums[y*(fw+1)+x+1] + row
		}
	}
	return g
}

// pixel is the mean over a square of psf tenths around the centre of the pixel whose corner lies at (x, y) tenths.
func (g *ground) pixel(x, y, psf int) float64 {
	x, y = x-(psf-fine)/2, y-(psf-fine)/2
	at := func(x, y int) float64 { return g.sums[y*(g.w+1)+x] }
	return (at(x+psf, y+psf) - at(x, y+psf) - at(x+psf, y) + at(x, y)) / float64(psf*psf)
}

// margin is how many pixels of ground lie around what is looked at.
const margin = 24

// synthetic says how a pair is drawn.
type synthetic struct {
	w, h   int
	dx, dy int // tenths of a pixel
	noise  float64
	change float64 // share of after that shows other ground
	gain   float64
	seed   uint64
	// more is a further shift of a pixel of after, in tenths; nil for none.
	more func(x, y int) (int, int)
}

// pair draws a pair: after shows at (x+dx, y+dy) what before shows at (x, y).
func (s synthetic) pair(g, other *ground) (before, after []float32) {
	r := rand.New(rand.NewPCG(s.seed, 3))
	before, after = make([]float32, s.w*s.h), make([]float32, s.w*s.h)
	changed := make([]bool, s.w*s.h)
	for n := 0; n < int(s.change*float64(s.w*s.h)); {
		bw, bh := 8+r.IntN(60), 8+r.IntN(60)
		bx, by := r.IntN(s.w), r.IntN(s.h)
		for y := by; y < min(by+bh, s.h); y++ {
			for x := bx; x < min(bx+bw, s.w); x++ {
				if !changed[y*s.w+x] {
					changed[y*s.w+x] = true
					n++
				}
			}
		}
	}
	for y := range s.h {
		for x := range s.w {
			i := y*s.w + x
			bx, by := (x+margin)*fine, (y+margin)*fine
			before[i] = float32(g.pixel(bx, by, psf) + s.noise*r.NormFloat64())
			from := g
			if changed[i] {
				from = other
			}
			dx, dy := s.dx, s.dy
			if s.more != nil {
				mx, my := s.more(x, y)
				dx, dy = dx+mx, dy+my
			}
			after[i] = float32(20 + s.gain*from.pixel(bx-dx, by-dy, psf) + s.noise*r.NormFloat64())
		}
	}
	return before, after
}

// sampleOf is the sample of a pair in memory.
func sampleOf(t testing.TB, before, after raster.Source) *raster.Sample {
	p, err := raster.Align(before, after, raster.AlignOptions{Pixels: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := raster.ReadSample(t.Context(), p, raster.SampleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
