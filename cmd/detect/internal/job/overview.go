package job

import (
	"context"
	"math"
	"slices"
	"strings"

	"passdiff/raster"
)

// Overview is a pair at a scale at which all of it fits into a picture. It is made of every pixel that both passes cover, read once, and
// takes memory by its own size, not by theirs.
type Overview struct {
	// Frame is the smallest window of the before grid around both passes, Passes are where they lie, Step is how many pixels a cell of the
	// overview is wide and high. Cells lie row by row from the frame's first pixel on; those at its end may be cut.
	Frame  raster.Window
	Passes [2]raster.Window
	Step   int
	Width  int
	Height int
	// Colours are, of each pass, the means over the measured pixels of each cell of the bands shown as red, green and blue; NaN where none is
	// measured or the other pass does not reach.
	Colours [2][3][]float32
	// Classes say of each cell what most of its pixels are.
	Classes []OverviewClass
}

// OverviewClass is what most pixels of a cell are.
type OverviewClass uint8

// The classes; all but the first lie in both passes.
const (
	NotCovered OverviewClass = iota // by both passes
	Measured                        // in both passes
	NotMeasured
	MaskedOut
	NeverWritten
	OutsideArea
	overviewClasses
)

// overviewTile is the size of the tiles that the overview is made of: flat, so that little of a striped scene is in memory.
const (
	overviewTileW = 1024
	overviewTileH = 128
)

// overview makes the overview of a pair with at most side cells on either side.
func (j *Job) overview(ctx context.Context, passes [2]pass, p *raster.Pair, area *raster.Area, side int) (*Overview, error) {
	before, after := passes[0].Info().Grid.Window(), passes[1].Info().Grid.Window().Shift(p.DX, p.DY)
	v := &Overview{Passes: [2]raster.Window{before, after}, Frame: before.Union(after)}
	v.Step = max(1, (max(v.Frame.W, v.Frame.H)+side-1)/side)
	v.Width, v.Height = (v.Frame.W+v.Step-1)/v.Step, (v.Frame.H+v.Step-1)/v.Step
	sums := newCells(raster.Window{W: v.Width, H: v.Height})
	shown := [2][3]int{passes[0].shown(), passes[1].shown()}
	progress := j.Report.Progress("drawing", p.Window.Pixels())
	defer progress.Done()
	tiles := raster.Tiles(p.Window, overviewTileW, overviewTileH, 0)
	worker := func() func(*raster.TilePair) (*cells, error) {
		return func(t *raster.TilePair) (*cells, error) {
			c := newCells(v.cellsOf(t.Out))
			c.add(v, t, shown, area)
			return c, nil
		}
	}
	done := int64(0)
	err := raster.Stream(ctx, p, raster.StreamOptions{Windows: tiles, Workers: j.workers()}, worker, func(i int, c *cells) error {
		sums.merge(c)
		done += tiles[i].Pixels()
		progress.Set(done)
		return nil
	})
	if err != nil {
		return nil, err
	}
	sums.finish(v)
	return v, nil
}

// colourNames are how files call the bands shown as red, green and blue, in lower case.
var colourNames = [3][]string{{"red", "b04"}, {"green", "b03"}, {"blue", "b02"}}

// shown are the bands, from 0, shown as red, green and blue: those of these names; else the first three of three, the visible ones in the
// orders of Landsat and Sentinel-2, which begin with blue or coastal aerosol; of fewer than three the first.
func (p pass) shown() (rgb [3]int) {
	var names []string
	for _, s := range p.files {
		names = append(names, s.BandNames()...)
	}
	named := 0
	for i, want := range colourNames {
		k := slices.IndexFunc(names, func(n string) bool { return slices.Contains(want, strings.ToLower(n)) })
		if k >= 0 {
			rgb[i] = k
			named++
		}
	}
	switch n := p.Info().Bands; {
	case named == len(rgb):
		return rgb
	case n < 3:
		return [3]int{}
	case n == 3:
		return [3]int{0, 1, 2}
	case n < 10:
		return [3]int{2, 1, 0}
	}
	return [3]int{3, 2, 1}
}

// cellsOf is the window of cells that hold pixels of w.
func (v *Overview) cellsOf(w raster.Window) raster.Window {
	x, y := (w.X-v.Frame.X)/v.Step, (w.Y-v.Frame.Y)/v.Step
	return raster.Window{X: x, Y: y, W: (w.MaxX()-1-v.Frame.X)/v.Step + 1 - x, H: (w.MaxY()-1-v.Frame.Y)/v.Step + 1 - y}
}

// cells are sums over the cells of a window.
type cells struct {
	window raster.Window
	sums   [2][3][]float64
	counts [2][]int64
	pixels [overviewClasses][]int64
}

func newCells(w raster.Window) *cells {
	c := &cells{window: w}
	n := w.W * w.H
	for pass := range c.sums {
		for i := range c.sums[pass] {
			c.sums[pass][i] = make([]float64, n)
		}
		c.counts[pass] = make([]int64, n)
	}
	for k := range c.pixels {
		c.pixels[k] = make([]int64, n)
	}
	return c
}

// add adds the pixels of a tile.
func (c *cells) add(v *Overview, t *raster.TilePair, shown [2][3]int, area *raster.Area) {
	inside := make([]uint8, t.Out.W)
	t.EachRow(t.Out, func(y, at, n int) {
		row := ((y-v.Frame.Y)/v.Step - c.window.Y) * c.window.W
		cell := func(i int) int { return row + (t.Out.X+i-v.Frame.X)/v.Step - c.window.X }
		for pass, tile := range []*raster.Tile{&t.Before, &t.After} {
			for k, band := range shown[pass] {
				values := tile.Band(band)[at : at+n]
				for i, x := range values {
					if tile.Valid == nil || tile.Valid[at+i] != 0 {
						c.sums[pass][k][cell(i)] += float64(x)
					}
				}
			}
			for i := range n {
				if tile.Valid == nil || tile.Valid[at+i] != 0 {
					c.counts[pass][cell(i)]++
				}
			}
		}
		if area != nil {
			area.Mark(inside, t.Out.X, y)
		}
		for i := range n {
			c.pixels[classAt(t, at+i, area == nil || inside[i] != 0)][cell(i)]++
		}
	})
}

// classAt is the class of the pixel at an offset of a tile.
func classAt(t *raster.TilePair, at int, inside bool) OverviewClass {
	switch {
	case !inside:
		return OutsideArea
	case t.Valid == nil || t.Valid[at] != 0:
		return Measured
	case t.Why == nil:
		return NotMeasured
	}
	switch t.Why[at] {
	case raster.CloudMask:
		return MaskedOut
	case raster.Missing:
		return NeverWritten
	}
	return NotMeasured
}

// merge adds the cells of a tile, of which others may hold pixels, too.
func (c *cells) merge(o *cells) {
	for y := range o.window.H {
		at, from := (o.window.Y-c.window.Y+y)*c.window.W+o.window.X-c.window.X, y*o.window.W
		for x := range o.window.W {
			for pass := range c.sums {
				for k := range c.sums[pass] {
					c.sums[pass][k][at+x] += o.sums[pass][k][from+x]
				}
				c.counts[pass][at+x] += o.counts[pass][from+x]
			}
			for k := range c.pixels {
				c.pixels[k][at+x] += o.pixels[k][from+x]
			}
		}
	}
}

// finish makes means and classes of sums.
func (c *cells) finish(v *Overview) {
	n := v.Width * v.Height
	v.Classes = make([]OverviewClass, n)
	for pass := range v.Colours {
		for k := range v.Colours[pass] {
			plane := make([]float32, n)
			for i := range plane {
				plane[i] = float32(math.NaN())
				if m := c.counts[pass][i]; m > 0 {
					plane[i] = float32(c.sums[pass][k][i] / float64(m))
				}
			}
			v.Colours[pass][k] = plane
		}
	}
	for i := range v.Classes {
		for k := range overviewClasses {
			if c.pixels[k][i] > c.pixels[v.Classes[i]][i] {
				v.Classes[i] = k
			}
		}
	}
}
