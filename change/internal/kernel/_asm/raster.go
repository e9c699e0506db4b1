package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// raster are the routines of raster/internal/kernel. What they do is load and store; 512 bits are no faster.
func raster() {
	avx2.conversions()
	avx2.searches()
	avx2.clears()
	avx2.and()
}

// conversions make values float32.
func (s isa) conversions() {
	for _, c := range []struct {
		name, typ string
		size      int
		widen     func(...Op)
	}{{"floats8", "uint8", 1, VPMOVZXBD}, {"floats16", "uint16", 2, VPMOVZXWD}, {"floatsSigned16", "int16", 2, VPMOVSXWD}} {
		s.function(c.name, "dst *float32, src *"+c.typ+", n int", "sets dst to src, 8 values or more.")
		dst, src, n := pointer("dst"), pointer("src"), pointer("n")
		cover(n, s.lanes, unrolled, func(i reg.GPVirtual, unroll int) {
			for u := range unroll {
				v := s.vector()
				c.widen(s.sized(c.size, src, i, u), v)
				VCVTDQ2PS(v, v)
				VMOVUPS(v, s.at(dst, i, u, 0))
			}
		})
		done()
	}
}

const equal = 0 // the predicate of VCMPPS, false for NaN, quiet

// searches look for values.
func (s isa) searches() {
	s.returning("int", "differ16", "s *uint16, n int, v uint16", "is a number of leading values that differ from v, of 16 or more; behind it, v is soon, or nowhere.")
	p, n, v := pointer("s"), pointer("n"), s.spreadBy(VPBROADCASTW, "v")
	s.search(n, 16, func(i reg.GPVirtual, u int) reg.Register {
		m := s.vector()
		VPCMPEQW(Mem{Base: p, Index: i, Scale: 2, Disp: 32 * u}, v, m)
		return m
	})

	s.returning("int", "differFloat", "s *float32, n int, v float32", "is a number of leading values that differ from v, of 8 or more; behind it, v is soon, or nowhere.")
	p, n, v = pointer("s"), pointer("n"), s.spread("v")
	s.search(n, s.lanes, func(i reg.GPVirtual, u int) reg.Register { return s.compare(equal, s.at(p, i, u, 0), v) })

	s.returning("int", "finite", "s *float32, n int", "is a number of leading values that are finite, of 8 or more; behind it, one is soon that is not, or all are.")
	p, n = pointer("s"), pointer("n")
	exponent := s.exponent()
	s.search(n, s.lanes, func(i reg.GPVirtual, u int) reg.Register { return s.nonFinite(s.at(p, i, u, 0), exponent) })
}

// clears make bytes of a mask 0 where values are of some kind.
func (s isa) clears() {
	s.function("clear8", "mask, plane *uint8, n int, v uint8", "is kernel.Clear8 of 32 values or more.")
	mask, p, n, v := pointer("mask"), pointer("plane"), pointer("n"), s.spreadBy(VPBROADCASTB, "v")
	cover(n, 32, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			to, m := Mem{Base: mask, Index: i, Scale: 1, Disp: 32 * u}, YMM()
			VPCMPEQB(Mem{Base: p, Index: i, Scale: 1, Disp: 32 * u}, v, m)
			VPANDN(to, m, m)
			VMOVDQU(m, to)
		}
	})
	done()

	s.function("clear16", "mask *uint8, plane *uint16, n int, v uint16", "is kernel.Clear16 of 16 values or more.")
	mask, p, n = pointer("mask"), pointer("plane"), pointer("n")
	v = s.spreadBy(VPBROADCASTW, "v")
	cover(n, 16, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			to, m, b := Mem{Base: mask, Index: i, Scale: 1, Disp: 16 * u}, YMM(), XMM()
			VPCMPEQW(Mem{Base: p, Index: i, Scale: 2, Disp: 32 * u}, v, m)
			VEXTRACTI128(Imm(1), m, b)
			VPACKSSWB(b, m.AsX(), b)
			VPANDN(to, b, b)
			VMOVDQU(b, to)
		}
	})
	done()

	s.function("clearFloat", "mask *uint8, plane *float32, n int, v float32", "is kernel.ClearFloat of 8 values or more.")
	mask, p, n, v = pointer("mask"), pointer("plane"), pointer("n"), s.spread("v")
	s.clearFloats(mask, p, n, func(x Mem) reg.VecVirtual { return s.compare(equal, x, v).(reg.VecVirtual) })

	s.function("clearNonFinite", "mask *uint8, plane *float32, n int", "is kernel.ClearNonFinite of 8 values or more.")
	mask, p, n = pointer("mask"), pointer("plane"), pointer("n")
	exponent := s.exponent()
	s.clearFloats(mask, p, n, func(x Mem) reg.VecVirtual { return s.nonFinite(x, exponent) })
}

// clearFloats ends a routine that clears what match matches.
func (s isa) clearFloats(mask, p, n reg.GPVirtual, match func(x Mem) reg.VecVirtual) {
	cover(n, s.lanes, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			to, old := s.sized(1, mask, i, u), XMM()
			b := s.narrow(match(s.at(p, i, u, 0)))
			VMOVQ(to, old)
			VPANDN(old, b, b)
			VMOVQ(b, to)
		}
	})
	done()
}

// exponent is a register of the bits of float32's exponent.
func (s isa) exponent() reg.VecVirtual {
	v := s.vector()
	VMOVDQU(word(0x7f800000), v)
	return v
}

// nonFinite matches NaN and infinities.
func (s isa) nonFinite(x Mem, exponent reg.VecVirtual) reg.VecVirtual {
	m := s.vector()
	VPAND(x, exponent, m)
	VPCMPEQD(exponent, m, m)
	return m
}

// and is the and of masks.
func (s isa) and() {
	s.function("and", "dst, a, b *uint8, n int", "is kernel.And of 32 bytes or more.")
	dst, a, b, n := pointer("dst"), pointer("a"), pointer("b"), pointer("n")
	cover(n, 32, unrolled, func(i reg.GPVirtual, unroll int) {
		for u := range unroll {
			v := YMM()
			VMOVDQU(Mem{Base: a, Index: i, Scale: 1, Disp: 32 * u}, v)
			VPAND(Mem{Base: b, Index: i, Scale: 1, Disp: 32 * u}, v, v)
			VMOVDQU(v, Mem{Base: dst, Index: i, Scale: 1, Disp: 32 * u})
		}
	})
	done()
}
