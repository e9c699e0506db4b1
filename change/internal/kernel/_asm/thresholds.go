package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// atLeast is the predicate ≥ of VCMPPS, false for NaN, quiet.
const atLeast = 0x1d

// thresholds compare scores with one.
func (s isa) thresholds() {
	s.returning("int", "below", "v *float32, n int, t float32", "is how many leading values, in whole registers, are all not ≥ t.")
	v, n, t := pointer("v"), pointer("n"), s.spread("t")
	s.search(n, s.lanes, func(i reg.GPVirtual, u int) reg.Register {
		return s.compare(atLeast, t, s.load(v, i, u*s.lanes))
	})

	s.returning("bool", "markAtLeast", "out *uint8, v *float32, n int, t float32", "is kernel.MarkAtLeast.")
	out, v, n := pointer("out"), pointer("v"), pointer("n")
	t = s.spread("t")
	one := XMM()
	VMOVDQU(bytes1(), one)
	any := s.none()
	s.steps(n, s.lanes, unrolled, func(i reg.GPVirtual, unroll int) {
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
