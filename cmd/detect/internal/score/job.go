package score

import (
	"context"
	"errors"
	"fmt"

	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
	"passdiff/geo"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// Job is a result to score.
type Job struct {
	// Out is the result: a mask raster of detect run or polygons. Truth is the reference data: a raster or polygons.
	Out, Truth string
	// AOI is a file of polygons outside which nothing is scored; Grid a raster whose grid polygons are compared on with polygons. "" for
	// neither.
	AOI, Grid string
	// Drivers, NoGeoref, AllowSparse, Sidecars and AllowRemote are as in gdal.OpenOptions. With NoGeoref polygons are in pixel space.
	Drivers                                      []string
	NoGeoref, AllowSparse, Sidecars, AllowRemote bool

	// Report receives warnings. It is not nil.
	Report *report.Reporter
}

// Run compares the two. Errors carry an exit code. Memory grows with the width of the rasters and with the polygons.
func (j *Job) Run(ctx context.Context) (*Result, error) {
	if j.Out == "" || j.Truth == "" {
		return nil, exit.Errorf(exit.Usage, "OUT or TRUTH is missing")
	}
	var sides [2]*side
	defer func() {
		for _, s := range sides {
			s.close()
		}
	}()
	for i, path := range []string{j.Out, j.Truth} {
		var err error
		if sides[i], err = j.open(path); err != nil {
			return nil, exit.With(exit.Input, err)
		}
	}
	grid, err := j.grid(sides[0], sides[1])
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	for _, s := range sides {
		if err := s.onto(j, grid); err != nil {
			return nil, exit.With(exit.Input, err)
		}
	}
	aoi, err := j.area(grid)
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	r, err := j.compare(ctx, sides, grid, aoi)
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	for _, s := range sides {
		if s.scene == nil {
			continue
		}
		if err := s.scene.Changed(); err != nil {
			return nil, exit.With(exit.Output, err)
		}
		for _, w := range s.scene.Warnings() {
			j.Report.Warn("%s", w)
		}
	}
	return r, nil
}

// grid is the one that both are compared on: that of the rasters, or of the raster that is named.
func (j *Job) grid(out, truth *side) (raster.Grid, error) {
	switch {
	case j.Grid != "" && (out.scene != nil || truth.scene != nil):
		return raster.Grid{}, exit.Errorf(exit.Usage, "--grid is for polygons against polygons, and here one is a raster: leave it out")
	case out.scene != nil && truth.scene != nil:
		g := out.scene.Info().Grid
		return g, same(truth, out)
	case out.scene != nil:
		return out.scene.Info().Grid, nil
	case truth.scene != nil:
		return truth.scene.Info().Grid, nil
	case j.Grid == "":
		return raster.Grid{}, exit.Errorf(exit.Usage, "%s and %s are both polygons; name a raster whose pixels they are compared on, such as the before pass, with --grid", out.path, truth.path)
	}
	s, err := gdal.Open(j.Grid, j.options())
	if err != nil {
		return raster.Grid{}, err
	}
	return s.Info().Grid, s.Close()
}

func (j *Job) options() gdal.OpenOptions {
	return gdal.OpenOptions{
		AllowSparse: j.AllowSparse, Sidecars: j.Sidecars, Drivers: j.Drivers, AllowRemote: j.AllowRemote, NoGeoref: j.NoGeoref, Raw: true,
	}
}

// same refuses rasters that do not share their grid: b says which it should be.
func same(a, b *side) error {
	ag, bg := a.scene.Info().Grid, b.scene.Info().Grid
	way := fmt.Sprintf("bring it onto the grid of %s with gdalwarp -r near", b.path)
	differ := func() error { return fmt.Errorf("%s: is %v, %s is %v; %s", a.path, ag, b.path, bg, way) }
	if ag.Georeferenced() != bg.Georeferenced() {
		way = "use --no-georef to compare pixel by pixel"
		return differ()
	}
	if ag.Width != bg.Width || ag.Height != bg.Height {
		return differ()
	}
	if !ag.Georeferenced() {
		return nil
	}
	if !gdal.SameCRS(ag.CRS, bg.CRS) {
		return differ()
	}
	inverse, _ := bg.Affine.Inverse()
	w, h := float64(bg.Width), float64(bg.Height)
	for _, c := range [][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		x, y := inverse.Apply(ag.Affine.Apply(c[0], c[1]))
		if dx, dy := x-c[0], y-c[1]; !(dx*dx <= raster.GridTolerance*raster.GridTolerance && dy*dy <= raster.GridTolerance*raster.GridTolerance) {
			return fmt.Errorf("%s: its corners lie up to %.3g columns and %.3g rows from those of %s; %s", a.path, dx, dy, b.path, way)
		}
	}
	return nil
}

// area is the pixels of the AOI; nil for all.
func (j *Job) area(grid raster.Grid) (*raster.Area, error) {
	if j.AOI == "" {
		return nil, nil
	}
	s := &side{path: j.AOI}
	if err := s.read(false); err != nil {
		return nil, err
	}
	if err := s.onto(j, grid); err != nil {
		return nil, err
	}
	return s.area, nil
}

// compare goes through the rows.
func (j *Job) compare(ctx context.Context, sides [2]*side, grid raster.Grid, aoi *raster.Area) (*Result, error) {
	m, err := newMapped(grid)
	if err != nil {
		return nil, err
	}
	var c accuracy.Comparer
	out, truth, inside := make([]uint8, grid.Width), make([]uint8, grid.Width), make([]uint8, grid.Width)
	for y := range grid.Height {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, row := range [][]uint8{out, truth} {
			if err := sides[i].row(ctx, y, row); err != nil {
				return nil, err
			}
		}
		if aoi != nil {
			aoi.Mark(inside, 0, y)
			for x, in := range inside {
				if in == 0 {
					out[x], truth[x] = accuracy.Unknown, accuracy.Unknown
				}
			}
		}
		c.Row(out, truth)
		m.row(y, out)
	}
	all, sizes, unobserved := c.Finish()
	if p := all.Pixels; p.TP+p.FP+p.FN+p.TN == 0 {
		where := ""
		if aoi != nil {
			where = " inside " + j.AOI
		}
		return nil, fmt.Errorf("%s: labels no pixel%s; a truth raster has 1 for changed and 0 for unchanged, and 255 or nodata is not labelled", j.Truth, where)
	}
	return j.result(sides, grid, m, all, sizes, unobserved), nil
}

// mapped adds up the ground that OUT observed, by its class: unchanged, changed.
type mapped struct {
	areas  *geo.PixelAreas // nil without a georeference
	pixels [2]int64
	units  [2]int64
	mean   geo.Opt[float64] // m² of a pixel of the grid
}

func newMapped(grid raster.Grid) (*mapped, error) {
	m := &mapped{}
	if !grid.Georeferenced() {
		return m, nil
	}
	lonlat, err := gdal.NewLonLat(grid.CRS)
	if err != nil {
		return nil, err
	}
	defer lonlat.Close()
	l, err := geo.NewLocator(grid, lonlat.Project)
	if err != nil {
		return nil, err
	}
	if m.areas, err = l.PixelAreas(grid.Window()); err != nil {
		return nil, err
	}
	units := int64(0)
	for y := range grid.Height {
		units += m.areas.Units(raster.Run{Y: int32(y), X1: int32(grid.Width)})
	}
	if units <= 0 {
		return nil, errors.New("the grid has no area on the ground; compare pixels with --no-georef")
	}
	m.mean = geo.Some(m.areas.SquareMetres(units) / float64(grid.Window().Pixels()))
	return m, nil
}

// row takes the next row of OUT.
func (m *mapped) row(y int, classes []uint8) {
	for x := 0; x < len(classes); {
		class, x0 := classes[x], x
		for x < len(classes) && classes[x] == class {
			x++
		}
		if class == accuracy.Unknown {
			continue
		}
		m.pixels[class] += int64(x - x0)
		if m.areas != nil {
			m.units[class] += m.areas.Units(raster.Run{Y: int32(y), X0: int32(x0), X1: int32(x)})
		}
	}
}

// area is the ground of a class, in m² or, without a georeference, in pixels.
func (m *mapped) area(class int) float64 {
	if m.areas == nil {
		return float64(m.pixels[class])
	}
	return m.areas.SquareMetres(m.units[class])
}
