// Command compare says how a mask raster of detect agrees with the truth raster of a generated pair.
//
//	go run ./cmd/detect/internal/tilegen/compare MASK.tif TRUTH.tif
package main

import (
	"context"
	"fmt"
	"os"

	"passdiff/cmd/detect/internal/accuracy"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: compare MASK.tif TRUTH.tif")
		os.Exit(2)
	}
	if err := compare(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(ctx context.Context, mask, truth string) error {
	m, on, err := accuracy.ReadClasses(ctx, mask)
	if err != nil {
		return err
	}
	t, grid, err := accuracy.ReadClasses(ctx, truth)
	if err != nil {
		return err
	}
	if on.Width != grid.Width || on.Height != grid.Height {
		return fmt.Errorf("%s and %s differ in size", mask, truth)
	}
	fmt.Println(accuracy.Compare(m, t, grid.Width))
	return nil
}
