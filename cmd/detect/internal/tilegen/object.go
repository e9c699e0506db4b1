package tilegen

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"passdiff/raster"
)

// Kind is what happened to an object between the passes. The zero value is not a kind.
type Kind uint8

// What can happen to an object. It stands out from the ground only after, only before, or in both passes but differently.
const (
	Appeared Kind = iota + 1
	Disappeared
	Altered
)

// String is the lower-case name of the kind.
func (k Kind) String() string {
	switch k {
	case Appeared:
		return "appeared"
	case Disappeared:
		return "disappeared"
	case Altered:
		return "altered"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// MarshalText is the name of the kind.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText accepts the name of a kind.
func (k *Kind) UnmarshalText(text []byte) error {
	for _, c := range []Kind{Appeared, Disappeared, Altered} {
		if c.String() == string(text) {
			*k = c
			return nil
		}
	}
	return fmt.Errorf("tilegen: no such kind of object: %q", text)
}

// object is a changed thing on the ground: whole pixels of the before grid.
type object struct {
	kind  Kind
	shape shape
	x, y  int // upper left pixel of the shape
	// delta is what the object adds to the ground of each band in the before and the after pass, 1/256 counts.
	delta [2][]int32
}

// window is the object's bounding box in pixels of the before grid.
func (o *object) window() raster.Window {
	return raster.Window{X: o.x, Y: o.y, W: o.shape.w, H: o.shape.h}
}

// gap is the least number of pixels between two objects, and between an object and what was not measured.
const gap = 3

// smallest and largest are the bounds of an object's area in pixels.
const smallest, largest = 5, 400

// area deals a log-uniform area: smallest·r^k for k of 0 to 64, where r, nearly the 64th root of largest/smallest, ends just below largest.
func area(d *dice) int {
	a := float64(smallest)
	for range d.between(0, 64) {
		a *= 1.07086
	}
	return min(int(a), largest)
}

// placer puts objects down without overlap. Objects are filed under the squares of the plane that they touch.
type placer struct {
	allowed func(raster.Window) bool
	filed   map[[2]int][]raster.Window
}

// square is the side of the squares, in pixels; no object is larger.
const square = 64

func (p *placer) squares(w raster.Window, visit func([2]int)) {
	for j := floorDiv(w.Y, square); j <= floorDiv(w.MaxY()-1, square); j++ {
		for i := floorDiv(w.X, square); i <= floorDiv(w.MaxX()-1, square); i++ {
			visit([2]int{i, j})
		}
	}
}

// put files w, unless it is not allowed or taken.
func (p *placer) put(w raster.Window) bool {
	wide := w.Grow(gap)
	if !p.allowed(wide) {
		return false
	}
	free := true
	p.squares(wide, func(s [2]int) {
		for _, o := range p.filed[s] {
			free = free && o.Intersect(wide).Empty()
		}
	})
	if free {
		p.squares(w, func(s [2]int) { p.filed[s] = append(p.filed[s], w) })
	}
	return free
}

// place makes the objects of a scene in row order of their upper left pixels. Objects keep to frame, a window of the before grid,
// and to windows that allowed accepts.
func place(s Spec, g *ground, frame raster.Window, allowed func(raster.Window) bool) (objects []object, err error) {
	if s.Objects == 0 && s.Density == 0 {
		return nil, nil
	}
	if frame.Empty() {
		return nil, errors.New("tilegen: the passes do not overlap; objects need a place that both observe")
	}
	d := &dice{s: newStream(s.Seed, layerObject)}
	if s.Density > 0 {
		objects = pack(d, s, g, frame, allowed)
	} else if objects, err = scatter(d, s, g, frame, allowed); err != nil {
		return nil, err
	}
	sort.Slice(objects, func(i, j int) bool {
		a, b := &objects[i], &objects[j]
		return a.y < b.y || a.y == b.y && a.x < b.x
	})
	return objects, nil
}

// scatter makes s.Objects objects at places dealt one after the other. It is an error when not all find one.
func scatter(d *dice, s Spec, g *ground, frame raster.Window, allowed func(raster.Window) bool) ([]object, error) {
	p := placer{allowed: allowed, filed: map[[2]int][]raster.Window{}}
	objects := make([]object, 0, s.Objects)
	// A quarter of the tries failing is usual; a full scene fails nearly all.
	for range 30*s.Objects + 200 {
		if len(objects) == s.Objects {
			break
		}
		o := object{shape: newShape(d, area(d)), x: frame.X + d.below(frame.W), y: frame.Y + d.below(frame.H)}
		if p.put(o.window()) {
			o.become(d, s, g)
			objects = append(objects, o)
		}
	}
	if len(objects) < s.Objects {
		return nil, fmt.Errorf("tilegen: only %d of %d objects find a place; make the scene larger or ask for fewer objects",
			len(objects), s.Objects)
	}
	return objects, nil
}

// brightGround is where objects are darker whenever they can be, 1/256 counts: 8-bit files end at 5100 counts.
const brightGround = 2500 * fixedOne

// become chooses what happens to the object.
func (o *object) become(d *dice, s Spec, g *ground) {
	o.kind = [...]Kind{Appeared, Appeared, Disappeared, Disappeared, Altered}[d.below(5)]
	o.colour(d, s, g)
}

// colour chooses how the object differs from the ground, band by band: brighter where the ground is too dark for anything darker, so that
// no band ends at zero and the contrast is kept.
func (o *object) colour(d *dice, s Spec, g *ground) {
	least := g.darkest(o.window())
	step := int64(fixed(s.Contrast))
	darker := d.below(2) == 1
	for b := range s.Bands {
		first := step * int64(d.between(100, 130)) / 100
		second := step * int64(d.between(100, 150)) / 100
		// Altered objects add up both; the last part leaves room for texture and noise.
		if int64(least[b]) > step*7/2 && (darker || least[b] > brightGround) {
			first, second = -first, -second
		}
		before, after := int64(0), int64(0)
		switch o.kind {
		case Appeared:
			after = second
		case Disappeared:
			before = second
		case Altered:
			before, after = first, first+second
			if o.shape.area%2 == 1 {
				before, after = after, before
			}
		}
		o.delta[0] = append(o.delta[0], int32(before))
		o.delta[1] = append(o.delta[1], int32(after))
	}
}

// darkest is the least brightness of the ground in a window of pixels, band by band.
func (g *ground) darkest(w raster.Window) []int32 {
	least := make([]int32, g.bands)
	out := make([][]int32, g.bands)
	for b := range out {
		least[b] = math.MaxInt32
		out[b] = make([]int32, w.W*g.sub)
	}
	var r groundRow
	for y := w.Y; y < w.MaxY(); y++ {
		g.row(w.X*g.sub, y*g.sub, out, &r)
		for b, row := range out {
			for _, v := range row {
				least[b] = min(least[b], v)
			}
		}
	}
	return least
}

// catalogue holds the objects of a scene in row order and finds those of a row.
type catalogue struct {
	objects []object
	tallest int
}

func newCatalogue(objects []object) catalogue {
	c := catalogue{objects: objects}
	for i := range objects {
		c.tallest = max(c.tallest, objects[i].shape.h)
	}
	return c
}

// spans calls visit for every stretch [x0, x1) of object pixels in row y of the before grid.
func (c *catalogue) spans(y int, visit func(i, x0, x1 int)) {
	first := sort.Search(len(c.objects), func(i int) bool { return c.objects[i].y > y-c.tallest })
	for i := first; i < len(c.objects) && c.objects[i].y <= y; i++ {
		o := &c.objects[i]
		if y >= o.y+o.shape.h {
			continue
		}
		row := o.shape.in[(y-o.y)*o.shape.w:][:o.shape.w]
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			x0 := x
			for x < len(row) && row[x] {
				x++
			}
			visit(i, o.x+x0, o.x+x)
		}
	}
}
