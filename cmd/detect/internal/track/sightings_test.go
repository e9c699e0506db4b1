package track

// DetIDs lists the detections of the position, in the order in which they were taken.
func (p *Position) DetIDs() []string {
	ids := make([]string, len(p.sightings))
	for i, s := range p.sightings {
		ids[i] = s.DetID
	}
	return ids
}
