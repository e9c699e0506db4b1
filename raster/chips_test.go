package raster

import "testing"

// TestChips: the four lattices of chips cover each pixel of a window once, and a first part of a lattice is spread over the scene.
func TestChips(t *testing.T) {
	w := Window{X: -300, Y: 77, W: 1700, H: 1234}
	seen := make([]uint8, w.Pixels())
	for k, side := range []chipping{chipSize, 64} {
		for _, inset := range side.insets() {
			for _, c := range side.chips(w, inset) {
				for y := c.Y; y < c.MaxY(); y++ {
					for x := c.X; x < c.MaxX(); x++ {
						seen[(y-w.Y)*w.W+x-w.X]++
					}
				}
			}
		}
		for i, n := range seen {
			if int(n) != k+1 {
				t.Fatalf("chips of %d: pixel %d lies in %d", side, i, int(n)-k)
			}
		}
	}
	// Of 20×20 chips the first 24 have one in each of at least 12 columns and 12 rows of cells, and in each quadrant.
	const l = chipping(chipSize)
	first := l.chips(Window{W: 20 * l.cell(), H: 20 * l.cell()}, l.insets()[0])[:chipsMax]
	cols, rows, quadrants := map[int]bool{}, map[int]bool{}, map[[2]bool]bool{}
	for _, c := range first {
		cols[c.X], rows[c.Y] = true, true
		quadrants[[2]bool{c.X < 10*l.cell(), c.Y < 10*l.cell()}] = true
	}
	if len(cols) < 12 || len(rows) < 12 || len(quadrants) != 4 {
		t.Errorf("the first chips lie in %d columns, %d rows, %d quadrants", len(cols), len(rows), len(quadrants))
	}
}

// TestChippingFor: of a scene of whole cells a quarter lies in twelve chips or more, however small it is, down to chips of 32.
func TestChippingFor(t *testing.T) {
	for side, want := range map[int]chipping{3000: 256, 2048: 256, 1024: 128, 512: 64, 256: 32, 90: 32} {
		l := chippingFor(Grid{Width: side, Height: side})
		n := len(l.chips(Window{W: side, H: side}, l.insets()[0]))
		if l != want || side >= 256 && n < 12 || n == 0 {
			t.Errorf("%d pixels: %d chips of %d, want chips of %d", side, n, l, want)
		}
	}
}
