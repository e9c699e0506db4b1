// Package kernel holds the hot loops of change detection and the elementary functions whose bits must not depend on the machine.
//
// Every kernel is a plain Go function that defines the answer: products are rounded before they are added (float32(a*b) + c), taps
// are added in a fixed order, and nothing is accumulated along a row, so that a value does not depend on where a tile starts. An
// implementation in assembly equals it bit for bit.
//
// Slices that belong together have the same length; a shorter one panics. Nothing here allocates.
package kernel
