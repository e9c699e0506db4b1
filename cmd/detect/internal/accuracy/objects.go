package accuracy

import (
	"cmp"
	"slices"
)

// span is a stretch of changed pixels of one row, columns [x0, x1), and the node of its object.
type span struct{ x0, x1, node int32 }

// node is a part of an object as it was found, row by row. Nodes that turn out to be of one object form a tree; its root has the numbers.
type node struct {
	parent           int32
	touched, matched bool
	open             bool // a pixel of the present row belongs to it: it may grow
	waits            bool // whether one of its pairs is a match is not known yet
	pixels, common   int64
}

// layer is the objects of one of the two rasters: those that may still grow, and those that wait for one of the other raster.
type layer struct {
	nodes       []node
	above, here []span
}

func (l *layer) root(i int32) int32 {
	for l.nodes[i].parent != i {
		l.nodes[i].parent = l.nodes[l.nodes[i].parent].parent
		i = l.nodes[i].parent
	}
	return i
}

// join makes one object of two and returns its root. The lower number stays the root.
func (l *layer) join(i, k int32) int32 {
	i, k = l.root(i), l.root(k)
	if i == k {
		return i
	}
	i, k = min(i, k), max(i, k)
	a, b := &l.nodes[i], &l.nodes[k]
	b.parent = i
	a.pixels += b.pixels
	a.common += b.common
	a.touched = a.touched || b.touched
	a.matched = a.matched || b.matched
	return i
}

// row takes the next row: the pixels i at which in(i), of width.
func (l *layer) row(width int, in func(i int) bool) {
	l.above, l.here = l.here, l.above[:0]
	up := 0
	for x := 0; x < width; {
		if !in(x) {
			x++
			continue
		}
		s := span{x0: int32(x), node: -1}
		for x < width && in(x) {
			x++
		}
		s.x1 = int32(x)
		for up < len(l.above) && l.above[up].x1 < s.x0 {
			up++
		}
		for k := up; k < len(l.above) && l.above[k].x0 <= s.x1; k++ { // corners join
			if s.node < 0 {
				s.node = l.root(l.above[k].node)
			} else {
				s.node = l.join(s.node, l.above[k].node)
			}
		}
		if s.node < 0 {
			s.node = int32(len(l.nodes))
			l.nodes = append(l.nodes, node{parent: s.node})
		}
		l.nodes[s.node].pixels += int64(s.x1 - s.x0)
		l.here = append(l.here, s)
	}
}

// pair is that a truth object and a detection have pixels in common.
type pair struct {
	known, found int32
	pixels       int64
}

// objects counts the objects of two rasters and which of them meet, row by row. It remembers those that may still grow, and of the others
// those whose match with one that grows is open: a few, since once nine tenths of an object lie elsewhere it matches no more.
type objects struct {
	known, found layer
	pairs        []pair
	limit        int // of nodes and pairs, beyond which the finished ones are looked for
	sizes        Sizes
}

// sweepAfter is the least number of nodes and pairs that are worth looking through.
const sweepAfter = 1 << 14

// row takes the next row.
func (o *objects) row(width int, known, found func(i int) bool) {
	o.known.row(width, known)
	o.found.row(width, found)
	f := 0
	for _, k := range o.known.here {
		for f < len(o.found.here) && o.found.here[f].x1 <= k.x0 {
			f++
		}
		for i := f; i < len(o.found.here) && o.found.here[i].x0 < k.x1; i++ {
			s := o.found.here[i]
			o.meet(k.node, s.node, int64(min(k.x1, s.x1)-max(k.x0, s.x0)))
		}
	}
	if n := len(o.known.nodes) + len(o.found.nodes) + len(o.pairs); n > max(o.limit, sweepAfter) {
		o.sweep()
	}
}

// meet counts common pixels.
func (o *objects) meet(known, found int32, pixels int64) {
	for _, n := range []*node{&o.known.nodes[o.known.root(known)], &o.found.nodes[o.found.root(found)]} {
		n.touched = true
		n.common += pixels
	}
	if n := len(o.pairs); n > 0 && o.pairs[n-1].known == known && o.pairs[n-1].found == found {
		o.pairs[n-1].pixels += pixels
		return
	}
	o.pairs = append(o.pairs, pair{known, found, pixels})
}

// finish counts what is left after the last row.
func (o *objects) finish() Sizes {
	o.known.here, o.found.here = nil, nil
	o.sweep()
	return o.sizes
}

// sweep decides the pairs that can be decided, counts the objects that are complete and forgets both.
func (o *objects) sweep() {
	for _, l := range []*layer{&o.known, &o.found} {
		for i := range l.nodes {
			l.nodes[i].open, l.nodes[i].waits = false, false
		}
		for _, s := range l.here {
			l.nodes[l.root(s.node)].open = true
		}
	}
	for i := range o.pairs {
		p := &o.pairs[i]
		p.known, p.found = o.known.root(p.known), o.found.root(p.found)
	}
	slices.SortFunc(o.pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.known, b.known), cmp.Compare(a.found, b.found)) })
	left := o.pairs[:0]
	for i := 0; i < len(o.pairs); {
		p := o.pairs[i]
		for i++; i < len(o.pairs) && o.pairs[i].known == p.known && o.pairs[i].found == p.found; i++ {
			p.pixels += o.pairs[i].pixels
		}
		if !o.decide(p) {
			left = append(left, p)
		}
	}
	o.pairs = left
	knowns := o.known.retire(func(n node) { o.sizes.addKnown(n) })
	founds := o.found.retire(func(n node) { o.sizes.addFound(n) })
	for i := range o.pairs {
		p := &o.pairs[i]
		p.known, p.found = knowns[p.known], founds[p.found]
	}
	o.limit = 2 * (len(o.known.nodes) + len(o.found.nodes) + len(o.pairs))
}

// decide reports whether it is settled that a pair matches, or that it does not.
func (o *objects) decide(p pair) bool {
	k, f := &o.known.nodes[p.known], &o.found.nodes[p.found]
	// Common pixels grow only while both grow; sizes only grow.
	if k.open && f.open {
		k.waits, f.waits = true, true
		return false
	}
	if !(100*p.pixels >= matchPercent*k.pixels && 100*p.pixels >= matchPercent*f.pixels) {
		return true
	}
	if k.open || f.open {
		k.waits, f.waits = true, true
		return false
	}
	k.matched, f.matched = true, true
	return true
}

// retire hands over the objects that are complete, drops them, and returns the new numbers of the roots that stay.
func (l *layer) retire(complete func(node)) []int32 {
	to := make([]int32, len(l.nodes))
	stay := int32(0)
	for i, n := range l.nodes {
		switch {
		case n.parent != int32(i): // part of another
		case n.open || n.waits:
			to[i] = stay
			stay++
		default:
			complete(n)
		}
	}
	for i := range l.here {
		l.here[i].node = to[l.root(l.here[i].node)]
	}
	for i, n := range l.nodes { // a root's new number is never above its old one
		if n.parent == int32(i) && (n.open || n.waits) {
			n.parent = to[i]
			l.nodes[to[i]] = n
		}
	}
	l.nodes = l.nodes[:stay]
	return to
}
