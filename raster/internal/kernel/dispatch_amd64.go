//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// best is how many bytes the registers of this machine hold that there is assembly for; 0 for none.
func best() int {
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL:
		return 64
	case cpu.X86.HasAVX2:
		return 32
	}
	return 0
}

// Each vector function does the first values of the kernel of its name, as many as fill registers, and returns how many it did.

func vectorFloats8(dst []float32, src []uint8) int {
	n := whole(len(dst), 4)
	switch {
	case n == 0:
	case register == 64:
		floats8AVX512(&dst[0], &src[0], n)
	default:
		floats8AVX2(&dst[0], &src[0], n)
	}
	return n
}

func vectorFloats16(dst []float32, src []uint16) int {
	n := whole(len(dst), 4)
	switch {
	case n == 0:
	case register == 64:
		floats16AVX512(&dst[0], &src[0], n)
	default:
		floats16AVX2(&dst[0], &src[0], n)
	}
	return n
}

func vectorFloatsSigned16(dst []float32, src []int16) int {
	n := whole(len(dst), 4)
	switch {
	case n == 0:
	case register == 64:
		floatsSigned16AVX512(&dst[0], &src[0], n)
	default:
		floatsSigned16AVX2(&dst[0], &src[0], n)
	}
	return n
}

// vectorDiffer16 stops at a register that holds a value v.
func vectorDiffer16(s []uint16, v uint16) int {
	n := whole(len(s), 2)
	switch {
	case n == 0:
		return 0
	case register == 64:
		return differ16AVX512(&s[0], n, v)
	default:
		return differ16AVX2(&s[0], n, v)
	}
}

func vectorClear16(mask []uint8, plane []uint16, v uint16) int {
	n := whole(len(plane), 2)
	switch {
	case n == 0:
	case register == 64:
		clear16AVX512(&mask[0], &plane[0], n, v)
	default:
		clear16AVX2(&mask[0], &plane[0], n, v)
	}
	return n
}
