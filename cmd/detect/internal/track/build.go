package track

import (
	"time"

	"github.com/paulmach/orb"

	"passdiff/geo"
)

// Position is a place at which a change was seen, and what is known of it.
type Position struct {
	// ID is stable once it has been exported.
	ID string
	// Best is the sighting of best precision, whose geometry is the position's.
	Best   *Sighting
	Status Status
	// FirstSeen is the time of the first sighting, LastSeen that of the last look that showed the change.
	FirstSeen, LastSeen time.Time
	// Looked counts the looks since the first sighting. Seen of them showed the change by a detection of this position's own, Held showed it
	// otherwise: nothing had changed since, or the detections of others covered it.
	Looked, Seen, Held int
	// Episodes is how often it began: 2 and more when it came back after it was finished.
	Episodes int
	// ConfirmedAt is when it was first confirmed.
	ConfirmedAt geo.Opt[time.Time]
	// Verdict is the last one given; nil for none, or when it has expired.
	Verdict *Verdict
	// Suppressed says that the verdict rejects it.
	Suppressed bool

	sightings []*Sighting
	last      *Sighting
	points    []orb.Point // samples of Best
	looks     []look
	counter   counter
	now       evidence
}

// look is one look at a position: did it show the change, and by which sighting is that known.
type look struct {
	at      time.Time
	present bool
	shown   *Sighting
}

// evidence is what the passes of one time say of a position.
type evidence struct {
	// by a detection, or by comparison with the ground before the change
	present, absent bool
	// because nothing has changed since it was, or was not, there
	stays, staysAway bool
	seen             bool // by a detection of the position's own
	shown            *Sighting
}

// at is whether the change was there at a time, by what was known until then, and the sighting that last showed it. Before the first sighting it
// was not.
func (p *Position) at(t time.Time) (present bool, shown *Sighting) {
	for i := len(p.looks) - 1; i >= 0; i-- {
		if l := p.looks[i]; !l.at.After(t) {
			return l.present, l.shown
		}
	}
	return false, nil
}

// note takes what one pass says of the position: a detection there, or none. own says that it is a sighting of this position.
func (p *Position) note(pass *Pass, detection *Sighting, own bool) {
	was, shown := p.at(pass.TBefore)
	e := &p.now
	switch {
	case detection != nil && was && detection.undoes(shown):
		e.absent = true
	case detection != nil:
		e.present, e.shown = true, detection
		e.seen = e.seen || own
	case pass.TBefore.Before(p.FirstSeen):
		e.absent = true
	case was:
		e.stays = true
		if e.shown == nil {
			e.shown = shown
		}
	default:
		e.staysAway = true
	}
}

// settle turns what the passes of a time say into one look. What shows the change, or its absence, counts more than that nothing has changed since;
// of two that disagree the one that shows the change counts.
func (p *Position) settle(at time.Time) {
	e := p.now
	p.now = evidence{}
	if !e.present && !e.absent && !e.stays && !e.staysAway {
		return
	}
	present := e.present || e.stays && !e.absent
	p.Looked++
	switch {
	case e.seen:
		p.Seen++
	case present:
		p.Held++
	}
	if present {
		p.LastSeen = at
	}
	p.counter.look(present)
	p.looks = append(p.looks, look{at, present, e.shown})
	p.Status, p.Episodes = p.counter.status(), p.counter.episodes
	if p.Status == Confirmed && !p.ConfirmedAt.Known {
		p.ConfirmedAt = geo.Some(at)
	}
}

// see adds a sighting.
func (p *Position) see(s *Sighting) {
	p.sightings = append(p.sightings, s)
	last, best := p.last, p.Best
	p.last = s
	if p.Best == nil || s.morePrecise(p.Best) {
		p.Best, p.points = s, samples(s.Geometry)
	}
	for _, gone := range []*Sighting{last, best} { // what is compared no more needs no memory
		if gone != nil && gone != p.Best && gone != p.last {
			gone.shape, gone.Geometry = nil, nil
		}
	}
}

// builder rebuilds positions from passes that come in order.
type builder struct {
	positions []*Position
	at        time.Time
}

// add takes the next pass and its sightings.
func (b *builder) add(pass *Pass, sightings []*Sighting) error {
	if !pass.TAfter.Equal(b.at) {
		b.settle()
		b.at = pass.TAfter
	}
	sightings = sorted(sightings)
	for _, s := range sightings {
		s.pass = pass
	}
	d := newDetections(LonLat, sightings)
	ground := newCover(pass.Observed)
	bound := ground.bound
	for i, s := range sightings { // a detection was looked at, whatever the coverage says
		if i == 0 && len(ground.bins) == 0 {
			bound = s.Geometry.Bound()
		}
		bound = bound.Union(s.Geometry.Bound())
	}
	var candidates []int
	for i, p := range b.positions {
		if p.Best.Geometry.Bound().Intersects(bound) || p.last.Geometry.Bound().Intersects(bound) {
			candidates = append(candidates, i)
		}
	}
	if len(ground.bins) == 0 && len(sightings) == 0 {
		return nil
	}
	compared, err := d.compare(b.positions, candidates)
	if err != nil {
		return err
	}
	var fits []fit
	for _, f := range compared {
		fits = append(fits, f.fits...)
	}
	paired := pairUp(fits)
	seen := map[int]*Sighting{}
	for i, n := range paired {
		seen[n] = sightings[i]
	}
	for k, n := range candidates {
		p, f := b.positions[n], compared[k]
		switch s := seen[n]; {
		case s != nil:
			p.note(pass, s, true)
		case f.covered >= LeastCovered*p.Best.shape.area:
			p.note(pass, sightings[f.most], false)
		case ground.share(p.points) >= LeastLooked:
			p.note(pass, nil, false)
		}
	}
	for n, s := range seen {
		b.positions[n].see(s)
	}
	for i, s := range sightings {
		if _, ok := paired[i]; ok {
			continue
		}
		p := &Position{FirstSeen: pass.TAfter}
		p.see(s)
		p.note(pass, s, true)
		b.positions = append(b.positions, p)
	}
	return nil
}

// settle ends the passes of a time.
func (b *builder) settle() {
	for _, p := range b.positions {
		p.settle(b.at)
	}
}

// DetIDs lists the detections of the position, in the order in which they were taken.
func (p *Position) DetIDs() []string {
	ids := make([]string, len(p.sightings))
	for i, s := range p.sightings {
		ids[i] = s.DetID
	}
	return ids
}
