package gdal

import (
	"errors"
	"fmt"
	"math"

	"github.com/airbusgeo/godal"
)

// Transform takes coordinates of one CRS to another. It is not safe for concurrent use: each goroutine makes its own.
type Transform struct {
	t        *godal.Transform // nil when the two are the same
	from, to string
}

// NewTransform makes the transformation between two CRSs of the form of raster.Grid.CRS. The caller closes it. Which transformation
// between datums is used depends on the PROJ installation, its grids and its environment.
func NewTransform(from, to string) (*Transform, error) {
	if err := Setup(); err != nil {
		return nil, err
	}
	if from == "" || to == "" {
		return nil, errors.New("no CRS to transform from or to")
	}
	t := &Transform{from: from, to: to}
	if SameCRS(from, to) {
		return t, nil
	}
	src, err := parse(from)
	if err != nil {
		return nil, fmt.Errorf("CRS %s cannot be understood: %w", short(from), err)
	}
	defer src.Close()
	dst, err := parse(to)
	if err != nil {
		return nil, fmt.Errorf("CRS %s cannot be understood, is PROJ's database installed: %w", short(to), err)
	}
	defer dst.Close()
	if t.t, err = godal.NewTransform(src, dst, godal.ErrLogger(failuresOnly)); err != nil {
		return nil, fmt.Errorf("CRS %s cannot be taken to %s: %w", short(from), short(to), err)
	}
	return t, nil
}

// Project replaces x and y, coordinates of the first CRS in its own units with x or longitude first, by those of the second. The slices
// have the same length. A point that has none there becomes NaN in both; it is an error when no point has.
func (t *Transform) Project(x, y []float64) error {
	return t.project(x, y, math.Inf(1))
}

// project takes points whose y ends beyond ±limit for failed.
func (t *Transform) project(x, y []float64, limit float64) error {
	if len(x) != len(y) {
		panic("gdal: Project of slices that differ in length")
	}
	if len(x) == 0 {
		return nil
	}
	if t.t != nil {
		// The error only says that some point failed; the failed ones come back infinite.
		_ = t.t.TransformEx(x, y, nil, nil)
	}
	placed := 0
	for i := range x {
		// v−v is 0 only for finite v
		if x[i]-x[i] != 0 || y[i]-y[i] != 0 || math.Abs(y[i]) > limit {
			x[i], y[i] = math.NaN(), math.NaN()
			continue
		}
		placed++
	}
	if placed == 0 {
		return fmt.Errorf("no point of CRS %s has coordinates in %s", short(t.from), short(t.to))
	}
	return nil
}

// Close releases the transformation. A second Close does nothing.
func (t *Transform) Close() {
	if t.t != nil {
		t.t.Close()
	}
}

// LonLat takes coordinates of one CRS to longitude and latitude in degrees (OGC:CRS84, that is WGS 84, longitude first). It is not safe
// for concurrent use: each goroutine makes its own.
type LonLat struct{ t *Transform }

// NewLonLat makes the transformation from crs, as NewTransform does. The caller closes it.
func NewLonLat(crs string) (*LonLat, error) {
	t, err := NewTransform(crs, "EPSG:4326")
	if err != nil {
		return nil, err
	}
	return &LonLat{t}, nil
}

// Project replaces x and y, coordinates of the CRS in its own units with x or longitude first, by longitude and latitude in degrees. The
// slices have the same length. A point that has no longitude and latitude becomes NaN in both; it is an error when no point has.
func (l *LonLat) Project(x, y []float64) error { return l.t.project(x, y, 90) }

// Close releases the transformation. A second Close does nothing.
func (l *LonLat) Close() { l.t.Close() }
