package raster

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// The bounds of the sample.
const (
	// chipsMax chips are 1.6 Mpx; on 10240² they lie in 6 % of the 512 blocks.
	chipsMax = 24
	// wholeValues is the number of values, of all bands of both passes, up to which a scene is read whole: 4 Mpx of 4 bands.
	wholeValues = 1 << 25
	// enough is the number of measured pixels below which more chips are read; few is the number below which the gaps between chips
	// are read too.
	enough = 1 << 18
	few    = 1 << 14
	// exact is the number of whole steps that float32 holds.
	exact = 1 << 24
	// keptBytes is what the first chips and the blocks kept beside them may take together; no block is kept where the chips alone take more.
	keptBytes = 144 << 20
)

// SampleOptions bounds the sample. The zero value is the default.
type SampleOptions struct {
	// Quarter reads a quarter of the pixels of a scene of any size: every chip of a lattice that is as fine as the scene is small. It is
	// there to test the sampling.
	Quarter bool
	// Halo and Workers as in StreamOptions.
	Halo, Workers int
	// Keep keeps decoded blocks of scenes that are costly to read for the Stream to come.
	Keep bool
}

// Sample is the pixels on which a model is fitted: chips with their halo, in a fixed order. It is not changed once read.
type Sample struct {
	Chips []*TilePair
	// Whole reports that the chips cover all of the pair's window.
	Whole bool
	// Pixels is the number of pixels looked at, Measured those measured in both passes. Chips without any are not kept unless Whole.
	Pixels, Measured int64
	// Offset is what was subtracted from each band of each pass (see Pair.Offset); nil where nothing was.
	Offset [2][]float64
	// Decoded are blocks that were decoded for the chips, as many as memory allows; nil when none were to be kept.
	Decoded *Decoded
	// Coarse lists bands (0-based) whose values, in either pass, span more steps than float32 can tell apart.
	Coarse []int

	kept int64 // values in chips, of all bands of both passes
}

// ReadSample reads the sample of a pair. Where the first chips hold too few measured pixels it goes on to more of them. Bands of 32-bit
// integers and doubles whose values lie far from zero are read again with an offset, which is part of the result.
func ReadSample(ctx context.Context, p *Pair, o SampleOptions) (*Sample, error) {
	q := *p
	q.Offset = [2][]float64{}
	s, err := readSample(ctx, &q, o)
	if err != nil {
		return nil, err
	}
	var far bool
	for pass, info := range []Info{p.Before.Info(), p.After.Info()} {
		offset, coarse := s.offsets(pass, info)
		s.Coarse = append(s.Coarse, coarse...)
		if offset != nil {
			q.Offset[pass], far = offset, true
		}
	}
	slices.Sort(s.Coarse)
	coarse := slices.Compact(s.Coarse)
	if far {
		s.Decoded = nil // not both at once
		if s, err = readSample(ctx, &q, o); err != nil {
			return nil, err
		}
	}
	s.Offset, s.Coarse = q.Offset, coarse
	return s, nil
}

func readSample(ctx context.Context, p *Pair, o SampleOptions) (*Sample, error) {
	s := &Sample{}
	values := p.Window.Pixels() * int64(2*p.Before.Info().Bands)
	if values <= wholeValues && !o.Quarter {
		s.Whole = true
		return s, s.read(ctx, p, o, Tiles(p.Window, 2*chipSize, 2*chipSize, 0))
	}
	l := chipping(chipSize)
	if o.Quarter {
		l = chippingFor(p.Before.Info().Grid)
	}
	for phase, inset := range l.insets() {
		// What is measured may lie in the gaps between the chips alone: a narrow overlap, a strip between clouds.
		if phase > 0 && (s.Measured >= few || o.Quarter && s.Pixels > 0) {
			break
		}
		all := l.chips(p.Window, inset)
		for len(all) > 0 && (s.Measured < enough || o.Quarter) && s.kept < wholeValues {
			batch := slices.Clone(all[:min(len(all), chipsFor(p.Before.Info().Bands))])
			all = all[len(batch):]
			slices.SortFunc(batch, func(a, b Window) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
			if err := s.read(ctx, p, o, batch); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// chipsFor is how many chips are read at once: fewer of many bands, so that memory stays bounded.
func chipsFor(bands int) int {
	return min(max(wholeValues/(2*bands*chipSize*chipSize), 2), chipsMax)
}

// read appends chips.
func (s *Sample) read(ctx context.Context, p *Pair, o SampleOptions, windows []Window) error {
	keep := func() func(*TilePair) (*TilePair, error) {
		return func(t *TilePair) (*TilePair, error) { return t.Keep(), nil }
	}
	if o.Keep && s.Decoded == nil && (p.Before.Info().Costly || p.After.Info().Costly) {
		room := keptBytes
		for _, w := range windows {
			room -= 2 * p.Before.Info().Bands * TileValues(w.Grow(o.Halo)) * Float32.Size()
		}
		s.Decoded = newDecoded(room)
	}
	return Stream(ctx, p, StreamOptions{Windows: windows, Halo: o.Halo, Workers: o.Workers, keep: s.Decoded}, keep, func(_ int, c *TilePair) error {
		s.Pixels += c.Out.Pixels()
		before := s.Measured
		c.EachRow(c.Out, func(_, at, n int) {
			if c.Valid == nil {
				s.Measured += int64(n)
				return
			}
			for _, v := range c.Valid[at : at+n] {
				s.Measured += int64(v & 1)
			}
		})
		if s.Whole || s.Measured > before {
			s.Chips = append(s.Chips, c)
			s.kept += c.Out.Pixels() * int64(2*c.Before.Bands)
		}
		return nil
	})
}

// EachRow calls f for each row y of w, which lies inside the tiles, with the offset of its first pixel in planes and masks and its
// number of pixels.
func (t *TilePair) EachRow(w Window, f func(y, at, n int)) {
	in := t.Before.Window
	for y := w.Y; y < w.MaxY(); y++ {
		f(y, (y-in.Y)*t.Before.Stride+w.X-in.X, w.W)
	}
}

// MaskRow is the part of Valid, which is not nil, that belongs to the n pixels from (x, y) on, all inside the tiles.
func (t *TilePair) MaskRow(x, y, n int) []uint8 {
	in := t.Before.Window
	return t.Valid[(y-in.Y)*t.Before.Stride+x-in.X:][:n]
}

// offsets proposes what to subtract from the bands of one pass: the median of the sample, for types that float32 does not hold exactly,
// when that keeps digits; and it lists the bands for which that is not enough.
func (s *Sample) offsets(pass int, info Info) (offset []float64, coarse []int) {
	if s.Measured == 0 || info.Type != Int32 && info.Type != Uint32 && info.Type != Float64 {
		return nil, nil
	}
	for band := range info.Bands {
		// Outliers, such as a nodata value that the file does not declare, must not decide.
		q := Quantiles(s.values(pass, band), s.Measured, 0.001, 0.5, 0.999)
		reach, spread := max(math.Abs(q[0]), math.Abs(q[2])), q[2]-q[0]
		// Doubles have no step of their own: a band is far from zero when its range is small against its size.
		if info.Type == Float64 && reach > 8*spread || info.Type != Float64 && reach > exact && reach > spread {
			if offset == nil {
				offset = make([]float64, info.Bands)
			}
			offset[band] = math.Round(q[1])
		}
		if info.Type != Float64 && spread > 2*exact {
			coarse = append(coarse, band)
		}
	}
	return offset, coarse
}

// values calls its argument with the measured values of one band inside the chips.
func (s *Sample) values(pass, band int) func(func([]float32)) {
	return func(f func([]float32)) {
		for _, c := range s.Chips {
			plane := []*Tile{&c.Before, &c.After}[pass].Band(band)
			c.EachMeasured(plane, f)
		}
	}
}

// EachMeasured calls f with the stretches of a plane, laid out like the tiles' own, that are inside Out and measured in both passes.
func (t *TilePair) EachMeasured(plane []float32, f func([]float32)) {
	t.EachRow(t.Out, func(_, at, n int) {
		row := plane[at : at+n]
		if t.Valid == nil {
			f(row)
			return
		}
		EachStretch(t.Valid[at:at+n], func(from, to int) { f(row[from:to]) })
	})
}

// EachStretch calls f with each half-open stretch of bytes that are not 0.
func EachStretch(mask []uint8, f func(from, to int)) {
	for i := 0; i < len(mask); {
		if mask[i] == 0 {
			i++
			continue
		}
		from := i
		for i < len(mask) && mask[i] != 0 {
			i++
		}
		f(from, i)
	}
}

// Halo is how many pixels around each chip came along; a large number when there are no chips.
func (s *Sample) Halo() int {
	if len(s.Chips) == 0 {
		return math.MaxInt32
	}
	c := s.Chips[0]
	return c.Out.X - c.Before.Window.X
}
