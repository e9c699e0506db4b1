package gdal_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// A file is written and read back block by block. The value 0 is nodata.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "before.tif")

	grid := raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{500000, 10, 0, 5700000, 0, -10}, Width: 100, Height: 60}
	nodata := 0.0
	sink, err := gdal.Create(path, grid, gdal.CreateOptions{Type: raster.Uint16, Tile: 64, NoData: &nodata})
	if err != nil {
		log.Fatal(err)
	}
	var b raster.Block
	b.Shape(grid.Window(), 1, raster.Uint16)
	for i := range b.Data.([]uint16) {
		b.Data.([]uint16)[i] = uint16(i % 100) // the column
	}
	if err := sink.WriteBlock(grid.Window(), &b); err != nil {
		log.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		log.Fatal(err)
	}

	scene, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer scene.Close()
	info := scene.Info()
	fmt.Println(info.Name, info.Grid)

	r, err := scene.Reader()
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	w := info.Grid.Window().Intersect(raster.Window{W: info.BlockW, H: info.BlockH})
	b.Shape(w, info.Bands, info.Type)
	if err := r.Read(context.Background(), w, &b); err != nil {
		log.Fatal(err)
	}
	fmt.Println(w, b.Data.([]uint16)[:3], b.Valid[:3])

	lonlat, err := gdal.NewLonLat(info.Grid.CRS)
	if err != nil {
		log.Fatal(err)
	}
	defer lonlat.Close()
	x, y := info.Grid.Affine.Apply(0, 0)
	xs, ys := []float64{x}, []float64{y}
	if err := lonlat.Project(xs, ys); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f %.4f\n", xs[0], ys[0])
	// Output:
	// before 100×60 pixels of 10×10, EPSG:32631
	// 64x60+0+0 [0 1 2] [0 255 255]
	// 3.0000 51.4512
}
