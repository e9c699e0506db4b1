//go:build purego || !amd64

package kernel

// best is false: there is no assembly.
func best() bool { return false }

func vectorFloats8(dst []float32, src []uint8) int                  { return 0 }
func vectorFloats16(dst []float32, src []uint16) int                { return 0 }
func vectorFloatsSigned16(dst []float32, src []int16) int           { return 0 }
func vectorIndex16(s []uint16, v uint16) int                        { return 0 }
func vectorIndexFloat(s []float32, v float32) int                   { return 0 }
func vectorIndexNonFinite(s []float32) int                          { return 0 }
func vectorClear8(mask, plane []uint8, v uint8) int                 { return 0 }
func vectorClear16(mask []uint8, plane []uint16, v uint16) int      { return 0 }
func vectorClearFloat(mask []uint8, plane []float32, v float32) int { return 0 }
func vectorClearNonFinite(mask []uint8, plane []float32) int        { return 0 }
func vectorAnd(dst, a, b []uint8) int                               { return 0 }
