package tilegen

import "math"

// shape is a 4-connected set of pixels in its bounding box.
type shape struct {
	name string // "rectangle", "blob" or "ell"
	w, h int
	in   []bool // row by row
	area int
}

// newShape deals a shape of about the area wanted (pixels); a blob has it exactly.
func newShape(d *dice, area int) shape {
	switch pick := d.below(5); {
	case pick < 2:
		return blob(d, area)
	case pick == 4 && area >= 12:
		return ell(d, area)
	}
	return rectangle(d, area)
}

// sides splits an area into width and height, both at least 2, of a ratio between 0.4 and 2.5.
func sides(d *dice, area int) (w, h int) {
	ratio := float64(d.between(40, 100)) / 100
	w = max(2, int(math.Sqrt(float64(area)*ratio)+0.5))
	h = max(2, (area+w/2)/w)
	for w*h < smallest {
		h++
	}
	for w*h > largest {
		h--
	}
	if d.below(2) == 1 {
		w, h = h, w
	}
	return w, h
}

func rectangle(d *dice, area int) shape {
	w, h := sides(d, area)
	s := shape{name: "rectangle", w: w, h: h, in: make([]bool, w*h)}
	for i := range s.in {
		s.in[i] = true
	}
	s.area = w * h
	return s
}

// ell is a rectangle without a quarter at one corner.
func ell(d *dice, area int) shape {
	s := rectangle(d, min(area*4/3, largest))
	s.name, s.area = "ell", 0
	corner := d.below(4)
	for i := range s.in {
		x, y := i%s.w, i/s.w
		left, top := corner&1 == 0, corner&2 == 0
		cut := (left && x < s.w/2 || !left && x >= (s.w+1)/2) && (top && y < s.h/2 || !top && y >= (s.h+1)/2)
		if s.in[i] = !cut; !cut {
			s.area++
		}
	}
	return s
}

// blob grows pixel by pixel from its centre, always at the pixel that lies deepest in an ellipse with a rough edge.
func blob(d *dice, area int) shape {
	side := 2*int(math.Sqrt(float64(area))) + 7
	in, seen := make([]bool, side*side), make([]bool, side*side)
	wx, wy := d.between(60, 160), d.between(60, 160)
	rough := stream(d.bits())
	depth := func(i int) int {
		x, y := i%side-side/2, i/side-side/2
		bump := int(rough.at(floorDiv(x, 3), floorDiv(y, 3))>>16%140) + int(rough.at(x, y)>>16%30)
		return (x*x*wx + y*y*wy) * (200 + bump)
	}
	centre := side/2*side + side/2
	edge := []int{centre}
	seen[centre] = true
	for range area {
		best := 0
		for k := range edge {
			if a, b := depth(edge[k]), depth(edge[best]); a < b || a == b && edge[k] < edge[best] {
				best = k
			}
		}
		at := edge[best]
		edge[best] = edge[len(edge)-1]
		edge = edge[:len(edge)-1]
		in[at] = true
		for _, next := range [...]int{at - side, at - 1, at + 1, at + side} {
			if x := next % side; next >= 0 && next < len(seen) && !seen[next] && x > 0 && x < side-1 {
				seen[next] = true
				edge = append(edge, next)
			}
		}
	}
	return trimmed("blob", in, side)
}

// trimmed cuts a square of pixels down to the bounding box of those that are in.
func trimmed(name string, in []bool, side int) shape {
	x0, y0, x1, y1 := side, side, 0, 0
	for i, v := range in {
		if v {
			x, y := i%side, i/side
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
		}
	}
	s := shape{name: name, w: x1 - x0, h: y1 - y0}
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			v := in[y*side+x]
			s.in = append(s.in, v)
			if v {
				s.area++
			}
		}
	}
	return s
}
