package change

import (
	"fmt"
	"math"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// orientation scores by how the directions of edges in a window changed, whatever their strength (QUALITY, §2a): with A_k and B_k the sums
// of gradient magnitude in each of eight unsigned directions,
//
//	Σ_k |A_k − B_k| / (Σ_k A_k + Σ_k B_k + 32·Floor)
type orientation struct {
	Luminance luminances `json:"luminance"`
	Width     int        `json:"width"`
	// Floor keeps flat ground from counting; the mean gradient per direction of the weaker pass, in standard deviations of luminance.
	Floor float64 `json:"floor"`
}

func (*orientation) kind() string { return "orientation" }

func (o *orientation) Halo() int { return o.Width/2 + 1 }

func (o *orientation) prepare(bands int) error {
	if o.Width < 1 || o.Width > 63 || o.Width%2 == 0 || !(o.Floor > 0 && o.Floor < math.MaxFloat32) {
		return fmt.Errorf("orientation in windows of %d pixels above %v", o.Width, o.Floor)
	}
	return o.Luminance.validate(bands)
}

func (o *orientation) worker(mem *scratch) scoring {
	g := sobel{mem: mem}
	var c directionColumns
	flat := float64(o.Floor * 4 * kernel.Directions * kernel.GradientUnit) // per pixel
	return func(dst *raster.Tile, t *raster.TilePair) {
		w, r := dst.Window, o.Width/2
		in := w.Grow(r)
		g.measure(o.Luminance, t, in)
		defer g.done()
		c.shape(in.W, o.Width)
		for y := range o.Width - 1 {
			c.move(&g, y)
		}
		var count []int32
		if t.Valid != nil {
			count = mem.intSums(g.ok, w, r)
			defer mem.givePlanes(count)
		}
		row := 0
		t.EachRow(w, func(_, at, n int) {
			c.move(&g, row+o.Width-1)
			diff, all := c.sums(n, o.Width)
			out := dst.Data[row*dst.Stride:][:n]
			if count == nil {
				kernel.DirectionChange(out, diff, all, float64(flat*float64(o.Width*o.Width)))
			} else {
				kernel.DirectionChangeOf(out, diff, all, count[row*n:][:n], flat)
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}

// directionColumns holds, for each column of pixels, what the rows of a window that moves down have in each direction in both passes. Rows
// that are inside are kept until they leave.
type directionColumns struct {
	columns   [][2][kernel.Directions]int32
	rows      [][2]kernel.EdgeRow // of the window, and one that enters
	none      kernel.EdgeRow      // leaves while the window is not full
	diff, all []int32
}

// shape empties the columns, n of them, for windows of so many rows.
func (c *directionColumns) shape(n, rows int) {
	if cap(c.columns) < n {
		row := func() kernel.EdgeRow {
			return kernel.EdgeRow{Left: make([]int32, n), Right: make([]int32, n), Direction: make([]int32, n)}
		}
		c.columns = make([][2][kernel.Directions]int32, n)
		c.diff, c.all, c.none = make([]int32, n), make([]int32, n), row()
		c.rows = make([][2]kernel.EdgeRow, rows+1)
		for i := range c.rows {
			c.rows[i] = [2]kernel.EdgeRow{row(), row()}
		}
	}
	c.columns = c.columns[:n]
	clear(c.columns)
}

// move adds row y of the gradients, and takes out the one above the window that ends there.
func (c *directionColumns) move(g *sobel, y int) {
	n, height := len(c.columns), len(c.rows)-1
	for pass := range g.gx {
		in, out := c.rows[y%len(c.rows)][pass], c.none
		if y >= height {
			out = c.rows[(y-height)%len(c.rows)][pass]
		}
		kernel.Edges(in.Left[:n], in.Right[:n], in.Direction[:n], g.gx[pass][y*n:][:n], g.gy[pass][y*n:][:n])
		kernel.MoveEdges(c.columns, pass, in, out)
	}
}

// sums are those of kernel.DirectionSums for n windows.
func (c *directionColumns) sums(n, width int) (diff, all []int32) {
	diff, all = c.diff[:n], c.all[:n]
	kernel.DirectionSums(diff, all, c.columns, width)
	return diff, all
}
