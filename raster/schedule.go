package raster

import (
	"context"
	"sync"
)

// schedule hands out the work of one Stream: the tiles in order, and every unit that a tile needs to one of the workers whose tiles need it,
// so that what a worker has decoded is still in its processor's caches when it looks at it. A worker waits only for units that another
// one is decoding: there is no deadlock, and what is alive at once is bounded by the order of the tiles.
type schedule struct {
	pair  *Pair
	tiles []Window
	halo  int
	limit int // tiles that may be done but not yet taken by the sink
	lat   [2]lattice
	users [2]userList
	have  *Decoded // units that are there already; nil for none
	keep  *Decoded // where units go that have room there; nil for nowhere

	mu       sync.Mutex
	cond     sync.Cond
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
	claimed bool          // a worker decodes it
	kept    bool          // it goes to keep
	ready   chan struct{} // closed when block is there
	busy    int           // tiles at work on it
	next    int           // position in users of the first tile not finished
}

// userList lists, for each unit, the tiles that need it in ascending order: tiles[start[u]:start[u+1]].
type userList struct {
	start []int32
	tiles []int32
}

func newSchedule(p *Pair, o StreamOptions, workers int) *schedule {
	tiles, halo := o.Windows, o.Halo
	s := &schedule{
		pair: p, tiles: tiles, halo: halo, limit: 4 * workers, have: o.Have, keep: o.keep,
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

// next issues the next tile; it reports false when none is left or ctx is done. It blocks while the sink is too far behind.
func (s *schedule) next(ctx context.Context) (tile int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ctx.Err() == nil && s.issued < len(s.tiles) {
		if s.issued-s.sunk >= s.limit {
			s.cond.Wait()
			continue
		}
		tile = s.issued
		s.issued++
		w := s.tiles[tile].Grow(s.halo)
		for pass := range s.lat {
			s.lat[pass].each(w, func(i int) {
				u := s.live[pass][i]
				if u == nil {
					u = &unit{ready: make(chan struct{}), next: int(s.users[pass].start[i])}
					if u.block = s.have.take(pass, s.stored(pass, s.lat[pass].unit(i))); u.block != nil {
						u.claimed = true
						close(u.ready)
					}
					s.live[pass][i] = u
				}
				u.busy++
			})
		}
		return tile, true
	}
	return 0, false
}

// claim gives the caller a unit of a tile to decode; it reports false when all of them are decoded or being decoded.
func (s *schedule) claim(tile int) (pass, i int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.eachUnit(tile, func(p, k int, u *unit) {
		if !ok && !u.claimed {
			u.claimed = true
			pass, i, ok = p, k, true
		}
	})
	return pass, i, ok
}

// stored is a window of the frame in a pass's own coordinates.
func (s *schedule) stored(pass int, w Window) Window {
	if pass == 1 {
		return w.Shift(-s.pair.DX, -s.pair.DY)
	}
	return w
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
			if u.kept {
				s.keep.put(pass, u.block)
			} else {
				s.recycle(pass, u)
			}
			delete(s.live[pass], i)
			return
		}
		if u.busy == 0 && !u.trimmed && !u.kept {
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
