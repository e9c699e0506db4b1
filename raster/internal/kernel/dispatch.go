package kernel

// register is how many bytes the registers of the assembly in use hold; 0 uses none. Tests change it.
var register = best()

// whole is the part of n values of so many bytes that fills registers.
func whole(n, size int) int {
	if register == 0 {
		return 0
	}
	return n &^ (register/size - 1)
}
