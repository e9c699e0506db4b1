package raster

import (
	"context"
	"sync"
)

// schedule hands out the work of one Stream: decode every unit once, in the order in which tiles need them, and do every tile when
// its units are there. Jobs are pulled in one fixed order in which each tile comes after its units, so a worker that waits for a unit
// waits for a job already running: there is no deadlock, and what is alive at once is bounded by that order.
type schedule struct {
	pair  *Pair
	tiles []Window
	halo  int
	ahead int // tiles whose units are decoded before the oldest tile is done
	limit int // tiles that may be done but not yet taken by the sink
	lat   [2]lattice
	users [2]userList

	mu       sync.Mutex
	cond     sync.Cond
	decodes  []job
	prepared int // tiles whose units are live or queued
	issued   int
	sunk     int
	finished []bool
	live     [2]map[int]*unit
	free     [2][2][]*Block // by pass; whole units and trimmed ones
}

// unit is a decoded (or soon decoded) piece of one pass.
type unit struct {
	block   *Block
	trimmed bool
	ready   chan struct{} // closed when block is there
	busy    int           // tiles at work on it
	next    int           // position in users of the first tile not finished
}

type job struct {
	tile int // −1: decode unit of pass
	pass int
	unit int
}

// userList lists, for each unit, the tiles that need it in ascending order: tiles[start[u]:start[u+1]].
type userList struct {
	start []int32
	tiles []int32
}

func newSchedule(p *Pair, tiles []Window, halo, workers int) *schedule {
	s := &schedule{
		pair: p, tiles: tiles, halo: halo, ahead: 1, limit: 4 * workers,
		finished: make([]bool, len(tiles)),
	}
	s.cond.L = &s.mu
	s.lat[0] = newLattice(p.Before.Info(), 0, 0, p.Window)
	s.lat[1] = newLattice(p.After.Info(), p.DX, p.DY, p.Window)
	for pass, l := range s.lat {
		s.live[pass] = map[int]*unit{}
		s.users[pass] = listUsers(l, tiles, halo)
	}
	return s
}

func listUsers(l lattice, tiles []Window, halo int) userList {
	u := userList{start: make([]int32, l.nx*l.ny+1)}
	for _, t := range tiles {
		l.each(t.Grow(halo), func(i int) { u.start[i+1]++ })
	}
	for i := range l.nx * l.ny {
		u.start[i+1] += u.start[i]
	}
	u.tiles = make([]int32, u.start[l.nx*l.ny])
	at := append([]int32(nil), u.start...)
	for k, t := range tiles {
		l.each(t.Grow(halo), func(i int) { u.tiles[at[i]] = int32(k); at[i]++ })
	}
	return u
}

// next returns the next job, or false when none is left or ctx is done. It blocks while the sink is too far behind.
func (s *schedule) next(ctx context.Context) (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ctx.Err() == nil {
		for len(s.decodes) == 0 && s.prepared < len(s.tiles) && s.prepared-s.issued <= s.ahead {
			s.prepare()
		}
		switch {
		case len(s.decodes) > 0:
			j := s.decodes[0]
			s.decodes = s.decodes[1:]
			return j, true
		case s.issued == len(s.tiles):
			return job{}, false
		case s.issued-s.sunk < s.limit:
			j := job{tile: s.issued}
			s.issued++
			s.eachUnit(j.tile, func(_ int, _ int, u *unit) { u.busy++ })
			return j, true
		}
		s.cond.Wait()
	}
	return job{}, false
}

// prepare queues the units that the next tile needs and nobody has asked for yet.
func (s *schedule) prepare() {
	w := s.tiles[s.prepared].Grow(s.halo)
	s.prepared++
	for pass := range s.lat {
		s.lat[pass].each(w, func(i int) {
			if s.live[pass][i] == nil {
				s.live[pass][i] = &unit{ready: make(chan struct{}), next: int(s.users[pass].start[i])}
				s.decodes = append(s.decodes, job{tile: -1, pass: pass, unit: i})
			}
		})
	}
}

// needed is the part of a unit that tiles use: all of it in a stream over a whole scene, a few columns of a strip under a chip.
func (s *schedule) needed(pass, i int) Window {
	var all Window
	users := &s.users[pass]
	for _, t := range users.tiles[users.start[i]:users.start[i+1]] {
		all = all.Union(s.tiles[t].Grow(s.halo))
	}
	return s.lat[pass].unit(i).Intersect(all)
}

func (s *schedule) eachUnit(tile int, f func(pass, i int, u *unit)) {
	w := s.tiles[tile].Grow(s.halo)
	for pass := range s.lat {
		s.lat[pass].each(w, func(i int) { f(pass, i, s.live[pass][i]) })
	}
}

// storage is a block to decode into.
func (s *schedule) storage(pass int, trimmed bool) *Block {
	f := &s.free[pass][kind(trimmed)]
	if n := len(*f); n > 0 {
		b := (*f)[n-1]
		*f = (*f)[:n-1]
		return b
	}
	return new(Block)
}

func (s *schedule) recycle(pass int, u *unit) {
	f := &s.free[pass][kind(u.trimmed)]
	*f = append(*f, u.block)
	u.block = nil
}

func kind(trimmed bool) int {
	if trimmed {
		return 1
	}
	return 0
}

// done tells that a tile has been worked on: units that nobody needs any more are freed, and those of which only the last rows will be
// needed, by the tiles of the next row, shrink to these rows.
func (s *schedule) done(tile int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished[tile] = true
	s.eachUnit(tile, func(pass, i int, u *unit) {
		u.busy--
		users, end := &s.users[pass], int(s.users[pass].start[i+1])
		for u.next < end && s.finished[users.tiles[u.next]] {
			u.next++
		}
		if u.next == end {
			s.recycle(pass, u)
			delete(s.live[pass], i)
			return
		}
		if u.busy == 0 && !u.trimmed {
			s.trim(pass, u, s.tiles[users.tiles[u.next]].Y-s.halo)
		}
	})
}

// trim drops the rows of a unit above row top of the frame when that frees more than half of it.
func (s *schedule) trim(pass int, u *unit, top int) {
	w := u.block.Window
	if pass == 1 {
		top -= s.pair.DY
	}
	if 2*(top-w.Y) <= w.H {
		return
	}
	small := s.storage(pass, true)
	small.Shape(Window{X: w.X, Y: top, W: w.W, H: w.MaxY() - top}, u.block.Bands, s.info(pass).Type)
	copyBlock(small, u.block)
	s.recycle(pass, u)
	u.block, u.trimmed = small, true
}

func (s *schedule) info(pass int) Info {
	if pass == 0 {
		return s.pair.Before.Info()
	}
	return s.pair.After.Info()
}

// sink tells that the sink has taken one more tile.
func (s *schedule) sink() {
	s.mu.Lock()
	s.sunk++
	s.mu.Unlock()
	s.cond.Broadcast()
}
