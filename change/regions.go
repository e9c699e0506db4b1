package change

import (
	"cmp"
	"slices"

	"passdiff/raster"
)

// sweep connects changed runs into 4-connected regions, row by row, and lets each region go when a row has passed that does not touch
// it. It holds the runs of open regions and nothing else. It belongs to one goroutine.
type sweep struct {
	bands int
	// closed receives each region once, in the order of last row, then leftmost run on that row.
	closed func(*component) error
	seams  seams

	prev, cur []openRun
	holes     holeSweep
	comps     []*component // open ones, indexed by openRun.comp
	free      []int32
}

// openRun is a run of the row at work and the component it belongs to.
type openRun struct {
	x0, x1 int32
	comp   int32
}

// component is a set of connected runs on its way to a region.
type component struct {
	sums
	runs        []raster.Run
	parent      int32 // itself when it is a root
	first, last int32 // rows

	merged *component // the one it became part of; nil for a root
	gone   bool       // closed
	loose  bool       // it lies against a seam
	fill   []raster.Run
	filled sums // of fill
}

// row adds the runs of row y, ascending and apart except where a gap lies against a changed run. Rows come in ascending order, empty ones
// too.
func (s *sweep) row(y int32, runs []changedRun) error {
	s.cur = s.cur[:0]
	k := 0
	for i := range runs {
		r := &runs[i]
		if r.gap {
			continue
		}
		comp := int32(-1)
		for k < len(s.prev) && s.prev[k].x1 <= r.X0 {
			k++
		}
		for j := k; j < len(s.prev) && s.prev[j].x0 < r.X1; j++ {
			root := s.find(s.prev[j].comp)
			if comp < 0 {
				comp = root
			} else {
				comp = s.union(comp, root)
			}
		}
		if comp < 0 {
			comp = s.open(y)
		}
		c := s.comps[comp]
		c.sums.add(&r.sums)
		c.runs = append(c.runs, r.Run)
		c.last = y
		c.loose = c.loose || s.seams.at(y)
		s.cur = append(s.cur, openRun{r.X0, r.X1, comp})
	}
	if s.holes.limit > 0 {
		if err := s.holes.row(s, runs); err != nil {
			return err
		}
	}
	if err := s.close(y); err != nil {
		return err
	}
	s.prev, s.cur = s.cur, s.prev
	return nil
}

// close lets the components of the previous row go that row y did not reach, and frees those merged into others.
func (s *sweep) close(y int32) error {
	for i := range s.cur {
		s.cur[i].comp = s.find(s.cur[i].comp)
	}
	for _, p := range s.prev {
		c := s.comps[p.comp]
		if c == nil {
			continue // already gone with an earlier run
		}
		if c.parent != p.comp {
			s.release(p.comp)
			continue
		}
		if c.last == y {
			continue
		}
		if err := s.end(c); err != nil {
			return err
		}
		s.release(p.comp)
	}
	return nil
}

// end lets a component go.
func (s *sweep) end(c *component) error {
	sortRuns(c.runs)
	c.gone = true
	if c.loose {
		return s.seams.loose(c.fragment())
	}
	return s.closed(c)
}

// sortRuns sorts by row, then column.
func sortRuns(runs []raster.Run) {
	slices.SortFunc(runs, compareRuns)
}

func compareRuns(a, b raster.Run) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X0, b.X0)) }

// lowest is the first row of any open component, or none when there is none: rows above it are final.
func (s *sweep) lowest(none int32) int32 {
	low := none
	for _, p := range s.prev {
		low = min(low, s.comps[p.comp].first)
	}
	return low
}

func (s *sweep) open(y int32) int32 {
	var id int32
	if n := len(s.free); n > 0 {
		id, s.free = s.free[n-1], s.free[:n-1]
	} else {
		id = int32(len(s.comps))
		s.comps = append(s.comps, nil)
	}
	s.comps[id] = &component{sums: sums{vector: make([]int64, parts*s.bands)}, parent: id, first: y, last: y}
	return id
}

func (s *sweep) release(id int32) {
	s.comps[id] = nil
	s.free = append(s.free, id)
}

// find is the root of a component. It halves the path as it goes.
func (s *sweep) find(id int32) int32 {
	for {
		c := s.comps[id]
		if c.parent == id {
			return id
		}
		c.parent = s.comps[c.parent].parent
		id = c.parent
	}
}

// union merges two roots, the one with fewer runs into the other, and returns the root that stays.
func (s *sweep) union(a, b int32) int32 {
	if a == b {
		return a
	}
	if len(s.comps[a].runs) < len(s.comps[b].runs) {
		a, b = b, a
	}
	into, from := s.comps[a], s.comps[b]
	into.sums.add(&from.sums)
	into.runs = append(into.runs, from.runs...)
	into.first = min(into.first, from.first)
	into.last = max(into.last, from.last)
	into.loose = into.loose || from.loose
	if from.fill != nil {
		into.addFill(from.fill, &from.filled)
	}
	from.runs, from.fill = nil, nil
	from.parent, from.merged = a, into
	return a
}
