package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"passdiff/raster"
)

// Options says how to look and what to keep. The zero value is ready: all CPUs, regions of any size.
type Options struct {
	// Workers is the number of goroutines that decode and score; 0 means all CPUs. It does not change the result.
	Workers int
	// Tile is the side of a tile in pixels; 0 chooses by how the scenes are stored. It does not change the result.
	Tile int
	// MinPixels is the least number of pixels of a region (minimum mapping unit); 0 is the model's own, which may be 1.
	MinPixels int64
	// Opening drops changed pixels that no diamond of this radius, in pixels, made of changed pixels holds; 0 drops none.
	Opening int
	// Fill makes holes of fewer pixels part of the region around them, last of all; 1 fills none, 0 is the model's own, which may be none.
	// A hole is an 8-connected set of measured, unchanged pixels with nothing but one region around it.
	Fill int
	// Decoded are blocks of the pair that are decoded already, such as a Sample's; nil for none.
	Decoded *raster.Decoded
	// Rows is the only part of the pair's window that is looked at, from one row to before another; {0, 0} is all of it. What is found in
	// all parts of a window, with what Join makes of their fragments, is what is found in the whole.
	Rows [2]int
	// Area is the only part of the frame that is looked at; nil means all that both passes cover. Pixels around it are read, because scores
	// depend on them, and never reported.
	Area *raster.Area
}

// maxFill bounds the gaps that are kept.
const maxFill = 1 << 20

// maxOpening keeps the margin that opening needs small against tiles.
const maxOpening = 16

// The sizes of tiles, in pixels. Square ones are large against halos, small against caches. Scenes stored in strips get flat ones: of
// such a scene the rows of a tile are in memory over its whole width.
const (
	squareTile = 512
	flatTileW  = 1024
	flatTileH  = 128
)

// Validate reports everything that is wrong.
func (o Options) Validate() error {
	var errs []error
	if o.Rows[0] > o.Rows[1] {
		errs = append(errs, fmt.Errorf("rows %d to %d: the first lies behind the last", o.Rows[0], o.Rows[1]))
	}
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("workers %d is negative", o.Workers))
	}
	if o.Tile < 0 {
		errs = append(errs, fmt.Errorf("tile size %d is negative", o.Tile))
	}
	if o.MinPixels < 0 {
		errs = append(errs, fmt.Errorf("minimum of %d pixels is negative", o.MinPixels))
	}
	if o.Fill < 0 || o.Fill > maxFill {
		errs = append(errs, fmt.Errorf("filling holes below %d pixels: 0 to %d can be had", o.Fill, maxFill))
	}
	if o.Opening < 0 || o.Opening > maxOpening {
		errs = append(errs, fmt.Errorf("opening by %d pixels: 0 to %d can be had", o.Opening, maxOpening))
	}
	return errors.Join(errs...)
}

// with takes from a model what the options leave to it.
func (o Options) with(m *Model) Options {
	o.MinPixels = cmp.Or(o.MinPixels, m.MinPixels)
	o.Fill = cmp.Or(o.Fill, m.Fill)
	return o
}

// rows is the part of a pair's window that is looked at.
func (o Options) rows(w raster.Window) raster.Window {
	if o.Rows != [2]int{} {
		y1 := min(w.MaxY(), o.Rows[1])
		w.Y = max(w.Y, o.Rows[0])
		w.H = max(0, y1-w.Y)
	}
	return w
}

// tile is the size of tiles for a pair.
func (o Options) tile(p *raster.Pair) (w, h int) {
	if o.Tile > 0 {
		return o.Tile, o.Tile
	}
	for _, i := range []raster.Info{p.Before.Info(), p.After.Info()} {
		if i.BlockW >= i.Grid.Width && i.Grid.Width > flatTileW {
			return flatTileW, flatTileH
		}
	}
	side := squareTile
	for side > 64 && side*side*2*p.Before.Info().Bands > maxTileValues {
		side /= 2
	}
	return side, side
}

// maxTileValues bounds the values of both passes that one worker holds; scenes of many bands get smaller tiles. maxTiles bounds the list
// of tiles.
const (
	maxTileValues = 1 << 22
	maxTiles      = 4 << 20
)

// Output receives what Detect finds, all on one goroutine. A nil function skips its part; an error stops the detection.
type Output struct {
	// Region receives each region that is kept, in the order of their last rows. The region may be kept.
	Region func(*Region) error
	// Loose receives what lies against a cut of Options.Rows, for Join. It is not nil when there are rows.
	Loose func(Fragment) error
	// Blind receives the runs of pixels of the pair's window, or of the area, that were not measured in both passes, in row-major order.
	// They come with their reason: raster.NoData, CloudMask or Missing.
	Blind func(r raster.Run, why uint8) error
	// Final tells that all that touches rows above y has been received.
	Final func(y int) error
	// Score receives the scores of a tile, for its window, in row-major order of the tiles; pixels that were not measured or are
	// outside the area are NaN. The tile may not be kept.
	Score func(*raster.Tile) error
	// Progress receives the number of pixels done so far.
	Progress func(done int64)
}

// Summary counts what was looked at and found.
type Summary struct {
	// Pixels of the pair's window, or of the area inside it; Observed ones are measured in both passes.
	Pixels   int64 `json:"pixels"`
	Observed int64 `json:"observed"`
	// Changed pixels reach the threshold; Kept ones are in regions that were kept.
	Changed int64 `json:"changed"`
	Kept    int64 `json:"kept"`
	// Regions kept, and those dropped because no pixel reached Keep or because they were too small.
	Regions int64 `json:"regions"`
	Weak    int64 `json:"weak"`
	Small   int64 `json:"small"`
}

// Plus is the summary of two parts of a window.
func (s Summary) Plus(o Summary) Summary {
	return Summary{
		s.Pixels + o.Pixels, s.Observed + o.Observed, s.Changed + o.Changed, s.Kept + o.Kept, s.Regions + o.Regions, s.Weak + o.Weak, s.Small + o.Small,
	}
}

// Detect scores a pair by its model, connects what changed and hands over the regions. Every block is decoded once.
func Detect(ctx context.Context, p *raster.Pair, m *Model, o Options, out Output) (Summary, error) {
	if err := o.Validate(); err != nil {
		return Summary{}, err
	}
	if got := p.Before.Info().Bands; got != m.Bands {
		return Summary{}, fmt.Errorf("model is for %d bands, the pair has %d", m.Bands, got)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o = o.with(m)
	rows := o.rows(p.Window)
	if rows.H == 0 {
		return Summary{}, fmt.Errorf("rows %d to %d of a pair that has those from %d to %d", o.Rows[0], o.Rows[1], p.Window.Y, p.Window.MaxY())
	}
	q := *p
	q.Offset = m.Offset
	halo := newExtractor(m, o, p.Window).margin() + m.halo()
	w, h := o.tile(p)
	if n := (rows.W/w + 1) * (rows.H/h + 1); n > maxTiles {
		return Summary{}, fmt.Errorf("tiles of %d pixels cut the scene into %d; choose larger ones", w, n)
	}
	tiles := raster.Tiles(rows, w, h, halo)
	if o.Area != nil {
		tiles = slices.DeleteFunc(tiles, func(t raster.Window) bool { return !o.Area.Meets(t) })
	}
	c := newCollector(p.Window, tiles, m, o, out)
	worker := func() func(*raster.TilePair) (*tileRuns, error) {
		l := newLooker(m, o, p.Window, out.Score != nil)
		return func(t *raster.TilePair) (*tileRuns, error) {
			r := c.pool.get(t.Out)
			l.tile(r, t, c.scoreTile())
			return r, nil
		}
	}
	err := raster.Stream(ctx, &q, raster.StreamOptions{Windows: tiles, Halo: halo, Workers: o.Workers, Have: o.Decoded}, worker,
		c.tile)
	if err != nil {
		return Summary{}, err
	}
	return c.finish()
}

// halo is how far the scores and the evidence of a pixel reach.
func (m *Model) halo() int { return max(m.Scorer.Halo(), Node{m.Evidence}.reach()) }

// copyScores copies the scores of a tile's window to s, with NaN where it is not measured or outside the area.
func copyScores(s, plane *raster.Tile, t *raster.TilePair, area *raster.Area) {
	s.Shape(t.Out, 1)
	t.EachRow(t.Out, func(y, at, n int) {
		row := s.Data[(y-t.Out.Y)*s.Stride:][:n]
		copy(row, plane.Data[(y-plane.Window.Y)*plane.Stride+t.Out.X-plane.Window.X:][:n])
		if t.Valid != nil {
			for i, v := range t.Valid[at : at+n] {
				if v == 0 {
					row[i] = float32(math.NaN())
				}
			}
		}
		if area != nil {
			outside(area, y, t.Out.X, row)
		}
	})
}

// outside sets to NaN what of a row from column x on is not in the area.
func outside(area *raster.Area, y, x int, row []float32) {
	from := 0
	blank := func(to int) {
		for i := from; i < to; i++ {
			row[i] = float32(math.NaN())
		}
	}
	for _, r := range area.Row(y) {
		blank(min(int(r.X0)-x, len(row)))
		from = max(from, int(r.X1)-x)
	}
	blank(len(row))
}
