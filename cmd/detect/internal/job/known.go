package job

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/track"
	"passdiff/geo/ogr"
	"passdiff/raster/gdal"
)

// whatIsKnown reads what the job knows already, in the space of the output: a store as it was at the time of AFTER, or polygons. nil for nothing.
func (j *Job) whatIsKnown(ctx context.Context, passes [2]pass) (*track.Known, error) {
	if j.Known == "" {
		return nil, nil
	}
	pixelSpace := !passes[0].Info().Grid.Georeferenced()
	store, err := track.IsStore(ctx, j.Known)
	switch {
	case err != nil:
		return nil, err
	case store && pixelSpace:
		return nil, exit.Errorf(exit.Input, "%s: lies on a map, and the passes are compared without a georeference; leave --known out, or give polygons in columns and minus rows", j.Known)
	case store:
		return track.Store{Path: j.Known}.Known(ctx, passes[1].at)
	}
	areas, err := ogr.Read(j.Known, ogr.Options{Empty: true})
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	space, all := track.LonLat, make([]orb.MultiPolygon, len(areas))
	if pixelSpace {
		space = track.Pixels
	}
	for i, a := range areas {
		all[i] = a.Geometry
	}
	if len(areas) > 0 && !pixelSpace {
		if err := toLonLat(all, areas[0].CRS); err != nil {
			return nil, exit.Errorf(exit.Input, "%s: %w; check its coordinates and CRS", j.Known, err)
		}
	}
	return track.NewKnown(space, all), nil
}

// toLonLat turns polygons of a CRS, in place, into longitude and latitude by their vertices.
func toLonLat(all []orb.MultiPolygon, crs string) error {
	t, err := gdal.NewLonLat(crs)
	if err != nil {
		return err
	}
	defer t.Close()
	for _, m := range all {
		for _, p := range m {
			for _, r := range p {
				x, y := make([]float64, len(r)), make([]float64, len(r))
				for i, v := range r {
					x[i], y[i] = v[0], v[1]
				}
				if err := t.Project(x, y); err != nil {
					return err
				}
				for i := range r {
					if math.IsNaN(x[i]) {
						return fmt.Errorf("the point %v has no longitude and latitude", r[i])
					}
					r[i] = orb.Point{x[i], y[i]}
				}
			}
		}
	}
	return nil
}
