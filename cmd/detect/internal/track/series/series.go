// Package series makes passes with known truth for the tests of tracking: objects that appear, stay, vanish and are clouded out.
package series

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/track"
	"passdiff/geo"
)

// Options say what a series is like. Every pass is compared with the one before the series, or with Consecutive with the one before it.
type Options struct {
	Seed           uint64
	Objects        int // one a cell
	Passes         int
	Cloud          float64 // share of cells that a pass does not show
	Jitter         float64 // by which outlines move, in sizes of the object
	Missed, Raised float64 // share of objects missed, and of cells with a false detection, in each pass
	Consecutive    bool
}

// Series is a series of passes and the truth.
type Series struct {
	Feeds   []*track.Feed
	Objects []Object
	// Of is the object of a detection; a false one has none.
	Of map[string]int
}

// Object is a change of the ground: it is there from the pass Appears until the pass before Vanishes.
type Object struct {
	Outline           orb.Ring
	Appears, Vanishes int
	clear             []bool // by pass
}

// Grid of the cells: degrees at the equator, of about 220 m.
const (
	side  = 0.002
	wide  = 20
	start = "2026-01-01T10:00:00Z"
)

// There reports whether the change is there in a pass, from 1.
func (o *Object) There(pass int) bool { return pass >= o.Appears && pass < o.Vanishes }

// Status is the state that the rules of docs/track.md give to an object that is always found, by counting: "" when it was never looked at while
// it was there.
func (o *Object) Status() track.Status {
	shown, gone := 0, 0
	for pass := 1; pass < len(o.clear); pass++ {
		switch {
		case !o.clear[pass]:
		case o.There(pass):
			shown++
		case shown > 0:
			gone++
		}
	}
	switch {
	case shown == 0:
		return ""
	case gone >= 2:
		return track.Finished
	case shown >= 3:
		return track.Confirmed
	case shown == 2:
		return track.Provisional
	}
	return track.First
}

// Time is when a pass was acquired; pass 0 is before the series.
func Time(pass int) time.Time {
	t, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, 10*pass)
}

// New makes a series; the same options make the same.
func New(o Options) *Series {
	r := rand.New(rand.NewPCG(o.Seed, 1))
	s := &Series{Of: map[string]int{}}
	for i := range o.Objects {
		x, y := cell(i)
		w, h := side*(0.2+0.3*r.Float64()), side*(0.2+0.3*r.Float64())
		x, y = x+side*(0.2+0.2*r.Float64()), y+side*(0.2+0.2*r.Float64())
		appears := 1 + r.IntN(o.Passes)
		vanishes := math.MaxInt
		if r.IntN(3) == 0 {
			vanishes = appears + 1 + r.IntN(o.Passes)
		}
		s.Objects = append(s.Objects, Object{ring(x, y, w, h), appears, vanishes, make([]bool, o.Passes+1)})
	}
	for pass := 1; pass <= o.Passes; pass++ {
		s.Feeds = append(s.Feeds, s.feed(o, r, pass))
	}
	return s
}

// cell is the corner of a cell.
func cell(i int) (x, y float64) { return side * float64(i%wide), side * float64(i/wide) }

func ring(x, y, w, h float64) orb.Ring {
	round := func(v float64) float64 { return math.Round(v*1e7) / 1e7 }
	x0, y0, x1, y1 := round(x), round(y), round(x+w), round(y+h)
	return orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
}

// feed makes one pass.
func (s *Series) feed(o Options, r *rand.Rand, pass int) *track.Feed {
	before := 0
	if o.Consecutive {
		before = pass - 1
	}
	f := &track.Feed{Name: fmt.Sprintf("pass%02d.geojson", pass)}
	f.SrcBefore, f.SrcAfter = fmt.Sprintf("scene%02d", before), fmt.Sprintf("scene%02d", pass)
	f.TBefore, f.TAfter = Time(before), Time(pass)
	f.Key, f.Exact = fmt.Sprintf("%064d", pass), true
	f.Pair = f.Key
	ground := orb.Polygon{ring(-side, -side, (wide+2)*side, (float64(o.Objects/wide)+3)*side)}
	for i := range s.Objects {
		object := &s.Objects[i]
		x, y := cell(i)
		if object.clear[pass] = r.Float64() >= o.Cloud; !object.clear[pass] {
			hole := ring(x+side*0.02, y+side*0.02, side*0.96, side*0.96)
			slices.Reverse(hole)
			ground = append(ground, hole)
			continue
		}
		if desc, found := object.change(o, pass); found && r.Float64() >= o.Missed {
			b := object.Outline.Bound()
			w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
			dx, dy := o.Jitter*w*(2*r.Float64()-1), o.Jitter*h*(2*r.Float64()-1)
			s.Of[add(f, desc, ring(b.Min[0]+dx, b.Min[1]+dy, w, h))] = i
		}
		if r.Float64() < o.Raised { // beside the object
			add(f, "altered", ring(x+side*0.9*r.Float64(), y+side*0.91, side*0.1, side*0.08))
		}
	}
	f.Observed = orb.MultiPolygon{ground}
	digest := sha256.Sum256(fmt.Append(nil, ground))
	f.Digest = hex.EncodeToString(digest[:])
	return f
}

// change is what a pass shows of an object, when it shows any change.
func (o *Object) change(opt Options, pass int) (desc string, found bool) {
	if !opt.Consecutive {
		return "appeared", o.There(pass)
	}
	switch pass {
	case o.Appears:
		return "appeared", true
	case o.Vanishes:
		return "disappeared", true
	}
	return "", false
}

// add adds a detection and returns its id.
func add(f *track.Feed, desc string, outline orb.Ring) string {
	id := sha256.Sum256(fmt.Append(nil, f.SrcBefore, f.SrcAfter, outline))
	b := outline.Bound()
	w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
	const degree = 111_320 // metres, at the equator
	d := geo.Detection{
		DetID: hex.EncodeToString(id[:13]), TBefore: geo.Some(f.TBefore), TAfter: geo.Some(f.TAfter), SrcBefore: f.SrcBefore, SrcAfter: f.SrcAfter,
		ObjDesc: desc, Direction: "brighter", DetMethod: "automatic", Status: "first", ReviewState: "candidate", ScoreMax: 9, ScoreMean: 7, Threshold: 3,
		Pixels: int64(w*degree/10) * int64(h*degree/10), AreaM2: geo.Some(w * h * degree * degree), ObsFrac: 1, EdgeFlag: "none",
		FirstSeen: geo.Some(f.TAfter), LastSeen: geo.Some(f.TAfter), NLooked: geo.Some(1), NSeen: geo.Some(1),
	}
	f.Features = append(f.Features, &geo.Feature{Geometry: orb.Polygon{outline}, Bbox: geo.Bbox{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}, Detection: d})
	return d.DetID
}
