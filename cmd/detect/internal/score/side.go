package score

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/geo/ogr"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// side is one of the two that are compared: a raster or polygons.
type side struct {
	path string

	scene  *gdal.Scene // nil for polygons
	reader raster.Reader
	block  raster.Block // the rows read last
	rows   int          // read at once

	polygons   []ogr.Area
	pixelSpace bool         // of the polygons
	area       *raster.Area // the pixels in them
}

// vectors are the extensions of files of polygons.
var vectors = map[string]bool{
	".geojson": true, ".json": true, ".geojsonl": true, ".ndjson": true, ".geojsonseq": true, ".geojsons": true, ".jsonl": true,
	".gpkg": true, ".shp": true, ".fgb": true, ".kml": true, ".kmz": true,
}

// open opens a raster or reads polygons, by the file's extension.
func (j *Job) open(path string) (*side, error) {
	s := &side{path: path}
	if vectors[strings.ToLower(filepath.Ext(path))] {
		return s, s.read(true)
	}
	var err error
	if s.scene, err = gdal.Open(path, j.options()); err != nil {
		return nil, err
	}
	if n := s.scene.Info().Bands; n != 1 {
		return s, fmt.Errorf("%s: has %d bands; a mask or truth raster has one: 0 unchanged, 1 changed, 255 unknown", path, n)
	}
	s.reader, err = s.scene.Reader()
	return s, err
}

// read reads polygons; none at all is a result, too, where that is allowed.
func (s *side) read(empty bool) (err error) {
	if s.polygons, err = ogr.Read(s.path, ogr.Options{Empty: empty}); err != nil {
		return err
	}
	s.pixelSpace, err = ogr.PixelSpace(s.path)
	return err
}

// close releases a raster. A nil side does nothing.
func (s *side) close() {
	if s == nil || s.scene == nil {
		return
	}
	if s.reader != nil {
		_ = s.reader.Close()
	}
	_ = s.scene.Close()
}

// mostRead is how many bytes of a raster are held at most, when a row of blocks has more.
const mostRead = 64 << 20

// onto readies a side for rows of the grid. Polygons may lie partly beside it, but not all of them wholly.
func (s *side) onto(j *Job, grid raster.Grid) error {
	if s.scene != nil {
		info := s.scene.Info()
		s.rows = max(1, min(info.BlockH, mostRead/(info.Grid.Width*info.Type.Size())))
		return nil
	}
	pixelSpace := s.pixelSpace || j.NoGeoref
	if !pixelSpace && !grid.Georeferenced() && len(s.polygons) > 0 {
		return fmt.Errorf("%s: lies on a map, and the raster has no georeference; for polygons in columns and minus rows use --no-georef", s.path)
	}
	var runs []raster.Run
	beside := 0
	for i, p := range s.polygons {
		filled, err := p.Pixels(grid, pixelSpace)
		if err != nil {
			return fmt.Errorf("%s: polygon %s: %w; check its coordinates and CRS", s.path, p.ID, err)
		}
		if len(filled) == 0 {
			beside++
		}
		runs = append(runs, filled...)
		s.polygons[i].Geometry = nil
	}
	switch n := len(s.polygons); {
	case n > 0 && beside == n:
		return fmt.Errorf("%s: holds no pixel of the raster's grid; check its coordinates and CRS", s.path)
	case beside > 0:
		j.Report.Warn("%s: %d of %d polygons hold no pixel centre of the grid and count nowhere", s.path, beside, n)
	}
	s.polygons, s.area = nil, raster.NewArea(runs)
	return nil
}

// row writes the classes of row y, of the width of dst. Rows are asked for from the top.
func (s *side) row(ctx context.Context, y int, dst []uint8) error {
	if s.scene == nil {
		s.area.Mark(dst, 0, y) // accuracy.Changed is 1
		return nil
	}
	w := s.block.Window
	if y < w.Y || y >= w.MaxY() {
		info := s.scene.Info()
		first := y - y%s.rows
		w = info.Grid.Window().Intersect(raster.Window{Y: first, W: info.Grid.Width, H: s.rows})
		s.block.Shape(w, 1, info.Type)
		if err := s.reader.Read(ctx, w, &s.block); err != nil {
			return err
		}
	}
	start := (y - w.Y) * w.W
	var valid []uint8
	if s.block.Valid != nil {
		valid = s.block.Valid[start : start+w.W]
	}
	if x, ok := classes(dst, s.block.Data, start, valid); !ok {
		return fmt.Errorf("%s: the pixel at column %d row %d is neither 0, unchanged, nor 1, changed, nor 255 or nodata, unknown; bring its classes to these with gdal_calc.py", s.path, x, y)
	}
	return nil
}

// classes turns a row of values into classes; what is not valid is unknown. It reports false with the column of a value that is no class.
func classes(dst []uint8, data any, start int, valid []uint8) (column int, ok bool) {
	switch d := data.(type) {
	case []uint8:
		return classify(dst, d[start:], valid)
	case []int8:
		return classify(dst, d[start:], valid)
	case []uint16:
		return classify(dst, d[start:], valid)
	case []int16:
		return classify(dst, d[start:], valid)
	case []uint32:
		return classify(dst, d[start:], valid)
	case []int32:
		return classify(dst, d[start:], valid)
	case []float32:
		return classify(dst, d[start:], valid)
	case []float64:
		return classify(dst, d[start:], valid)
	}
	panic(errors.New("score: rows of an unknown type"))
}

func classify[T raster.Number](dst []uint8, data []T, valid []uint8) (column int, ok bool) {
	for x := range dst {
		v := data[x]
		switch {
		case v == 0:
			dst[x] = 0
		case v == 1:
			dst[x] = accuracy.Changed
		case float64(v) == accuracy.Unknown:
			dst[x] = accuracy.Unknown
		case valid == nil || valid[x] != 0:
			return x, false
		}
	}
	for x, v := range valid {
		if v == 0 {
			dst[x] = accuracy.Unknown
		}
	}
	return 0, true
}
