package gdal

import (
	"errors"
	"fmt"

	"passdiff/raster/gdal/internal/tiffdir"
)

// Limits on what a header may ask for. They are far above what real scenes need and below what hurts: every worker decodes one
// block at a time, so a block costs its size times the number of workers.
const (
	maxSide       = 1<<31 - 1 - 1<<16 // pixels; leaves room for halos in 32-bit coordinates
	maxBands      = 1024
	maxBlockBytes = 256 << 20 // of one decoded block, with all bands where they are stored together

	// A block decoded to more than bigBlockBytes must be worth it: the largest stored block must hold at least 1/maxRatio of
	// it. Deflate cannot pack more than 1032:1. LZW reaches 1300:1, ZSTD and LERC far more, but only on constant data: a
	// file of which even the fullest huge block is constant shows nothing, while its rows in small blocks are accepted.
	bigBlockBytes = 64 << 20
	maxRatio      = 1100

	slowPiece = 4 << 20 // pixels of a file in one block from which on that is worth a warning
)

// checkHeader refuses sizes before GDAL is told of the file.
func checkHeader(d *tiffdir.Dir) error {
	return checkSize(int64(d.Width), int64(d.Height), int(d.Samples))
}

func checkSize(w, h int64, bands int) error {
	switch {
	case w < 1 || h < 1:
		return fmt.Errorf("has %d×%d pixels", w, h)
	case w > maxSide || h > maxSide:
		return fmt.Errorf("claims %d×%d pixels, more than %d a side; cut it with gdal_translate -srcwin", w, h, maxSide)
	case bands > maxBands:
		return fmt.Errorf("claims %d bands, more than %d; pick bands with gdal_translate -b", bands, maxBands)
	case bands == 0:
		return errors.New("has no band")
	}
	return nil
}

// checkBlock refuses blocks too large to decode: w×h pixels of bands values of size bytes stored together, of which the largest
// takes stored bytes in the file (0 when unknown).
func checkBlock(w, h int64, bands, size int, stored uint64) error {
	const retile = "; rewrite it with gdal_translate -co TILED=YES"
	total := float64(w) * float64(h) * float64(bands) * float64(size) // never overflows
	if total > maxBlockBytes {
		return fmt.Errorf("has blocks of %d×%d pixels, %.0f MiB each when decoded, more than %d MiB%s",
			w, h, total/(1<<20), maxBlockBytes>>20, retile)
	}
	if total > bigBlockBytes && stored > 0 && total > maxRatio*float64(stored) {
		return fmt.Errorf("has blocks of %d×%d pixels that decode to %.0f MiB from at most %d bytes, which no picture does%s",
			w, h, total/(1<<20), stored, retile)
	}
	return nil
}
