package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// What a comparison finds is a register of ones and zeros in each lane with 256 bits, a mask register with 512.

// none is a match of nothing.
func (s isa) none() reg.Register {
	if s.lanes == 16 {
		k := K()
		KXORQ(k, k, k)
		return k
	}
	v := s.vector()
	VPXOR(v, v, v)
	return v
}

// compare matches the float32 lanes in which v has the relation to w.
func (s isa) compare(relation uint64, w Op, v reg.VecVirtual) reg.Register {
	if s.lanes == 16 {
		k := K()
		VCMPPS(Imm(relation), w, v, k)
		return k
	}
	m := s.vector()
	VCMPPS(Imm(relation), w, v, m)
	return m
}

// or adds a match to another.
func (s isa) or(m, to reg.Register) {
	if s.lanes == 16 {
		KORQ(m, to, to)
	} else {
		VPOR(m, to, to)
	}
}

// test clears the zero flag when there is a match.
func (s isa) test(m reg.Register) {
	if s.lanes == 16 {
		KORTESTQ(m, m)
	} else {
		VPTEST(m, m)
	}
}

// storeBytes stores, for each 32-bit lane, the byte of v where there is a match, else 0.
func (s isa) storeBytes(v reg.VecVirtual, m reg.Register, to Mem) {
	if s.lanes == 16 {
		b := XMM()
		VMOVDQU8_Z(v, m, b)
		VMOVDQU(b, to)
		return
	}
	b := s.narrow(m.(reg.VecVirtual))
	VPAND(v, b, b)
	VMOVQ(b, to)
}

// narrow makes the lanes of a match of 8 values 8 bytes.
func (s isa) narrow(m reg.VecVirtual) reg.VecVirtual {
	b := XMM()
	VEXTRACTI128(Imm(1), m, b)
	VPACKSSDW(b, m.AsX(), b)
	VPACKSSWB(b, b, b)
	return b
}

// search returns a number of leading values that hold no match, of step or more: all of them, or less than four groups before a match.
func (s isa) search(n reg.GPVirtual, step int, match func(i reg.GPVirtual, u int) reg.Register) {
	i, next := GP64(), GP64()
	XORQ(i, i)
	for _, unroll := range []int{unrolled, 1} {
		again, over := labels("by", unroll), labels("behind", unroll)
		Label(again)
		LEAQ(Mem{Base: i, Disp: unroll * step}, next)
		CMPQ(next, n)
		JG(LabelRef(over))
		m := match(i, 0)
		for u := 1; u < unroll; u++ {
			s.or(match(i, u), m)
		}
		s.test(m)
		JNE(LabelRef("found"))
		MOVQ(next, i)
		JMP(LabelRef(again))
		Label(over)
	}
	LEAQ(Mem{Base: n, Disp: -step}, next) // overlaps the group before
	s.test(match(next, 0))
	JNE(LabelRef("found"))
	MOVQ(n, i)
	Label("found")
	Store(i, ReturnIndex(0))
	done()
}

// bytes1 is 1 in each of 16 bytes, in memory.
func bytes1() Mem { return word(0x01010101) }
