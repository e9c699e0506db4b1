package tilegen

import (
	"errors"
	"fmt"

	"passdiff/raster"
)

// Layout says how a file stores its pixels. The zero value is tiles of 256, DEFLATE with a predictor, pixel-interleaved.
type Layout struct {
	// Tile is the side of a square block in pixels, a multiple of 16; 0 means 256 unless Rows is set.
	Tile int
	// Rows stores strips of so many rows over the whole width instead of tiles.
	Rows int
	// Compression is "DEFLATE", "ZSTD", "LZW" or "NONE"; "" means DEFLATE.
	Compression string
	// BandInterleave stores band after band instead of pixel after pixel.
	BandInterleave bool
	// Mask tells measured pixels by a mask inside the file instead of a nodata value.
	Mask bool
}

// classLayout is how truth and cloud rasters are stored.
var classLayout = Layout{Compression: "ZSTD"}.withDefaults()

func (l Layout) withDefaults() Layout {
	if l.Tile == 0 && l.Rows == 0 {
		l.Tile = 256
	}
	if l.Compression == "" {
		l.Compression = "DEFLATE"
	}
	return l
}

func (l Layout) validate(which string) error {
	var errs []error
	if l.Tile < 0 || l.Tile%16 != 0 || l.Rows < 0 || (l.Tile > 0) == (l.Rows > 0) {
		errs = append(errs, fmt.Errorf("tilegen: %s layout has tiles of %d and strips of %d rows; give a multiple of 16 or a number of rows",
			which, l.Tile, l.Rows))
	}
	switch l.Compression {
	case "DEFLATE", "ZSTD", "LZW", "NONE":
	default:
		errs = append(errs, fmt.Errorf("tilegen: %s layout has compression %q; give DEFLATE, ZSTD, LZW or NONE", which, l.Compression))
	}
	return errors.Join(errs...)
}

// String is a phrase for tables.
func (l Layout) String() string {
	form := fmt.Sprintf("tiles of %d", l.Tile)
	if l.Rows > 0 {
		form = fmt.Sprintf("strips of %d rows", l.Rows)
	}
	return form + ", " + l.Compression
}

// block is the size of the storage unit.
func (l Layout) block(g raster.Grid) (w, h int) {
	if l.Rows > 0 {
		return g.Width, min(l.Rows, g.Height)
	}
	return l.Tile, l.Tile
}
