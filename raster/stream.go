package raster

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"passdiff/raster/internal/kernel"
)

// TilePair is the same window of both passes, in the frame, as a worker gets it. It belongs to the worker until its function returns;
// what Keep gives is the caller's.
type TilePair struct {
	// Index counts the windows of the stream.
	Index int
	// Out is the window asked for; the tiles cover it and halo pixels more on each side, also beyond the scene.
	Out           Window
	Before, After Tile
	// Valid is 255 where both passes are measured, laid out like the tiles' masks; nil when all pixels of the tiles are.
	Valid []uint8
	// Why gives the reason for pixels that are not measured in one pass or both, the first of Missing, NoData and CloudMask; laid out like
	// Valid, nil when it is NoData throughout.
	Why []uint8

	valid, why []uint8
}

// StreamOptions says how to cut and share the work.
type StreamOptions struct {
	// Windows are what to deliver, in row-major order of their corners; parts outside the pair's window arrive as not valid.
	Windows []Window
	// Halo is how many pixels around each window come along.
	Halo int
	// Workers is the number of goroutines that decode and work; below 1 counts as 1.
	Workers int
	// Have are blocks of the pair that are decoded already; nil for none.
	Have *Decoded

	keep *Decoded // where blocks go that the windows are done with, as far as there is room; nil for nowhere
}

// Stream delivers windows of a pair, decoding every block of either file at most once. Each worker goroutine calls newWorker once and
// then its function for each of its tiles; sink receives the results in the order of the windows, on one goroutine. The first error
// stops everything. Memory: the blocks between the oldest tile at work and the newest decoded one, of finished rows only their last
// halo rows.
func Stream[R any](ctx context.Context, p *Pair, o StreamOptions, newWorker func() func(*TilePair) (R, error), sink func(i int, r R) error) error {
	workers := max(1, o.Workers)
	s := newSchedule(p, o, workers)
	g, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.cond.Broadcast()
	})()
	type result struct {
		i int
		r R
	}
	results := make(chan result, workers)
	var active atomic.Int32
	active.Store(int32(workers))
	for range workers {
		g.Go(func() (err error) {
			defer func() {
				if active.Add(-1) == 0 {
					close(results)
				}
			}()
			w := streamWorker{schedule: s}
			defer func() { err = errors.Join(err, w.close()) }()
			work := newWorker()
			for {
				tile, ok := s.next(ctx)
				if !ok {
					return ctx.Err()
				}
				if err := w.decode(ctx, tile); err != nil {
					return err
				}
				if err := w.assemble(ctx, tile); err != nil {
					return err
				}
				r, err := work(&w.tile)
				if err != nil {
					return err
				}
				s.done(tile)
				select {
				case results <- result{tile, r}:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		})
	}
	g.Go(func() error {
		early := map[int]R{}
		next := 0
		for {
			select {
			case r, ok := <-results:
				if !ok {
					return nil
				}
				early[r.i] = r.r
			case <-ctx.Done():
				return ctx.Err()
			}
			for {
				r, ok := early[next]
				if !ok {
					break
				}
				delete(early, next)
				if err := sink(next, r); err != nil {
					return err
				}
				next++
				s.sink()
			}
		}
	})
	return g.Wait()
}

// streamWorker is what one goroutine of a Stream owns.
type streamWorker struct {
	*schedule
	readers [2]Reader
	units   [2][]*unit // of the tile
	tile    TilePair
}

func (w *streamWorker) close() error {
	var errs []error
	for _, r := range w.readers {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	return errors.Join(errs...)
}

// decode reads the units of a tile that nobody else reads.
func (w *streamWorker) decode(ctx context.Context, tile int) error {
	for {
		pass, i, ok := w.claim(tile)
		if !ok {
			return nil
		}
		if err := w.decodeUnit(ctx, pass, i); err != nil {
			return err
		}
	}
}

// decodeUnit reads one unit and makes it known.
func (w *streamWorker) decodeUnit(ctx context.Context, pass, i int) error {
	src := w.pair.Before
	if pass == 1 {
		src = w.pair.After
	}
	if w.readers[pass] == nil {
		r, err := src.Reader()
		if err != nil {
			return err
		}
		w.readers[pass] = r
	}
	info := src.Info()
	win, all := w.needed(pass, i), w.lat[pass].unit(i)
	kept := w.keep.reserve(win, all, info)
	if kept {
		win = all
	}
	win = w.stored(pass, win)
	w.mu.Lock()
	b := w.storage(pass, false)
	u := w.live[pass][i]
	u.kept = kept
	w.mu.Unlock()
	b.Shape(win, info.Bands, info.Type)
	if err := w.readers[pass].Read(ctx, win, b); err != nil {
		return err
	}
	u.block = b
	close(u.ready)
	return nil
}

// assemble waits for a tile's units and lays them out.
func (w *streamWorker) assemble(ctx context.Context, tile int) error {
	t := &w.tile
	t.Index, t.Out = tile, w.tiles[tile]
	in := t.Out.Grow(w.halo)
	units := &w.units
	units[0], units[1] = units[0][:0], units[1][:0]
	w.mu.Lock()
	w.eachUnit(tile, func(pass, _ int, u *unit) { units[pass] = append(units[pass], u) })
	w.mu.Unlock()
	for pass, dst := range []*Tile{&t.Before, &t.After} {
		for _, u := range units[pass] {
			select {
			case <-u.ready:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		dx, dy := 0, 0
		if pass == 1 {
			dx, dy = w.pair.DX, w.pair.DY
		}
		dst.frame(in, w.info(pass).Bands)
		dst.stored, dst.offset = true, w.pair.Offset[pass]
		outside := !w.pair.Window.Contains(in)
		masked, reasons := outside, false
		for _, u := range units[pass] {
			masked = masked || u.block.Valid != nil
			reasons = reasons || u.block.Why != nil
		}
		if masked {
			fill(dst.maskStorage(), 0)
		}
		if reasons {
			dst.whyStorage()
		}
		for _, u := range units[pass] {
			dst.add(u.block, dx, dy)
		}
		if masked && !outside && dst.allValid() {
			dst.Valid, dst.Why = nil, nil
		}
	}
	t.join()
	t.explain()
	return nil
}

// Keep makes the pair the caller's own, with its values in Data, and leaves t empty.
func (t *TilePair) Keep() *TilePair {
	for _, pass := range []*Tile{&t.Before, &t.After} {
		if pass.stored {
			pass.convert()
		}
		pass.patches = nil
	}
	c := *t
	*t = TilePair{}
	return &c
}

// allValid reports whether the mask holds no 0 inside the window.
func (t *Tile) allValid() bool {
	for y := range t.Window.H {
		if bytes.IndexByte(t.Valid[y*t.Stride:][:t.Window.W], 0) >= 0 {
			return false
		}
	}
	return true
}

// join sets Valid from both tiles' masks.
func (t *TilePair) join() {
	b, a := t.Before.Valid, t.After.Valid
	switch {
	case b == nil && a == nil:
		t.Valid = nil
	case b == nil:
		t.Valid = a
	case a == nil:
		t.Valid = b
	default:
		if cap(t.valid) < len(b) {
			t.valid = make([]uint8, len(b))
		}
		t.Valid = t.valid[:len(b)]
		kernel.And(t.Valid, b, a)
	}
}

// explain sets Why from both tiles' reasons.
func (t *TilePair) explain() {
	t.Why = nil
	if t.Before.Why == nil && t.After.Why == nil {
		return
	}
	if cap(t.why) < len(t.Valid) {
		t.why = make([]uint8, len(t.Valid))
	}
	t.Why = t.why[:len(t.Valid)]
	for i, v := range t.Valid {
		if v == 0 {
			t.Why[i] = stronger(t.Before.reason(i), t.After.reason(i))
		}
	}
}

// measured stands for "no reason".
const measured = 255

// reason is why pixel i is not measured, or measured.
func (t *Tile) reason(i int) uint8 {
	switch {
	case t.Valid == nil || t.Valid[i] != 0:
		return measured
	case t.Why == nil:
		return NoData
	}
	return t.Why[i]
}

// stronger is the first of Missing, NoData and CloudMask among two reasons, at least one of which is one.
func stronger(a, b uint8) uint8 {
	for _, r := range [...]uint8{Missing, NoData, CloudMask} {
		if a == r || b == r {
			return r
		}
	}
	panic("raster: a pixel without reason")
}
