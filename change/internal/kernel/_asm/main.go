// Command _asm writes the assembly of package kernel and its Go declarations, for AVX2 and for AVX-512 from one description:
//
//	go run . -out ../vector_amd64.s -stubs ../stubs_amd64.go -pkg kernel
//
// Every routine works on n values, a multiple of the lanes of a register; the Go code that defines the answer does the rest.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is a set of instructions: how many 32-bit values a register holds, and what its routines' names end in.
type isa struct {
	name  string
	lanes int
}

func main() {
	ConstraintExpr("amd64,!purego")
	for _, s := range []isa{{"AVX2", 8}, {"AVX512", 16}} {
		s.lines()
		s.filters()
		s.powers()
		s.edges()
		s.census()
		s.integers()
	}
	directionSums()
	moveEdges()
	Generate()
}

// function begins a routine.
func (s isa) function(name, args, doc string) {
	TEXT(name+s.name, NOSPLIT, "func("+args+")")
	Doc(name + s.name + " " + doc)
	Pragma("noescape")
}

// vector is a new register.
func (s isa) vector() reg.VecVirtual {
	if s.lanes == 16 {
		return ZMM()
	}
	return YMM()
}

// spread is a register that holds an argument in every lane.
func (s isa) spread(arg string) reg.VecVirtual {
	v := s.vector()
	a, err := Param(arg).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(a.Addr, v)
	return v
}

// pointer loads an argument.
func pointer(arg string) reg.GPVirtual { return Load(Param(arg), GP64()).(reg.GPVirtual) }

// each runs body for the index of each group of lanes, several of them at once while there are enough.
func (s isa) each(n reg.GPVirtual, unroll int, body func(i reg.GPVirtual, unroll int)) {
	i := GP64()
	XORQ(i, i)
	if unroll > 1 {
		next := GP64()
		Label("block")
		LEAQ(Mem{Base: i, Disp: unroll * s.lanes}, next)
		CMPQ(next, n)
		JG(LabelRef("single"))
		body(i, unroll)
		ADDQ(Imm(uint64(unroll*s.lanes)), i)
		JMP(LabelRef("block"))
	}
	Label("single")
	CMPQ(i, n)
	JGE(LabelRef("done"))
	body(i, 1)
	ADDQ(Imm(uint64(s.lanes)), i)
	JMP(LabelRef("single"))
	Label("done")
	if s.lanes >= 8 {
		VZEROUPPER()
	}
	RET()
}

// at is value i + offset of a row, and of the u-th group from there.
func (s isa) at(p, i reg.GPVirtual, u, offset int) Mem {
	return Mem{Base: p, Index: i, Scale: 4, Disp: 4 * (u*s.lanes + offset)}
}

// constants are values that fill a register, by their bits.
var constants = map[uint32]Mem{}

// word is a constant in every lane, in memory.
func word(bits uint32) Mem {
	if m, ok := constants[bits]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("word%08x", bits), RODATA|NOPTR)
	for k := range 16 {
		DATA(4*k, U32(bits))
	}
	constants[bits] = m
	return m
}

// number is a floating point constant in every lane, in memory.
func number(v float32) Mem { return word(math.Float32bits(v)) }
