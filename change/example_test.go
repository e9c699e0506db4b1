package change_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"passdiff/change"
	"passdiff/raster"
)

// A pair from memory: the second pass shows a bright object of 12×8 = 96 pixels that the first does not, and lacks a dark one of 9×9.
func Example() {
	const w, h = 200, 150
	noise := rand.New(rand.NewPCG(1, 2))
	ground := func() []uint16 {
		v := make([]uint16, w*h)
		for i := range v {
			v[i] = uint16(1000 + noise.IntN(100))
		}
		return v
	}
	paint := func(v []uint16, x0, y0, x1, y1 int, value uint16) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				v[y*w+x] = value
			}
		}
	}
	monday, tuesday := ground(), ground()
	paint(tuesday, 40, 30, 52, 38, 1600)
	paint(monday, 120, 90, 129, 99, 500)

	ctx := context.Background()
	pair, err := raster.Align(raster.NewMemory("monday", w, h, 1, monday), raster.NewMemory("tuesday", w, h, 1, tuesday),
		raster.AlignOptions{Pixels: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	method := change.CVA{}
	sample, err := raster.ReadSample(ctx, pair, raster.SampleOptions{Halo: method.Halo()})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := change.Fit(ctx, sample, 1, change.FitOptions{Method: method})
	if err != nil {
		fmt.Println(err)
		return
	}
	summary, err := change.Detect(ctx, pair, model, change.Options{MinPixels: 10}, change.Output{
		Region: func(r *change.Region) error {
			fmt.Printf("%s, %d pixels, %s, from row %d\n", r.Kind(), r.Pixels, r.Direction(), r.Runs[0].Y)
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d pixels observed\n", summary.Observed, summary.Pixels)
	// Output:
	// appeared, 96 pixels, brighter, from row 30
	// disappeared, 81 pixels, brighter, from row 90
	// 30000 of 30000 pixels observed
}
