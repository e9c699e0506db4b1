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
	score     limited
	evidence  limited // without scoring when there is no gate
	gate      float32
	margin    int
	spots     spots       // where the gate leaves something
	part      raster.Tile // of a plane
	whole     bool        // scores are wanted everywhere
	area      *raster.Area
}

// limited is a score that need not be computed where it stays below a level.
type limited struct {
	scoring
	ceiling *ceiling // nil when nothing is known of where that is
}

func newLooker(m *Model, o Options, window raster.Window, whole bool) *looker {
	mem := new(scratch)
	e := newExtractor(m, o, window)
	l := &looker{mem: mem, extractor: e, score: limited{scoring: m.Scorer.worker(mem)}, margin: e.margin(), whole: whole, area: o.Area}
	reach := max(e.rim, holeReach(e.fill))
	if reach > l.margin { // what a hole's pixel is near to may lie outside the plane
		reach = everywhere
	}
	if m.gated() {
		l.gate = float32(m.Gate)
		l.evidence = limited{m.Evidence.worker(mem), newCeiling(m.Evidence, l.gate, 0)}
		l.spots = spots{reach: reach, halo: m.Scorer.Halo()}
	} else {
		l.score.ceiling = newCeiling(m.Scorer, e.threshold, reach)
	}
	return l
}

// gated says that a pixel counts only where there is evidence beside its score.
func (m *Model) gated() bool { return m.Evidence != nil && m.Gate > 0 }

// everywhere is further than a plane is wide.
const everywhere = 1 << 30

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

// find fills plane with the scores that are needed, 0 elsewhere, and marks what changed; it reports whether there are runs: where something
// changed, and where a gap may span the tile inside a hole that is larger than the plane.
func (l *looker) find(plane *raster.Tile, t *raster.TilePair) bool {
	spanned := t.Out.W < l.extractor.fill
	whole := l.whole || spanned
	if whole {
		l.score.scoring(plane, t)
	}
	if t.Valid != nil && bytes.IndexByte(t.Valid, 255) < 0 {
		return false
	}
	if l.changed(plane, t, whole) {
		return true
	}
	if spanned {
		l.extractor.marks.clear(plane.Window)
	}
	return spanned
}

// changed marks what changed; it reports whether anything did. Where not whole it fills plane as far as needed.
func (l *looker) changed(plane *raster.Tile, t *raster.TilePair, whole bool) bool {
	marks := &l.extractor.marks
	if l.evidence.scoring == nil {
		return (whole || l.fill(&l.score, plane, t)) && marks.set(plane, t, l.extractor.threshold)
	}
	levels := l.mem.tile(plane.Window)
	defer l.mem.give(levels)
	if !l.fill(&l.evidence, levels, t) {
		return false
	}
	if !whole && !l.parts(l.score.scoring, plane, l.left(levels), t) {
		return false
	}
	return marks.set(plane, t, l.extractor.threshold) && marks.keep(levels, l.gate)
}

// left lists the windows in which the gate leaves something.
func (l *looker) left(levels *raster.Tile) []raster.Window {
	w := levels.Window
	l.spots.begin(w)
	for y := range w.H {
		l.spots.row(levels.Data[y*levels.Stride:][:w.W], w.X, w.Y+y, l.gate)
	}
	return l.spots.windows()
}

// fill fills plane with a score, or with 0 where that is below its level for sure; it reports whether it is not everywhere.
func (l *looker) fill(s *limited, plane *raster.Tile, t *raster.TilePair) bool {
	if s.ceiling != nil {
		if windows, ok := s.ceiling.windows(t, plane.Window); ok {
			return l.parts(s.scoring, plane, windows, t)
		}
	}
	s.scoring(plane, t)
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
