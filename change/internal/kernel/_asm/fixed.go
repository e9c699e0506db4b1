package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// fixedPoint rounds in 64 bits, four values at a time, because a half added in 32 bits is not exact.
func (s isa) fixedPoint() {
	s.function("fixedPoint", "dst *int32, v *float32, n int, gain, shift, clip, unit float32", "is kernel.FixedPoint of as many values as a register holds or more.")
	dst, v, n := pointer("dst"), pointer("v"), pointer("n")
	gain, shift, clip, unit := s.spread("gain"), s.spread("shift"), s.spread("clip"), s.spread("unit")
	lower := s.vector()
	VXORPS(word(1<<31), clip, lower)
	sign, half := s.vector(), s.vector()
	VBROADCASTSD(long(1<<63), sign)
	VBROADCASTSD(long(math.Float64bits(0.5)), half)
	cover(n, s.lanes, 1, func(i reg.GPVirtual, _ int) {
		const ordered = 7
		x, known := s.vector(), s.vector()
		VMULPS(s.at(v, i, 0, 0), gain, x)
		VADDPS(shift, x, x)
		VCMPPS(Imm(ordered), x, x, known)
		VMAXPS(lower, x, x)
		VMINPS(clip, x, x)
		VMULPS(unit, x, x)
		for k := range 2 {
			part, w, h := XMM(), s.vector(), s.vector()
			VEXTRACTF128(Imm(uint64(k)), x, part)
			VCVTPS2PD(part, w)
			VANDPD(sign, w, h)
			VORPD(half, h, h)
			VADDPD(h, w, w)
			VCVTTPD2DQY(w, part)
			ok := XMM()
			VEXTRACTF128(Imm(uint64(k)), known, ok)
			VPAND(ok, part, part)
			VMOVDQU(part, Mem{Base: dst, Index: i, Scale: 4, Disp: 16 * k})
		}
	})
	done()
}

// long is a constant of 64 bits in memory.
func long(bits uint64) Mem {
	m := GLOBL(fmt.Sprintf("long%016x", bits), RODATA|NOPTR)
	DATA(0, U64(bits))
	return m
}
