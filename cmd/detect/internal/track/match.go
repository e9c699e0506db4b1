package track

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"github.com/peterstace/simplefeatures/rtree"
	"golang.org/x/sync/errgroup"
)

// fit is how well a detection fits a position: both by number, positions in the order in which they were founded, detections by id.
type fit struct {
	position, detection int
	iou                 float64
}

// pairUp pairs positions and detections that are each other's best by IoU, then those among the rest that are, until none is left. Of equals the
// position founded first and the detection of the lower id are taken. It returns the pairs' positions by detection.
func pairUp(fits []fit) map[int]int {
	slices.SortFunc(fits, func(a, b fit) int {
		return cmp.Or(cmp.Compare(b.iou, a.iou), cmp.Compare(a.position, b.position), cmp.Compare(a.detection, b.detection))
	})
	taken, of := map[int]bool{}, map[int]int{}
	for _, f := range fits {
		if _, paired := of[f.detection]; paired || taken[f.position] {
			continue
		}
		taken[f.position], of[f.detection] = true, f.position
	}
	return of
}

// found is what the detections of a pass say of one position.
type found struct {
	fits    []fit
	covered float64 // area under detections
	most    int     // the detection that covers most; −1 for none
}

// detections are those of one pass, ready to be compared with positions.
type detections struct {
	all  []*Sighting
	tree *rtree.RTree
}

func newDetections(space Space, all []*Sighting) *detections {
	d := &detections{all: all}
	items := make([]rtree.BulkItem, len(all))
	for i, s := range all {
		s.shape = space.NewShape(s.Geometry)
		items[i] = rtree.BulkItem{Box: s.shape.box, RecordID: i}
	}
	d.tree = rtree.BulkLoad(items)
	return d
}

// near lists the detections whose boxes meet one of two, by id.
func (d *detections) near(a, b rtree.Box) []int {
	var out []int
	gather := func(i int) error {
		out = append(out, i)
		return nil
	}
	_ = d.tree.RangeSearch(a, gather) // gather returns none
	if b != a {
		_ = d.tree.RangeSearch(b, gather)
		slices.Sort(out)
		return slices.Compact(out)
	}
	slices.Sort(out)
	return out
}

// of compares the detections with one position, by its geometry and by that of its last sighting: what fits either better counts.
func (d *detections) of(number int, p *Position) (f found, err error) {
	f.most = -1
	best, last := p.Best.shape, p.last.shape
	area := 0.0
	for _, i := range d.near(best.box, last.box) {
		s := d.all[i].shape
		shared, err := Overlap(best, s)
		if err != nil {
			return f, fmt.Errorf("detections %s and %s cannot be laid over each other: %w", p.Best.DetID, d.all[i].DetID, err)
		}
		v := IoU(best, s, shared)
		if last != best {
			other, err := Overlap(last, s)
			if err != nil {
				return f, fmt.Errorf("detections %s and %s cannot be laid over each other: %w", p.last.DetID, d.all[i].DetID, err)
			}
			v = max(v, IoU(last, s, other))
		}
		if v >= LeastIoU {
			f.fits = append(f.fits, fit{number, i, v})
		}
		f.covered += shared
		if shared > area {
			f.most, area = i, shared
		}
	}
	return f, nil
}

// compare compares the detections with every position that a pass may have looked at, on all processors. What it returns is by position.
func (d *detections) compare(positions []*Position, candidates []int) ([]found, error) {
	out := make([]found, len(candidates))
	var g errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		g.Go(func() (err error) {
			for k := w; k < len(candidates) && err == nil; k += workers {
				out[k], err = d.of(candidates[k], positions[candidates[k]])
			}
			return err
		})
	}
	return out, g.Wait()
}
