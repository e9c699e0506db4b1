package change

import (
	"context"
	"encoding/json"
	"math"

	"passdiff/raster"
)

// Part is a piece of a score over some pixels, with the pieces that it is made of.
type Part struct {
	// Name says what the piece measures.
	Name string `json:"name"`
	// Value is its mean over the pixels, Median that over the sample on which the model was fitted, both in its own unit; Median is nil where the
	// model does not keep it.
	Value  float64  `json:"value"`
	Median *float64 `json:"median"`
	// Share is how much of what lifts the whole above its median, or from 0 where that is not known, this piece carries. The shares of the
	// pieces of a whole add up to 1; one that speaks against a change is below 0. Nil for the whole itself, and where nothing is lifted.
	Share *float64 `json:"share"`
	Parts []Part   `json:"parts"`
}

// Parts takes the score, and the evidence where the model has any, of some pixels of a pair apart: into the terms of sums and products and on
// into theirs. Runs are sorted by row. The score's Median is not known. It decodes the tiles around the pixels once.
func (m *Model) Parts(ctx context.Context, p *raster.Pair, runs []raster.Run, workers int) (score Part, evidence *Part, err error) {
	d := decomposer{bands: m.Bands}
	roots := []*piece{}
	for _, s := range []Scorer{m.Scorer, m.Evidence} {
		if s == nil {
			continue
		}
		// A copy: to prepare a score for other surroundings writes to it.
		own, err := d.copy(s)
		if err != nil {
			return Part{}, nil, err
		}
		root := &piece{of: own, median: math.NaN()}
		if err := d.take(root, asItIs, 0); err != nil {
			return Part{}, nil, err
		}
		roots = append(roots, root)
	}
	if err := d.measure(ctx, m, p, raster.NewArea(runs), workers); err != nil {
		return Part{}, nil, err
	}
	score = roots[0].part(nil)
	if len(roots) > 1 {
		e := roots[1].part(nil)
		evidence = &e
	}
	return score, evidence, nil
}

// piece is a Part in the making.
type piece struct {
	of     Scorer
	name   string  // "" takes that of the scorer
	median float64 // NaN when not known
	weight float64 // in the whole
	closed bool    // its pieces are those of another one

	scorer Scorer // of, as it stands in the whole score
	whole  whole  // nil for a piece without pieces
	pieces []*piece
	sum    float64
	value  float64
}

// whole is a score made of pieces.
type whole interface {
	Scorer
	// pieces are its terms.
	pieces(d *decomposer) []*piece
	// lift is what a term of that value adds to the whole, beyond what it adds at its median.
	lift(p *piece) float64
}

// surrounding is a score that another one is put into: changed pixels, or a filter over what comes out.
type surrounding interface {
	Scorer
	// inside is the score in it, around the same surrounding of another score.
	inside() Scorer
	around(s Scorer) Scorer
}

// asItIs puts a score into nothing.
func asItIs(s Scorer) Scorer { return s }

// decomposer takes a score apart.
type decomposer struct {
	bands int // of the pair
	all   []*piece
}

// copy is a score with the same numbers and none of the storage.
func (d *decomposer) copy(s Scorer) (Scorer, error) {
	data, err := json.Marshal(Node{s})
	if err != nil {
		return nil, err
	}
	var n Node
	if err := json.Unmarshal(data, &n); err != nil {
		return nil, err
	}
	return prepared(n.Scorer, d.bands)
}

// deepest bounds how far scores are taken apart; those of this package are at most four wholes deep.
const deepest = 8

// take takes a piece apart whose score stands inside what into puts around it.
func (d *decomposer) take(p *piece, into func(Scorer) Scorer, depth int) error {
	if p.name == "" {
		p.name = title(p.of)
	}
	// What is measured is a copy of its own, so that none is prepared for two surroundings.
	var err error
	if p.scorer, err = d.copy(into(p.of)); err != nil {
		return err
	}
	d.all = append(d.all, p)
	inner := p.of
	for {
		s, ok := inner.(surrounding)
		if !ok {
			break
		}
		outer := into
		into = func(c Scorer) Scorer { return outer(s.around(c)) }
		inner = s.inside()
	}
	w, ok := inner.(whole)
	if !ok || p.closed || depth == deepest {
		return nil
	}
	pieces := w.pieces(d)
	if len(pieces) < 2 {
		return nil
	}
	p.whole, p.pieces = w, pieces
	for _, q := range pieces {
		if err := d.take(q, into, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// measure finds the value of every piece over the pixels of an area.
func (d *decomposer) measure(ctx context.Context, m *Model, p *raster.Pair, area *raster.Area, workers int) error {
	halo := 0
	for _, q := range d.all {
		halo = max(halo, q.scorer.Halo())
	}
	in := *p
	in.Offset = m.Offset
	var tiles []raster.Window
	for _, t := range raster.Tiles(area.Bounds().Intersect(p.Window), squareTile, squareTile, 0) {
		if area.Meets(t) {
			tiles = append(tiles, t)
		}
	}
	worker := func() func(*raster.TilePair) ([]float64, error) {
		workers := make([]func(*raster.Tile, *raster.TilePair), len(d.all))
		for i, q := range d.all {
			workers[i] = Worker(q.scorer)
		}
		var plane raster.Tile
		return func(t *raster.TilePair) ([]float64, error) {
			sums := make([]float64, len(d.all))
			for i, score := range workers {
				plane.Shape(t.Out, 1)
				score(&plane, t)
				for y := range t.Out.H {
					row := plane.Data[y*plane.Stride:][:t.Out.W]
					for _, r := range area.Row(t.Out.Y + y) {
						for x := max(int(r.X0)-t.Out.X, 0); x < min(int(r.X1)-t.Out.X, t.Out.W); x++ {
							sums[i] += float64(row[x])
						}
					}
				}
			}
			return sums, nil
		}
	}
	err := raster.Stream(ctx, &in, raster.StreamOptions{Windows: tiles, Halo: halo, Workers: workers}, worker, func(_ int, sums []float64) error {
		for i, s := range sums {
			d.all[i].sum += s
		}
		return nil
	})
	for _, q := range d.all {
		q.value = q.sum / float64(max(1, area.Pixels()))
	}
	return err
}

// part is the finished piece.
func (p *piece) part(share *float64) Part {
	out := Part{Name: p.name, Value: round32(p.value), Share: share, Parts: []Part{}}
	if !math.IsNaN(p.median) {
		out.Median = &p.median
	}
	total := 0.0
	lifts := make([]float64, len(p.pieces))
	for i, q := range p.pieces {
		lifts[i] = p.whole.lift(q)
		total += lifts[i]
	}
	for i, q := range p.pieces {
		var share *float64
		if total > 0 {
			v := round32(lifts[i] / total)
			share = &v
		}
		out.Parts = append(out.Parts, q.part(share))
	}
	return out
}

// The terms of a product count by their logarithms.

func (p *product) pieces(*decomposer) (all []*piece) {
	for i := range p.Parts {
		q := &p.Parts[i]
		for k := range q.terms() {
			s := q.Of.Scorer
			if len(q.Sigmas) > 0 {
				s = &gauss{Of: q.Of, Sigma: q.Sigmas[k]}
			}
			all = append(all, &piece{of: s, median: q.Medians[k], weight: q.Weights[k], closed: k > 0})
		}
	}
	return all
}

func (p *product) lift(q *piece) float64 {
	if !(q.median > 0) {
		return 0 // as it counts in the score
	}
	return float64(q.weight * math.Log((q.value/q.median+p.Floor)/(1+p.Floor)))
}

func (m *mean) pieces(*decomposer) (all []*piece) {
	for i, n := range m.Of {
		q := &piece{of: n.Scorer, median: math.NaN(), weight: m.Weights[i]}
		if m.Medians != nil {
			q.median = m.Medians[i]
		}
		all = append(all, q)
	}
	return all
}

func (m *mean) lift(q *piece) float64 {
	if m.Medians == nil {
		return float64(q.weight * q.value)
	}
	return float64(q.weight * (q.value - q.median))
}

// The terms of squared forms count by their squares.

func (f *forms) pieces(d *decomposer) (all []*piece) {
	for i := range f.Shift {
		one := &forms{After: f.After[i : i+1], Before: f.Before[i : i+1], Shift: f.Shift[i : i+1], Sigma: f.Sigma}
		if f.Ramp != nil {
			one.Ramp = f.Ramp[i : i+1]
		}
		q := &piece{of: one, name: d.formName(f, i), median: math.NaN(), weight: 1, closed: true}
		if i >= len(f.Shift)-f.Minus {
			q.weight = -1
		}
		all = append(all, q)
	}
	return all
}

func (f *forms) lift(q *piece) float64 { return float64(q.weight * q.value * q.value) }

func (g *gauss) inside() Scorer         { return g.Of.Scorer }
func (g *gauss) around(s Scorer) Scorer { return &gauss{Of: Node{s}, Sigma: g.Sigma} }

func (b *box) inside() Scorer         { return b.Of.Scorer }
func (b *box) around(s Scorer) Scorer { return &box{Of: Node{s}, Width: b.Width} }

func (c *coarse) inside() Scorer         { return c.Of.Scorer }
func (c *coarse) around(s Scorer) Scorer { return &coarse{Of: Node{s}, Factor: c.Factor} }

func (f *features) inside() Scorer { return f.Of.Scorer }
func (f *features) around(s Scorer) Scorer {
	return &features{Of: Node{s}, Luminance: f.Luminance, Gradient: f.Gradient, Deviation: f.Deviation}
}
