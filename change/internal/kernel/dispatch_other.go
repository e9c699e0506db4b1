//go:build purego || !amd64

package kernel

// best is 0: there is no assembly.
func best() int { return 0 }

func vectorScale(dst, src []float32, c float32) int                                  { return 0 }
func vectorAddScaled(dst, src []float32, c float32) int                              { return 0 }
func vectorDivide(v []float32, c float32) int                                        { return 0 }
func vectorSqrt(v []float32) int                                                     { return 0 }
func vectorAddRamp(v []float32, c, slope float32, from int) int                      { return 0 }
func vectorAddSquare(sum, v []float32, shift, sign float32) int                      { return 0 }
func vectorLinear(dst []float32, src [][]float32, coef []float32, shift float32) int { return 0 }
func vectorAddSquaredLinear(sum []float32, src [][]float32, coef []float32, shift, sign float32) int {
	return 0
}
func vectorMagnitude16(dst []float32, after, before [][]uint16, a, b, shift []float32) int { return 0 }
func vectorBelow(v []float32, t float32) int                                               { return 0 }
func vectorMarkAtLeast(out []uint8, v []float32, t float32) (int, bool)                    { return 0, false }
func vectorClearWhere(v []float32, mask []uint8) int                                       { return 0 }
func vectorMaskOnes(dst []float32, mask []uint8) int                                       { return 0 }
func vectorDivideMasked(v, by []float32, mask []uint8) int                                 { return 0 }
func vectorShare(dst []float32, v []int32, whole, unit float64) int                        { return 0 }
func vectorFixedPoint(dst []int32, v []float32, gain, shift, clip, unit float32) int       { return 0 }
func vectorShareOf(dst []float32, v, counts []int32, unit float64) int                     { return 0 }
func vectorDirectionChange(dst []float32, diff, all []int32, floor float64) int            { return 0 }
func vectorDirectionChangeOf(dst []float32, diff, all, counts []int32, flat float64) int   { return 0 }
func vectorRow(dst, src []float32, t Taps) int                                             { return 0 }
func vectorColumn(dst []float32, rows [][]float32, t Taps) int                             { return 0 }
func vectorMultiplyAbove(acc, src []float32, scale, floor float32, first bool) int         { return 0 }
func vectorAddPower(dst, acc []float32, power float32, first bool) int                     { return 0 }
func vectorExp2(v []float32) int                                                           { return 0 }
func vectorSobel(gx, gy, a, b, c []float32) int                                            { return 0 }
func vectorEdges(left, right, direction []int32, gx, gy []float32) int                     { return 0 }
func vectorCensus(dst []int32, x, xBelow, y, yBelow []float32, scale float32) int          { return 0 }
func vectorAddInts(dst, src []int32) int                                                   { return 0 }
func vectorSubtractInts(dst, src []int32) int                                              { return 0 }
func vectorDirectionSums(diff, all []int32, columns [][2][Directions]int32, width int) int { return 0 }
func vectorMoveEdges(columns [][2][Directions]int32, pass int, in, out EdgeRow) int        { return 0 }
func vectorClamp(v []float32, limit float32) int                                           { return 0 }
