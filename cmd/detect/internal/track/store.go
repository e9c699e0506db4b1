package track

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
)

// Store is a GeoPackage of positions at a path. Several processes may use it: each waits for the other.
type Store struct {
	Path string
	// Wait is how long another process that writes the store is waited for.
	Wait time.Duration
}

// Feed is an output of detect run on its way into a store.
type Feed struct {
	Name string // for messages
	Pass
	Features []*geo.Feature
}

// Update is what is done to a store, all of it or nothing.
type Update struct {
	// Feeds are the outputs to take in; nil for none. They may be asked for twice.
	Feeds iter.Seq2[*Feed, error]
	// Verdicts are added, those of VerdictFile, which is for messages.
	Verdicts    []*Verdict
	VerdictFile string
	// Replace lets outputs take the place of others of the same pair.
	Replace bool
	// Publish gives every position its lasting id.
	Publish bool
	// Select chooses positions whose detections are wanted; nil for none.
	Select func(*Position) bool
}

// State is what a store holds after an update.
type State struct {
	Positions []*Position // in the order in which they were founded
	// Features are the detections of best precision of those that were selected, in the same order.
	Features []*geo.Feature
	// Fed outputs were new, of which Replaced took the place of others; Repeated were there already.
	Fed, Replaced, Repeated int
	// Warnings say which of the new outputs were made otherwise than the most in the store.
	Warnings []string
	// Changed says that the store is not as it was.
	Changed bool
}

// Count is the number of positions of a state that are not suppressed.
func (s *State) Count(of Status) (n int) {
	for _, p := range s.Positions {
		if p.Status == of && !p.Suppressed {
			n++
		}
	}
	return n
}

// Suppressed is the number of positions that verdicts suppress, and of their detections.
func (s *State) Suppressed() (positions, detections int) {
	for _, p := range s.Positions {
		if p.Suppressed {
			positions++
			detections += len(p.sightings)
		}
	}
	return positions, detections
}

// Update changes the store in one transaction: whatever ends it leaves the old or the new state. A store that is not there is made when there is
// something to feed, and appears whole. Errors carry exit codes.
func (s Store) Update(ctx context.Context, u Update) (*State, error) {
	_, err := os.Stat(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if u.Feeds == nil {
			return nil, exit.Errorf(exit.Input, "%s: no such file; feed it an output of detect run: detect track %s OUT.geojson", s.Path, s.Path)
		}
		st, err := s.make(ctx, u)
		if !errors.Is(err, fs.ErrExist) {
			return st, err
		}
	}
	db, err := open(ctx, s.Path, "rw", s.Wait)
	if err != nil {
		return nil, err
	}
	st, err := s.update(ctx, db, u)
	return st, errors.Join(err, db.close())
}

// make makes the store under a temporary name and gives it its own at the end. The error is fs.ErrExist when another process was faster.
func (s Store) make(ctx context.Context, u Update) (*State, error) {
	dir, name := filepath.Split(s.Path)
	temp := filepath.Join(dir, fmt.Sprintf(".%s.part-%016x", name, rand.Uint64()))
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, exit.Errorf(exit.Output, "%s: cannot be written: %w", s.Path, exit.Cause(err))
	}
	defer os.Remove(temp)
	if err := f.Close(); err != nil {
		return nil, exit.Errorf(exit.Output, "%s: cannot be written: %w", s.Path, exit.Cause(err))
	}
	db, err := open(ctx, temp, "rw", s.Wait)
	if err != nil {
		return nil, err
	}
	db.path = s.Path
	st, err := s.update(ctx, db, u)
	if err := errors.Join(err, db.close()); err != nil {
		return nil, err
	}
	err = os.Link(temp, s.Path) // unlike a rename it replaces nothing
	if errors.Is(err, fs.ErrExist) {
		return nil, fs.ErrExist
	}
	if err != nil { // not every file system has links
		err = os.Rename(temp, s.Path)
	}
	if err != nil {
		return nil, exit.Errorf(exit.Output, "%s: cannot be written: %w", s.Path, exit.Cause(err))
	}
	return st, nil
}

func (s Store) update(ctx context.Context, db *session, u Update) (*State, error) {
	if err := db.exec(ctx, s.Wait, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	st, err := db.apply(ctx, u)
	if err == nil {
		err = ctx.Err()
	}
	end := "ROLLBACK"
	if err == nil && st.Changed {
		end = "COMMIT"
	}
	if ended := db.exec(context.WithoutCancel(ctx), s.Wait, end); ended != nil && err == nil {
		err = ended
	}
	return st, err
}

// apply makes the changes within a transaction.
func (s *session) apply(ctx context.Context, u Update) (*State, error) {
	st := &State{}
	var tables int
	if err := s.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return nil, s.reason(err)
	}
	if tables == 0 {
		st.Changed = true
		if err := s.create(ctx); err != nil {
			return nil, err
		}
	} else if err := s.check(ctx); err != nil {
		return nil, err
	}
	if u.Feeds != nil {
		if err := s.feedAll(ctx, u, st); err != nil {
			return nil, err
		}
	}
	return st, s.rebuild(ctx, u, st)
}

// feedAll takes in the outputs of an update.
func (s *session) feedAll(ctx context.Context, u Update, st *State) error {
	fresh := map[string]string{} // names by key
	for f, err := range u.Feeds {
		if err != nil {
			return err
		}
		done, err := s.feed(ctx, f, u.Replace, fresh)
		switch {
		case err != nil:
			return err
		case done == repeated:
			st.Repeated++
			continue
		case done == replaced:
			st.Replaced++
		}
		st.Fed++
		fresh[f.Key] = f.Name
	}
	st.Changed = st.Changed || st.Fed > 0
	var err error
	st.Warnings, err = s.mixed(ctx, fresh)
	return err
}

// takeVerdicts adds the verdicts of an update, and returns all that the store holds.
func (s *session) takeVerdicts(ctx context.Context, u Update, st *State, aliases []Alias, of map[string]*Position) ([]*Verdict, error) {
	stored, err := s.verdicts(ctx)
	if err != nil || len(u.Verdicts) == 0 {
		return stored, err
	}
	if unknown := resolve(u.Verdicts, stored, aliases, of); len(unknown) > 0 {
		return nil, exit.Errorf(exit.Input, "%s: the store has no position or detection of the id %s; ids are those of an export, or det_id", u.VerdictFile, strings.Join(unknown, ", "))
	}
	for _, v := range lastRows(u.Verdicts) {
		changed, err := s.addVerdict(ctx, v)
		if err != nil {
			return nil, err
		}
		st.Changed = st.Changed || changed
	}
	return s.verdicts(ctx)
}

// rebuild makes the positions anew from all that the store holds.
func (s *session) rebuild(ctx context.Context, u Update, st *State) error {
	passes, err := s.passes(ctx)
	if err != nil {
		return err
	}
	var b builder
	for _, p := range passes {
		if p.Observed, err = s.observed(ctx, p); err != nil {
			return err
		}
		sightings, err := s.sightings(ctx, p)
		if err != nil {
			return err
		}
		if err := b.add(p, sightings); err != nil {
			return exit.With(exit.Input, err)
		}
		p.Observed = nil
	}
	b.settle()
	st.Positions = b.positions
	stored, err := s.aliases(ctx)
	if err != nil {
		return err
	}
	of := holders(st.Positions)
	verdicts, err := s.takeVerdicts(ctx, u, st, stored, of)
	if err != nil {
		return err
	}
	aliases := name(st.Positions, keep(stored, verdicts), u.Publish)
	count := func(all []Alias) (n int) {
		for _, a := range all {
			if a.Published {
				n++
			}
		}
		return n
	}
	st.Changed = st.Changed || count(aliases) != count(stored) // none is ever taken back
	judge(st.Positions, of, verdicts)
	if st.Changed {
		if err := s.write(ctx, st.Positions, aliases); err != nil {
			return err
		}
	}
	if u.Select == nil {
		return nil
	}
	for _, p := range st.Positions {
		if !u.Select(p) {
			continue
		}
		f, err := s.feature(ctx, p.Best)
		if err != nil {
			return err
		}
		st.Features = append(st.Features, p.feature(f))
	}
	return nil
}

// feature makes the feature of a position from its best detection.
func (p *Position) feature(f *geo.Feature) *geo.Feature {
	f.ID = p.ID
	f.Status, f.ReviewState = string(p.Status), p.Verdict.Word()
	f.FirstSeen, f.LastSeen = geo.Some(p.FirstSeen), geo.Some(p.LastSeen)
	f.NLooked, f.NSeen = geo.Some(p.Looked), geo.Some(p.Seen)
	return f
}
