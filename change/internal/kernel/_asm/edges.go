package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sobel are gradients.
func (s isa) sobel() {
	s.function("sobel", "gx, gy, a, b, c *float32, n int", "sets gx and gy to the gradients of the middle one of three rows, which are longer by two.")
	gx, gy, n := pointer("gx"), pointer("gy"), pointer("n")
	a, b, c := pointer("a"), pointer("b"), pointer("c")
	s.each(n, 1, func(i reg.GPVirtual, _ int) {
		// gx = (a2 − a0) + 2(b2 − b0) + (c2 − c0)
		a0, a2, c0, c2 := s.load(a, i, 0), s.load(a, i, 2), s.load(c, i, 0), s.load(c, i, 2)
		x, t := s.vector(), s.load(b, i, 2)
		VSUBPS(a0, a2, x)
		VSUBPS(s.at(b, i, 0, 0), t, t)
		VADDPS(t, t, t)
		VADDPS(t, x, x)
		VSUBPS(c0, c2, t)
		VADDPS(t, x, x)
		VMOVUPS(x, s.at(gx, i, 0, 0))
		// gy = (c0 − a0) + 2(c1 − a1) + (c2 − a2)
		VSUBPS(a0, c0, x)
		t = s.load(c, i, 1)
		VSUBPS(s.at(a, i, 0, 1), t, t)
		VADDPS(t, t, t)
		VADDPS(t, x, x)
		VSUBPS(a2, c2, t)
		VADDPS(t, x, x)
		VMOVUPS(x, s.at(gy, i, 0, 0))
	})
}

// edges are the lengths and directions of gradients.
func (s isa) edges() {
	s.function("edges", "left, right, direction *int32, gx, gy *float32, n int", "splits gradients between neighbouring directions, as kernel.edge.")
	left, right, direction := pointer("left"), pointer("right"), pointer("direction")
	gx, gy, n := pointer("gx"), pointer("gy"), pointer("n")
	s.each(n, 1, func(i reg.GPVirtual, _ int) {
		x, y := s.load(gx, i, 0), s.load(gy, i, 0)
		m, t := s.vector(), s.vector()
		VMULPS(x, x, m)
		VMULPS(y, y, t)
		VADDPS(t, m, m)
		VSQRTPS(m, m)
		VMINPS(number(64), m, m)
		VMULPS(number(4096), m, m)
		VADDPS(number(0.5), m, m)
		VCVTTPS2DQ(m, m) // steps
		side, z, at := s.vector(), s.vector(), s.vector()
		VANDPS512(s, word(0x7fffffff), x, side)
		ay := s.vector()
		VANDPS512(s, word(0x7fffffff), y, ay)
		// z = min/max, 0 where both are 0: the divisor is at least the smallest normal number
		VMAXPS(side, ay, at)
		VMAXPS(word(0x00800000), at, at)
		VMINPS(side, ay, z)
		VDIVPS(at, z, z)
		VMOVUPS(number(1), t)
		VSUBPS(z, t, t)
		VMULPS(number(0.273), t, t)
		VADDPS(number(math.Pi/4), t, t)
		VMULPS(number(8/math.Pi), z, z)
		VMULPS(t, z, z) // arc, 0 to 2
		// steeper than the diagonal: 4 − arc
		VMOVUPS(number(4), t)
		VSUBPS(z, t, t)
		s.blendGreater(ay, side, t, z) // ay > side: t
		// x and y of different sign: 8 − that; the signs are those of −0 never, because a zero of either has its own rule
		VMOVUPS(number(8), t)
		VSUBPS(z, t, t)
		s.blendObtuse(x, y, t, z)
		VPXORD512(s, t)
		VMAXPS(t, z, z)
		VMINPS(number(8), z, z)
		k := s.vector()
		VCVTTPS2DQ(z, k)
		VMOVDQU512(s, k, s.at(direction, i, 0, 0))
		VCVTDQ2PS(k, k)
		VSUBPS(k, z, z)
		VCVTDQ2PS(m, t)
		VMULPS(t, z, z)
		VADDPS(number(0.5), z, z)
		VCVTTPS2DQ(z, z)
		VMOVDQU512(s, z, s.at(right, i, 0, 0))
		VPSUBD(z, m, m)
		VMOVDQU512(s, m, s.at(left, i, 0, 0))
	})
}

// load is a group of values from offset on.
func (s isa) load(p, i reg.GPVirtual, offset int) reg.VecVirtual {
	v := s.vector()
	VMOVUPS(s.at(p, i, 0, offset), v)
	return v
}

// census compares the differences of two passes to four neighbours each.
func (s isa) census() {
	s.function("census", "dst *int32, x, xBelow, y, yBelow *float32, n int, scale, unit float32", "is kernel.Census; the rows' first value is left of the first pixel.")
	dst, n := pointer("dst"), pointer("n")
	x, xBelow, y, yBelow := pointer("x"), pointer("xBelow"), pointer("y"), pointer("yBelow")
	scale, unit := s.spread("scale"), s.spread("unit")
	s.each(n, 1, func(i reg.GPVirtual, _ int) {
		sum, cx, cy := s.vector(), s.load(x, i, 1), s.load(y, i, 1)
		for k, near := range []struct {
			x, y   reg.GPVirtual
			offset int
		}{{x, y, 2}, {xBelow, yBelow, 1}, {xBelow, yBelow, 2}, {xBelow, yBelow, 0}} {
			a, b := s.load(near.x, i, near.offset), s.load(near.y, i, near.offset)
			for _, d := range []struct{ v, centre reg.VecVirtual }{{a, cx}, {b, cy}} {
				VSUBPS(d.centre, d.v, d.v)
				VMULPS(scale, d.v, d.v)
				VMAXPS(number(-1), d.v, d.v)
				VMINPS(number(1), d.v, d.v)
			}
			VSUBPS(b, a, a)
			VANDPS512(s, word(0x7fffffff), a, a)
			if k == 0 {
				VMOVUPS(a, sum)
			} else {
				VADDPS(a, sum, sum)
			}
		}
		VMULPS(unit, sum, sum)
		VADDPS(number(0.5), sum, sum)
		VCVTTPS2DQ(sum, sum)
		VPSRLD(Imm(2), sum, sum)
		VMOVDQU512(s, sum, s.at(dst, i, 0, 0))
	})
}

// integers add and subtract rows.
func (s isa) integers() {
	for _, op := range []struct {
		name, doc string
		do        func(...Op)
	}{{"addInts", "adds src to dst.", VPADDD}, {"subtractInts", "subtracts src from dst.", VPSUBD}} {
		s.function(op.name, "dst, src *int32, n int", op.doc)
		dst, src, n := pointer("dst"), pointer("src"), pointer("n")
		s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
			for u := range unroll {
				v := s.vector()
				VMOVDQU512(s, s.at(dst, i, u, 0), v)
				op.do(s.at(src, i, u, 0), v, v)
				VMOVDQU512(s, v, s.at(dst, i, u, 0))
			}
		})
	}
}

// directionSums slides over columns of eight directions of both passes, 8 columns of output at once.
func (s isa) directionSums() {
	s.function("directionSums", "diff, all, columns *int32, n, width int", "is kernel.DirectionSums.")
	diff, all, columns, n, width := pointer("diff"), pointer("all"), pointer("columns"), pointer("n"), pointer("width")
	sumA, sumB := YMM(), YMM()
	VPXOR(sumA, sumA, sumA)
	VPXOR(sumB, sumB, sumB)
	lead, k := GP64(), GP64()
	MOVQ(columns, lead)
	MOVQ(width, k)
	Label("begin") // the sums of width − 1 columns
	DECQ(k)
	JLE(LabelRef("slide"))
	VPADDD(Mem{Base: lead}, sumA, sumA)
	VPADDD(Mem{Base: lead, Disp: 32}, sumB, sumB)
	ADDQ(Imm(64), lead)
	JMP(LabelRef("begin"))
	Label("slide")
	s.each(n, 1, func(i reg.GPVirtual, _ int) {
		var d, t [8]reg.VecVirtual
		for u := range 8 {
			VPADDD(Mem{Base: lead, Disp: 64 * u}, sumA, sumA)
			VPADDD(Mem{Base: lead, Disp: 64*u + 32}, sumB, sumB)
			d[u], t[u] = YMM(), YMM()
			VPSUBD(sumB, sumA, d[u])
			VPABSD(d[u], d[u])
			VPADDD(sumB, sumA, t[u])
			VPSUBD(Mem{Base: columns, Disp: 64 * u}, sumA, sumA)
			VPSUBD(Mem{Base: columns, Disp: 64*u + 32}, sumB, sumB)
			if u%2 == 1 { // pairs at once, so that the registers suffice
				VPHADDD(d[u], d[u-1], d[u-1])
				VPHADDD(t[u], t[u-1], t[u-1])
			}
			if u%4 == 3 {
				VPHADDD(d[u-1], d[u-3], d[u-3])
				VPHADDD(t[u-1], t[u-3], t[u-3])
			}
		}
		for _, r := range []struct {
			v  [8]reg.VecVirtual
			to reg.GPVirtual
		}{{d, diff}, {t, all}} {
			low, high := YMM(), YMM()
			VPERM2I128(Imm(0x20), r.v[4], r.v[0], low)
			VPERM2I128(Imm(0x31), r.v[4], r.v[0], high)
			VPADDD(high, low, low)
			VMOVDQU(low, s.at(r.to, i, 0, 0))
		}
		ADDQ(U32(8*64), lead)
		ADDQ(U32(8*64), columns)
	})
}

// moveEdges adds and takes away rows of gradients, column by column.
func (s isa) moveEdges() {
	masks := GLOBL("directionMasks", RODATA|NOPTR) // for each direction the lanes of left and of right
	for direction := range 8 {
		for side := range 2 {
			for lane := range 8 {
				bits := uint32(0)
				if lane == (direction+side)%8 {
					bits = 0xffffffff
				}
				DATA(64*direction+32*side+4*lane, U32(bits))
			}
		}
	}
	s.function("moveEdges", "columns, inLeft, inRight, inDirection, outLeft, outRight, outDirection *int32, n int", "is kernel.MoveEdges; columns are 64 bytes apart.")
	columns, n := pointer("columns"), pointer("n")
	in := [3]reg.GPVirtual{pointer("inLeft"), pointer("inRight"), pointer("inDirection")}
	out := [3]reg.GPVirtual{pointer("outLeft"), pointer("outRight"), pointer("outDirection")}
	table, i, k := GP64(), GP64(), GP64()
	LEAQ(masks, table)
	XORQ(i, i)
	Label("pixel")
	CMPQ(i, n)
	JGE(LabelRef("done"))
	sum := YMM()
	VMOVDQU(Mem{Base: columns}, sum)
	for _, row := range []struct {
		from [3]reg.GPVirtual
		do   func(...Op)
	}{{in, VPADDD}, {out, VPSUBD}} {
		MOVLQSX(Mem{Base: row.from[2], Index: i, Scale: 4}, k)
		ANDQ(Imm(7), k)
		SHLQ(Imm(6), k)
		for side := range 2 {
			v := YMM()
			VPBROADCASTD(Mem{Base: row.from[side], Index: i, Scale: 4}, v)
			VPAND(Mem{Base: table, Index: k, Scale: 1, Disp: 32 * side}, v, v)
			row.do(v, sum, sum)
		}
	}
	VMOVDQU(sum, Mem{Base: columns})
	ADDQ(Imm(64), columns)
	INCQ(i)
	JMP(LabelRef("pixel"))
	Label("done")
	VZEROUPPER()
	RET()
}
