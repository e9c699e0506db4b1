package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// census scores by how the differences between neighbouring pixels changed, each clipped so that its sign counts more than its size:
// the mean over a window of |u(y) − u(x)|, where u is the difference of luminance to the neighbour right, below, and on both diagonals
// below, divided by Scale and clipped to ±1 (QUALITY, §2a; after the census transform of Zabih and Woodfill 1994,
// doi:10.1007/BFb0028345).
type census struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	// Scale is in standard deviations of luminance.
	Scale float64 `json:"scale"`
}

func (*census) kind() string { return "census" }

func (c *census) Halo() int { return c.Width/2 + 1 }

func (c *census) prepare(bands int) error {
	if c.Width < 1 || c.Width > 63 || c.Width%2 == 0 || !(c.Scale > 0 && c.Scale < math.MaxFloat32) {
		return fmt.Errorf("census in windows of %d pixels with scale %v", c.Width, c.Scale)
	}
	return c.Luminance.validate(bands)
}

func (c *census) worker(mem *scratch) scoring {
	scale := float32(1 / c.Scale)
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, c.Width/2
		in := w.Grow(r)
		var lum [2]*raster.Tile
		for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
			lum[pass] = mem.tile(in.Grow(1))
			c.Luminance[pass].fill(lum[pass], tile, t, mem)
		}
		n := in.W * in.H
		change := mem.plane(n)
		var count, counts []int32
		if t.Valid != nil {
			count = mem.plane(n)
		}
		row := 0
		t.EachRow(in, func(_, at, n int) {
			line := func(pass, below int) []float32 { return lum[pass].Data[(row+1+below)*lum[pass].Stride:][:n+2] }
			x, xBelow, y, yBelow := line(0, 0), line(0, 1), line(1, 0), line(1, 1)
			diffs := change[row*n:][:n]
			kernel.Census(diffs, x, xBelow, y, yBelow, scale)
			if t.Valid != nil {
				masked := maskedCensus{t.Valid[at-1:][:n+2], t.Valid[at-1+t.Before.Stride:][:n+2]}
				masked.mend(diffs, count[row*n:][:n], x, xBelow, y, yBelow, scale)
			}
			row++
		})
		mem.give(lum[:]...)
		sums := mem.intSums(change, w, r)
		if t.Valid != nil {
			counts = mem.intSums(count, w, r)
		}
		defer mem.givePlanes(change, count, sums, counts)
		whole := float64(c.Width * c.Width)
		row = 0
		t.EachRow(w, func(_, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			if counts == nil {
				kernel.Share(out, sums[row*n:][:n], whole, kernel.CensusUnit)
			} else {
				kernel.ShareOf(out, sums[row*n:][:n], counts[row*n:][:n], kernel.CensusUnit)
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}

// maskedCensus is which pixels of a row and of the row below are measured.
type maskedCensus struct{ row, below []uint8 }

// mend replaces the changes of pixels that miss a neighbour by those to the others, and counts the pixels that have one.
func (m maskedCensus) mend(diffs, counts []int32, x, xBelow, y, yBelow []float32, scale float32) {
	for i := range diffs {
		c := i + 1
		if m.row[c]&m.row[c+1]&m.below[c-1]&m.below[c]&m.below[c+1] != 0 {
			counts[i] = 1
			continue
		}
		var sum float32
		near := int32(0)
		add := func(measured uint8, xNear, yNear float32) {
			if measured != 0 {
				sum += kernel.CensusTerm(x[c], xNear, y[c], yNear, scale)
				near++
			}
		}
		add(m.row[c+1], x[c+1], y[c+1])
		add(m.below[c], xBelow[c], yBelow[c])
		add(m.below[c+1], xBelow[c+1], yBelow[c+1])
		add(m.below[c-1], xBelow[c-1], yBelow[c-1])
		diffs[i], counts[i] = 0, 0
		if near > 0 && m.row[c] != 0 {
			diffs[i], counts[i] = kernel.CensusSteps(sum, near), 1
		}
	}
}
