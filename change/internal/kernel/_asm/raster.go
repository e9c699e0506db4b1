package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// raster are the routines of raster/internal/kernel.
func raster() {
	for _, s := range isas {
		s.conversions()
		s.values16()
	}
}

// conversions make values float32.
func (s isa) conversions() {
	for _, c := range []struct {
		name, typ string
		size      int
		widen     func(...Op)
	}{{"floats8", "uint8", 1, VPMOVZXBD}, {"floats16", "uint16", 2, VPMOVZXWD}, {"floatsSigned16", "int16", 2, VPMOVSXWD}} {
		s.function(c.name, "dst *float32, src *"+c.typ+", n int", "sets dst to src.")
		dst, src, n := pointer("dst"), pointer("src"), pointer("n")
		s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
			for u := range unroll {
				v := s.vector()
				c.widen(s.sized(c.size, src, i, u), v)
				VCVTDQ2PS(v, v)
				VMOVUPS(v, s.at(dst, i, u, 0))
			}
		})
	}
}

// values16 look for a value among 16-bit ones.
func (s isa) values16() {
	s.returning("int", "differ16", "s *uint16, n int, v uint16", "is how many leading values, in whole registers, all differ from v.")
	p, n, v := pointer("s"), pointer("n"), s.spread16("v")
	s.search(n, 2*s.lanes, func(i reg.GPVirtual, u int) reg.Register {
		at := Mem{Base: p, Index: i, Scale: 2, Disp: 4 * u * s.lanes}
		if s.lanes == 16 {
			k := K()
			VPCMPEQW(at, v, k)
			return k
		}
		m := s.vector()
		VPCMPEQW(at, v, m)
		return m
	})

	s.function("clear16", "mask *uint8, plane *uint16, n int, v uint16", "sets mask to 0 where plane equals v.")
	mask, p, n := pointer("mask"), pointer("plane"), pointer("n")
	v = s.spread16("v")
	s.steps(n, 2*s.lanes, 1, func(i reg.GPVirtual, _ int) {
		at, to := Mem{Base: p, Index: i, Scale: 2}, Mem{Base: mask, Index: i, Scale: 1}
		if s.lanes == 16 {
			k, m := K(), YMM()
			VPCMPW(Imm(4), at, v, k) // differs
			VMOVDQU8_Z(to, k, m)
			VMOVDQU(m, to)
			return
		}
		m, b := s.vector(), XMM()
		VPCMPEQW(at, v, m)
		VEXTRACTI128(Imm(1), m, b)
		VPACKSSWB(b, m.AsX(), b)
		VPANDN(to, b, b)
		VMOVDQU(b, to)
	})
	done()
}

// spread16 is a register that holds a 16-bit argument in every lane.
func (s isa) spread16(arg string) reg.VecVirtual {
	v := s.vector()
	a, err := Param(arg).Resolve()
	if err != nil {
		panic(err)
	}
	VPBROADCASTW(a.Addr, v)
	return v
}
