package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// products are what stands around logarithms in products of scores.
func (s isa) products() {
	for _, first := range []bool{true, false} {
		name, doc := "multiplyAbove", "multiplies acc by min(scale·src, 10⁶) + floor."
		if first {
			name, doc = "setAbove", "sets acc to min(scale·src, 10⁶) + floor."
		}
		s.function(name, "acc, src *float32, n int, scale, floor float32", doc)
		acc, src, n := pointer("acc"), pointer("src"), pointer("n")
		scale, floor, limit := s.spread("scale"), s.spread("floor"), s.vector()
		VMOVUPS(number(1e6), limit)
		s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
			for u := range unroll {
				v := s.vector()
				VMULPS(s.at(src, i, u, 0), scale, v)
				VMINPS(v, limit, v) // v when either is NaN
				VADDPS(floor, v, v)
				if !first {
					VMULPS(s.at(acc, i, u, 0), v, v)
				}
				VMOVUPS(v, s.at(acc, i, u, 0))
			}
		})
	}
}

// powers are multiples of logarithms.
func (s isa) powers() {
	for _, first := range []bool{true, false} {
		name, doc := "addPower", "adds power·log₂ acc to dst."
		if first {
			name, doc = "setPower", "sets dst to power·log₂ acc."
		}
		s.function(name, "dst, acc *float32, n int, power float32", doc)
		dst, acc, n := pointer("dst"), pointer("acc"), pointer("n")
		power := s.spread("power")
		s.each(n, 1, func(i reg.GPVirtual, _ int) {
			v := s.vector()
			VMOVUPS(s.at(acc, i, 0, 0), v)
			v = s.log2(v)
			VMULPS(power, v, v)
			if !first {
				VADDPS(s.at(dst, i, 0, 0), v, v)
			}
			VMOVUPS(v, s.at(dst, i, 0, 0))
		})
	}
}

// exponentials are powers of 2.
func (s isa) exponentials() {
	s.function("exp2", "v *float32, n int", "replaces each value v by 2^v.")
	v, n := pointer("v"), pointer("n")
	s.each(n, 1, func(i reg.GPVirtual, _ int) {
		x, k, p := s.vector(), s.vector(), s.vector()
		VMOVUPS(s.at(v, i, 0, 0), x)
		VMAXPS(number(-126), x, x)
		VMINPS(number(127), x, x)
		VADDPS(number(126.5), x, k)
		VCVTTPS2DQ(k, k)
		f := s.vector()
		VCVTDQ2PS(k, f)
		VSUBPS(number(126), f, f)
		VSUBPS(f, x, x)
		VMULPS(number(math.Ln2), x, x)
		VMULPS(number(1.0/5040), x, p)
		VADDPS(number(1.0/720), p, p)
		for _, c := range []float32{1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1} {
			VMULPS(x, p, p)
			VADDPS(number(c), p, p)
		}
		VPADDD(word(1), k, k)
		VPSLLD(Imm(23), k, k)
		VMULPS(k, p, p)
		VMOVUPS(p, s.at(v, i, 0, 0))
	})
}

// log2 is kernel.log2.
func (s isa) log2(x reg.VecVirtual) reg.VecVirtual {
	const log2e, rootBit = 1.44269504088896340736, 0x3f3504f3
	k, m, p := s.vector(), s.vector(), s.vector()
	VPSUBD(word(rootBit), x, k)
	VPSRAD(Imm(23), k, k)
	VPSLLD(Imm(23), k, m)
	VPSUBD(m, x, m)
	VCVTDQ2PS(k, k)
	VSUBPS(number(1), m, p)
	VADDPS(number(1), m, m)
	VDIVPS(m, p, m) // s
	q := s.vector()
	VMULPS(m, m, q)
	VMULPS(number(1.0/9), q, p)
	VADDPS(number(1.0/7), p, p)
	for _, c := range []float32{1.0 / 5, 1.0 / 3, 1} {
		VMULPS(q, p, p)
		VADDPS(number(c), p, p)
	}
	VMULPS(p, m, p)
	VMULPS(number(2*log2e), p, p)
	VADDPS(k, p, p)
	return p
}
