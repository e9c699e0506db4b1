package godal_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/airbusgeo/godal"
)

func Example() {
	dir, err := os.MkdirTemp("", "godal")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "scene.tif")

	ds, err := godal.Create(godal.GTiff, path, 1, godal.Byte, 3, 2, godal.CreationOption("COMPRESS=DEFLATE"))
	if err != nil {
		panic(err)
	}
	if err := ds.Write(0, 0, []byte{1, 2, 3, 4, 5, 6}, 3, 2); err != nil {
		panic(err)
	}
	if err := ds.Close(); err != nil { // errors of writing may show only here
		panic(err)
	}

	ds, err = godal.Open(path, godal.RasterOnly(), godal.Drivers("GTiff"))
	if err != nil {
		panic(err)
	}
	defer ds.Close()
	row := make([]float32, 3)
	if err := ds.Bands()[0].Read(0, 1, row, 3, 1); err != nil {
		panic(err)
	}
	fmt.Println(ds.Structure().DataType, row)
	// Output: Byte [4 5 6]
}
