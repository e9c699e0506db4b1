package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// atLeast is the predicate ≥ of VCMPPS, false for NaN, quiet.
const atLeast = 0x1d

// below looks for a score that reaches a threshold.
func (s isa) below() {
	s.returning("int", "below", "v *float32, n int, t float32", "is a number of leading values that are all not ≥ t, of as many as a register holds or more; behind it, one is soon, or none.")
	v, n, t := pointer("v"), pointer("n"), s.spread("t")
	s.search(n, s.lanes, func(i reg.GPVirtual, u int) reg.Register {
		return s.compare(atLeast, t, s.load(v, i, u*s.lanes))
	})
}

// markAtLeast marks scores that reach a threshold.
func (s isa) markAtLeast() {
	s.returning("bool", "markAtLeast", "out *uint8, v *float32, n int, t float32", "is kernel.MarkAtLeast of as many values as a register holds or more.")
	out, v, n, t := pointer("out"), pointer("v"), pointer("n"), s.spread("t")
	one := XMM()
	VMOVDQU(bytes1(), one)
	any := s.none()
	cover(n, s.lanes, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			m := s.compare(atLeast, t, s.load(v, i, u*s.lanes))
			s.or(m, any)
			s.storeBytes(one, m, s.sized(1, out, i, u))
		}
	})
	s.test(any)
	found := GP8()
	SETNE(found)
	Store(found, ReturnIndex(0))
	done()
}
