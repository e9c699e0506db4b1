package gdal

import (
	"errors"
	"fmt"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// describeGrid settles CRS and affine. A grid has both or neither.
func (s *Scene) describeGrid() error {
	gt, err := s.ds.GeoTransform() // an error is how GDAL says that there is none
	affine := raster.Affine(gt)
	hasAffine := err == nil && affine != raster.Affine{0, 1, 0, 0, 0, 1} // the identity is GDAL's way to say none
	s.facts.RPC = s.dir != nil && s.dir.HasRPC || s.ds.Metadata("LINE_OFF", godal.Domain("RPC")) != ""
	if s.dir != nil && !hasAffine && !s.dir.HasTransform {
		s.facts.GCPs = int(s.dir.TiePoints)
	}
	if s.opts.NoGeoref {
		return nil
	}
	if _, ok := affine.Inverse(); hasAffine && !ok {
		return fmt.Errorf("its geotransform %v has pixels without area; correct it with gdal_edit, or compare pixels with --no-georef", gt)
	}
	if !hasAffine && s.facts.GCPs > 0 {
		return fmt.Errorf("has %d ground control points but no geotransform; run gdalwarp first, or compare pixels with --no-georef", s.facts.GCPs)
	}
	if !hasAffine && s.facts.RPC {
		return errors.New("has rational polynomials (RPC) but no geotransform; run gdalwarp -rpc first, or compare pixels with --no-georef")
	}
	crs, err := canonical(s.ds.Projection())
	switch {
	case errors.Is(err, errLocal):
		s.warn.add("%s: its CRS is a local one of unknown place; treated as without georeference", s.facts.Path)
	case err != nil:
		return fmt.Errorf("its CRS cannot be understood: %w; correct it with gdal_edit -a_srs, or compare pixels with --no-georef", err)
	case crs != "" && !hasAffine:
		s.warn.add("%s: has a CRS but no geotransform; treated as without georeference", s.facts.Path)
	case crs == "" && hasAffine:
		s.warn.add("%s: has a geotransform but no CRS; treated as without georeference", s.facts.Path)
	case crs != "" && hasAffine:
		s.info.Grid.CRS, s.info.Grid.Affine = crs, affine
	}
	return nil
}
