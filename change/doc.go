// Package change finds what differs between two passes over the same ground.
//
// The way of the data is
//
//	raster.ReadSample → Fit → Model          numbers that say how to score a pixel and when it counts as changed
//	raster.Stream → Model's score → runs     in parallel, tile by tile, each block decoded once
//	runs → Regions                           in row order: connect, keep by hysteresis, drop what is small
//
// Detect does the last two. A Region is a candidate: pixels whose score says that something changed there. It does not say what.
//
// # Symbols
//
// b counts bands, B is their number; x_b and y_b are a pixel's values before and after, in the file's units; z is a value standardised
// by a pass's own median m and spread s, z = (v − m)/s with s = 1.4826 times the median absolute deviation; S is the score, at least 0,
// in units that the method names; T is the threshold: a pixel is changed where S ≥ T.
//
// # Reproducibility
//
// The same pixels give the same bits for any tile size, number of workers, block layout and machine. Filters use direct taps in a fixed
// order over validity-weighted pixels; sums over pixels are integers or fixed point; what is summed in floating point during Fit is
// summed in chip order. Model holds numbers of 32 significant bits.
//
// A Model and everything in it is immutable and safe for concurrent use. The package is pure Go.
package change
