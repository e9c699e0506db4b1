package track

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/rtree"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
)

// Known finds out whether detections lie where something is known already. It may be used concurrently. A nil Known knows nothing.
type Known struct {
	space  Space
	zones  bool // plain polygons, not positions
	shapes []*Shape
	tree   *rtree.RTree
}

// NewKnown knows plain polygons, which are valid. A detection lies there when a polygon holds half of it or more, or by the rule for positions.
func NewKnown(space Space, all []orb.MultiPolygon) *Known {
	k := &Known{space: space, zones: true}
	for _, m := range all {
		k.shapes = append(k.shapes, space.NewShape(m))
	}
	k.index()
	return k
}

func (k *Known) index() {
	items := make([]rtree.BulkItem, len(k.shapes))
	for i, s := range k.shapes {
		items[i] = rtree.BulkItem{Box: s.box, RecordID: i}
	}
	k.tree = rtree.BulkLoad(items)
}

// IsStore reports whether a file is a GeoPackage by its name and holds the tables of a store.
func IsStore(ctx context.Context, path string) (is bool, err error) {
	if strings.ToLower(filepath.Ext(path)) != ".gpkg" {
		return false, nil
	}
	if _, err := os.Stat(path); err != nil {
		return false, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	db, err := open(ctx, path, "ro", readWait)
	if err != nil {
		if notDatabase(err) {
			err = nil
		}
		return false, err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	var n int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name IN ('positions', 'sightings', 'passes', 'aliases', 'verdicts')`).Scan(&n)
	return n == 5, db.reason(err)
}

// Known knows the positions of the store at a time: those that are not finished, and those that a verdict rejects which has not expired then;
// where the time is not known, none has. A detection lies at a position by LeastIoU, with its geometry or with that of its last sighting.
func (s Store) Known(ctx context.Context, at geo.Opt[time.Time]) (k *Known, err error) {
	db, err := open(ctx, s.Path, "ro", readWait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := db.check(ctx); err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT p.geom, p.status, p.suppressed, CAST(p.expires AS TEXT), s.geom FROM positions p
		JOIN sightings s ON s.pos_id = p.pos_id AND s.det_id = p.last_det_id ORDER BY p.fid`)
	if err != nil {
		return nil, db.reason(err)
	}
	defer rows.Close()
	k = &Known{space: LonLat}
	for rows.Next() {
		var best, last []byte
		var status Status
		var rejected bool
		var expires stampedOrNot
		if err := rows.Scan(&best, &status, &rejected, &expires, &last); err != nil {
			return nil, db.read(err)
		}
		if !slices.Contains(Statuses, status) {
			return nil, db.damaged(fmt.Errorf("%q is no status", status))
		}
		expired := at.Known && expires.Known && at.Value.After(expires.Value)
		if rejected && expired || !rejected && status == Finished {
			continue
		}
		geometries := [][]byte{best, last}
		if bytes.Equal(best, last) {
			geometries = geometries[:1]
		}
		for _, b := range geometries {
			m, err := db.unblob(b)
			if err != nil {
				return nil, err
			}
			k.shapes = append(k.shapes, k.space.NewShape(m))
		}
	}
	k.index()
	return k, db.reason(rows.Err())
}

// Holds reports whether polygons in the space of k lie where something is known.
func (k *Known) Holds(g orb.Geometry) (bool, error) {
	if k == nil || len(k.shapes) == 0 {
		return false, nil
	}
	m, ok := polygons(g)
	if !ok {
		return false, nil
	}
	s, known := k.space.NewShape(m), false
	err := k.tree.RangeSearch(s.box, func(i int) error {
		shared, err := Overlap(k.shapes[i], s)
		if err != nil {
			return err
		}
		if IoU(k.shapes[i], s, shared) >= LeastIoU || k.zones && shared >= LeastCovered*s.area {
			known = true
			return rtree.Stop
		}
		return nil
	})
	return known, err
}
