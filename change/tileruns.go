package change

import (
	"sync"

	"passdiff/raster"
)

// tileRuns is what leaves a worker for one tile: its changed pixels and those that were not measured, both in row-major order, and with
// nothing of the pixels themselves.
type tileRuns struct {
	out     raster.Window
	changed []changedRun
	blind   []blindRun
	score   *raster.Tile // nil unless asked for

	doneChanged, doneBlind int // how many the collector has taken

	slabs [][]int64 // storage of the runs' vectors
	used  int       // slabs in use; the last of them from at on is free
	at    int
}

// slabVectors is how many vectors are allocated at once.
const slabVectors = 256

// vector returns n zeros that belong to r.
func (r *tileRuns) vector(n int) []int64 {
	if r.used == 0 || r.at+n > len(r.slabs[r.used-1]) {
		if r.used == len(r.slabs) {
			r.slabs = append(r.slabs, make([]int64, slabVectors*n))
		}
		r.used, r.at = r.used+1, 0
	}
	v := r.slabs[r.used-1][r.at : r.at+n : r.at+n]
	r.at += n
	clear(v)
	return v
}

// addBlind adds the part of an unmeasured stretch that lies in the area.
func (r *tileRuns) addBlind(area *raster.Area, y, x0, x1 int, why uint8) {
	if area == nil {
		r.blind = append(r.blind, blindRun{runAt(y, x0, x1), why})
		return
	}
	for _, a := range area.Row(y) {
		if lo, hi := max(x0, int(a.X0)), min(x1, int(a.X1)); lo < hi {
			r.blind = append(r.blind, blindRun{runAt(y, lo, hi), why})
		}
	}
}

// runPool lends workers what the collector is done with, so that tiles do not allocate. It is safe for concurrent use; the zero value is
// ready.
type runPool struct {
	mu   sync.Mutex
	runs []*tileRuns
	kept int // runs in the pool
}

// keptRuns bounds what the pool keeps after tiles that changed much.
const keptRuns = 1 << 16

// get is an empty one for a window.
func (p *runPool) get(out raster.Window) *tileRuns {
	p.mu.Lock()
	defer p.mu.Unlock()
	var r *tileRuns
	if n := len(p.runs); n > 0 {
		r, p.runs = p.runs[n-1], p.runs[:n-1]
		p.kept -= cap(r.changed)
	} else {
		r = new(tileRuns)
	}
	*r = tileRuns{out: out, changed: r.changed[:0], blind: r.blind[:0], slabs: r.slabs}
	return r
}

// put takes back what nothing refers to any more.
func (p *runPool) put(r *tileRuns) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := cap(r.changed); p.kept+n <= keptRuns {
		p.runs = append(p.runs, r)
		p.kept += n
	}
}
