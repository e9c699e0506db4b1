package tilegen

import (
	"context"
	"fmt"

	"passdiff/raster"
)

// Classes of the truth raster, which lies on the before grid.
const (
	Unchanged     = 0
	Changed       = 1
	NotObservable = 255 // one of the passes has nodata there, or does not reach there
)

// Classes of the cloud raster, which lies on the after grid. Every pixel that a cloud brightens at all is in Cloudy, so the class
// reaches to the end of the soft edge.
const (
	Clear  = 0
	Cloudy = 1
)

// classes is a raster of one uint8 band that is computed row by row. row fills dst for columns x0.. of row y, with scratch space of
// its length.
type classes struct {
	info raster.Info
	row  func(dst []uint8, x0, y int, scratch *[2][]int32)
}

func (c *classes) Info() raster.Info { return c.info }

func (c *classes) Reader() (raster.Reader, error) { return &classReader{classes: c}, nil }

type classReader struct {
	*classes
	scratch [2][]int32
}

func (r *classReader) Close() error { return nil }

func (r *classReader) Read(ctx context.Context, w raster.Window, b *raster.Block) error {
	if !r.info.Grid.Window().Contains(w) {
		panic(fmt.Sprintf("tilegen: read of %v outside %v", w, r.info.Grid.Window()))
	}
	if len(r.scratch[0]) != w.W {
		r.scratch = [2][]int32{make([]int32, w.W), make([]int32, w.W)}
	}
	data := b.Data.([]uint8)
	for y := range w.H {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.row(data[y*w.W:(y+1)*w.W], w.X, w.Y+y, &r.scratch)
	}
	return nil
}

func newClasses(name string, g raster.Grid, row func([]uint8, int, int, *[2][]int32)) *classes {
	w, h := classLayout.block(g)
	return &classes{row: row, info: raster.Info{Name: name, Grid: g, Bands: 1, Type: raster.Uint8, BlockW: w, BlockH: h}}
}

// observed reports whether both passes measured pixel (x, y) of the before grid.
func (s *Scene) observed(x, y int) bool {
	a := s.spec.After
	x1, y1 := x-a.X, y-a.Y
	return x >= 0 && y >= 0 && x < s.spec.Width && y < s.spec.Height && s.before.collar.measured(x, y) &&
		x1 >= 0 && y1 >= 0 && x1 < a.W && y1 < a.H && s.after.collar.measured(x1, y1)
}

// truthRow is a row of the truth raster.
func (s *Scene) truthRow(dst []uint8, x0, y int, _ *[2][]int32) {
	for k := range dst {
		dst[k] = Unchanged
		if !s.observed(x0+k, y) {
			dst[k] = NotObservable
		}
	}
	// Objects stand only where both passes look.
	s.things.spans(y, func(_, a, b int) {
		for x := max(a, x0); x < min(b, x0+len(dst)); x++ {
			dst[x-x0] = Changed
		}
	})
}

// cloudRow is a row of the cloud raster.
func (s *Scene) cloudRow(dst []uint8, x0, y int, scratch *[2][]int32) {
	clear(dst)
	if s.after.clouds == nil || !s.after.clouds.row(scratch[0], scratch[1], x0, y) {
		return
	}
	for k, a := range scratch[0] {
		if a > 0 {
			dst[k] = Cloudy
		}
	}
}
