//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// best is whether this machine has the instructions that there is assembly for.
func best() bool { return cpu.X86.HasAVX2 }

// covered is n where that fills a group of values: those behind the last whole group are done with some before.
func covered(n, group int) int {
	if !assembly || n < group {
		return 0
	}
	return n
}

// Each vector function does the first values of the kernel of its name and returns how many it did.

func vectorFloats8(dst []float32, src []uint8) int {
	n := covered(len(dst), 8)
	if n > 0 {
		floats8AVX2(&dst[0], &src[0], n)
	}
	return n
}

func vectorFloats16(dst []float32, src []uint16) int {
	n := covered(len(dst), 8)
	if n > 0 {
		floats16AVX2(&dst[0], &src[0], n)
	}
	return n
}

func vectorFloatsSigned16(dst []float32, src []int16) int {
	n := covered(len(dst), 8)
	if n > 0 {
		floatsSigned16AVX2(&dst[0], &src[0], n)
	}
	return n
}

// The searches stop before what they look for.

func vectorIndex16(s []uint16, v uint16) int {
	n := covered(len(s), 16)
	if n > 0 {
		n = differ16AVX2(&s[0], n, v)
	}
	return n
}

func vectorIndexFloat(s []float32, v float32) int {
	n := covered(len(s), 8)
	if n > 0 {
		n = differFloatAVX2(&s[0], n, v)
	}
	return n
}

func vectorIndexNonFinite(s []float32) int {
	n := covered(len(s), 8)
	if n > 0 {
		n = finiteAVX2(&s[0], n)
	}
	return n
}

func vectorClear8(mask, plane []uint8, v uint8) int {
	n := covered(len(plane), 32)
	if n > 0 {
		clear8AVX2(&mask[0], &plane[0], n, v)
	}
	return n
}

func vectorClear16(mask []uint8, plane []uint16, v uint16) int {
	n := covered(len(plane), 16)
	if n > 0 {
		clear16AVX2(&mask[0], &plane[0], n, v)
	}
	return n
}

func vectorClearFloat(mask []uint8, plane []float32, v float32) int {
	n := covered(len(plane), 8)
	if n > 0 {
		clearFloatAVX2(&mask[0], &plane[0], n, v)
	}
	return n
}

func vectorClearNonFinite(mask []uint8, plane []float32) int {
	n := covered(len(plane), 8)
	if n > 0 {
		clearNonFiniteAVX2(&mask[0], &plane[0], n)
	}
	return n
}

func vectorAnd(dst, a, b []uint8) int {
	n := covered(len(dst), 32)
	if n > 0 {
		andAVX2(&dst[0], &a[0], &b[0], n)
	}
	return n
}
