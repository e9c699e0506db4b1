// Command compare says how a mask raster of detect agrees with the truth raster of a generated pair.
//
//	go run ./cmd/detect/internal/tilegen/compare MASK.tif TRUTH.tif
package main

import (
	"context"
	"fmt"
	"os"

	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: compare MASK.tif TRUTH.tif")
		os.Exit(2)
	}
	if err := compare(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(mask, truth string) error {
	m, width, err := read(mask)
	if err != nil {
		return err
	}
	t, w, err := read(truth)
	if err != nil {
		return err
	}
	if w != width || len(m) != len(t) {
		return fmt.Errorf("%s and %s differ in size", mask, truth)
	}
	fmt.Println(tilegen.Compare(m, t, width))
	return nil
}

// read reads a raster of bytes; what is nodata there is not observable.
func read(path string) (values []uint8, width int, err error) {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	i := s.Info()
	if i.Type != raster.Uint8 || i.Bands != 1 {
		return nil, 0, fmt.Errorf("%s is not a raster of one byte a pixel", path)
	}
	r, err := s.Reader()
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	var b raster.Block
	b.Shape(i.Grid.Window(), 1, i.Type)
	if err := r.Read(context.Background(), i.Grid.Window(), &b); err != nil {
		return nil, 0, err
	}
	values = b.Data.([]uint8)
	for k, v := range b.Valid {
		if v == 0 {
			values[k] = tilegen.NotObservable
		}
	}
	return values, i.Grid.Width, nil
}
