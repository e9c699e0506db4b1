package job

import (
	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// place says where pixels lie, with the transformation that it needs.
type place struct {
	geo.Locator
	lonlat *gdal.LonLat // nil in pixel space
}

// newPlace makes the place of a grid; without a georeference it is pixel space. The caller closes it.
func newPlace(g raster.Grid) (p place, err error) {
	if g.Georeferenced() {
		if p.lonlat, err = gdal.NewLonLat(g.CRS); err != nil {
			return p, exit.With(exit.Input, err)
		}
		p.Locator, err = geo.NewLocator(g, p.lonlat.Project)
	} else {
		p.Locator, err = geo.NewLocator(g, nil)
	}
	if err != nil {
		p.close()
	}
	return p, exit.With(exit.Input, err)
}

func (p place) close() {
	if p.lonlat != nil {
		p.lonlat.Close()
	}
}
