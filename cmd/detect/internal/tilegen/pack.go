package tilegen

import "passdiff/raster"

// pitch is the side of the squares of the lattice on which packed objects stand, in pixels.
const pitch = 24

// fromPacked is the least area that is dealt to a packed object, in pixels.
const fromPacked = 100

// pack makes the objects of a dense scene: one in each square of a lattice, from the top left on, wherever the objects so far cover less
// than s.Density of the squares so far. Unlike place, it tries nothing twice and needs no memory but the objects. Squares keep to frame,
// a window of the before grid, and to windows that allowed accepts.
func pack(d *dice, s Spec, g *ground, frame raster.Window, allowed func(raster.Window) bool) (objects []object) {
	const room = pitch - gap
	var passed, covered int // pixels
	for y := frame.Y; y+pitch <= frame.MaxY(); y += pitch {
		for x := frame.X; x+pitch <= frame.MaxX(); x += pitch {
			if !allowed(raster.Window{X: x, Y: y, W: pitch, H: pitch}) {
				continue
			}
			passed += pitch * pitch
			if float64(covered) >= s.Density*float64(passed) {
				continue
			}
			shape := newShape(d, d.between(fromPacked, largest))
			for shape.w > room || shape.h > room {
				shape = newShape(d, d.between(fromPacked, largest))
			}
			o := object{shape: shape, x: x + d.below(room-shape.w+1), y: y + d.below(room-shape.h+1)}
			o.become(d, s, g)
			covered += shape.area
			objects = append(objects, o)
		}
	}
	return objects
}
