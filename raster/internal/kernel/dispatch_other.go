//go:build purego || !amd64

package kernel

// best is 0: there is no assembly.
func best() int { return 0 }

func vectorFloats8(dst []float32, src []uint8) int             { return 0 }
func vectorFloats16(dst []float32, src []uint16) int           { return 0 }
func vectorFloatsSigned16(dst []float32, src []int16) int      { return 0 }
func vectorDiffer16(s []uint16, v uint16) int                  { return 0 }
func vectorClear16(mask []uint8, plane []uint16, v uint16) int { return 0 }
