package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// pairs16 computes the length of a vector of differences straight from bands stored in uint16. It belongs to one goroutine.
type pairs16 struct {
	after, before [][]uint16
	a, b          []float32
}

// magnitude fills line with √Σ f² of the pixels from (x, y) on, over forms of one band of after and one of before with these shifts; it
// reports false, and leaves line undefined, where some of them are not stored so.
func (p *pairs16) magnitude(line []float32, list []form, shifts []float32, t *raster.TilePair, x, y int) bool {
	for len(line) > 0 {
		after, planeA, n := t.After.Stored16(x, y)
		before, planeB, m := t.Before.Stored16(x, y)
		if n = min(n, m, len(line)); n == 0 {
			return false
		}
		if after == nil || before == nil { // not measured
			clear(line[:n])
			line, x = line[n:], x+n
			continue
		}
		p.after, p.before, p.a, p.b = p.after[:0], p.before[:0], p.a[:0], p.b[:0]
		for i := range list {
			g := &list[i]
			p.after = append(p.after, after[g.bands[0]*planeA:][:n])
			p.before = append(p.before, before[(g.bands[1]-t.After.Bands)*planeB:][:n])
			p.a, p.b = append(p.a, g.coefs[0]), append(p.b, g.coefs[1])
		}
		kernel.Magnitude16(line[:n], p.after, p.before, p.a, p.b, shifts)
		line, x = line[n:], x+n
	}
	return true
}
