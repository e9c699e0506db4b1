package track

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
)

// schema makes the tables of an empty store.
//
//go:embed schema.sql
var schema string

// style is how QGIS shows positions.
//
//go:embed positions.qml
var style string

// storeSchema marks a GeoPackage as a store. It stands as the description of the layer of positions.
const storeSchema = "passdiff-track/2"

// session is a store that is open. It belongs to one goroutine.
type session struct {
	*sql.Conn
	db   *sql.DB
	path string
}

// readWait is how long reading waits for another process that is about to end its transaction.
const readWait = 10 * time.Second

// open opens the database at path; mode is SQLite's: ro or rw. It waits for a process that is about to end its transaction.
func open(ctx context.Context, path, mode string, wait time.Duration) (*session, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	s := &session{path: path}
	var within time.Duration // what SQLite waits by itself, where nobody asks again
	if mode == "ro" {
		within = wait
	}
	s.db, err = sql.Open("sqlite3", fmt.Sprintf("file:%s?mode=%s&_busy_timeout=%d", (&url.URL{Path: full}).EscapedPath(), mode, within.Milliseconds()))
	if err != nil {
		return nil, err
	}
	if err := s.patiently(ctx, wait, func() (err error) {
		s.Conn, err = s.db.Conn(ctx)
		return err
	}); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

func (s *session) close() error { return errors.Join(s.Conn.Close(), s.db.Close()) }

// checkEvery is how often a store that another process writes is asked for again.
const checkEvery = 50 * time.Millisecond

// patiently does something, and again for as long as wait while another process keeps the store.
func (s *session) patiently(ctx context.Context, wait time.Duration, do func() error) error {
	for begun := time.Now(); ; {
		err := do()
		if !busy(err) {
			return s.reason(err)
		}
		if time.Since(begun) >= wait {
			return exit.Errorf(exit.Output, "%s: is in use by another program, and was for %v; try again when that is done", s.path, wait)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(checkEvery):
		}
	}
}

// exec runs statements, patiently.
func (s *session) exec(ctx context.Context, wait time.Duration, statements string) error {
	return s.patiently(ctx, wait, func() error {
		_, err := s.ExecContext(ctx, statements)
		return err
	})
}

func busy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

// notDatabase reports that a file is none of SQLite.
func notDatabase(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrNotADB
}

// reason gives errors of the database a code and the way out.
func (s *session) reason(err error) error {
	var e sqlite3.Error
	switch {
	case err == nil || !errors.As(err, &e):
		return err
	case e.Code == sqlite3.ErrInterrupt:
		return context.Canceled
	case notDatabase(err), e.Code == sqlite3.ErrCorrupt:
		return exit.Errorf(exit.Input, "%s: is not a store of detect track, or is damaged: %w; name a new file, and feed it again", s.path, err)
	case e.Code == sqlite3.ErrError, e.Code == sqlite3.ErrMismatch, e.Code == sqlite3.ErrConstraint: // a table, a column, or a value is missing
		return s.damaged(err)
	}
	return exit.Errorf(exit.Output, "%s: %w", s.path, err)
}

// damaged refuses a store that holds what was not written by detect.
func (s *session) damaged(err error) error {
	return exit.Errorf(exit.Input, "%s: is damaged: %w; name a new file, and feed it the outputs and verdicts again", s.path, err)
}

// read gives errors of reading a row a code and the way out.
func (s *session) read(err error) error {
	var e sqlite3.Error
	if err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return s.reason(err)
	}
	return s.damaged(err)
}

// check refuses what is not a store.
func (s *session) check(ctx context.Context) error {
	var mark string
	err := s.QueryRowContext(ctx, `SELECT description FROM gpkg_contents WHERE table_name = 'positions'`).Scan(&mark)
	var e sqlite3.Error
	switch {
	case errors.Is(err, sql.ErrNoRows), errors.As(err, &e) && e.Code == sqlite3.ErrError: // no such table
		return exit.Errorf(exit.Input, "%s: is not a store of detect track; name a new file, which it makes, or one that it made", s.path)
	case err != nil:
		return s.reason(err)
	case mark != storeSchema:
		return exit.Errorf(exit.Input, "%s: is a store of the schema %q, and this detect reads %q; feed a new one", s.path, mark, storeSchema)
	}
	return nil
}

// create makes the tables.
func (s *session) create(ctx context.Context) error {
	if _, err := s.ExecContext(ctx, schema); err != nil {
		return s.reason(err)
	}
	_, err := s.ExecContext(ctx, `INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD,
		useAsDefault, description, owner) VALUES ('', '', 'positions', 'geom', 'status', ?, '', 1, 'candidates by status', '')`, style)
	return s.reason(err)
}

// clock is how times stand in a store: as GeoPackage wants them, to the millisecond.
const clock = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(clock) }

func stampOrNull(t geo.Opt[time.Time]) any {
	if !t.Known {
		return nil
	}
	return stamp(t.Value)
}

// stamped reads a time of a store. The column must be CAST AS TEXT, for the driver makes the year 1 of what is no time.
type stamped struct{ time.Time }

// Scan implements sql.Scanner.
func (t *stamped) Scan(v any) (err error) {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("%v is no time", v)
	}
	if t.Time, err = time.Parse(time.RFC3339Nano, text); err != nil {
		return fmt.Errorf("%q is no time", text)
	}
	t.Time = t.UTC()
	return nil
}

// stampedOrNot reads a time that may not be known.
type stampedOrNot struct{ geo.Opt[time.Time] }

// Scan implements sql.Scanner.
func (t *stampedOrNot) Scan(v any) error {
	if v == nil {
		t.Opt = geo.Opt[time.Time]{}
		return nil
	}
	var known stamped
	err := known.Scan(v)
	t.Opt = geo.Some(known.Time)
	return err
}
