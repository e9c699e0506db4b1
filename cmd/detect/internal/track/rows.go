package track

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
)

// Where the ground that a pass observed is known from.
const (
	fromCoverage  = "coverage"
	fromFootprint = "footprint"
)

// What became of a feed.
type fed int

const (
	repeated fed = iota // the store has it already
	added
	replaced // another output of the pair, or another coverage
)

// feed adds a pass and its detections, with replace in the place of another output of the same pair, but not of one in fresh: the names of those of
// the same call, by key.
func (s *session) feed(ctx context.Context, f *Feed, replace bool, fresh map[string]string) (done fed, err error) {
	from, digest := fromFootprint, f.Digest
	if f.Exact {
		from = fromCoverage
	}
	observed, err := blob(f.Observed)
	if err != nil {
		return repeated, err
	}
	var oldFrom, oldDigest string
	err = s.QueryRowContext(ctx, `SELECT observed_from, observed_digest FROM passes WHERE pass_key = ?`, f.Key).Scan(&oldFrom, &oldDigest)
	switch {
	case err == nil && oldFrom == from && oldDigest != digest && (!replace || fresh[f.Key] != ""):
		return repeated, exit.Errorf(exit.Input, "%s: was fed with another coverage, and one of them is wrong; feed it alone, with --replace when this one is right", f.Name)
	case err == nil && (oldFrom == from && oldDigest == digest || from == fromFootprint):
		return repeated, nil
	case err == nil:
		done = added
		if oldFrom == from {
			done = replaced
		}
		_, err := s.ExecContext(ctx, `UPDATE passes SET geom = ?, observed_from = ?, observed_digest = ? WHERE pass_key = ?`, observed, from, digest, f.Key)
		return done, s.reason(err)
	case !errors.Is(err, sql.ErrNoRows):
		return repeated, s.read(err)
	}
	gone, err := s.supersede(ctx, f, replace, fresh)
	if err != nil {
		return repeated, err
	}
	if err := s.insert(ctx, f, observed, from); err != nil || gone == nil {
		return added, err
	}
	return replaced, s.reanchor(ctx, f, gone)
}

// insert adds a pass and its detections.
func (s *session) insert(ctx context.Context, f *Feed, observed []byte, from string) error {
	options, err := optionText(f.Options)
	if err != nil {
		return err
	}
	if _, err := s.ExecContext(ctx, `INSERT INTO passes (geom, pass_key, src_before, src_after, t_before, t_after, job_id, aoi_id, observed_from, observed_digest,
		n_sightings, pair_key, options) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, observed, f.Key, f.SrcBefore, f.SrcAfter, stamp(f.TBefore), stamp(f.TAfter), null(f.JobID), null(f.AOIID),
		from, f.Digest, len(f.Features), null(f.Pair), options); err != nil {
		return s.reason(err)
	}
	insert, err := s.PrepareContext(ctx, `INSERT INTO sightings (geom, det_id, pass_key, t_before, t_after, obj_desc, direction, confidence, score_max, score_mean,
		area_m2, pixels, obs_frac, edge_flag, reg_sd_px, pos_acc_m, feature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return s.reason(err)
	}
	defer insert.Close()
	texts, err := properties(f.Features)
	if err != nil {
		return exit.Errorf(exit.Input, "%s: %w", f.Name, err)
	}
	for i, d := range f.Features {
		m, ok := polygons(d.Geometry)
		if !ok {
			return exit.Errorf(exit.Input, "%s: detection %s has no polygon; feed the file as detect run wrote it", f.Name, d.DetID)
		}
		if err := Validate(m); err != nil {
			return exit.Errorf(exit.Input, "%s: detection %s is not a valid polygon: %w; feed the file as detect run wrote it", f.Name, d.DetID, err)
		}
		geom, err := blob(m)
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, geom, d.DetID, f.Key, stamp(f.TBefore), stamp(f.TAfter), d.ObjDesc, d.Direction, orNull(d.Confidence),
			number(d.ScoreMax), number(d.ScoreMean), orNull(d.AreaM2), d.Pixels, number(d.ObsFrac), d.EdgeFlag, orNull(d.RegSdPx), orNull(d.PosAccM), texts[i]); err != nil {
			if strings.Contains(err.Error(), "UNIQUE") {
				return exit.Errorf(exit.Input, "%s: two detections have the id %s; feed the file as detect run wrote it", f.Name, d.DetID)
			}
			return s.reason(err)
		}
	}
	return nil
}

// null is a text, nil when it is empty.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// number is a float, nil when it is none.
func number(v float64) any {
	if v != v {
		return nil
	}
	return v
}

func orNull[T any](o geo.Opt[T]) any {
	if !o.Known {
		return nil
	}
	return o.Value
}

// properties are features without their geometries, each as geo.Writer writes it on a line.
func properties(features []*geo.Feature) ([]string, error) {
	var b bytes.Buffer
	w := geo.NewWriter(&b, geo.Format{Lines: true})
	for _, f := range features {
		if err := w.Write(&geo.Feature{Bbox: f.Bbox, Detection: f.Detection}); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return strings.Split(b.String(), "\n"), nil
}

// passes lists the passes in order, without the ground that they observed.
func (s *session) passes(ctx context.Context) (all []*Pass, err error) {
	rows, err := s.QueryContext(ctx, `SELECT pass_key, src_before, src_after, CAST(t_before AS TEXT), CAST(t_after AS TEXT) FROM passes`)
	if err != nil {
		return nil, s.reason(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Pass
		var before, after stamped
		if err := rows.Scan(&p.Key, &p.SrcBefore, &p.SrcAfter, &before, &after); err != nil {
			return nil, s.read(err)
		}
		p.TBefore, p.TAfter = before.Time, after.Time
		all = append(all, &p)
	}
	slices.SortFunc(all, (*Pass).order)
	return all, s.reason(rows.Err())
}

// observed is the ground that a pass observed.
func (s *session) observed(ctx context.Context, p *Pass) (orb.MultiPolygon, error) {
	var b []byte
	if err := s.QueryRowContext(ctx, `SELECT geom FROM passes WHERE pass_key = ?`, p.Key).Scan(&b); err != nil {
		return nil, s.read(err)
	}
	return s.unblob(b)
}

func (s *session) unblob(b []byte) (orb.MultiPolygon, error) {
	m, err := unblob(b)
	if err != nil {
		err = exit.Errorf(exit.Input, "%s: %w; feed a new store", s.path, err)
	}
	return m, err
}

const sightingColumns = `fid, geom, det_id, obj_desc, direction, pos_acc_m, reg_sd_px, obs_frac, edge_flag`

// sightings are the detections of a pass.
func (s *session) sightings(ctx context.Context, p *Pass) (all []*Sighting, err error) {
	rows, err := s.QueryContext(ctx, `SELECT `+sightingColumns+` FROM sightings WHERE pass_key = ?`, p.Key)
	if err != nil {
		return nil, s.reason(err)
	}
	defer rows.Close()
	for rows.Next() {
		var g Sighting
		var b []byte
		var accuracy, sd, observed sql.Null[float64]
		if err := rows.Scan(&g.row, &b, &g.DetID, &g.ObjDesc, &g.Direction, &accuracy, &sd, &observed, &g.EdgeFlag); err != nil {
			return nil, s.read(err)
		}
		if g.Geometry, err = s.unblob(b); err != nil {
			return nil, err
		}
		if len(g.Geometry) == 0 {
			return nil, s.damaged(fmt.Errorf("sighting %s has no geometry", g.DetID))
		}
		g.PosAccM, g.RegSdPx, g.ObsFrac = opt(accuracy), opt(sd), opt(observed)
		all = append(all, &g)
	}
	return all, s.reason(rows.Err())
}

func opt[T any](n sql.Null[T]) geo.Opt[T] { return geo.Opt[T]{Value: n.V, Known: n.Valid} }

// feature is the detection of a sighting as it was fed.
func (s *session) feature(ctx context.Context, g *Sighting) (*geo.Feature, error) {
	var text string
	if err := s.QueryRowContext(ctx, `SELECT feature FROM sightings WHERE fid = ?`, g.row).Scan(&text); err != nil {
		return nil, s.read(err)
	}
	f, err := geo.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return nil, exit.With(exit.Input, fmt.Errorf("%s: sighting %s: %w; feed a new store", s.path, g.DetID, err))
	}
	f.Geometry = g.Geometry
	if len(g.Geometry) == 1 {
		f.Geometry = g.Geometry[0]
	}
	return f, nil
}
