//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// best is how many float32 the registers of this machine hold that there is assembly for; 0 for none.
func best() int {
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL:
		return 16
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return 8
	}
	return 0
}

// whole is the part of n values that fills registers of 8.
func whole(n int) int {
	if lanes == 0 {
		return 0
	}
	return n &^ 7
}

// widest is the part of n values that fills registers of the assembly in use.
func widest(n int) int {
	if lanes == 0 {
		return 0
	}
	return n &^ (lanes - 1)
}

// covered is n where that fills a register of 8: values behind the last whole one are done with some before.
func covered(n int) int {
	if lanes == 0 || n < 8 {
		return 0
	}
	return n
}

// Each vector function does the first values of the kernel of its name, as many as fill registers, and returns how many it did.

func vectorScale(dst, src []float32, c float32) int {
	n := whole(len(dst))
	if n > 0 {
		scaleAVX2(&dst[0], &src[0], n, c)
	}
	return n
}

func vectorAddScaled(dst, src []float32, c float32) int {
	n := whole(len(dst))
	if n > 0 {
		addScaledAVX2(&dst[0], &src[0], n, c)
	}
	return n
}

func vectorDivide(v []float32, c float32) int {
	n := whole(len(v))
	if n > 0 {
		divideAVX2(&v[0], n, c)
	}
	return n
}

func vectorClamp(v []float32, limit float32) int {
	n := whole(len(v))
	if n > 0 {
		clampAVX2(&v[0], n, limit)
	}
	return n
}

func vectorSqrt(v []float32) int {
	n := whole(len(v))
	if n > 0 {
		sqrtAVX2(&v[0], n)
	}
	return n
}

func vectorAddRamp(v []float32, c, slope float32, from int) int {
	n := whole(len(v))
	if n > 0 {
		addRampAVX2(&v[0], n, c, slope, int32(from))
	}
	return n
}

func vectorAddSquare(sum, v []float32, shift, sign float32) int {
	n := whole(len(sum))
	if n > 0 {
		addSquareAVX2(&sum[0], &v[0], n, shift, sign)
	}
	return n
}

func vectorLinear(dst []float32, src [][]float32, coef []float32, shift float32) int {
	n := whole(len(dst))
	if n > 0 {
		linearAVX2(&dst[0], n, &src[0], &coef[0], len(coef), shift)
	}
	return n
}

func vectorAddSquaredLinear(sum []float32, src [][]float32, coef []float32, shift, sign float32) int {
	n := whole(len(sum))
	if n > 0 {
		addSquaredLinearAVX2(&sum[0], n, &src[0], &coef[0], len(coef), shift, sign)
	}
	return n
}

func vectorMagnitude16(dst []float32, after, before [][]uint16, a, b, shift []float32) int {
	n := len(dst)
	switch {
	case lanes == 0 || n < 16 || len(after) == 0 || !scalable(a) || !scalable(b):
		return 0
	case lanes == 16 && n >= 32 && len(after) == 4:
		magnitude16x4AVX512(&dst[0], n, &after[0], &before[0], &a[0], &b[0], &shift[0])
	default:
		magnitude16AVX2(&dst[0], n, &after[0], &before[0], &a[0], &b[0], &shift[0], len(after))
	}
	return n
}

// scalable reports whether the values are finite with 2²³ times as much, so that float32 of 16 bits can be scaled behind 2²³.
func scalable(coefs []float32) bool {
	for _, c := range coefs {
		if !(c > -0x1p104 && c < 0x1p104) {
			return false
		}
	}
	return true
}

// vectorBelow stops before a value ≥ t.
func vectorBelow(v []float32, t float32) int {
	n := covered(len(v))
	if n > 0 {
		n = belowAVX2(&v[0], n, t)
	}
	return n
}

func vectorMarkAtLeast(out []uint8, v []float32, t float32) (n int, found bool) {
	n = covered(len(out))
	switch {
	case n == 0:
	case lanes == 16 && n >= 16:
		found = markAtLeastAVX512(&out[0], &v[0], n, t)
	default:
		found = markAtLeastAVX2(&out[0], &v[0], n, t)
	}
	return n, found
}

func vectorClearWhere(v []float32, mask []uint8) int {
	n := covered(len(v))
	if n > 0 {
		clearWhereAVX2(&v[0], &mask[0], n)
	}
	return n
}

func vectorMaskOnes(dst []float32, mask []uint8) int {
	n := covered(len(dst))
	if n > 0 {
		maskOnesAVX2(&dst[0], &mask[0], n)
	}
	return n
}

func vectorDivideMasked(v, by []float32, mask []uint8) int {
	n := widest(len(v))
	switch {
	case n == 0:
	case lanes == 16:
		divideMaskedAVX512(&v[0], &by[0], &mask[0], n)
	default:
		divideMaskedAVX2(&v[0], &by[0], &mask[0], n)
	}
	return n
}

func vectorShare(dst []float32, v []int32, whole, unit float64) int {
	n := covered(len(dst))
	if n > 0 {
		shareAVX2(&dst[0], &v[0], n, whole, unit)
	}
	return n
}

func vectorFixedPoint(dst []int32, v []float32, gain, shift, clip, unit float32) int {
	n := covered(len(dst))
	if n > 0 {
		fixedPointAVX2(&dst[0], &v[0], n, gain, shift, clip, unit)
	}
	return n
}

func vectorShareOf(dst []float32, v, counts []int32, unit float64) int {
	n := covered(len(dst))
	if n > 0 {
		shareOfAVX2(&dst[0], &v[0], &counts[0], n, unit)
	}
	return n
}

func vectorDirectionChange(dst []float32, diff, all []int32, floor float64) int {
	n := covered(len(dst))
	if n > 0 {
		directionChangeAVX2(&dst[0], &diff[0], &all[0], n, floor)
	}
	return n
}

func vectorDirectionChangeOf(dst []float32, diff, all, counts []int32, flat float64) int {
	n := covered(len(dst))
	if n > 0 {
		directionChangeOfAVX2(&dst[0], &diff[0], &all[0], &counts[0], n, flat)
	}
	return n
}

func vectorRow(dst, src []float32, t Taps) int {
	n := whole(len(dst))
	if n > 0 {
		filterRowAVX2(&dst[0], &src[0], n, &t[0], t.Radius())
	}
	return n
}

func vectorColumn(dst []float32, rows [][]float32, t Taps) int {
	n := whole(len(dst))
	if n > 0 {
		filterColumnAVX2(&dst[0], &rows[0], n, &t[0], t.Radius())
	}
	return n
}

func vectorMultiplyAbove(acc, src []float32, scale, floor float32, first bool) int {
	n := whole(len(acc))
	switch {
	case n == 0:
	case first:
		setAboveAVX2(&acc[0], &src[0], n, scale, floor)
	default:
		multiplyAboveAVX2(&acc[0], &src[0], n, scale, floor)
	}
	return n
}

func vectorAddPower(dst, acc []float32, power float32, first bool) int {
	n := widest(len(dst))
	switch {
	case n == 0:
	case lanes == 16 && first:
		setPowerAVX512(&dst[0], &acc[0], n, power)
	case lanes == 16:
		addPowerAVX512(&dst[0], &acc[0], n, power)
	case first:
		setPowerAVX2(&dst[0], &acc[0], n, power)
	default:
		addPowerAVX2(&dst[0], &acc[0], n, power)
	}
	return n
}

func vectorExp2(v []float32) int {
	n := widest(len(v))
	switch {
	case n == 0:
	case lanes == 16:
		exp2AVX512(&v[0], n)
	default:
		exp2AVX2(&v[0], n)
	}
	return n
}

func vectorSobel(gx, gy, a, b, c []float32) int {
	n := whole(len(gx))
	if n > 0 {
		sobelAVX2(&gx[0], &gy[0], &a[0], &b[0], &c[0], n)
	}
	return n
}

func vectorEdges(left, right, direction []int32, gx, gy []float32) int {
	n := widest(len(left))
	switch {
	case n == 0:
	case lanes == 16:
		edgesAVX512(&left[0], &right[0], &direction[0], &gx[0], &gy[0], n)
	default:
		edgesAVX2(&left[0], &right[0], &direction[0], &gx[0], &gy[0], n)
	}
	return n
}

func vectorCensus(dst []int32, x, xBelow, y, yBelow []float32, scale float32) int {
	n := whole(len(dst))
	if n > 0 {
		censusAVX2(&dst[0], &x[0], &xBelow[0], &y[0], &yBelow[0], n, scale, CensusUnit)
	}
	return n
}

func vectorAddInts(dst, src []int32) int {
	n := whole(len(dst))
	if n > 0 {
		addIntsAVX2(&dst[0], &src[0], n)
	}
	return n
}

func vectorSubtractInts(dst, src []int32) int {
	n := whole(len(dst))
	if n > 0 {
		subtractIntsAVX2(&dst[0], &src[0], n)
	}
	return n
}

func vectorDirectionSums(diff, all []int32, columns [][2][Directions]int32, width int) int {
	n := whole(len(diff))
	if n > 0 {
		directionSumsAVX2(&diff[0], &all[0], &columns[0][0][0], n, width)
	}
	return n
}

func vectorMoveEdges(columns [][2][Directions]int32, pass int, in, out EdgeRow) int {
	n := len(columns)
	if lanes == 0 || n == 0 {
		return 0
	}
	moveEdgesAVX2(&columns[0][pass][0], &in.Left[0], &in.Right[0], &in.Direction[0], &out.Left[0], &out.Right[0], &out.Direction[0], n)
	return n
}
