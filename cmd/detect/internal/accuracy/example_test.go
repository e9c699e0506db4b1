package accuracy_test

import (
	"fmt"

	"passdiff/cmd/detect/internal/accuracy"
)

// A mask of three rows against labels, and what the labels say of the changed area.
func ExampleComparer() {
	mask := [][]uint8{{0, 1, 1, 0, 0, 0}, {0, 1, 1, 0, 0, 255}, {0, 0, 0, 0, 1, 0}}
	truth := [][]uint8{{0, 1, 1, 1, 0, 0}, {0, 1, 1, 1, 0, 0}, {0, 1, 1, 1, 0, 255}}
	var c accuracy.Comparer
	for y := range mask {
		c.Row(mask[y], truth[y])
	}
	all, _, lost := c.Finish()
	fmt.Printf("precision %.2f, recall %.2f; found %d of %d objects\n", all.Pixels.Precision(), all.Pixels.Recall(), all.Objects.Found, all.Objects.Known)

	p := all.Pixels
	s := accuracy.Strata{Counts: [][]int{{p.TN - lost.Unchanged, p.FN - lost.Changed}, {p.FP, p.TP}}, Areas: []float64{12, 5}} // 17 observed pixels
	e := s.Estimate()
	fmt.Printf("changed: %.1f ± %.1f pixels\n", e.Areas[1].Value.Value, e.Areas[1].Error.Value)
	// Output:
	// precision 0.80, recall 0.44; found 1 of 1 objects
	// changed: 9.5 ± 2.1 pixels
}
