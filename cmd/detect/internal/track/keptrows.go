package track

import (
	"context"
	"database/sql"
	"fmt"
)

// addVerdict adds a verdict, or takes its other expiry and row. It reports false when the store has it already.
func (s *session) addVerdict(ctx context.Context, v *Verdict) (changed bool, err error) {
	r, err := s.ExecContext(ctx, `INSERT INTO verdicts (id, verdict, reason, who, "when", expires, det_id, "row") VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET expires = excluded.expires, "row" = excluded."row" WHERE verdicts.expires IS NOT excluded.expires OR verdicts."row" <> excluded."row"`,
		v.ID, v.Word(), v.Reason, v.Who, stamp(v.When), stampOrNull(v.Expires), v.det, v.Row)
	if err != nil {
		return false, s.reason(err)
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

func (s *session) verdicts(ctx context.Context) (all []*Verdict, err error) {
	rows, err := s.QueryContext(ctx, `SELECT id, verdict, reason, who, CAST("when" AS TEXT), CAST(expires AS TEXT), det_id, "row" FROM verdicts`)
	if err != nil {
		return nil, s.reason(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v Verdict
		var word string
		var when stamped
		var expires stampedOrNot
		if err := rows.Scan(&v.ID, &word, &v.Reason, &v.Who, &when, &expires, &v.det, &v.Row); err != nil {
			return nil, s.read(err)
		}
		if word != Accepted && word != Rejected {
			return nil, s.damaged(fmt.Errorf("%q is no verdict", word))
		}
		v.Accepted, v.When, v.Expires = word == Accepted, when.Time, expires.Opt
		all = append(all, &v)
	}
	return all, s.reason(rows.Err())
}

// aliases lists the identifiers of the last rebuilding.
func (s *session) aliases(ctx context.Context) (all []Alias, err error) {
	rows, err := s.QueryContext(ctx, `SELECT id, det_id, pos_id, published FROM aliases ORDER BY id`)
	if err != nil {
		return nil, s.reason(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a Alias
		var position sql.Null[string]
		if err := rows.Scan(&a.ID, &a.DetID, &position, &a.Published); err != nil {
			return nil, s.read(err)
		}
		a.PosID = position.V
		all = append(all, a)
	}
	return all, s.reason(rows.Err())
}
