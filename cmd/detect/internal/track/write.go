package track

import (
	"context"
	"time"

	"github.com/paulmach/orb"

	"passdiff/geo"
)

// write replaces what is derived: positions, which of them each sighting belongs to, and aliases.
func (s *session) write(ctx context.Context, positions []*Position, aliases []Alias) error {
	if _, err := s.ExecContext(ctx, `DELETE FROM positions; DELETE FROM aliases; DELETE FROM sqlite_sequence WHERE name IN ('positions', 'aliases')`); err != nil {
		return s.reason(err)
	}
	position, err := s.PrepareContext(ctx, `INSERT INTO positions (geom, pos_id, status, review_state, suppressed, expires, first_seen, last_seen, confirmed_at, n_looked, n_seen,
		n_held, episodes, last_det_id, det_id, obj_desc, direction, confidence, score_max, area_m2)
		SELECT geom, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, det_id, obj_desc, direction, confidence, score_max, area_m2 FROM sightings WHERE fid = ?`)
	if err != nil {
		return s.reason(err)
	}
	defer position.Close()
	sighting, err := s.PrepareContext(ctx, `UPDATE sightings SET pos_id = ? WHERE fid = ? AND pos_id IS NOT ?`)
	if err != nil {
		return s.reason(err)
	}
	defer sighting.Close()
	for _, p := range positions {
		var expires geo.Opt[time.Time]
		if p.Suppressed {
			expires = p.Verdict.Expires
		}
		if _, err := position.ExecContext(ctx, p.ID, string(p.Status), p.Verdict.Word(), p.Suppressed, stampOrNull(expires), stamp(p.FirstSeen), stamp(p.LastSeen),
			stampOrNull(p.ConfirmedAt), p.Looked, p.Seen, p.Held, p.Episodes, p.last.DetID, p.Best.row); err != nil {
			return s.reason(err)
		}
		for _, g := range p.sightings {
			if _, err := sighting.ExecContext(ctx, p.ID, g.row, p.ID); err != nil {
				return s.reason(err)
			}
		}
	}
	for _, a := range aliases {
		if _, err := s.ExecContext(ctx, `INSERT INTO aliases (id, det_id, pos_id, published) VALUES (?, ?, ?, ?)`, a.ID, a.DetID, null(a.PosID), a.Published); err != nil {
			return s.reason(err)
		}
	}
	return s.extents(ctx)
}

// extents says in the table of contents where the layers lie.
func (s *session) extents(ctx context.Context) error {
	for _, layer := range []string{"positions", "sightings", "passes"} {
		var all orb.Bound
		some := false
		rows, err := s.QueryContext(ctx, `SELECT geom FROM `+layer+` WHERE geom IS NOT NULL`)
		if err != nil {
			return s.reason(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				rows.Close()
				return s.reason(err)
			}
			bound, ok := blobBound(b)
			switch {
			case !ok:
			case some:
				all = all.Union(bound)
			default:
				all, some = bound, true
			}
		}
		if err := rows.Err(); err != nil {
			return s.reason(err)
		}
		box := make([]any, 4)
		if some {
			box = []any{all.Min[0], all.Min[1], all.Max[0], all.Max[1]}
		}
		if _, err := s.ExecContext(ctx, `UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?, last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now')
			WHERE table_name = ?`, append(box, layer)...); err != nil {
			return s.reason(err)
		}
	}
	return nil
}
