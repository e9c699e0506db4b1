package change

import (
	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// pairs16 computes the length of a vector of differences straight from bands stored in uint16. It belongs to one goroutine.
type pairs16 struct {
	after, before [][]uint16
	a, b, shift   []float32
}

// magnitude fills line with √Σ f², over forms of one band of after and one of before, of the pixels from (x, y) on; it reports false, and
// leaves line undefined, where some of them are not stored so.
func (p *pairs16) magnitude(line []float32, list []form, t *raster.TilePair, x, y int) bool {
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
		p.after, p.before, p.a, p.b, p.shift = p.after[:0], p.before[:0], p.a[:0], p.b[:0], p.shift[:0]
		for i := range list {
			g := &list[i]
			p.after = append(p.after, after[g.bands[0]*planeA:][:n])
			p.before = append(p.before, before[(g.bands[1]-t.After.Bands)*planeB:][:n])
			p.a, p.b, p.shift = append(p.a, g.coefs[0]), append(p.b, g.coefs[1]), append(p.shift, g.shift)
		}
		kernel.Magnitude16(line[:n], p.after, p.before, p.a, p.b, p.shift)
		line, x = line[n:], x+n
	}
	return true
}
