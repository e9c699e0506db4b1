package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const unrolled = 4

// lines are the routines of one or two rows, value by value, and linear forms in several rows.
func (s isa) lines() {
	s.function("scale", "dst, src *float32, n int, c float32", "sets dst to c·src.")
	dst, src, n, c := pointer("dst"), pointer("src"), pointer("n"), s.spread("c")
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := s.vector()
			VMULPS(s.at(src, i, u, 0), c, v)
			VMOVUPS(v, s.at(dst, i, u, 0))
		}
	})

	s.function("addScaled", "dst, src *float32, n int, c float32", "adds c·src to dst.")
	dst, src, n, c = pointer("dst"), pointer("src"), pointer("n"), s.spread("c")
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := s.vector()
			VMULPS(s.at(src, i, u, 0), c, v)
			VADDPS(s.at(dst, i, u, 0), v, v)
			VMOVUPS(v, s.at(dst, i, u, 0))
		}
	})

	s.function("divide", "dst *float32, n int, c float32", "divides dst by c.")
	dst, n, c = pointer("dst"), pointer("n"), s.spread("c")
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := s.vector()
			VMOVUPS(s.at(dst, i, u, 0), v)
			VDIVPS(c, v, v)
			VMOVUPS(v, s.at(dst, i, u, 0))
		}
	})

	s.function("clamp", "v *float32, n int, limit float32", "moves values outside −limit … limit to the nearer end, and NaN to the lower.")
	dst, n, c = pointer("v"), pointer("n"), s.spread("limit")
	lower := s.vector()
	VPXORD512(s, lower)
	VSUBPS(c, lower, lower)
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := s.vector()
			VMOVUPS(s.at(dst, i, u, 0), v)
			VMAXPS(lower, v, v) // the second operand when either is NaN
			VMINPS(c, v, v)
			VMOVUPS(v, s.at(dst, i, u, 0))
		}
	})

	s.function("sqrt", "v *float32, n int", "replaces values by their roots, those below 0 and NaN by 0, infinity by the root of the largest number.")
	dst, n = pointer("v"), pointer("n")
	zero := s.vector()
	VPXORD512(s, zero)
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := s.vector()
			VMOVUPS(s.at(dst, i, u, 0), v)
			s.root(v, zero)
			VMOVUPS(v, s.at(dst, i, u, 0))
		}
	})

	s.function("addRamp", "v *float32, n int, c, slope float32, from int32", "adds c + slope·x to the value at column x; v begins at column from.")
	dst, n = pointer("v"), pointer("n")
	c, slope := s.spread("c"), s.spread("slope")
	column := s.spread("from")
	VPADDD(iota8(), column, column)
	s.each(n, 1, func(i reg.GPVirtual, _ int) {
		v := s.vector()
		VCVTDQ2PS(column, v)
		VMULPS(slope, v, v)
		VADDPS(c, v, v)
		VADDPS(s.at(dst, i, 0, 0), v, v)
		VMOVUPS(v, s.at(dst, i, 0, 0))
		VPADDD(word(uint32(s.lanes)), column, column)
	})

	s.function("addSquare", "sum, v *float32, n int, shift, sign float32", "adds sign·(v + shift)² to sum.")
	dst, src, n = pointer("sum"), pointer("v"), pointer("n")
	shift, sign := s.spread("shift"), s.spread("sign")
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := s.vector()
			VADDPS(s.at(src, i, u, 0), shift, v)
			VMULPS(v, v, v)
			VMULPS(sign, v, v)
			VADDPS(s.at(dst, i, u, 0), v, v)
			VMOVUPS(v, s.at(dst, i, u, 0))
		}
	})

	s.function("linear", "dst *float32, n int, src *[]float32, coef *float32, terms int, shift float32", "sets dst to Σ coef·src + shift.")
	s.form(func(v reg.VecVirtual, to Mem) { VMOVUPS(v, to) })

	s.function("addSquaredLinear", "dst *float32, n int, src *[]float32, coef *float32, terms int, shift, sign float32", "adds sign·(Σ coef·src + shift)² to dst.")
	sign = s.spread("sign")
	s.form(func(v reg.VecVirtual, to Mem) {
		VMULPS(v, v, v)
		VMULPS(sign, v, v)
		VADDPS(to, v, v)
		VMOVUPS(v, to)
	})
}

// sliceSize is the size of a slice's header, whose first word points at the data.
const sliceSize = 24

// form computes a linear form in rows and hands it over.
func (s isa) form(store func(v reg.VecVirtual, to Mem)) {
	dst, n, src, coef, terms, shift := pointer("dst"), pointer("n"), pointer("src"), pointer("coef"), pointer("terms"), s.spread("shift")
	row, header, c := GP64(), GP64(), GP64()
	end := GP64()
	LEAQ(Mem{Base: coef, Index: terms, Scale: 4}, end)
	group := 0
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		group++
		more, last := labels("term", group), labels("full", group)
		sum := make([]reg.VecVirtual, unroll)
		MOVQ(coef, c)
		MOVQ(src, header)
		MOVQ(Mem{Base: header}, row)
		w := s.vector()
		VBROADCASTSS(Mem{Base: c}, w)
		for u := range sum {
			sum[u] = s.vector()
			VMULPS(s.at(row, i, u, 0), w, sum[u])
		}
		Label(more)
		ADDQ(Imm(4), c)
		ADDQ(Imm(sliceSize), header)
		CMPQ(c, end)
		JGE(LabelRef(last))
		MOVQ(Mem{Base: header}, row)
		VBROADCASTSS(Mem{Base: c}, w)
		for u := range sum {
			v := s.vector()
			VMULPS(s.at(row, i, u, 0), w, v)
			VADDPS(v, sum[u], sum[u])
		}
		JMP(LabelRef(more))
		Label(last)
		for u := range sum {
			VADDPS(shift, sum[u], sum[u])
			store(sum[u], s.at(dst, i, u, 0))
		}
	})
}
