package change

import (
	"errors"
	"fmt"
	"slices"

	"passdiff/raster"
)

// Fragment is what one part of a window, cut by Options.Rows, holds of something that lies against the cut: of a region, or of a set of gaps
// that may be a hole. It is plain data, and all of it but the peak is whole numbers, so that a file keeps it exactly.
type Fragment struct {
	// Gap says that the pixels did not change.
	Gap bool `json:"gap,omitempty"`
	// Runs are its pixels, sorted by row and then column. Those of a region are 4-connected, those of gaps 8-connected.
	Runs []raster.Run `json:"runs"`
	// Sums are over all of its pixels.
	Sums Sums `json:"sums"`
	// Fill are holes of a region that lie in this part, and Filled the sums over them; nil for none.
	Fill   []raster.Run `json:"fill,omitempty"`
	Filled *Sums        `json:"filled,omitempty"`
}

// Sums are totals over pixels in fixed point, in steps that belong to a model.
type Sums struct {
	// Pixels are the fragment's own, Rim the measured, unchanged ones nearest to it, Unseen those as near that were not measured.
	Pixels int64 `json:"pixels"`
	Rim    int64 `json:"rim"`
	Unseen int64 `json:"unseen"`
	// Score and RimScore are sums of scores, Peak is the highest.
	Score    int64   `json:"score"`
	RimScore int64   `json:"rim_score"`
	Peak     float32 `json:"peak"`
	// Edges says in bits what it shares a side with: the border of the window, an unmeasured pixel, a pixel outside the area.
	Edges uint8 `json:"edges"`
	// Vector holds for each band the sums of standardised values before inside, after inside, before over the rim, after over the rim.
	Vector []int64 `json:"vector"`
}

func (s *sums) export() Sums {
	return Sums{s.pixels, s.rim, s.unseen, s.score, s.rimScore, s.peak, uint8(s.edges), slices.Clone(s.vector)}
}

func (s Sums) sums() sums {
	return sums{s.Pixels, s.Rim, s.Unseen, s.Score, s.RimScore, s.Peak, edge(s.Edges), slices.Clone(s.Vector)}
}

// fragment is what a component tells of itself.
func (c *component) fragment() Fragment {
	f := Fragment{Runs: c.runs, Sums: c.sums.export()}
	if c.fill != nil {
		sortRuns(c.fill)
		filled := c.filled.export()
		f.Fill, f.Filled = c.fill, &filled
	}
	return f
}

// seams are the cuts above and below a part of a window. The zero value has none.
type seams struct {
	above, below bool  // there is a cut
	first, last  int32 // the rows of the part
	loose        func(Fragment) error
}

func newSeams(window, rows raster.Window, loose func(Fragment) error) seams {
	return seams{rows.Y > window.Y, rows.MaxY() < window.MaxY(), int32(rows.Y), int32(rows.MaxY() - 1), loose}
}

// under reports whether a row lies under a cut.
func (s *seams) under(y int32) bool { return s.above && y == s.first }

// at reports whether a row lies against a cut.
func (s *seams) at(y int32) bool { return s.under(y) || s.below && y == s.last }

// cut ends a sweep after the row above a cut: all that is open lies against it.
func (s *sweep) cut() error {
	for k := range s.holes.prev {
		if err := s.holes.prev[k].hole.root().close(s.holes.limit, &s.seams); err != nil {
			return err
		}
	}
	for _, p := range s.prev {
		if c := s.comps[p.comp]; !c.gone {
			if err := s.end(c); err != nil {
				return err
			}
		}
	}
	s.prev, s.holes.prev = nil, nil
	return nil
}

// Join makes regions of the fragments of all parts of a pair's window, in any order, by the model and options that the parts were looked at
// with, and hands them to out.Region as Detect does: those that no cut had met are not among them. The summary counts only regions. An error
// says that the fragments are not those of such parts, or is that of Region.
func Join(window raster.Window, m *Model, o Options, fragments []Fragment, out Output) (Summary, error) {
	if err := o.Validate(); err != nil {
		return Summary{}, err
	}
	o = o.with(m)
	o.Rows = [2]int{}
	c := newCollector(window, nil, m, o, Output{Region: out.Region})
	c.summary = Summary{}
	line, err := looseRuns(window, parts*m.Bands, fragments)
	if err != nil {
		return Summary{}, err
	}
	var runs []changedRun
	for len(line) > 0 {
		runs = runs[:0]
		y := line[0].Y
		n := 0
		for ; n < len(line) && line[n].Y == y; n++ {
			runs = append(runs, line[n].changedRun)
		}
		if err := c.sweepTo(y, runs); err != nil {
			return Summary{}, err
		}
		for _, p := range line[:n] {
			if p.of != nil && p.of.Filled != nil {
				filled := p.of.Filled.sums()
				c.sweep.at(p.X0).addFill(slices.Clone(p.of.Fill), &filled)
			}
		}
		line = line[n:]
	}
	return c.finish()
}

// looseRun is a run of a fragment. The first carries its sums, and names it.
type looseRun struct {
	changedRun
	of *Fragment
}

// looseRuns are the runs of all fragments, sorted by row and then column. It refuses what no parts of a window can leave.
func looseRuns(window raster.Window, vector int, fragments []Fragment) ([]looseRun, error) {
	var line []looseRun
	for i := range fragments {
		f := &fragments[i]
		if f.Gap && f.Filled != nil || !within(window, f.Fill) {
			return nil, fmt.Errorf("fragment %d has holes that no part of the window leaves", i)
		}
		if len(f.Runs) == 0 || len(f.Sums.Vector) != vector || f.Filled != nil && len(f.Filled.Vector) != vector {
			return nil, fmt.Errorf("fragment %d is not of this model: it has %d runs and %d sums, and %d sums are kept", i, len(f.Runs), len(f.Sums.Vector), vector)
		}
		for k, r := range f.Runs {
			p := looseRun{changedRun: changedRun{Run: r, gap: f.Gap}}
			if k == 0 {
				p.sums, p.of = f.Sums.sums(), f
			} else {
				p.vector = make([]int64, vector)
			}
			if !within(window, f.Runs[k:k+1]) {
				return nil, fmt.Errorf("fragment %d has a run at row %d, columns %d to %d, which the window has not", i, r.Y, r.X0, r.X1)
			}
			line = append(line, p)
		}
	}
	slices.SortFunc(line, func(a, b looseRun) int { return compareRuns(a.Run, b.Run) })
	for k := 1; k < len(line); k++ {
		if a, b := &line[k-1], &line[k]; a.Y == b.Y && (a.X1 > b.X0 || a.X1 == b.X0 && a.gap == b.gap) {
			return nil, errors.New("fragments overlap: the parts do, or one is there twice")
		}
	}
	return line, nil
}

// within reports whether runs are sorted, apart and inside a window.
func within(window raster.Window, runs []raster.Run) bool {
	for i, r := range runs {
		if r.Len() <= 0 || !window.Contains(raster.Window{X: int(r.X0), Y: int(r.Y), W: r.Len(), H: 1}) || i > 0 && (r.Y < runs[i-1].Y || r.Y == runs[i-1].Y && r.X0 < runs[i-1].X1) {
			return false
		}
	}
	return true
}

// at is the open component that has a run beginning at column x of the row last swept.
func (s *sweep) at(x int32) *component {
	k, _ := slices.BinarySearchFunc(s.prev, x, func(r openRun, x int32) int { return int(r.x0) - int(x) })
	return s.comps[s.find(s.prev[k].comp)]
}
