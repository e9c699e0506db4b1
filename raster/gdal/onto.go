package gdal

import (
	"cmp"
	"fmt"
	"math"

	"passdiff/raster"
)

// Resampling is what a run record says of a scene that was put onto another grid.
type Resampling struct {
	// Method is that of raster.ResampleOptions.
	Method string
	// CRS and PixelX, PixelY, the sides of a pixel in its units, are those of the file.
	CRS            string
	PixelX, PixelY float64
	// StepX and StepY are the pixels of the file that one of the grid spans, as of raster.Resampled.Step.
	StepX, StepY float64
}

// Differs reports whether the pixel sizes differ by more than 1 %.
func (r Resampling) Differs() bool {
	return math.Abs(r.StepX-1) > 0.01 || math.Abs(r.StepY-1) > 0.01
}

// Resample puts src, a scene, a stack of bands or a masked one, onto a grid of any CRS by a method of raster.Resample.
func Resample(src raster.Source, onto raster.Grid, method string) (*raster.Resampled, Resampling, error) {
	g := src.Info().Grid
	var facts Resampling
	name := cmp.Or(src.Info().Label, src.Info().Name)
	switch {
	case !onto.Georeferenced():
		return nil, facts, fmt.Errorf("%s: cannot be resampled onto a grid without georeference; use --no-georef to compare pixel by pixel", name)
	case !g.Georeferenced():
		return nil, facts, fmt.Errorf("%s: has no georeference, so it cannot be resampled; use --no-georef to compare pixel by pixel", name)
	}
	o := raster.ResampleOptions{Method: method}
	if !SameCRS(onto.CRS, g.CRS) {
		o.Projector = func() (raster.Projector, error) { return NewTransform(onto.CRS, g.CRS) }
	}
	if geographic(g.CRS) {
		o.Turn = 360
	}
	r, err := raster.Resample(src, onto, o)
	if err != nil {
		return nil, facts, err
	}
	facts = Resampling{Method: method, CRS: g.CRS}
	facts.PixelX, facts.PixelY = g.Affine.PixelSize()
	facts.StepX, facts.StepY = r.Step()
	return r, facts, nil
}
