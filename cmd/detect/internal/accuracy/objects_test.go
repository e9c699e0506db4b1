package accuracy

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// areas are the 8-connected areas of a raster, found by filling one after the other.
type areas struct {
	of   []int32 // the area of each pixel, from 1 on; 0 for none
	size []int   // pixels by area; size[0] is 0
}

// label finds the areas of the pixels that are in, of n pixels in rows of width.
func label(n, width int, in func(i int) bool) areas {
	a := areas{of: make([]int32, n), size: make([]int, 1)}
	for start := range n {
		if a.of[start] != 0 || !in(start) {
			continue
		}
		id := int32(len(a.size))
		a.size = append(a.size, 0)
		a.of[start] = id
		for stack := []int{start}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			a.size[id]++
			x, y := i%width, i/width
			for ny := max(0, y-1); ny <= y+1 && ny*width < n; ny++ {
				for nx := max(0, x-1); nx <= min(x+1, width-1); nx++ {
					if k := ny*width + nx; a.of[k] == 0 && in(k) {
						a.of[k], stack = id, append(stack, k)
					}
				}
			}
		}
	}
	return a
}

// whole is what Comparer says of objects, from whole rasters.
func whole(mask, truth []uint8, width int) (s Sizes) {
	known := label(len(truth), width, func(i int) bool { return truth[i] == Changed })
	found := label(len(mask), width, func(i int) bool { return mask[i] == Changed && truth[i] != Unknown })
	common := map[[2]int32]int64{}
	for i, k := range known.of {
		if f := found.of[i]; k != 0 && f != 0 {
			common[[2]int32{k, f}]++
		}
	}
	ks, fs := make([]node, len(known.size)), make([]node, len(found.size))
	for i := range ks {
		ks[i].pixels = int64(known.size[i])
	}
	for i := range fs {
		fs[i].pixels = int64(found.size[i])
	}
	for ids, n := range common {
		k, f := &ks[ids[0]], &fs[ids[1]]
		for _, o := range []*node{k, f} {
			o.touched = true
			o.common += n
			o.matched = o.matched || 10*n >= k.pixels && 10*n >= f.pixels
		}
	}
	for _, k := range ks[1:] {
		s.addKnown(k)
	}
	for _, f := range fs[1:] {
		s.addFound(f)
	}
	return s
}

// drawnAtRandom is a raster of blots and single pixels, some of it unknown.
func drawnAtRandom(r *rand.Rand, width, height int) []uint8 {
	v := make([]uint8, width*height)
	for i := range v {
		if r.IntN(9) == 0 {
			v[i] = Changed
		}
	}
	for range r.IntN(12) {
		x0, y0, w, h := r.IntN(width), r.IntN(height), 1+r.IntN(width), 1+r.IntN(height)
		value := []uint8{0, Changed, Changed, Unknown}[r.IntN(4)]
		for y := y0; y < min(y0+h, height); y++ {
			for x := x0; x < min(x0+w, width); x++ {
				v[y*width+x] = value
			}
		}
	}
	return v
}

// TestObjectsByRows wants rows, with and without forgetting after each of them, to give what whole rasters do.
func TestObjectsByRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 2000 {
		width, height := 1+r.IntN(40), 1+r.IntN(40)
		mask, truth := drawnAtRandom(r, width, height), drawnAtRandom(r, width, height)
		want := whole(mask, truth, width)
		for _, often := range []bool{false, true} {
			var c Comparer
			for y := range height {
				c.Row(mask[y*width:][:width], truth[y*width:][:width])
				if often {
					c.objects.sweep()
				}
			}
			all, sizes, _ := c.Finish()
			if sizes != want || all.Objects != want.All() {
				t.Fatalf("raster %d, %d×%d, forgetting %v: %+v, want %+v", n, width, height, often, sizes, want)
			}
		}
	}
}

// TestObjectsForgotten: what is kept depends on the width and not on the height, for specks under one detection that covers everything, too.
func TestObjectsForgotten(t *testing.T) {
	const width, height = 2000, 1200
	r := rand.New(rand.NewPCG(3, 4))
	for name, density := range map[string]int{"specks": 10, "everything": 1} {
		var c Comparer
		mask, truth := make([]uint8, width), make([]uint8, width)
		most, knowns := 0, 0
		for range height {
			for x := range width {
				mask[x], truth[x] = 0, 0
				if r.IntN(density) == 0 {
					mask[x] = Changed
				}
				if r.IntN(10) == 0 {
					truth[x] = Changed
				}
			}
			c.Row(mask, truth)
			most = max(most, len(c.objects.known.nodes)+len(c.objects.found.nodes)+len(c.objects.pairs))
		}
		_, sizes, _ := c.Finish()
		for _, s := range sizes {
			knowns += s.Detections
		}
		// a row has at most 1000 objects; those of 1200 rows are some 80,000 in each raster
		if most > sweepAfter+4*width {
			t.Errorf("%s: %d nodes and pairs were kept", name, most)
		}
		if want := map[string]int{"specks": 50_000, "everything": 1}[name]; knowns < want {
			t.Errorf("%s: %d detections", name, knowns)
		}
	}
}

// TestSizes: classes begin at their first size; a truth object under LeastObject is in none.
func TestSizes(t *testing.T) {
	for _, c := range []struct{ pixels, class int }{{8, 0}, {24, 0}, {25, 1}, {99, 1}, {100, 2}, {399, 2}, {400, 3}, {1599, 3}, {1600, 4}, {5000, 4}} {
		// The truth is a line; the mask has its first half and one more pixel two below it.
		width := c.pixels
		mask, truth := make([]uint8, 3*width), make([]uint8, 3*width)
		for x := range width {
			truth[x] = Changed
			if x < width/2 {
				mask[x] = Changed
			}
		}
		mask[2*width] = Changed
		var cmp Comparer
		for y := range 3 {
			cmp.Row(mask[y*width:][:width], truth[y*width:][:width])
		}
		_, got, _ := cmp.Finish()
		var want Sizes
		want[c.class].Known, want[c.class].Found, want[c.class].FoundMatched = 1, 1, 1
		want[c.class].KnownPixels, want[c.class].FoundPixels = int64(width), int64(width/2)
		for _, n := range []int{width / 2, 1} {
			d := want.class(int64(n))
			d.Detections++
			d.DetectedPixels += int64(n)
			if n > 1 {
				d.Real++
				d.RealMatched++
				d.RealPixels += int64(n)
			}
		}
		if got != want {
			t.Errorf("%d pixels: %+v, want %+v", c.pixels, got, want)
		}
	}
	if got := fmt.Sprint(SizeRange(0)) + fmt.Sprint(SizeRange(2)) + fmt.Sprint(SizeRange(4)); got != "1 25100 4001600 0" {
		t.Errorf("ranges %s", got)
	}
}

// TestUnobserved: labelled pixels that the mask does not know are counted by their label; others are not.
func TestUnobserved(t *testing.T) {
	mask, _ := drawn("???##?.")
	truth, _ := drawn("##.#.?.")
	var c Comparer
	c.Row(mask, truth)
	all, _, lost := c.Finish()
	if want := (Pixels{TP: 1, FP: 1, FN: 2, TN: 2}); all.Pixels != want || lost != (Unobserved{Changed: 2, Unchanged: 1}) {
		t.Errorf("%+v, %+v", all.Pixels, lost)
	}
}

func BenchmarkComparer(b *testing.B) {
	const width = 10240
	r := rand.New(rand.NewPCG(5, 6))
	mask, truth := drawnAtRandom(r, width, 64), drawnAtRandom(r, width, 64)
	var c Comparer
	b.SetBytes(2 * width)
	for y := 0; b.Loop(); y = (y + 1) % 64 {
		c.Row(mask[y*width:][:width], truth[y*width:][:width])
	}
}
