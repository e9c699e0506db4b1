package raster

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDivisions(t *testing.T) {
	for _, c := range []struct{ a, b, floor, ceil int }{
		{7, 3, 2, 3}, {6, 3, 2, 2}, {0, 3, 0, 0}, {-1, 3, -1, 0}, {-6, 3, -2, -2}, {-7, 3, -3, -2},
	} {
		if f, u := floorDiv(c.a, c.b), ceilDiv(c.a, c.b); f != c.floor || u != c.ceil {
			t.Errorf("%d/%d: floor %d, ceil %d, want %d, %d", c.a, c.b, f, u, c.floor, c.ceil)
		}
	}
}

// TestTiles: the tiles partition the window, in row-major order, and inner cuts lie on multiples of the size minus the shift.
func TestTiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pos, size := rapid.IntRange(-40, 40), rapid.IntRange(0, 60)
		w := Window{X: pos.Draw(t, "x"), Y: pos.Draw(t, "y"), W: size.Draw(t, "w"), H: size.Draw(t, "h")}
		step := rapid.IntRange(-1, 70)
		tw, th, shift := step.Draw(t, "tw"), step.Draw(t, "th"), rapid.IntRange(0, 80).Draw(t, "shift")
		tiles := Tiles(w, tw, th, shift)
		tw, th = max(1, tw), max(1, th)
		seen := make([]int, max(0, w.Pixels()))
		for i, c := range tiles {
			if c.Empty() || !w.Contains(c) {
				t.Fatalf("tile %v of %v", c, w)
			}
			if i > 0 {
				if p := tiles[i-1]; p.Y > c.Y || p.Y == c.Y && (p.MaxX() != c.X || p.H != c.H) || p.Y < c.Y && (p.MaxY() != c.Y || c.X != w.X) {
					t.Fatalf("tile %v after %v", c, p)
				}
			}
			if c.X != w.X && (c.X+shift)%tw != 0 || c.Y != w.Y && (c.Y+shift)%th != 0 {
				t.Fatalf("tile %v is not cut on multiples of %d×%d minus %d", c, tw, th, shift)
			}
			// The last tile may take a sliver of up to shift along.
			if c.W > tw+min(shift, w.W) || c.H > th+min(shift, w.H) {
				t.Fatalf("tile %v is larger than %d×%d and the shift %d", c, tw, th, shift)
			}
			for y := c.Y; y < c.MaxY(); y++ {
				for x := c.X; x < c.MaxX(); x++ {
					seen[(y-w.Y)*w.W+x-w.X]++
				}
			}
		}
		for i, n := range seen {
			if n != 1 {
				t.Fatalf("pixel %d lies in %d tiles", i, n)
			}
		}
	})
}

// TestLattice: units partition the window; a block that meets the window belongs to one unit; each finds exactly the units that share
// pixels.
func TestLattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := rapid.SampledFrom([]int{0, 1, 3, 8, 16, 100, 240, 256, 512, 1024})
		width, height := rapid.IntRange(1, 1500).Draw(t, "width"), rapid.IntRange(1, 1500).Draw(t, "height")
		info := Info{Grid: Grid{Width: width, Height: height}, BlockW: block.Draw(t, "blockW"), BlockH: block.Draw(t, "blockH")}
		if rapid.Bool().Draw(t, "strips") {
			info.BlockW = width
		}
		off := rapid.IntRange(-700, 700)
		dx, dy := off.Draw(t, "dx"), off.Draw(t, "dy")
		scene := info.Grid.Window().Shift(dx, dy)
		window := scene.Intersect(Window{X: off.Draw(t, "x"), Y: off.Draw(t, "y"), W: 900, H: 700})
		if window.Empty() {
			window = scene
		}
		l := newLattice(info, dx, dy, window)
		bw, bh := max(1, info.BlockW), max(1, info.BlockH)
		if l.w%bw != 0 || l.h%bh != 0 || floorDiv(l.x0-dx, bw)*bw != l.x0-dx || floorDiv(l.y0-dy, bh)*bh != l.y0-dy {
			t.Fatalf("units %d×%d from %d,%d do not follow blocks %d×%d from %d,%d", l.w, l.h, l.x0, l.y0, bw, bh, dx, dy)
		}
		// Blocks are never split; grouped ones stay small: 512 wide, or a row of blocks high.
		if n := min(l.w, width) * l.h; n > max(unitPixels, min(max(bw, 512), width)*bh) {
			t.Fatalf("a unit holds %d pixels", n)
		}
		var pixels int64
		for i := range l.nx * l.ny {
			u := l.unit(i)
			if u.Empty() || !window.Contains(u) {
				t.Fatalf("unit %d is %v in %v", i, u, window)
			}
			pixels += u.Pixels()
			l.each(u, func(k int) {
				if k != i {
					t.Fatalf("unit %d shares pixels with %d", i, k)
				}
			})
		}
		if pixels != window.Pixels() {
			t.Fatalf("units hold %d pixels of %d", pixels, window.Pixels())
		}
		q := Window{X: off.Draw(t, "qx"), Y: off.Draw(t, "qy"), W: rapid.IntRange(0, 300).Draw(t, "qw"), H: rapid.IntRange(0, 300).Draw(t, "qh")}
		last, found := -1, map[int]bool{}
		l.each(q, func(i int) {
			if i <= last {
				t.Fatalf("unit %d after %d", i, last)
			}
			last, found[i] = i, true
		})
		for i := range l.nx * l.ny {
			if want := !l.unit(i).Intersect(q).Empty(); found[i] != want {
				t.Fatalf("unit %d %v for %v: found %v", i, l.unit(i), q, found[i])
			}
		}
	})
}

// TestUnion: the least window that holds both, as the doc of the needed part of a unit wants it.
func TestUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pos, size := rapid.IntRange(-9, 9), rapid.IntRange(0, 9)
		draw := func(name string) Window {
			return Window{X: pos.Draw(t, name), Y: pos.Draw(t, name), W: size.Draw(t, name), H: size.Draw(t, name)}
		}
		a, b := draw("a"), draw("b")
		u := a.Union(b)
		if !u.Contains(a) || !u.Contains(b) || u != b.Union(a) && !(a.Empty() && b.Empty()) {
			t.Fatalf("%v ∪ %v = %v, and %v", a, b, u, b.Union(a))
		}
		for _, less := range []Window{{u.X + 1, u.Y, u.W - 1, u.H}, {u.X, u.Y + 1, u.W, u.H - 1}, {u.X, u.Y, u.W - 1, u.H}, {u.X, u.Y, u.W, u.H - 1}} {
			if !u.Empty() && less.Contains(a) && less.Contains(b) {
				t.Fatalf("%v ∪ %v = %v is too large", a, b, u)
			}
		}
	})
}
