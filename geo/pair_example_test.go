package geo_test

import (
	"context"
	"fmt"
	"os"

	"passdiff/change"
	"passdiff/geo"
	"passdiff/raster"
)

// A whole pair from memory to GeoJSON, without C: a bright block appears on a checked field. Without a georeference coordinates are columns
// and mirrored rows.
func Example() {
	const size = 64
	before, after := make([]uint8, size*size), make([]uint8, size*size)
	for y := range size {
		for x := range size {
			v := uint8(80 + (x/4+y/4)%3*10)
			before[y*size+x], after[y*size+x] = v, v
			if x >= 20 && x < 30 && y >= 40 && y < 48 {
				after[y*size+x] = 220
			}
		}
	}
	x, y := raster.NewMemory("before", size, size, 1, before), raster.NewMemory("after", size, size, 1, after)
	ctx := context.Background()

	pair, err := raster.Align(x, y, raster.AlignOptions{Pixels: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fit := change.FitOptions{Method: change.CVA{}}
	sample, err := raster.ReadSample(ctx, pair, raster.SampleOptions{Halo: fit.Halo()})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := change.Fit(ctx, sample, 1, fit)
	if err != nil {
		fmt.Println(err)
		return
	}
	var locator geo.Locator // pixel space
	_, err = change.Detect(ctx, pair, model, change.Options{MinPixels: 8}, change.Output{Region: func(r *change.Region) error {
		placed, err := locator.Place(geo.Trace(r.Runs))
		if err != nil {
			return err
		}
		f := geo.Feature{Detection: geo.Detection{ObjDesc: string(r.Kind()), Direction: string(r.Direction()), Pixels: r.Pixels}}
		f.Locate(placed)
		fmt.Println(f.ObjDesc, f.Direction, f.Pixels, "pixels in", f.Bbox)
		return nil
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	// Output: appeared brighter 80 pixels in [20 -48 30 -40]
}
