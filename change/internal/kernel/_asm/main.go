// Command _asm writes the assembly of the packages named kernel, change's and raster's, and its Go declarations, for AVX2 and for AVX-512
// from one description:
//
//	go run . -for change -out ../vector_amd64.s -stubs ../stubs_amd64.go -pkg kernel
//
// A routine works on n values, a multiple of the lanes of a register, or as many as a register holds or more where its doc says so; the Go
// code that defines the answer does the rest.
package main

import (
	"flag"
	"fmt"
	"math"
	"os"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is a set of instructions: how many 32-bit values a register holds, and what its routines' names end in.
type isa struct {
	name  string
	lanes int
}

var avx2, avx512 = isa{"AVX2", 8}, isa{"AVX512", 16}

func main() {
	packages := map[string]func(){"change": change, "raster": raster}
	name := flag.String("for", "", "whose kernels: change or raster")
	flag.Parse()
	routines, ok := packages[*name]
	if !ok {
		flag.Usage()
		os.Exit(2)
	}
	ConstraintExpr("amd64,!purego")
	routines()
	Generate()
}

// change are the routines of change/internal/kernel. AVX-512 has routines of its own where they are 1.3 times as fast: loads, stores,
// divisions and roots are no faster with it.
func change() {
	avx2.lines()
	avx2.magnitude()
	avx2.below()
	avx2.masks()
	avx2.filters()
	avx2.products()
	avx2.sobel()
	avx2.census()
	avx2.integers()
	avx2.ratios()
	avx2.fixedPoint()
	avx2.directionSums()
	avx2.moveEdges()
	avx512.magnitudeOf4()
	for _, s := range []isa{avx2, avx512} {
		s.markAtLeast()
		s.divideMasked()
		s.powers()
		s.exponentials()
		s.edges()
	}
}

// function begins a routine.
func (s isa) function(name, args, doc string) { s.returning("", name, args, doc) }

// returning begins a routine that has a result.
func (s isa) returning(result, name, args, doc string) {
	TEXT(name+s.name, NOSPLIT, "func("+args+") "+result)
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

// spread is a register that holds an argument of 32 bits in every lane.
func (s isa) spread(arg string) reg.VecVirtual { return s.spreadBy(VBROADCASTSS, arg) }

// spreadBy is a register that holds an argument in every lane, put there by an instruction for its size.
func (s isa) spreadBy(broadcast func(...Op), arg string) reg.VecVirtual {
	v := s.vector()
	a, err := Param(arg).Resolve()
	if err != nil {
		panic(err)
	}
	broadcast(a.Addr, v)
	return v
}

// pointer loads an argument.
func pointer(arg string) reg.GPVirtual { return Load(Param(arg), GP64()).(reg.GPVirtual) }

// each runs body for the index of each group of lanes, several of them at once while there are enough.
func (s isa) each(n reg.GPVirtual, unroll int, body func(i reg.GPVirtual, unroll int)) {
	steps(n, s.lanes, unroll, body)
	done()
}

// steps runs body for the index of each group of step values, several of them at once while there are enough, and goes on behind.
func steps(n reg.GPVirtual, step, unroll int, body func(i reg.GPVirtual, unroll int)) {
	groups(n, step, unroll, false, body)
}

// cover is steps for step values or more, not a multiple of it: the last group overlaps the one before, so that no value that body reads
// may have been written before.
func cover(n reg.GPVirtual, step, unroll int, body func(i reg.GPVirtual, unroll int)) {
	groups(n, step, unroll, true, body)
}

func groups(n reg.GPVirtual, step, unroll int, overlap bool, body func(i reg.GPVirtual, unroll int)) {
	i, next := GP64(), GP64()
	XORQ(i, i)
	if unroll > 1 {
		Label("block")
		LEAQ(Mem{Base: i, Disp: unroll * step}, next)
		CMPQ(next, n)
		JG(LabelRef("single"))
		body(i, unroll)
		ADDQ(Imm(uint64(unroll*step)), i)
		JMP(LabelRef("block"))
	}
	Label("single")
	CMPQ(i, n)
	JGE(LabelRef("done"))
	if overlap {
		LEAQ(Mem{Base: i, Disp: step}, next)
		CMPQ(next, n)
		JG(LabelRef("back"))
		Label("place")
	}
	body(i, 1)
	ADDQ(Imm(uint64(step)), i)
	JMP(LabelRef("single"))
	if overlap {
		Label("back")
		LEAQ(Mem{Base: n, Disp: -step}, i)
		JMP(LabelRef("place"))
	}
	Label("done")
}

// done ends a routine.
func done() {
	VZEROUPPER()
	RET()
}

// at is value i + offset of a row, and of the u-th group from there.
func (s isa) at(p, i reg.GPVirtual, u, offset int) Mem {
	return Mem{Base: p, Index: i, Scale: 4, Disp: 4 * (u*s.lanes + offset)}
}

// sized is the u-th group of lanes from value i of a row of so many bytes a value.
func (s isa) sized(size int, p, i reg.GPVirtual, u int) Mem {
	return Mem{Base: p, Index: i, Scale: uint8(size), Disp: size * u * s.lanes}
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
