package kernel

// assembly says that this machine runs the assembly. Tests change it.
var assembly = best()

// covered is n where that fills a group of values: those behind the last whole group are done with some before.
func covered(n, group int) int {
	if !assembly || n < group {
		return 0
	}
	return n
}
