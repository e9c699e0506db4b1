package pool

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/track"
)

// place is an outline, which thousands of members may have when they are told in cells, with the clusters whose leaders have it.
type place struct {
	shape *track.Shape
	lines []*line
}

// line is clusters, in order, whose leaders have the same outline, time and word for what happened, and are all exact or all in cells: whatever fits one of
// them fits all of them equally well.
type line struct {
	lead     *member // of the first
	clusters []int
	// The clusters before next have a member of in.
	in   *input
	next int
}

// alike is what leaders of a line have in common.
type alike struct {
	place *place
	at    time.Time
	what  string
	exact bool
}

// first is the first cluster of a line that has no member of an input; false when each has one. Clusters do not lose members.
func (l *line) first(out []*cluster, in *input) (int, bool) {
	if l.in != in {
		l.in, l.next = in, 0
	}
	for ; l.next < len(l.clusters); l.next++ {
		if c := l.clusters[l.next]; !out[c].inputs[in] {
			return c, true
		}
	}
	return 0, false
}

// outline is a text that only geometries of the same coordinates have.
func outline(g orb.MultiPolygon) string {
	var b []byte
	for _, p := range g {
		b = binary.AppendUvarint(b, uint64(len(p)))
		for _, r := range p {
			b = binary.AppendUvarint(b, uint64(len(r)))
			for _, v := range r {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v[0]))
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v[1]))
			}
		}
	}
	return string(b)
}
