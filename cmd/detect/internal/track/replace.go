package track

import (
	"context"
	"database/sql"
	"errors"

	"passdiff/cmd/detect/internal/exit"
)

// lost is a detection of an output that is replaced, and the position that it was at.
type lost struct {
	*Sighting
	position sql.Null[string]
}

// supersede takes the output of the same pair out of the store, to which that is put in its place; nil when there is none. Without replace, and when
// both were fed in one call, it is refused.
func (s *session) supersede(ctx context.Context, f *Feed, replace bool, fresh map[string]string) (gone []lost, err error) {
	var old, options string
	err = s.QueryRowContext(ctx, `SELECT pass_key, options FROM passes WHERE pair_key = ?`, null(f.Pair)).Scan(&old, &options)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, s.read(err)
	case fresh[old] != "":
		return nil, exit.Errorf(exit.Input, "%s: is of the same scenes and area as %s; feed one of them", f.Name, fresh[old])
	case !replace:
		other, err := s.options(options)
		if err != nil {
			return nil, err
		}
		how := ""
		if text := differences(f.Options, other); text != "" {
			how = " (here " + text + ")"
		}
		return nil, exit.Errorf(exit.Input, "%s: the store has another output of the same scenes and area%s; give --replace to put this one in its place", f.Name, how)
	}
	sightings, err := s.sightings(ctx, &Pass{Key: old})
	if err != nil {
		return nil, err
	}
	gone = []lost{}
	for _, g := range sightings {
		l := lost{Sighting: g}
		if err := s.QueryRowContext(ctx, `SELECT pos_id FROM sightings WHERE fid = ?`, g.row).Scan(&l.position); err != nil {
			return nil, s.read(err)
		}
		gone = append(gone, l)
	}
	for _, table := range []string{"sightings", "passes"} {
		if _, err := s.ExecContext(ctx, `DELETE FROM `+table+` WHERE pass_key = ?`, old); err != nil {
			return nil, s.reason(err)
		}
	}
	return gone, nil
}

// reanchor lets ids and verdicts that hold on to detections which are gone hold on to the detection of the output in their place that fits best, by
// LeastIoU, else to the earliest that is left of their position. Where there is none they keep their own, should it come again.
func (s *session) reanchor(ctx context.Context, f *Feed, gone []lost) error {
	sightings, err := s.sightings(ctx, &f.Pass)
	if err != nil {
		return err
	}
	d := newDetections(LonLat, sorted(sightings))
	for _, g := range gone {
		var left, held int
		if err := s.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sightings WHERE det_id = ?1), (SELECT count(*) FROM aliases WHERE det_id = ?1) +
			(SELECT count(*) FROM verdicts WHERE det_id = ?1)`, g.DetID).Scan(&left, &held); err != nil {
			return s.read(err)
		}
		if left > 0 || held == 0 {
			continue
		}
		to, err := d.fitting(g.Sighting)
		if err != nil {
			return exit.With(exit.Input, err)
		}
		if to == "" {
			err = s.QueryRowContext(ctx, `SELECT det_id FROM sightings WHERE pos_id = ? ORDER BY t_after, t_before, det_id LIMIT 1`, g.position).Scan(&to)
		}
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return s.read(err)
		}
		for _, table := range []string{"aliases", "verdicts"} {
			if _, err := s.ExecContext(ctx, `UPDATE `+table+` SET det_id = ? WHERE det_id = ?`, to, g.DetID); err != nil {
				return s.reason(err)
			}
		}
	}
	return nil
}

// fitting is the detection that fits another best, by LeastIoU; "" for none.
func (d *detections) fitting(g *Sighting) (id string, err error) {
	shape, most := LonLat.NewShape(g.Geometry), 0.0
	for _, i := range d.near(shape.box, shape.box) {
		shared, err := Overlap(shape, d.all[i].shape)
		if err != nil {
			return "", err
		}
		if v := IoU(shape, d.all[i].shape, shared); v >= LeastIoU && v > most {
			id, most = d.all[i].DetID, v
		}
	}
	return id, nil
}
