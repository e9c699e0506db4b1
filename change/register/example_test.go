package register_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"passdiff/change/register"
	"passdiff/raster"
)

// The second pass shows the ground 1.5 pixels further right and 0.5 pixels further up than the first.
func Example() {
	const side = 300
	r := rand.New(rand.NewPCG(1, 2))
	ground := make([]uint16, side*side)
	for range 3000 {
		x0, y0, value := r.IntN(side-10), r.IntN(side-10), uint16(r.IntN(1000))
		for i := range 100 {
			ground[(y0+i/10)*side+x0+i%10] = value
		}
	}
	before := raster.NewMemory("before", side, side, 1, ground)
	after := raster.Shift(before, -1.5, 0.5, raster.Cubic)
	pair, err := raster.Align(before, after, raster.AlignOptions{Pixels: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	sample, err := raster.ReadSample(context.Background(), pair, raster.SampleOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	report := register.Measure(sample, register.Options{})
	fmt.Printf("%.1f, %.1f px; apply: %v\n", report.Bias.DX, report.Bias.DY, report.Apply)
	// Output:
	// 1.5, -0.5 px; apply: true
}
