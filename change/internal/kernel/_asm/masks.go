package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// masks take values where a mask's byte is not 0.
func (s isa) masks() {
	s.function("clearWhere", "v *float32, mask *uint8, n int", "is kernel.ClearWhere of as many values as a register holds or more.")
	v, mask, n := pointer("v"), pointer("mask"), pointer("n")
	cover(n, s.lanes, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			x := s.load(v, i, u*s.lanes)
			s.keep(x, mask, i, u)
			VMOVUPS(x, s.at(v, i, u, 0))
		}
	})
	done()

	s.function("maskOnes", "dst *float32, mask *uint8, n int", "is kernel.MaskOnes of as many values as a register holds or more.")
	dst, mask, n := pointer("dst"), pointer("mask"), pointer("n")
	cover(n, s.lanes, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			x := s.vector()
			VPMOVZXBD(s.sized(1, mask, i, u), x)
			VANDPS512(s, word(1), x, x)
			VCVTDQ2PS(x, x)
			VMOVUPS(x, s.at(dst, i, u, 0))
		}
	})
	done()
}

// divideMasked divides where a mask's byte is not 0.
func (s isa) divideMasked() {
	s.function("divideMasked", "v, by *float32, mask *uint8, n int", "is kernel.DivideMasked.")
	v, by, mask, n := pointer("v"), pointer("by"), pointer("mask"), pointer("n")
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			x := s.load(v, i, u*s.lanes)
			VDIVPS(s.at(by, i, u, 0), x, x)
			s.keep(x, mask, i, u)
			VMOVUPS(x, s.at(v, i, u, 0))
		}
	})
}

// keep clears the lanes of v where the mask is 0.
func (s isa) keep(v reg.VecVirtual, mask, i reg.GPVirtual, u int) {
	m := s.vector()
	VPMOVZXBD(s.sized(1, mask, i, u), m)
	if s.lanes == 16 {
		k := K()
		VPTESTMD(m, m, k)
		VMOVAPS_Z(v, k, v)
		return
	}
	zero := s.vector()
	VPXOR(zero, zero, zero)
	VPCMPEQD(zero, m, m)
	VPANDN(v, m, v)
}
