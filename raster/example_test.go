package raster_test

import (
	"context"
	"fmt"

	"passdiff/raster"
)

// Two passes of 6×4 pixels, the second moved by one column, come tile by tile with one pixel of halo.
func ExampleStream() {
	before := raster.NewMemory("monday", 6, 4, 1, make([]uint8, 24))
	after := raster.NewMemory("tuesday", 6, 4, 1, make([]uint8, 24))
	after.Pixels.Data.([]uint8)[9] = 50 // column 3 of row 1: column 4 of the frame
	before.Scene.Grid.CRS, after.Scene.Grid.CRS = "EPSG:32631", "EPSG:32631"
	before.Scene.Grid.Affine = raster.Affine{300000, 10, 0, 4000000, 0, -10}
	after.Scene.Grid.Affine = raster.Affine{300010, 10, 0, 4000000, 0, -10}

	pair, err := raster.Align(before, after, raster.AlignOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	worker := func() func(*raster.TilePair) (float32, error) {
		return func(t *raster.TilePair) (float32, error) {
			var sum float32
			t.EachRow(t.Out, func(_, at, n int) {
				for _, v := range t.After.Band(0)[at : at+n] {
					sum += v
				}
			})
			return sum, nil
		}
	}
	tiles := raster.Tiles(pair.Window, 3, 4, 1)
	o := raster.StreamOptions{Windows: tiles, Halo: 1, Workers: 2}
	err = raster.Stream(context.Background(), pair, o, worker, func(i int, sum float32) error {
		fmt.Println(tiles[i], sum)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1x4+1+0 0
	// 4x4+2+0 50
}
