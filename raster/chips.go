package raster

// chipping is the lattice of sample chips, by their side in pixels: cells of twice the side hold one each in the middle, a quarter of the
// cell. Chips are fixed by the grid alone, never by a file's blocks, so that the same pixels give the same sample however they are stored.
type chipping int

// chipSize suits the usual block sizes: a chip and its halo lie inside one 512 block.
const chipSize = 256

// A quarter of a small scene is at least leastChips chips, down to a side of leastChip: so few larger ones would lie in one part of it, as those
// of a large scene never do.
const (
	leastChips = 12
	leastChip  = 32
)

// chippingFor is the coarsest with enough chips in a scene.
func chippingFor(g Grid) chipping {
	l := chipping(chipSize)
	for l > leastChip && g.Width/l.cell()*(g.Height/l.cell()) < leastChips {
		l /= 2
	}
	return l
}

func (l chipping) cell() int { return 2 * int(l) }

// insets are the offsets of a cell's chip, then those of its gaps. Together they cover each pixel once.
func (l chipping) insets() [4][2]int {
	a, b := int(l)/2, int(l)/2+int(l)
	return [4][2]int{{a, a}, {b, b}, {b, a}, {a, b}}
}

// chips lists every chip with that inset inside w, so ordered that any first part is spread over the scene. Chips that w cuts come last.
func (l chipping) chips(w Window, inset [2]int) []Window {
	var full, cut []Window
	for y := floorDiv(w.Y-inset[1], l.cell())*l.cell() + inset[1]; y < w.MaxY(); y += l.cell() {
		for x := floorDiv(w.X-inset[0], l.cell())*l.cell() + inset[0]; x < w.MaxX(); x += l.cell() {
			corner := Window{X: x, Y: y, W: int(l), H: int(l)}
			switch chip := corner.Intersect(w); {
			case chip == corner:
				full = append(full, chip)
			case !chip.Empty():
				cut = append(cut, chip)
			}
		}
	}
	return append(spread(full), spread(cut)...)
}

// spread reorders a row-major list by steps of about 0.618 of its length, the golden section, whose multiples never crowd.
func spread(in []Window) []Window {
	n := len(in)
	step := max(1, n*618/1000)
	for gcd(step, n) > 1 {
		step++
	}
	out := make([]Window, n)
	for i := range out {
		out[i] = in[i*step%n]
	}
	return out
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
