package raster

import "fmt"

// Window is a half-open rectangle of pixels: columns [X, X+W), rows [Y, Y+H). The zero value is empty.
type Window struct {
	X, Y, W, H int
}

// Empty reports whether the window holds no pixel.
func (w Window) Empty() bool { return w.W <= 0 || w.H <= 0 }

// MaxX is the first column right of the window.
func (w Window) MaxX() int { return w.X + w.W }

// MaxY is the first row below the window.
func (w Window) MaxY() int { return w.Y + w.H }

// Pixels is the number of pixels; 0 when empty.
func (w Window) Pixels() int64 {
	if w.Empty() {
		return 0
	}
	return int64(w.W) * int64(w.H)
}

// Intersect is the part shared with o; the zero Window when there is none.
func (w Window) Intersect(o Window) Window {
	x0, y0 := max(w.X, o.X), max(w.Y, o.Y)
	x1, y1 := min(w.MaxX(), o.MaxX()), min(w.MaxY(), o.MaxY())
	if x1 <= x0 || y1 <= y0 {
		return Window{}
	}
	return Window{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// Union is the smallest window that contains both.
func (w Window) Union(o Window) Window {
	if w.Empty() {
		return o
	}
	if o.Empty() {
		return w
	}
	x0, y0 := min(w.X, o.X), min(w.Y, o.Y)
	return Window{X: x0, Y: y0, W: max(w.MaxX(), o.MaxX()) - x0, H: max(w.MaxY(), o.MaxY()) - y0}
}

// Grow adds n pixels on all four sides.
func (w Window) Grow(n int) Window {
	return Window{X: w.X - n, Y: w.Y - n, W: w.W + 2*n, H: w.H + 2*n}
}

// Shift moves the window by whole pixels.
func (w Window) Shift(dx, dy int) Window {
	return Window{X: w.X + dx, Y: w.Y + dy, W: w.W, H: w.H}
}

// Contains reports whether o lies inside w. An empty o is contained.
func (w Window) Contains(o Window) bool {
	return o.Empty() || o.X >= w.X && o.Y >= w.Y && o.MaxX() <= w.MaxX() && o.MaxY() <= w.MaxY()
}

// String writes "WxH+X+Y".
func (w Window) String() string { return fmt.Sprintf("%dx%d+%d+%d", w.W, w.H, w.X, w.Y) }
