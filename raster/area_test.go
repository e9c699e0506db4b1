package raster_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"passdiff/raster"
)

// TestArea compares an area of random runs with a plane of pixels, and its components with a flood.
func TestArea(t *testing.T) {
	const w, h = 24, 16
	rapid.Check(t, func(t *rapid.T) {
		var runs []raster.Run
		in := map[[2]int]bool{}
		for range rapid.IntRange(0, 40).Draw(t, "runs") {
			x, y, n := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y"), rapid.IntRange(0, 6).Draw(t, "n")
			runs = append(runs, raster.Run{Y: int32(y), X0: int32(x), X1: int32(x + n)})
			for k := range n {
				in[[2]int{x + k, y}] = true
			}
		}
		a := raster.NewArea(runs)
		if a.Pixels() != int64(len(in)) {
			t.Fatalf("%d pixels, want %d", a.Pixels(), len(in))
		}
		line := make([]uint8, w+8)
		for y := -1; y <= h; y++ {
			a.Mark(line, -2, y)
			for i, v := range line {
				if (v == 1) != in[[2]int{i - 2, y}] {
					t.Fatalf("pixel %d,%d is marked %d", i-2, y, v)
				}
			}
			r := raster.Run{Y: int32(y), X0: 3, X1: 6}
			all, some := in[[2]int{3, y}] && in[[2]int{4, y}] && in[[2]int{5, y}], in[[2]int{3, y}] || in[[2]int{4, y}] || in[[2]int{5, y}]
			if a.Covers(r) != all || a.Touches(r) != some || a.Meets(raster.Window{X: 3, Y: y, W: 3, H: 1}) != some {
				t.Fatalf("row %d: covers %v, touches %v", y, a.Covers(r), a.Touches(r))
			}
		}
		checkComponents(t, a, in)
	})
}

// checkComponents: every pixel is in one part, parts are what a flood reaches, and they come in the order of their first pixels.
func checkComponents(t *rapid.T, a *raster.Area, in map[[2]int]bool) {
	part := map[[2]int]int{}
	parts := a.Components()
	for i, runs := range parts {
		if i > 0 && !before(parts[i-1][0], runs[0]) || !slices.IsSortedFunc(runs, order) {
			t.Fatalf("part %d is out of order", i)
		}
		for _, r := range runs {
			for x := r.X0; x < r.X1; x++ {
				part[[2]int{int(x), int(r.Y)}] = i + 1
			}
		}
	}
	if len(part) != len(in) {
		t.Fatalf("%d pixels in parts, want %d", len(part), len(in))
	}
	seen, floods := map[[2]int]bool{}, 0
	for start := range in {
		if seen[start] {
			continue
		}
		floods++
		stack := [][2]int{start}
		seen[start] = true
		for len(stack) > 0 {
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if part[p] != part[start] {
				t.Fatalf("pixels %v and %v touch and are in two parts", p, start)
			}
			for _, q := range [][2]int{{p[0] + 1, p[1]}, {p[0] - 1, p[1]}, {p[0], p[1] + 1}, {p[0], p[1] - 1}} {
				if in[q] && !seen[q] {
					seen[q] = true
					stack = append(stack, q)
				}
			}
		}
	}
	if floods != len(parts) {
		t.Fatalf("%d parts, a flood finds %d", len(parts), floods)
	}
}

func before(a, b raster.Run) bool { return order(a, b) < 0 }

func order(a, b raster.Run) int {
	if a.Y != b.Y {
		return int(a.Y - b.Y)
	}
	return int(a.X0 - b.X0)
}

func ExampleArea_Components() {
	a := raster.NewArea([]raster.Run{{Y: 0, X0: 0, X1: 2}, {Y: 1, X0: 1, X1: 3}, {Y: 2, X0: 5, X1: 6}})
	for _, part := range a.Components() {
		fmt.Println(part)
	}
	// Output:
	// [{0 0 2} {1 1 3}]
	// [{2 5 6}]
}
