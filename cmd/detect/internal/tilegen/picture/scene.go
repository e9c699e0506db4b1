package main

import (
	"context"
	"fmt"
	"math"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// scene is a part of a raster, band after band; what is not measured is NaN.
type scene struct {
	values []float64
	w, h   int
}

// load reads a window of a file, which must lie in it; the empty window is all of it.
func load(ctx context.Context, path string, w raster.Window) (*scene, error) {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	i := s.Info()
	if w.Empty() {
		w = i.Grid.Window()
	}
	if !i.Grid.Window().Contains(w) {
		return nil, fmt.Errorf("%s: %v lies outside of %v", path, w, i.Grid.Window())
	}
	r, err := s.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b raster.Block
	b.Shape(w, i.Bands, i.Type)
	if err := r.Read(ctx, w, &b); err != nil {
		return nil, err
	}
	part := &scene{w: w.W, h: w.H}
	switch data := b.Data.(type) {
	case []uint8:
		part.values = widened(data)
	case []uint16:
		part.values = widened(data)
	case []float32:
		part.values = widened(data)
	default:
		return nil, fmt.Errorf("%s holds %v", path, i.Type)
	}
	for k, v := range b.Valid {
		for band := 0; v == 0 && band < i.Bands; band++ {
			part.values[band*w.W*w.H+k] = math.NaN()
		}
	}
	return part, nil
}

func widened[T raster.Number](data []T) []float64 {
	values := make([]float64, len(data))
	for i, v := range data {
		values[i] = float64(v)
	}
	return values
}

func (s *scene) at(band, x, y int) float64 { return s.values[(band*s.h+y)*s.w+x] }
