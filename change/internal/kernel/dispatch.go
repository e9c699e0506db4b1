package kernel

// lanes is how many float32 the registers of the assembly in use hold; 0 uses none. Tests change it.
var lanes = best()

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
