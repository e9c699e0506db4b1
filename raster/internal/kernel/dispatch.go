package kernel

// assembly says that this machine runs the assembly. Tests change it.
var assembly = best()
