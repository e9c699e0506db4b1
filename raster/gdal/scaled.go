package gdal

import (
	"fmt"

	"passdiff/raster"
)

// scale fills b with the scaled values and the validity of stored.
func (s *Scene) scale(b, stored *raster.Block) {
	switch d := b.Data.(type) {
	case []float32:
		scaleInto(s.bands, d, stored)
	case []float64:
		scaleInto(s.bands, d, stored)
	default:
		panic(fmt.Sprintf("gdal: scaled block of %T", b.Data))
	}
	if stored.Valid != nil {
		copy(b.MaskStorage(), stored.Valid)
	}
	if stored.Why != nil {
		copy(b.WhyStorage(), stored.Why)
	}
	switch d := b.Data.(type) { // a scale may lead out of the type
	case []float32:
		markNonFinite(b, d)
	case []float64:
		markNonFinite(b, d)
	}
}

func scaleInto[D float32 | float64](bands []band, dst []D, stored *raster.Block) {
	switch d := stored.Data.(type) {
	case []uint8:
		scaleValues(bands, dst, d)
	case []int8:
		scaleValues(bands, dst, d)
	case []uint16:
		scaleValues(bands, dst, d)
	case []int16:
		scaleValues(bands, dst, d)
	case []uint32:
		scaleValues(bands, dst, d)
	case []int32:
		scaleValues(bands, dst, d)
	case []float32:
		scaleValues(bands, dst, d)
	case []float64:
		scaleValues(bands, dst, d)
	default:
		panic(fmt.Sprintf("gdal: block of %T", stored.Data))
	}
}

// scaleValues computes in float64, so that results are those nearest to the exact ones.
func scaleValues[D float32 | float64, S raster.Number](bands []band, dst []D, src []S) {
	n := len(src) / len(bands)
	for i, b := range bands {
		out := dst[i*n : (i+1)*n]
		for k, v := range src[i*n : (i+1)*n] {
			out[k] = D(float64(float64(v)*b.scale) + b.offset)
		}
	}
}
