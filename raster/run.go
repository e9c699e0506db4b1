package raster

// Run is a stretch of pixels of one row: columns [X0, X1) of row Y.
type Run struct {
	Y, X0, X1 int32
}

// Len is the number of pixels.
func (r Run) Len() int { return int(r.X1 - r.X0) }
