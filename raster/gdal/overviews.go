package gdal

import (
	"errors"
	"fmt"

	"github.com/airbusgeo/godal"
)

// overviewMethods are the values of CreateOptions.Overviews.
var overviewMethods = map[string]godal.ResamplingAlg{"nearest": godal.Nearest, "mode": godal.Mode, "average": godal.Average}

// levels are the overviews of a raster whose longer side has that many pixels: each half the one before, until one tile holds it.
func levels(side, tile int) (list []int) {
	for l := 2; (side+l/2-1)/(l/2) > tile; l *= 2 {
		list = append(list, l)
	}
	return list
}

// addOverviews makes the overviews of the finished file, inside it and stored like it.
func (s *Sink) addOverviews() error {
	list := levels(max(s.grid.Width, s.grid.Height), s.opts.Tile)
	if s.opts.Overviews == "" || len(list) == 0 {
		return nil
	}
	log := godal.ErrLogger(s.handler)
	ds, err := godal.Open(plain(s.path), godal.RasterOnly(), godal.Update(), godal.Drivers("GTiff"), log)
	if err != nil {
		return errors.New(joined(err))
	}
	config := []string{"GDAL_NUM_THREADS=1"}
	if t := s.opts.Tile; t >= 64 && t <= 4096 && t&(t-1) == 0 { // what GDAL can
		config = append(config, fmt.Sprint("GDAL_TIFF_OVR_BLOCKSIZE=", t))
	}
	err = ds.BuildOverviews(godal.Levels(list...), godal.Resampling(overviewMethods[s.opts.Overviews]), godal.ConfigOption(config...), log)
	if err := errors.Join(err, ds.Close(log)); err != nil {
		return errors.New(joined(err))
	}
	return nil
}
