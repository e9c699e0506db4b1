package accuracy

import (
	"context"
	"fmt"
	"math"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// ReadClasses reads a raster of one uint8 band; what is nodata or masked there becomes Unknown.
func ReadClasses(ctx context.Context, path string) ([]uint8, raster.Grid, error) {
	i, b, err := read(ctx, path)
	if err != nil {
		return nil, raster.Grid{}, err
	}
	if i.Type != raster.Uint8 || i.Bands != 1 {
		return nil, raster.Grid{}, fmt.Errorf("%s: has %d bands of %v, not one of uint8", path, i.Bands, i.Type)
	}
	values := b.Data.([]uint8)
	for k, v := range b.Valid {
		if v == 0 {
			values[k] = Unknown
		}
	}
	return values, i.Grid, nil
}

// readScores reads a raster of one float32 band; what is nodata there is NaN.
func readScores(ctx context.Context, path string) ([]float32, error) {
	i, b, err := read(ctx, path)
	if err != nil {
		return nil, err
	}
	values, ok := b.Data.([]float32)
	if !ok || i.Bands != 1 {
		return nil, fmt.Errorf("%s: has %d bands of %v, not one of float32", path, i.Bands, i.Type)
	}
	for k, v := range b.Valid {
		if v == 0 {
			values[k] = float32(math.NaN())
		}
	}
	return values, nil
}

// read decodes a whole scene.
func read(ctx context.Context, path string) (raster.Info, *raster.Block, error) {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		return raster.Info{}, nil, err
	}
	defer s.Close()
	r, err := s.Reader()
	if err != nil {
		return raster.Info{}, nil, err
	}
	defer r.Close()
	i := s.Info()
	var b raster.Block
	b.Shape(i.Grid.Window(), i.Bands, i.Type)
	return i, &b, r.Read(ctx, b.Window, &b)
}
