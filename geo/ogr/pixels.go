package ogr

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/paulmach/orb"

	"passdiff/geo"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// InPixels is the area in columns and rows of a grid, as geo.Fill takes it. The area is in its CRS or, with pixelSpace, in the space that geo
// writes without a georeference, x the column and y minus the row, whatever its CRS says. The errors are those of gdal.NewTransform and
// geo.InPixels. It may be called concurrently.
func (a Area) InPixels(grid raster.Grid, pixelSpace bool) (orb.MultiPolygon, error) {
	onto, project := grid, downwards
	if pixelSpace {
		onto = raster.Grid{Width: grid.Width, Height: grid.Height}
	} else {
		if !grid.Georeferenced() {
			return nil, errors.New("lies on a map, and the grid has no georeference")
		}
		t, err := gdal.NewTransform(a.CRS, grid.CRS)
		if err != nil {
			return nil, err
		}
		defer t.Close()
		project = t.Project
	}
	return geo.InPixels(a.Geometry, onto, project)
}

// Pixels lists the pixels of a grid whose centres lie in the area, by geo.Fill; the rest is as with InPixels.
func (a Area) Pixels(grid raster.Grid, pixelSpace bool) ([]raster.Run, error) {
	p, err := a.InPixels(grid, pixelSpace)
	if err != nil {
		return nil, err
	}
	return geo.Fill(p, grid.Window())
}

// downwards takes pixel space to pixels.
func downwards(_, y []float64) error {
	for i := range y {
		y[i] = -y[i]
	}
	return nil
}

// pixelMember is the foreign member by which GeoJSON says that it is in pixel space.
var pixelMember = regexp.MustCompile(`"passdiff_space"\s*:\s*"pixel"`)

// PixelSpace reports whether a file of areas is in pixel space: GeoJSON that says so, as geo.Writer does, within its first 64 KiB.
func PixelSpace(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	return pixelMember.MatchReader(bufio.NewReader(io.LimitReader(f, 1<<16))), nil
}

// featureLines reports whether a file is by its name GeoJSON with a feature a line.
func featureLines(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".geojsonl", ".geojsonseq", ".geojsons", ".ndjson", ".jsonl":
		return true
	}
	return false
}
