package kernel

// lanes is how many float32 the registers of the assembly in use hold; 0 uses none. Tests change it.
var lanes = best()

// whole is the part of n values that fills registers.
func whole(n int) int {
	if lanes == 0 {
		return 0
	}
	return n &^ (lanes - 1)
}
