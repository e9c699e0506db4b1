// Package raster says what a scene is: its grid, its blocks, and the tiles and runs cut from it.
//
// # Frame
//
// Every coordinate in a pair is a pixel of the before grid: x is the column, growing right, y is the row, growing down, and
// pixel (x, y) covers [x, x+1) × [y, y+1). The after pass is moved by a whole number of pixels into that frame. A Window is
// half-open. Bands count from 0 in Go and from 1 in anything a person reads.
//
// # Validity
//
// A pixel is measured when every band of the pass holds data there. Masks are bytes: 255 measured, 0 not. A missing mask (nil)
// means that all pixels are measured. What is not measured is never zero, never interpolated and never changed; Block.Why says for
// which reason it is not.
//
// # Sources of sources
//
// Stack joins bands of several sources, Masked takes out pixels by a class raster, Resample puts a source onto another grid. Each is a
// Source again, and they go together in this order: classes lie on the file's own grid.
//
// # Ownership
//
// Sources are shared and safe for concurrent use; a Reader belongs to one goroutine. Blocks and tiles come from pools: whoever
// receives one in a callback may use it until the callback returns.
//
// The package is pure Go and starts no goroutine that outlives a call.
package raster
