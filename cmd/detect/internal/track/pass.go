package track

import (
	"cmp"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"passdiff/geo"
)

// Pass is one output of detect run: a pair of passes over some ground, and what was observed of it.
type Pass struct {
	// Key tells outputs apart: the same for the same pair, parameters and detections.
	Key string
	// SrcBefore and SrcAfter are the names of the scenes, TBefore and TAfter when they were acquired, to the millisecond.
	SrcBefore, SrcAfter string
	TBefore, TAfter     time.Time
	JobID, AOIID        string // "" for none
	// Pair is the same for outputs of the same scenes over the same ground, however they were made; "" when that is not known.
	Pair string
	// Options are those of the run that change what is found, by name.
	Options map[string]string
	// Observed is the ground that was looked at, in longitude and latitude; nil for none.
	Observed orb.MultiPolygon
	// Exact says that Observed is the coverage of the run, not the ground that both passes span. Digest tells coverages apart.
	Exact  bool
	Digest string
}

// olderThan reports whether BEFORE of the pass was acquired before a look whose first pass was acquired at a time.
func (p *Pass) olderThan(look time.Time) bool { return look.Sub(p.TBefore) > OneLook }

// order sorts passes for rebuilding.
func (p *Pass) order(q *Pass) int {
	return cmp.Or(p.TAfter.Compare(q.TAfter), p.TBefore.Compare(q.TBefore), cmp.Compare(p.SrcAfter, q.SrcAfter), cmp.Compare(p.SrcBefore, q.SrcBefore),
		cmp.Compare(p.Key, q.Key))
}

// Sighting is a detection of a pass.
type Sighting struct {
	DetID              string
	Geometry           orb.MultiPolygon
	ObjDesc, Direction string
	// What tells which sighting of a position is the most precise; the names are those of geo.Detection.
	PosAccM, RegSdPx, ObsFrac geo.Opt[float64]
	EdgeFlag                  string

	pass  *Pass
	row   int64 // in the store
	shape *Shape
}

// morePrecise reports whether s shows its place better than t: by position accuracy, then whole rather than cut by an edge, then by how much of it
// was observed, then by how well the passes lay on each other there.
func (s *Sighting) morePrecise(t *Sighting) bool {
	whole := func(s *Sighting) int {
		if s.EdgeFlag == "none" {
			return 0
		}
		return 1
	}
	return cmp.Or(least(s.PosAccM, t.PosAccM), cmp.Compare(whole(s), whole(t)), -most(s.ObsFrac, t.ObsFrac), least(s.RegSdPx, t.RegSdPx)) < 0
}

// least compares numbers of which the smaller is better; known is better than unknown.
func least(a, b geo.Opt[float64]) int {
	if a.Known && b.Known {
		return cmp.Compare(a.Value, b.Value)
	}
	return -known(a, b)
}

// most compares numbers of which the greater is better, and is positive when a is better.
func most(a, b geo.Opt[float64]) int {
	if a.Known && b.Known {
		return cmp.Compare(a.Value, b.Value)
	}
	return known(a, b)
}

// known is positive when only a is known.
func known(a, b geo.Opt[float64]) int {
	switch {
	case a.Known && !b.Known:
		return 1
	case b.Known && !a.Known:
		return -1
	}
	return 0
}

// undoes reports whether s turns back the change that t showed.
func (s *Sighting) undoes(t *Sighting) bool {
	opposite := func(a, b, one, other string) bool { return a == one && b == other || a == other && b == one }
	switch {
	case opposite(s.ObjDesc, t.ObjDesc, "appeared", "disappeared"):
		return true
	case s.ObjDesc == "altered" && t.ObjDesc == "altered":
		return opposite(s.Direction, t.Direction, "brighter", "darker")
	}
	return false
}

// sorted are sightings by id.
func sorted(all []*Sighting) []*Sighting {
	return slices.SortedFunc(slices.Values(all), func(a, b *Sighting) int { return cmp.Compare(a.DetID, b.DetID) })
}
