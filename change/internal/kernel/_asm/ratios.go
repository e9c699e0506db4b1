package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ratios divide integers in 64 bits.
func (s isa) ratios() {
	s.function("share", "dst *float32, v *int32, n int, whole, unit float64", "is kernel.Share of as many values as a register holds or more.")
	dst, v, n := pointer("dst"), pointer("v"), pointer("n")
	whole, unit := s.spreadBy(VBROADCASTSD, "whole"), s.spreadBy(VBROADCASTSD, "unit")
	s.halves(n, dst, func(i reg.GPVirtual, half int) reg.VecVirtual {
		x := s.wide(v, i, half)
		VDIVPD(whole, x, x)
		VDIVPD(unit, x, x)
		return x
	})

	s.function("shareOf", "dst *float32, v, counts *int32, n int, unit float64", "is kernel.ShareOf of as many values as a register holds or more.")
	dst, v, n = pointer("dst"), pointer("v"), pointer("n")
	counts := pointer("counts")
	unit = s.spreadBy(VBROADCASTSD, "unit")
	s.halves(n, dst, func(i reg.GPVirtual, half int) reg.VecVirtual {
		x, k := s.wide(v, i, half), s.wide(counts, i, half)
		VDIVPD(k, x, x)
		VDIVPD(unit, x, x)
		s.keepAbove(x, k)
		return x
	})

	s.function("directionChange", "dst *float32, diff, all *int32, n int, floor float64", "is kernel.DirectionChange of as many values as a register holds or more.")
	dst, diff, all, n := pointer("dst"), pointer("diff"), pointer("all"), pointer("n")
	floor := s.spreadBy(VBROADCASTSD, "floor")
	s.halves(n, dst, func(i reg.GPVirtual, half int) reg.VecVirtual {
		x, y := s.wide(diff, i, half), s.wide(all, i, half)
		VADDPD(floor, y, y)
		VDIVPD(y, x, x)
		return x
	})

	s.function("directionChangeOf", "dst *float32, diff, all, counts *int32, n int, flat float64", "is kernel.DirectionChangeOf of as many values as a register holds or more.")
	dst, diff, all, n = pointer("dst"), pointer("diff"), pointer("all"), pointer("n")
	counts = pointer("counts")
	flat := s.spreadBy(VBROADCASTSD, "flat")
	s.halves(n, dst, func(i reg.GPVirtual, half int) reg.VecVirtual {
		x, y, k, f := s.wide(diff, i, half), s.wide(all, i, half), s.wide(counts, i, half), s.vector()
		VMULPD(flat, k, f)
		VADDPD(f, y, y)
		VDIVPD(y, x, x)
		s.keepAbove(x, k)
		return x
	})
}

// halves stores what value makes of each half of a group, in 64 bits, as float32, and ends the routine.
func (s isa) halves(n, dst reg.GPVirtual, value func(i reg.GPVirtual, half int) reg.VecVirtual) {
	cover(n, s.lanes, 1, func(i reg.GPVirtual, _ int) {
		for half := range 2 {
			x := XMM()
			VCVTPD2PSY(value(i, half), x)
			VMOVUPS(x, Mem{Base: dst, Index: i, Scale: 4, Disp: 2 * s.lanes * half})
		}
	})
	done()
}

// wide is half a group of 32-bit integers in 64-bit floating point.
func (s isa) wide(p, i reg.GPVirtual, half int) reg.VecVirtual {
	x := s.vector()
	VCVTDQ2PD(Mem{Base: p, Index: i, Scale: 4, Disp: 2 * s.lanes * half}, x)
	return x
}

// keepAbove clears the 64-bit lanes of v where k is not above 0.
func (s isa) keepAbove(v, k reg.VecVirtual) {
	const greater = 0x1e // false for NaN, quiet
	zero := s.vector()
	VPXORD512(s, zero)
	m := s.vector()
	VCMPPD(Imm(greater), zero, k, m)
	VANDPD(m, v, v)
}
