package raster

// Shift is src with its content moved by a part of a pixel: pixel (x, y) shows what src shows at (x+dx, y+dy). Grid and size stay, and
// what would come from beyond src is not measured. Method is as of Resample, whose rules for values and validity hold. A Source that Resample
// or Shift made is not interpolated twice: its own method makes its values at the moved places.
func Shift(src Source, dx, dy float64, method string) Source {
	if r, ok := src.(*Resampled); ok {
		moved := *r
		moved.move[0] += dx
		moved.move[1] += dy
		return &moved
	}
	switch method {
	case Nearest, Bilinear, Cubic:
	default:
		panic("raster: shift by method " + method)
	}
	r := &Resampled{
		src: src, info: src.Info(), o: ResampleOptions{Method: method}, flat: Affine{0, 1, 0, 0, 0, 1}, step: [2]float64{1, 1}, move: [2]float64{dx, dy},
	}
	r.setBlocks()
	return r
}
