package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many bytes in front of what it reads magnitude16 asks for, so that rows come from memory while it computes.
const ahead = 512

// magnitude is the length of change vectors in 16-bit bands. A value x becomes the float32 2²³ + x by putting the upper 16 bits of 2²³ in
// front of it; c·(2²³ + x) − c·2²³, rounded once, is c·x rounded, but for the sign of 0, which does not outlive the square. What is so made
// of a register of words is two of float32, of the lower and the upper half of every 128 bits.
func (s isa) magnitude() {
	s.function("magnitude16", "dst *float32, n int, after, before *[]uint16, a, b, shift *float32, bands int",
		"is kernel.Magnitude16 of one band or more, of as many values as a register holds or more; a·2²³ and b·2²³ are finite.")
	dst, n, after, other := pointer("dst"), pointer("n"), pointer("after"), pointer("before")
	a, b, shift, bands := pointer("a"), pointer("b"), pointer("shift"), pointer("bands")
	SUBQ(after, other) // from a slice's header in after to the one in before
	header, k, x, y := GP64(), GP64(), GP64(), GP64()
	upper := s.vector()
	VMOVDQU512(s, word(0x4b004b00), upper)
	const unroll = 2
	group := 0
	cover(n, 2*s.lanes, unroll, func(i reg.GPVirtual, unroll int) {
		group++
		more, last := labels("band", group), labels("root", group)
		sum := make([]reg.VecVirtual, 2*unroll)
		term := func(first bool) {
			MOVQ(Mem{Base: header}, x)
			MOVQ(Mem{Base: header, Index: other, Scale: 1}, y)
			if unroll > 1 {
				for _, row := range []reg.GPVirtual{x, y} {
					for at := 0; at < 4*unroll*s.lanes; at += 64 {
						PREFETCHT0(Mem{Base: row, Index: i, Scale: 2, Disp: ahead + at})
					}
				}
			}
			f := s.bandForm(Mem{Base: a, Index: k, Scale: 4}, Mem{Base: b, Index: k, Scale: 4}, Mem{Base: shift, Index: k, Scale: 4})
			for u := range unroll {
				for half, d := range s.squared16(f, upper, s.words(x, i, u), s.words(y, i, u)) {
					if to := &sum[2*u+half]; first {
						*to = d
					} else {
						VADDPS(d, *to, *to)
					}
				}
			}
		}
		MOVQ(after, header)
		XORQ(k, k)
		term(true)
		Label(more)
		INCQ(k)
		ADDQ(Imm(sliceSize), header)
		CMPQ(k, bands)
		JGE(LabelRef(last))
		term(false)
		JMP(LabelRef(more))
		Label(last)
		s.storeRoots(sum, dst, i)
	})
	done()
}

// words is the u-th register of 16-bit values from value i on.
func (s isa) words(p, i reg.GPVirtual, u int) Mem {
	return Mem{Base: p, Index: i, Scale: 2, Disp: 4 * u * s.lanes}
}

// bandForm are the coefficients of a band, and a·2²³ and b·2²³.
type bandForm struct{ a, b, shift, a23, b23 reg.VecVirtual }

func (s isa) bandForm(a, b, shift Mem) bandForm {
	f := bandForm{s.vector(), s.vector(), s.vector(), s.vector(), s.vector()}
	VBROADCASTSS(a, f.a)
	VBROADCASTSS(b, f.b)
	VBROADCASTSS(shift, f.shift)
	VMULPS(number(1<<23), f.a, f.a23)
	VMULPS(number(1<<23), f.b, f.b23)
	return f
}

// squared16 is the square of f's form in registers of words; upper holds the upper half of 2²³.
func (s isa) squared16(f bandForm, upper reg.VecVirtual, x, y Mem) (d [2]reg.VecVirtual) {
	p, q := s.vector(), s.vector()
	VMOVDQU512(s, x, p)
	VMOVDQU512(s, y, q)
	for half, unpack := range []func(...Op){VPUNPCKLWD, VPUNPCKHWD} {
		d[half] = s.vector()
		v := s.vector()
		unpack(upper, p, d[half])
		unpack(upper, q, v)
		VFMSUB213PS(f.a23, f.a, d[half])
		VFMSUB213PS(f.b23, f.b, v)
		VADDPS(v, d[half], d[half])
		VADDPS(f.shift, d[half], d[half])
		VMULPS(d[half], d[half], d[half])
	}
	return d
}

// storeRoots stores the roots of sums, two registers of which belong to one of words.
func (s isa) storeRoots(sum []reg.VecVirtual, dst, i reg.GPVirtual) {
	zero := s.vector()
	VPXORD512(s, zero)
	for u := range sum {
		s.root(sum[u], zero)
	}
	for u := 0; u < len(sum); u += 2 {
		first, second := s.interleave(sum[u], sum[u+1])
		VMOVUPS(first, s.at(dst, i, u, 0))
		VMOVUPS(second, s.at(dst, i, u+1, 0))
	}
}

// magnitudeOf4 is magnitude for four bands, whose coefficients fit the registers.
func (s isa) magnitudeOf4() {
	s.function("magnitude16x4", "dst *float32, n int, after, before *[]uint16, a, b, shift *float32", "is magnitude16 for four bands.")
	dst, n, after, before := pointer("dst"), pointer("n"), pointer("after"), pointer("before")
	a, b, shift := pointer("a"), pointer("b"), pointer("shift")
	var f [4]bandForm
	for k := range f {
		f[k] = s.bandForm(Mem{Base: a, Disp: 4 * k}, Mem{Base: b, Disp: 4 * k}, Mem{Base: shift, Disp: 4 * k})
	}
	var x, y [4]reg.GPVirtual
	for k := range x {
		x[k], y[k] = GP64(), GP64()
		MOVQ(Mem{Base: after, Disp: sliceSize * k}, x[k])
		MOVQ(Mem{Base: before, Disp: sliceSize * k}, y[k])
	}
	upper := s.vector()
	VMOVDQU512(s, word(0x4b004b00), upper)
	cover(n, 2*s.lanes, 1, func(i reg.GPVirtual, _ int) {
		sum := make([]reg.VecVirtual, 2)
		for k := range f {
			PREFETCHT0(Mem{Base: x[k], Index: i, Scale: 2, Disp: ahead})
			PREFETCHT0(Mem{Base: y[k], Index: i, Scale: 2, Disp: ahead})
			for half, d := range s.squared16(f[k], upper, s.words(x[k], i, 0), s.words(y[k], i, 0)) {
				if k == 0 {
					sum[half] = d
				} else {
					VADDPS(d, sum[half], sum[half])
				}
			}
		}
		s.storeRoots(sum, dst, i)
	})
	done()
}

// root is kernel.root; zero holds zeros.
func (s isa) root(v, zero reg.VecVirtual) {
	VMAXPS(zero, v, v) // the second operand when either is NaN
	VMINPS(word(0x7f7fffff), v, v)
	VSQRTPS(v, v)
}

// interleave takes 128 bits of even, of odd, of even … and returns the first register of that and the second.
func (s isa) interleave(even, odd reg.VecVirtual) (first, second reg.VecVirtual) {
	first, second = s.vector(), s.vector()
	if s.lanes == 8 {
		VPERM2F128(Imm(0x20), odd, even, first)
		VPERM2F128(Imm(0x31), odd, even, second)
		return first, second
	}
	VMOVUPS(quarters(0), first)
	VMOVUPS(quarters(1), second)
	VPERMI2PD(odd, even, first)
	VPERMI2PD(odd, even, second)
	return first, second
}

var quarter [2]Mem

// quarters are what VPERMI2PD takes to interleave, for the lower or the upper half.
func quarters(half int) Mem {
	if quarter[half] == (Mem{}) {
		quarter[half] = GLOBL(labels("quarters", half), RODATA|NOPTR)
		for k := range 8 {
			DATA(8*k, U64(4*half+k/4*2+k%2+k/2%2*8))
		}
	}
	return quarter[half]
}
