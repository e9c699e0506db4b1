// Package tilegen makes small synthetic pairs with known truth: a before and an after pass over invented ground, with compact
// objects that appear, disappear or are altered, plus what real passes bring along — sensor noise, speckle, radiometric drift, slanted
// nodata collars, clouds, a sub-pixel misregistration, another grid origin.
//
// # Use
//
// A Spec says what to make; New turns it into a Scene, whose passes and truth are raster.Sources that compute any window when it
// is read, so that a scene of any size needs only the memory of the windows asked for. Scene.Write puts the files of a pair into
// a folder. Tiles are the pairs kept in testdata/tiles.
//
// # Units
//
// Brightness is in reflectance counts: reflectance × 10000. A file stores whole multiples of Spec.Step counts (or reflectance
// itself as float32). Positions are pixels of the before grid; lengths are pixels.
//
// # Reproducibility
//
// The same Spec gives the same pixels on every 64-bit platform, in windows of any shape. Everything random is a hash of (seed, layer,
// x, y) and every sum is an integer in fixed point; no value depends on a floating point sum, on math functions (but the square root,
// which IEEE 754 rounds correctly) or on the order in which windows are read.
package tilegen
