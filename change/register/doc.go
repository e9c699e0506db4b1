// Package register measures by how much the content of one pass lies beside that of the other.
//
// # Convention
//
// A shift (dx, dy) is where the content of AFTER lies relative to BEFORE, in pixels of the before grid, dx along rows and dy down columns:
// what BEFORE shows at (x, y), AFTER shows at (x+dx, y+dy). raster.Shift with the same numbers brings AFTER into place.
//
// # Method
//
// Windows on a fixed lattice inside the sample's chips are compared by phase correlation of their gradients' magnitude (Kuglin and Hines
// 1975; with the spectrum divided by the root of its magnitude only, which keeps it from amplifying noise). The correlations of all
// windows, added, give the whole-pixel shift, also where most single windows fail. AFTER's windows are moved by it, and the correlation
// of each window, and of all together, is maximised between pixels by Newton's method on its Fourier series, which is exact: no
// surface is fitted to samples of it.
//
// # Symbols
//
// X and Y are the Fourier transforms of a window of BEFORE and AFTER, k a wavenumber, Q = g·conj(X)·Y/√|X·Y| the weighted cross spectrum with
// the low pass g, C(d) = Re Σ_k Q(k)·exp(i·k·d) the correlation, γ = C/Σ|Q| the coherence, between −1 and 1.
//
// The numbers are the same bits on every machine: products are rounded before they are added, sums run in a fixed order, and sines come
// from the package's own series. The package is pure Go; everything in it is safe for concurrent use.
package register
