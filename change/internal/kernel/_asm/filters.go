package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// filters are symmetric filters along and across rows.
func (s isa) filters() {
	s.function("filterRow", "dst, src *float32, n int, taps *float32, radius int", "sets dst[i] to the sum of taps·src around src[i+radius].")
	dst, src, n := pointer("dst"), pointer("src"), pointer("n")
	taps, radius := pointer("taps"), pointer("radius")
	centre := GP64()
	LEAQ(Mem{Base: src, Index: radius, Scale: 4}, centre)
	left, right, k := GP64(), GP64(), GP64()
	group := 0
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		group++
		more, last := labels("tap", group), labels("full", group)
		w, sum := s.vector(), make([]reg.VecVirtual, unroll)
		VBROADCASTSS(Mem{Base: taps}, w)
		for u := range sum {
			sum[u] = s.vector()
			VMULPS(s.at(centre, i, u, 0), w, sum[u])
		}
		MOVQ(centre, left)
		MOVQ(centre, right)
		XORQ(k, k)
		Label(more)
		CMPQ(k, radius)
		JGE(LabelRef(last))
		INCQ(k)
		SUBQ(Imm(4), left)
		ADDQ(Imm(4), right)
		VBROADCASTSS(Mem{Base: taps, Index: k, Scale: 4}, w)
		for u := range sum {
			v := s.vector()
			VMOVUPS(s.at(left, i, u, 0), v)
			VADDPS(s.at(right, i, u, 0), v, v)
			VMULPS(w, v, v)
			VADDPS(v, sum[u], sum[u])
		}
		JMP(LabelRef(more))
		Label(last)
		for u := range sum {
			VMOVUPS(sum[u], s.at(dst, i, u, 0))
		}
	})

	s.function("filterColumn", "dst *float32, rows *[]float32, n int, taps *float32, radius int", "sets dst to the sum of taps·rows around the middle one of 2·radius+1 rows.")
	dst, rows, n := pointer("dst"), pointer("rows"), pointer("n")
	taps, radius = pointer("taps"), pointer("radius")
	middle := GP64()
	IMUL3Q(Imm(sliceSize), radius, middle)
	ADDQ(rows, middle)
	up, down, above, below, weight, end := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: taps, Index: radius, Scale: 4}, end)
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		group++
		more, last := labels("tap", group), labels("full", group)
		w, sum := s.vector(), make([]reg.VecVirtual, unroll)
		VBROADCASTSS(Mem{Base: taps}, w)
		MOVQ(Mem{Base: middle}, above)
		for u := range sum {
			sum[u] = s.vector()
			VMULPS(s.at(above, i, u, 0), w, sum[u])
		}
		MOVQ(middle, up)
		MOVQ(middle, down)
		MOVQ(taps, weight)
		Label(more)
		CMPQ(weight, end)
		JGE(LabelRef(last))
		ADDQ(Imm(4), weight)
		SUBQ(Imm(sliceSize), up)
		ADDQ(Imm(sliceSize), down)
		MOVQ(Mem{Base: up}, above)
		MOVQ(Mem{Base: down}, below)
		VBROADCASTSS(Mem{Base: weight}, w)
		for u := range sum {
			v := s.vector()
			VMOVUPS(s.at(above, i, u, 0), v)
			VADDPS(s.at(below, i, u, 0), v, v)
			VMULPS(w, v, v)
			VADDPS(v, sum[u], sum[u])
		}
		JMP(LabelRef(more))
		Label(last)
		for u := range sum {
			VMOVUPS(sum[u], s.at(dst, i, u, 0))
		}
	})
}
