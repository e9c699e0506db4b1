// Package accuracy measures how well masks agree with labels, runs detect over a folder of labelled pairs, and makes the tables and
// pictures of docs/accuracy.md.
//
// A mask is a raster of --mask-out: 0 unchanged, 1 changed, 255 not observed. A truth raster is 0 unchanged, 1 changed, 255 not labelled.
// Rasters are row-major. What is not labelled counts nowhere; what was not observed was not found, and counts as unchanged.
//
// Symbols: TP, FP, FN and TN are labelled pixels that are changed in both rasters, in the mask only, in the truth only, and in neither.
// A truth object is an 8-connected area that is labelled changed; a detection is an 8-connected area of labelled pixels that the mask
// says changed. A measure whose denominator is 0 is 0.
//
// Comparer is the one computation behind detect score, the tables and Compare; Strata weights its counts by the mapped areas.
package accuracy
