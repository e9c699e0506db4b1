package job

import (
	"fmt"
	"io"
	"slices"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/geo"
	"passdiff/raster"
)

// The classes of coverage, in the order in which they are written. Each pixel of the before grid is in one.
const (
	classObserved = iota
	classNoData   // no value in one pass or both, or only one pass reaches there
	classMasked   // ruled out by a mask raster
	classMissing  // a block of a file was never written
	// classUnregistered is ground on which the passes cannot be laid on each other. Registration moves a scene as a whole, so that it rules no
	// part of one out: the class is empty.
	classUnregistered
	classOutside // not in the AOI
	classes
)

var classNames = [classes]string{"observed", "nodata", "masked", "missing", "unregistered", "outside_aoi"}

// classOf is the class of a reason of package raster.
func classOf(why uint8) int {
	switch why {
	case raster.CloudMask:
		return classMasked
	case raster.Missing:
		return classMissing
	}
	return classNoData
}

// coverage counts what of the before grid was looked at. Areas add up exactly: they are counted in whole units.
type coverage struct {
	grid, window raster.Window
	looked       *raster.Area // nil for everything
	areas        *geo.PixelAreas
	pixels       [classes]int64
	units        [classes]int64
	keep         bool                  // runs, for polygons
	runs         [classes][]raster.Run // of classes other than observed
}

// newCoverage prepares to count.
func (j *Job) newCoverage(in *opened) (*coverage, error) {
	l := in.place.Locator
	c := &coverage{grid: l.Grid.Window(), window: in.pair.Window, looked: in.looked, keep: j.Coverage != ""}
	if l.Project != nil {
		var err error
		if c.areas, err = l.PixelAreas(c.grid); err != nil {
			return nil, exit.With(exit.Input, err)
		}
	}
	return c, nil
}

// blind takes a run that was not measured.
func (c *coverage) blind(r raster.Run, why uint8) { c.add(classOf(why), r) }

func (c *coverage) add(class int, r raster.Run) {
	if r.X1 <= r.X0 {
		return
	}
	c.pixels[class] += int64(r.Len())
	if c.areas != nil {
		c.units[class] += c.areas.Units(r)
	}
	if c.keep {
		c.runs[class] = append(c.runs[class], r)
	}
}

// finish counts what no run told of: outside the AOI, outside the overlap, and the rest, which was observed.
func (c *coverage) finish() {
	all := int64(0)
	units := int64(0)
	for y := range c.grid.H {
		row := raster.Run{Y: int32(y), X1: int32(c.grid.W)}
		all += int64(row.Len())
		if c.areas != nil {
			units += c.areas.Units(row)
		}
		asked := []raster.Run{row}
		if c.looked != nil {
			asked = c.looked.Row(y)
		}
		x := int32(0)
		for _, r := range asked {
			c.add(classOutside, raster.Run{Y: r.Y, X0: x, X1: r.X0})
			c.outsideOverlap(r)
			x = r.X1
		}
		c.add(classOutside, raster.Run{Y: int32(y), X0: x, X1: row.X1})
	}
	c.pixels[classObserved], c.units[classObserved] = all, units
	for class := classObserved + 1; class < classes; class++ {
		c.pixels[classObserved] -= c.pixels[class]
		c.units[classObserved] -= c.units[class]
	}
}

// outsideOverlap adds the parts of a run that only one pass covers.
func (c *coverage) outsideOverlap(r raster.Run) {
	x0, x1 := int32(c.window.X), int32(c.window.MaxX())
	if int(r.Y) < c.window.Y || int(r.Y) >= c.window.MaxY() {
		x0, x1 = r.X1, r.X1
	}
	c.add(classNoData, raster.Run{Y: r.Y, X0: r.X0, X1: min(r.X1, x0)})
	c.add(classNoData, raster.Run{Y: r.Y, X0: max(r.X0, x1), X1: r.X1})
}

// squareMetres is the area of a class; not known without a georeference.
func (c *coverage) squareMetres(class int) geo.Opt[float64] {
	if c.areas == nil {
		return geo.Opt[float64]{}
	}
	return geo.Some(c.areas.SquareMetres(c.units[class]))
}

// record is what the run record says.
func (c *coverage) record() []classRecord {
	out := make([]classRecord, classes)
	for class, name := range classNames {
		out[class] = classRecord{Class: name, Pixels: c.pixels[class]}
		if a := c.squareMetres(class); a.Known {
			out[class].AreaM2 = &a.Value
		}
	}
	return out
}

// write writes each connected piece of each class as a polygon. A nil writer writes nothing.
func (c *coverage) write(w io.Writer, j *Job, l geo.Locator) error {
	if w == nil {
		return nil
	}
	c.keepObserved()
	out := geo.NewWriter(w, geo.Format{Lines: lines(j.Coverage), Pixel: l.Project == nil})
	var tracer geo.Tracer
	for class, runs := range c.runs {
		for i, part := range raster.NewArea(runs).Components() {
			placed, err := l.Place(tracer.Trace(part))
			if err != nil {
				return exit.With(exit.Input, err)
			}
			piece := geo.Coverage{ID: fmt.Sprintf("%s-%d", classNames[class], i+1), Class: classNames[class], Placed: placed}
			units := int64(0)
			for _, r := range part {
				piece.Pixels += int64(r.Len())
				if c.areas != nil {
					units += c.areas.Units(r)
				}
			}
			if c.areas != nil {
				piece.AreaM2 = geo.Some(c.areas.SquareMetres(units))
			}
			if err := out.WriteCoverage(&piece); err != nil {
				return output.Failed(j.Coverage, err)
			}
		}
	}
	return output.Failed(j.Coverage, out.Close())
}

// keepObserved fills in the runs of what was observed: all that is in no other class.
func (c *coverage) keepObserved() {
	others := raster.NewArea(slices.Concat(c.runs[classObserved+1:]...))
	for y := range c.grid.H {
		x := int32(0)
		for _, r := range others.Row(y) {
			if r.X0 > x {
				c.runs[classObserved] = append(c.runs[classObserved], raster.Run{Y: r.Y, X0: x, X1: r.X0})
			}
			x = r.X1
		}
		if x < int32(c.grid.W) {
			c.runs[classObserved] = append(c.runs[classObserved], raster.Run{Y: int32(y), X0: x, X1: int32(c.grid.W)})
		}
	}
}
