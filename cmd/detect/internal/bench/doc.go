// Package bench times whole commands against each other: it runs them in alternation, takes wall time, CPU time and peak memory of each
// from the kernel, checks what they wrote, and makes tables of medians and ratios.
//
// Machines drift over minutes, so that times taken one after the other say little about each other. Every round runs each command once;
// a ratio is formed within a round, and its median over the rounds is what counts.
//
// # Memory
//
// Peak memory is ru_maxrss of wait4: the largest resident set of any one process of the command, not their sum. The kernel lets a child
// start from the high-water mark of the process that started it; the package therefore needs no GDAL and keeps little, and a
// command that uses less than the driver's own few MiB shows those.
package bench
