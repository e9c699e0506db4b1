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
	ceiling   *ceiling // of the evidence; nil when it is not known
	margin    int
	spots     spots
	part      raster.Tile // of the plane of scores
	whole     bool        // scores are wanted everywhere
	area      *raster.Area
}

func newLooker(m *Model, o Options, window raster.Window, whole bool) *looker {
	mem := new(scratch)
	e := newExtractor(m, o, window)
	l := &looker{mem: mem, extractor: e, score: m.Scorer.worker(mem), margin: e.margin(), whole: whole, area: o.Area}
	if m.gated() {
		l.evidence, l.gate = m.Evidence.worker(mem), float32(m.Gate)
		l.ceiling = newCeiling(m.Evidence, l.gate)
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
	if !l.level(levels, t) {
		return false
	}
	if !l.whole {
		l.spots.begin(plane.Window)
		for y := range plane.Window.H {
			l.spots.row(levels.Data[y*levels.Stride:][:levels.Window.W], levels.Window.X, levels.Window.Y+y, l.gate)
		}
		if !l.parts(l.score, plane, l.spots.windows(), t) {
			return false
		}
	}
	return marks.set(plane, t, l.extractor.threshold) && marks.keep(levels, l.gate)
}

// level fills levels with the evidence, or with 0 where that does not reach the gate for sure; it reports whether it does anywhere, as far as
// that is known.
func (l *looker) level(levels *raster.Tile, t *raster.TilePair) bool {
	if l.ceiling != nil {
		if windows, ok := l.ceiling.windows(t, levels.Window); ok {
			return l.parts(l.evidence, levels, windows, t)
		}
	}
	l.evidence(levels, t)
	return true
}

// parts scores windows of a plane and clears the rest; it reports whether there is any.
func (l *looker) parts(score scoring, plane *raster.Tile, windows []raster.Window, t *raster.TilePair) bool {
	if len(windows) == 0 {
		return false
	}
	clear(plane.Data)
	for _, w := range windows {
		l.part = raster.Tile{Window: w, Bands: 1, Stride: plane.Stride, Data: plane.Data[(w.Y-plane.Window.Y)*plane.Stride+w.X-plane.Window.X:]}
		score(&l.part, t)
	}
	return true
}
