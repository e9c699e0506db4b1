package change

import "passdiff/raster"

// Replayed is the model for a pair of one band each whose before holds what m scores and whose after its evidence, 0 where it has none: Detect
// decides about it as m would about the pair itself, without scoring it again. It is not to be saved.
func (m *Model) Replayed() *Model {
	r := *m
	one := []Scale{{Spread: 1}}
	r.Bands, r.Offset, r.Norm = 1, [2][]float64{}, Norm{Before: one, After: one}
	r.Scorer = replayed{m.Scorer, false}
	if m.Evidence != nil {
		r.Evidence = replayed{m.Evidence, true}
	}
	return &r
}

// replayed scores by the values of one of the passes.
type replayed struct {
	Scorer
	after bool
}

func (replayed) Halo() int { return 0 }

func (p replayed) worker(*scratch) scoring {
	return func(dst *raster.Tile, t *raster.TilePair) {
		from := &t.Before
		if p.after {
			from = &t.After
		}
		row := 0
		t.EachRow(dst.Window, func(_, at, n int) {
			copy(dst.Data[row*dst.Stride:][:n], from.Band(0)[at:at+n])
			row++
		})
	}
}
