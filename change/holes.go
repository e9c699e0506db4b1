package change

import (
	"sort"

	"passdiff/raster"
)

// holeSweep finds the holes of regions as the sweep goes: 8-connected sets of gaps with nothing but one region around them. A gap beside
// anything else, such as a longer gap, an unmeasured pixel or another region, makes its set no hole.
type holeSweep struct {
	limit     int64 // holes have fewer pixels; 0 for no holes
	prev, cur []openGap
	above     []raster.Run // what the row before was made of: changed runs and gaps, joined
}

// openGap is a gap of the row at work.
type openGap struct {
	raster.Run
	hole *hole
}

// hole is a set of connected gaps on its way to a hole.
type hole struct {
	sums
	runs   []raster.Run
	merged *hole
	open   bool         // it leads out
	loose  bool         // it lies against a seam
	rim    []*component // the regions beside it
	seen   int32        // last row
}

func (h *hole) root() *hole {
	for h.merged != nil {
		h = h.merged
	}
	return h
}

// root is the component that c became part of.
func (c *component) root() *component {
	for c.merged != nil {
		c = c.merged
	}
	return c
}

// addFill takes a hole, or those of a component merged into c.
func (c *component) addFill(runs []raster.Run, s *sums) {
	if c.filled.vector == nil {
		c.filled.vector = make([]int64, len(s.vector))
	}
	c.fill = append(c.fill, runs...)
	c.filled.add(s)
}

// beside notes a region beside the hole.
func (h *hole) beside(c *component) {
	for _, r := range h.rim {
		if r == c {
			return
		}
	}
	h.rim = append(h.rim, c)
}

// besideAll notes the regions of a row's changed runs that share columns with a gap of a neighbouring row.
func (h *hole) besideAll(w *sweep, row []openRun, gap raster.Run) {
	first := sort.Search(len(row), func(k int) bool { return row[k].x1 > gap.X0 })
	for k := first; k < len(row) && row[k].x0 < gap.X1; k++ {
		h.beside(w.comps[w.find(row[k].comp)])
	}
}

// row looks at the gaps of a row of which the sweep has connected the changed runs.
func (s *holeSweep) row(w *sweep, runs []changedRun) error {
	s.cur = s.cur[:0]
	line := join(runs)
	fg := 0 // index into w.cur of the next changed run
	for i := range runs {
		r := &runs[i]
		if !r.gap {
			fg++
			continue
		}
		h := &hole{sums: sums{vector: make([]int64, len(r.vector))}, seen: r.Y, loose: w.seams.at(r.Y)}
		h.sums.add(&r.sums)
		h.runs = append(h.runs, r.Run)
		// In its own row a gap of a hole has changed runs on both sides.
		if i == 0 || runs[i-1].gap || runs[i-1].X1 != r.X0 || i+1 == len(runs) || runs[i+1].gap || runs[i+1].X0 != r.X1 {
			h.open = true
		} else {
			h.beside(w.comps[w.find(w.cur[fg-1].comp)])
			h.beside(w.comps[w.find(w.cur[fg].comp)])
		}
		if !w.seams.under(r.Y) && !covers(s.above, r.X0-1, r.X1+1) {
			h.open = true
		}
		h.besideAll(w, w.prev, r.Run)
		first := sort.Search(len(s.prev), func(k int) bool { return s.prev[k].X1 >= r.X0 })
		for k := first; k < len(s.prev) && s.prev[k].X0 <= r.X1; k++ {
			h = s.prev[k].hole.root().merge(h)
		}
		s.cur = append(s.cur, openGap{r.Run, h})
	}
	for k := range s.prev {
		p := &s.prev[k]
		h := p.hole.root()
		if !covers(line, p.X0-1, p.X1+1) {
			h.open = true
		}
		h.besideAll(w, w.cur, p.Run)
	}
	for k := range s.prev {
		if h := s.prev[k].hole.root(); len(runs) == 0 || h.seen < runs[0].Y {
			if err := h.close(s.limit, &w.seams); err != nil {
				return err
			}
		}
	}
	s.prev, s.cur = s.cur, s.prev
	s.above = append(s.above[:0], line...)
	return nil
}

// merge makes two sets one; o is newer.
func (h *hole) merge(o *hole) *hole {
	o = o.root()
	if h == o {
		return h
	}
	h.sums.add(&o.sums)
	h.runs = append(h.runs, o.runs...)
	h.open = h.open || o.open
	h.loose = h.loose || o.loose
	for _, c := range o.rim {
		h.beside(c)
	}
	h.seen = max(h.seen, o.seen)
	o.merged, o.runs, o.rim = h, nil, nil
	return h
}

// close gives a set that no further row reaches to its region, when it is a hole and small enough. One that lies against a seam may become
// a hole when the parts are joined.
func (h *hole) close(limit int64, s *seams) error {
	if h.open || h.pixels >= limit {
		return nil
	}
	h.open = true // once
	if h.loose {
		sortRuns(h.runs)
		return s.loose(Fragment{Gap: true, Runs: h.runs, Sums: h.sums.export()})
	}
	around := h.rim[0].root()
	for _, c := range h.rim {
		if r := c.root(); r != around || r.gone {
			return nil
		}
	}
	around.addFill(h.runs, &h.sums)
	return nil
}

// join joins runs that touch.
func join(runs []changedRun) []raster.Run {
	var line []raster.Run
	for _, r := range runs {
		if n := len(line); n > 0 && line[n-1].X1 == r.X0 {
			line[n-1].X1 = r.X1
			continue
		}
		line = append(line, r.Run)
	}
	return line
}

// covers reports whether columns [x0, x1) lie in one run of a row's joined runs.
func covers(line []raster.Run, x0, x1 int32) bool {
	k := sort.Search(len(line), func(k int) bool { return line[k].X1 > x0 })
	return k < len(line) && line[k].X0 <= x0 && x1 <= line[k].X1
}
