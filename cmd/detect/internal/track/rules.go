package track

import "time"

// The rules of tracking. A store is rebuilt by them, so they are the same for every store.
const (
	// LeastIoU is the intersection over union from which a detection may be a sighting of a position.
	LeastIoU = 0.25
	// LeastLooked is the share of a position that a pass must have observed to have looked at it.
	LeastLooked = 0.5
	// LeastCovered is the share of a position under detections of other positions from which it counts as held.
	LeastCovered = 0.5
	// ProvisionalLooks and ConfirmedLooks are the looks that show a change after which its position is provisional and confirmed.
	ProvisionalLooks, ConfirmedLooks = 2, 3
	// FinishedLooks is the number of looks in a row that do not show the change after which its position is finished.
	FinishedLooks = 2
	// OneLook is how far apart passes may be acquired, each after the one before, to be one look: the granules of one overflight are seconds apart.
	OneLook = 10 * time.Minute
)

// Status is how sure it is that a change lasts, by the names of NASA OPERA's DIST-ALERT.
type Status string

// The states, in their order.
const (
	First       Status = "first"       // shown by one look
	Provisional Status = "provisional" // by ProvisionalLooks
	Confirmed   Status = "confirmed"   // by ConfirmedLooks or more
	Finished    Status = "finished"    // not shown any more
)

// Statuses are all of them, in their order.
var Statuses = []Status{First, Provisional, Confirmed, Finished}

// counter counts the looks at a position. The zero value has none.
type counter struct {
	present  int // since it began, or began again
	absent   int // in a row, at the end
	episodes int
	over     bool
}

// look takes the next look, in order: does it show the change?
func (c *counter) look(present bool) {
	switch {
	case !present:
		c.absent++
		c.over = c.over || c.absent >= FinishedLooks
		return
	case c.over || c.episodes == 0:
		c.episodes++
		c.present, c.over = 0, false
	}
	c.present++
	c.absent = 0
}

func (c *counter) status() Status {
	switch {
	case c.over:
		return Finished
	case c.present >= ConfirmedLooks:
		return Confirmed
	case c.present >= ProvisionalLooks:
		return Provisional
	}
	return First
}
