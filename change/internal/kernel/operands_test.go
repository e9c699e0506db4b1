package kernel

import "math"

// columnsWidth is the width of windows over operands' columns.
const columnsWidth = 7

// operands are what kernels work on, n values each or more; those before in are written and have a guard on both sides.
type operands struct {
	dst     [][]float32
	ints    [][]int32
	marks   [][]uint8
	columns [][2][Directions]int32 // columnsWidth − 1 more
	found   bool
	bits    func() []uint32 // of all that

	inputs
}

// inputs are at least as many as operands.
type inputs struct {
	in     [][]float32 // 60 more
	words  [][]uint16
	masks  [][]uint8
	counts []int32 // some of them 0
	edges  [2]EdgeRow
}

// input makes inputs of n values that begin at different alignments.
func input(n int, special bool) (all inputs) {
	for k := range 50 {
		all.in = append(all.in, noise(k+n+60, special)[k:])
	}
	for k := range 22 {
		w, m := make([]uint16, k+n), make([]uint8, k+n)
		for i := range w {
			w[i], m[i] = uint16(i*(40503+2*k)), uint8(i*i*(3+k)>>1)
		}
		all.words, all.masks = append(all.words, w[k:]), append(all.masks, m[k:])
	}
	for i := range n {
		all.counts = append(all.counts, int32(i*i%50))
	}
	for k := range all.edges {
		e := EdgeRow{make([]int32, n), make([]int32, n), make([]int32, n)}
		for i := range n {
			e.Left[i], e.Right[i], e.Direction[i] = int32(i*7919+k), int32(i*104729-k), int32((i+3*k)%(Directions+1))
		}
		all.edges[k] = e
	}
	return all
}

// from leaves out the first values.
func (all inputs) from(off int) inputs {
	return inputs{skip(all.in, off), skip(all.words, off), skip(all.masks, off), all.counts[off:], all.edges}
}

func skip[T any](rows [][]T, off int) (later [][]T) {
	for _, r := range rows {
		later = append(later, r[off:])
	}
	return later
}

// operate makes operands of n values, the written ones at an offset from where they were allocated.
func operate(n, off int, special bool, in inputs) *operands {
	o := operands{inputs: in.from(off)}
	var outputs []func() []uint32
	for k := range 3 {
		f, i, m := noise(n, special), make([]int32, n), make([]uint8, n)
		for q := range i {
			i[q], m[q] = int32(q*q*(k+3))-1000, uint8(q*(k+1))
		}
		outputs = append(outputs, guard(&o.dst, f, off, 42, math.Float32bits), guard(&o.ints, i, off, 42, func(v int32) uint32 { return uint32(v) }),
			guard(&o.marks, m, off, 42, func(v uint8) uint32 { return uint32(v) }))
	}
	o.columns = make([][2][Directions]int32, n+columnsWidth-1)
	for x := range o.columns {
		for k := range 2 * Directions {
			o.columns[x][k/8][k%8] = int32((x*31+k*k*17)%1000) << 12
		}
	}
	o.bits = func() (bits []uint32) {
		for _, f := range outputs {
			bits = append(bits, f()...)
		}
		for _, c := range o.columns {
			for _, sums := range c {
				for _, v := range sums {
					bits = append(bits, uint32(v))
				}
			}
		}
		if o.found {
			return append(bits, 1)
		}
		return append(bits, 0)
	}
	return &o
}

// guard appends values to rows, with a guard on both sides, and returns a function for the bits of all three.
func guard[T any](rows *[][]T, values []T, off int, outside T, bits func(T) uint32) func() []uint32 {
	n := len(values)
	all := append(append(make([]T, off+1), values...), outside)
	all[off] = outside
	*rows = append(*rows, all[off+1:off+1+n:off+1+n])
	return func() (b []uint32) {
		for _, v := range all[off:] {
			b = append(b, bits(v))
		}
		return b
	}
}
