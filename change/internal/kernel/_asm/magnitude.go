package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many bytes in front of what it reads magnitude16 asks for, so that rows come from memory while it computes.
const ahead = 1024

// magnitude is the length of change vectors in 16-bit bands.
func (s isa) magnitude() {
	s.function("magnitude16", "dst *float32, n int, after, before *[]uint16, a, b, shift *float32, bands int", "is kernel.Magnitude16 of one band or more.")
	dst, n, after, other := pointer("dst"), pointer("n"), pointer("after"), pointer("before")
	a, b, shift, bands := pointer("a"), pointer("b"), pointer("shift"), pointer("bands")
	SUBQ(after, other) // from a slice's header in after to the one in before
	header, k, x, y := GP64(), GP64(), GP64(), GP64()
	zero := s.vector()
	VPXORD512(s, zero)
	group := 0
	s.each(n, unrolled, func(i reg.GPVirtual, unroll int) {
		group++
		more, last := labels("band", group), labels("root", group)
		sum, d := make([]reg.VecVirtual, unroll), make([]reg.VecVirtual, unroll)
		for u := range sum {
			sum[u], d[u] = s.vector(), s.vector()
		}
		term := func() {
			MOVQ(Mem{Base: header}, x)
			MOVQ(Mem{Base: header, Index: other, Scale: 1}, y)
			if unroll > 1 {
				for _, row := range []reg.GPVirtual{x, y} {
					for at := 0; at < 2*unroll*s.lanes; at += 64 {
						PREFETCHT0(Mem{Base: row, Index: i, Scale: 2, Disp: ahead + at})
					}
				}
			}
			ca, cb, c := s.vector(), s.vector(), s.vector()
			VBROADCASTSS(Mem{Base: a, Index: k, Scale: 4}, ca)
			VBROADCASTSS(Mem{Base: b, Index: k, Scale: 4}, cb)
			VBROADCASTSS(Mem{Base: shift, Index: k, Scale: 4}, c)
			for u := range sum {
				v := s.vector()
				VPMOVZXWD(s.sized(2, x, i, u), d[u])
				VPMOVZXWD(s.sized(2, y, i, u), v)
				VCVTDQ2PS(d[u], d[u])
				VCVTDQ2PS(v, v)
				VMULPS(ca, d[u], d[u])
				VMULPS(cb, v, v)
				VADDPS(v, d[u], d[u])
				VADDPS(c, d[u], d[u])
				VMULPS(d[u], d[u], d[u])
			}
		}
		MOVQ(after, header)
		XORQ(k, k)
		term()
		for u := range sum {
			VMOVUPS(d[u], sum[u])
		}
		Label(more)
		INCQ(k)
		ADDQ(Imm(sliceSize), header)
		CMPQ(k, bands)
		JGE(LabelRef(last))
		term()
		for u := range sum {
			VADDPS(d[u], sum[u], sum[u])
		}
		JMP(LabelRef(more))
		Label(last)
		for u := range sum {
			s.root(sum[u], zero)
			VMOVUPS(sum[u], s.at(dst, i, u, 0))
		}
	})
}

// root is kernel.root; zero holds zeros.
func (s isa) root(v, zero reg.VecVirtual) {
	VMAXPS(zero, v, v) // the second operand when either is NaN
	VMINPS(word(0x7f7fffff), v, v)
	VSQRTPS(v, v)
}
