package accuracy

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"slices"

	"passdiff/raster"
)

const (
	gutter    = 6   // picture pixels between panels
	leastSide = 400 // picture pixels, that small scenes are enlarged to
	darkest   = 0.02
	brightest = 0.98
)

// What the truth and the result look like.
var (
	unchanged = color.RGBA{0, 0, 0, 255}
	unlabeled = color.RGBA{90, 90, 90, 255}
	hit       = color.RGBA{255, 255, 255, 255}
	falsely   = color.RGBA{230, 40, 40, 255}
	missed    = color.RGBA{50, 130, 255, 255}
	beyond    = color.RGBA{150, 130, 90, 255} // found where nothing is labelled
)

// Picture draws a pair: before, after, truth and result, side by side. In the truth changed is white, unchanged black, not labelled grey;
// in the result what was found is white, found falsely red, missed blue, found outside the labels brown.
func (o *Outcome) Picture(ctx context.Context) (image.Image, error) {
	ib, before, err := read(ctx, o.Pair.before())
	if err != nil {
		return nil, err
	}
	ia, after, err := read(ctx, o.Pair.after())
	if err != nil {
		return nil, err
	}
	w, h := o.width, len(o.truth)/o.width
	zoom := max(1, (leastSide+w-1)/w)
	img := image.NewRGBA(image.Rect(0, 0, 4*w*zoom+3*gutter, h*zoom))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	colours := []func(x, y int) color.RGBA{composite(before, ib.Bands), composite(after, ia.Bands), o.truthAt, o.resultAt}
	for panel, at := range colours {
		left := panel * (w*zoom + gutter)
		for y := range h * zoom {
			for x := range w * zoom {
				img.SetRGBA(left+x, y, at(x/zoom, y/zoom))
			}
		}
	}
	return img, nil
}

func (o *Outcome) truthAt(x, y int) color.RGBA {
	switch o.truth[y*o.width+x] {
	case Changed:
		return hit
	case Unknown:
		return unlabeled
	}
	return unchanged
}

func (o *Outcome) resultAt(x, y int) color.RGBA {
	k := y*o.width + x
	found := o.mask[k] == Changed
	switch t := o.truth[k]; {
	case t == Unknown && found:
		return beyond
	case t == Unknown:
		return unlabeled
	case t == Changed && found:
		return hit
	case t == Changed:
		return missed
	case found:
		return falsely
	}
	return unchanged
}

// shown are the bands for red, green and blue, from 0, by number of bands: the first three of three, visible ones of the Landsat and
// Sentinel-2 orders that start with blue or coastal aerosol; one band is grey.
func shown(bands int) [3]int {
	switch {
	case bands < 3:
		return [3]int{}
	case bands == 3:
		return [3]int{0, 1, 2}
	case bands < 10:
		return [3]int{2, 1, 0}
	}
	return [3]int{3, 2, 1}
}

// composite gives the colours of a scene, each band stretched between its own quantiles; what is not measured is black, and so is what
// lies outside.
func composite(b *raster.Block, bands int) func(x, y int) color.RGBA {
	w, h := b.Window.W, b.Window.H
	values := floats(b.Data)
	var planes [3][]float64
	var low, scale [3]float64
	for i, band := range shown(bands) {
		planes[i] = values[band*w*h:][:w*h]
		s := slices.Clone(planes[i])
		slices.Sort(s)
		n := float64(len(s) - 1)
		low[i] = s[int(darkest*n)]
		scale[i] = 255 / max(s[int(brightest*n)]-low[i], 1e-9)
	}
	return func(x, y int) color.RGBA {
		k := y*w + x
		if x >= w || y >= h || b.Valid != nil && b.Valid[k] == 0 {
			return unchanged
		}
		var v [3]uint8
		for i := range v {
			v[i] = uint8(min(max(float64((planes[i][k]-low[i])*scale[i]), 0), 255))
		}
		return color.RGBA{v[0], v[1], v[2], 255}
	}
}

// floats converts the values of a block.
func floats(data any) []float64 {
	switch d := data.(type) {
	case []uint8:
		return widened(d)
	case []int8:
		return widened(d)
	case []uint16:
		return widened(d)
	case []int16:
		return widened(d)
	case []uint32:
		return widened(d)
	case []int32:
		return widened(d)
	case []float32:
		return widened(d)
	}
	return data.([]float64)
}

func widened[T raster.Number](d []T) []float64 {
	f := make([]float64, len(d))
	for i, v := range d {
		f[i] = float64(v)
	}
	return f
}
