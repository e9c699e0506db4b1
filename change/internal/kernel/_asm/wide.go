package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Instructions whose names differ between 256 and 512 bits.

// VPXORD512 clears a register.
func VPXORD512(s isa, v reg.VecVirtual) {
	if s.lanes == 16 {
		VPXORD(v, v, v)
	} else {
		VPXOR(v, v, v)
	}
}

// VANDPS512 is the and of bits.
func VANDPS512(s isa, a, b, dst Op) {
	if s.lanes == 16 {
		VPANDD(a, b, dst)
	} else {
		VANDPS(a, b, dst)
	}
}

// VMOVDQU512 moves integers.
func VMOVDQU512(s isa, from, to Op) {
	if s.lanes == 16 {
		VMOVDQU32(from, to)
	} else {
		VMOVDQU(from, to)
	}
}

// blendGreater sets dst to v where a > b.
func (s isa) blendGreater(a, b, v, dst reg.VecVirtual) {
	const greater = 14 // ordered, signalling
	if s.lanes == 16 {
		k := K()
		VCMPPS(Imm(greater), b, a, k)
		VMOVAPS(v, k, dst)
		return
	}
	m := s.vector()
	VCMPPS(Imm(greater), b, a, m)
	VBLENDVPS(m, v, dst, dst)
}

// blendObtuse sets dst to v where x·y would be below 0, neither of them being 0.
func (s isa) blendObtuse(x, y, v, dst reg.VecVirtual) {
	const less = 1
	zero := s.vector()
	VPXORD512(s, zero)
	if s.lanes == 16 {
		a, b, c, d := K(), K(), K(), K()
		VCMPPS(Imm(less), zero, x, a)
		VCMPPS(Imm(less), x, zero, b)
		VCMPPS(Imm(less), zero, y, c)
		VCMPPS(Imm(less), y, zero, d)
		KANDW(a, d, a) // x < 0 < y
		KANDW(b, c, b)
		KORW(a, b, a)
		VMOVAPS(v, a, dst)
		return
	}
	a, b, t := s.vector(), s.vector(), s.vector()
	VCMPPS(Imm(less), zero, x, a)
	VCMPPS(Imm(less), y, zero, t)
	VANDPS(t, a, a)
	VCMPPS(Imm(less), x, zero, b)
	VCMPPS(Imm(less), zero, y, t)
	VANDPS(t, b, b)
	VORPS(a, b, a)
	VBLENDVPS(a, v, dst, dst)
}

// labels of the n-th group of a routine.
func labels(name string, n int) string { return fmt.Sprintf("%s%d", name, n) }

var counting Mem

// iota8 is 0, 1, 2 … 7 in memory.
func iota8() Mem {
	if counting == (Mem{}) {
		counting = GLOBL("counting", RODATA|NOPTR)
		for k := range 8 {
			DATA(4*k, U32(k))
		}
	}
	return counting
}
