package tilegen

// clouds covers part of the after pass. Positions are pixels of that pass.
type clouds struct {
	puffs  [][2]int // centres
	radius int
	rough  []octave
	inner  []octave
}

func newClouds(s Spec) *clouds {
	c := &clouds{radius: s.CloudRadius}
	d := &dice{s: newStream(s.Seed, layerCloud)}
	for range s.Clouds {
		// Not at the very edge, where the collar would hide them.
		x := s.After.W/5 + d.below(max(1, s.After.W*3/5))
		y := s.After.H/5 + d.below(max(1, s.After.H*3/5))
		c.puffs = append(c.puffs, [2]int{x, y})
	}
	r := max(8, s.CloudRadius)
	c.rough = octaves(s.Seed, layerCloud+1, 1, [2]int{r * 2 / 3, 220}, [2]int{r / 3, 140}, [2]int{r / 8, 70})
	c.inner = octaves(s.Seed, layerCloud+8, 1, [2]int{r / 2, 160}, [2]int{r / 4, 90})
	return c
}

// cloudReach is how far a cloud may reach, in radii.
const cloudReach = 2

// row sets dst to how much of the light of the pixels x0.. of row y comes from clouds, 0..256, and reports whether any does.
// scratch has the length of dst.
func (c *clouds) row(dst, scratch []int32, x0, y int) bool {
	clear(dst)
	near := false
	for _, p := range c.puffs {
		near = near || y >= p[1]-cloudReach*c.radius && y <= p[1]+cloudReach*c.radius
	}
	if !near {
		return false
	}
	fillRow(c.rough, scratch, x0, y)
	any := false
	for k := range dst {
		x := x0 + k
		deep := int64(-1 << 30)
		for _, p := range c.puffs {
			dx, dy := int64(x-p[0]), int64(y-p[1])
			r2 := int64(c.radius) * int64(c.radius)
			if d2 := dx*dx + dy*dy; d2 < cloudReach*cloudReach*r2 {
				deep = max(deep, (r2-d2)*1000*256/r2)
			}
		}
		// The noise moves the edge; 500 counts of depth lead from clear to full cloud.
		t := (deep + int64(scratch[k]) - 250*256) / 500
		if t = min(t, 256); t > 0 {
			dst[k] = int32(t)
			any = true
		}
	}
	return any
}

// brightness sets dst to the brightness of a full cloud in row y, 1/256 counts.
func (c *clouds) brightness(dst []int32, x0, y int) {
	fillRow(c.inner, dst, x0, y)
	for k := range dst {
		dst[k] += 4200 * 256
	}
}
