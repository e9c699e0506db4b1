// Package score is what detect score does: it lays a result of detect run on reference data, rasters or polygons, and says how well
// they agree, by pixels, by objects and by area.
//
// Both sides become rows of classes on one grid, which package accuracy compares; neither is ever held as a raster.
package score
