package change

import "passdiff/raster"

// rowReader reads rows of several bands of a pair at once. It belongs to one goroutine.
type rowReader struct {
	rows [][]float32
	buf  []float32
}

// read gives n values from pixel (x, y) on of each of some bands, counted over both passes, before's after after's. They are valid until
// the next call and not to be written to.
func (r *rowReader) read(t *raster.TilePair, bands []int, x, y, n int) [][]float32 {
	stride := raster.TileValues(raster.Window{W: n, H: 1})
	r.buf = raster.Aligned(r.buf, stride*len(bands))
	r.rows = r.rows[:0]
	for i, b := range bands {
		tile, b := passOf(t, b)
		r.rows = append(r.rows, tile.Row(b, x, y, r.buf[i*stride:][:n]))
	}
	return r.rows
}

// passOf is the pass of a band counted over both passes, and the band in it.
func passOf(t *raster.TilePair, band int) (*raster.Tile, int) {
	if band >= t.After.Bands {
		return &t.Before, band - t.After.Bands
	}
	return &t.After, band
}

// bandOf is the plane of a band counted over both passes.
func bandOf(t *raster.TilePair, band int) []float32 {
	tile, b := passOf(t, band)
	return tile.Band(b)
}
