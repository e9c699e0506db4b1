// Package geo turns regions of pixels into features on the map: it traces their outlines, places and measures them, and writes them
// as GeoJSON (RFC 7946).
//
// The way is Trace → Simplify, where it is wanted → Locator.Place → Feature → Writer. Each step takes and returns plain values.
// Areas of interest go the other way, InPixels → Fill, and PixelAreas says how much ground runs of pixels cover.
//
// # Spaces
//
// Pixel corners: x is the column and y the row, growing down; pixel (x, y) covers [x, x+1) × [y, y+1). Outlines have whole-number
// corners and their interior on the left as seen on a screen. Simplified ones have their vertices on quarters of pixels.
//
// The map: CRS84, longitude in [−180, 180] and latitude in degrees on the WGS 84 ellipsoid. Other datums must have been
// transformed by Locator.Project. Exteriors are counter-clockwise in longitude and latitude, whatever the signs of the affine.
// Edges are straight in the grid's CRS, and straight in longitude and latitude once densified; the two agree to 1/100 pixel.
//
// Pixel space, for scenes without a georeference: x is the column and y is minus the row, exact. It is planar, and has no metres.
//
// A pixel belongs to an area when its centre does; Fill has the rule for centres on an edge. The outline of a region and its
// simplification have the same centres inside.
//
// # Sizes
//
// Areas and lengths are those of the ellipsoid's surface, from coordinates before rounding, without terrain. Symbols are those of
// Snyder, Map projections: a working manual (1987): a the semi-major axis, e the eccentricity, φ latitude, λ longitude, q the
// authalic function.
//
// # Same bytes
//
// Everything here depends on its arguments alone: products are rounded before they are added, trigonometric functions are the
// package's own, sums have a fixed order, no map is iterated. The same answers of Project give the same file on every machine.
//
// # Memory and errors
//
// Results share no memory with arguments or scratch. Tracer and Writer keep scratch between calls and belong to one goroutine
// each; Locator is a value, and Project decides whether it can be shared. What a caller could have known to be wrong panics as
// "geo: …"; what the world does is returned as an error.
package geo
