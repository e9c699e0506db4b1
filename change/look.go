package change

import (
	"bytes"
	"math"

	"passdiff/raster"
)

// looker finds the runs of tiles by a model: the gate first, because it leaves little on most ground, and scores only where they can matter.
// It belongs to one goroutine.
type looker struct {
	mem       *scratch
	extractor *extractor
	score     scoring
	evidence  scoring // nil without a gate
	gate      float32
	margin    int
	spots     spots
	part      raster.Tile // of the plane of scores
	whole     bool // scores are wanted everywhere
	area      *raster.Area
}

func newLooker(m *Model, o Options, window raster.Window, whole bool) *looker {
	mem := new(scratch)
	e := newExtractor(m, o, window)
	l := &looker{mem: mem, extractor: e, score: m.Scorer.worker(mem), margin: e.margin(), whole: whole, area: o.Area}
	if m.gated() {
		l.evidence, l.gate = m.Evidence.worker(mem), float32(m.Gate)
		l.spots = spots{reach: max(e.rim, holeReach(e.fill)), halo: m.Scorer.Halo()}
	}
	return l
}

// gated says that a pixel counts only where there is evidence beside its score.
func (m *Model) gated() bool { return m.Evidence != nil && m.Gate > 0 }

// holeReach is how far from the nearest changed pixel, along rows or columns, a pixel of a hole of fewer than so many pixels can be: d pixels
// away, the square of 2d − 1 around it lies in the hole.
func holeReach(fill int) int { return int(math.Sqrt(float64(fill))+1) / 2 }

// tile fills r, which is empty, with the runs of a tile. scores, not nil when they are wanted, receives the scores of its window.
func (l *looker) tile(r *tileRuns, t *raster.TilePair, scores *raster.Tile) {
	l.extractor.blind(r, t)
	plane := l.mem.tile(t.Out.Grow(l.margin))
	defer l.mem.give(plane)
	if l.find(plane, t) {
		l.extractor.extract(r, plane, t)
	}
	if scores != nil {
		copyScores(scores, plane, t, l.area)
		r.score = scores
	}
}

// find fills plane with the scores that are needed and marks what changed; it reports whether anything did.
func (l *looker) find(plane *raster.Tile, t *raster.TilePair) bool {
	marks := &l.extractor.marks
	if l.whole {
		l.score(plane, t)
	}
	if t.Valid != nil && bytes.IndexByte(t.Valid, 255) < 0 {
		return false
	}
	if l.evidence == nil {
		if !l.whole {
			l.score(plane, t)
		}
		return marks.set(plane, t, l.extractor.threshold)
	}
	levels := l.mem.tile(plane.Window)
	defer l.mem.give(levels)
	l.evidence(levels, t)
	if !l.whole {
		windows := l.spots.find(levels, l.gate)
		if len(windows) == 0 {
			return false
		}
		clear(plane.Data)
		for _, w := range windows {
			l.part = raster.Tile{Window: w, Bands: 1, Stride: plane.Stride, Data: plane.Data[(w.Y-plane.Window.Y)*plane.Stride+w.X-plane.Window.X:]}
			l.score(&l.part, t)
		}
	}
	return marks.set(plane, t, l.extractor.threshold) && marks.keep(levels, l.gate)
}
