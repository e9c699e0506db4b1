package main

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// ramp are the colours of scores, from none to twice the threshold and more, of ever higher lightness: viridis, by Smith and van der Walt,
// between eleven of its colours.
var ramp = func() []color.RGBA {
	anchors := [][3]float64{
		{68, 1, 84}, {72, 36, 117}, {65, 68, 135}, {53, 95, 141}, {42, 120, 142}, {33, 145, 140}, {34, 168, 132}, {68, 191, 112},
		{122, 209, 81}, {189, 223, 38}, {253, 231, 37},
	}
	const steps = 6
	var all []color.RGBA
	for i := range steps*(len(anchors)-1) + 1 {
		a, b, t := anchors[i/steps], anchors[min(i/steps+1, len(anchors)-1)], float64(i%steps)/steps
		mix := func(k int) uint8 { return uint8(a[k] + float64(t*(b[k]-a[k]))) }
		all = append(all, color.RGBA{mix(0), mix(1), mix(2), 255})
	}
	return all
}()

// rampAt is the colour of a share of the ramp, from 0 to 1; NaN is what was not observed.
func rampAt(share float64) color.RGBA {
	if math.IsNaN(share) {
		return unobserved
	}
	return ramp[int(min(max(share, 0), 1)*float64(len(ramp)-1))]
}

// shades is how many colours imagery keeps in a figure: enough to look as it did, and small files.
const shades = 180

// quantise gives the picture a palette: the colours of exact as they are, and all others as the means of at most shades boxes.
func quantise(img *image.RGBA, exact []color.RGBA) *image.Paletted {
	var palette color.Palette
	index := map[color.RGBA]uint8{}
	for _, c := range exact {
		if _, ok := index[c]; !ok {
			index[c] = uint8(len(palette))
			palette = append(palette, c)
		}
	}
	var others []color.RGBA
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if c := img.RGBAAt(x, y); !slices.Contains(exact, c) {
				others = append(others, c)
			}
		}
	}
	for _, box := range boxes(others, shades) {
		for _, c := range box {
			index[c] = uint8(len(palette))
		}
		palette = append(palette, mean(box))
	}
	out := image.NewPaletted(img.Rect, palette)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.SetColorIndex(x, y, index[img.RGBAAt(x, y)])
		}
	}
	return out
}

// boxes parts colours into at most n boxes: again and again the one of the longest side is halved across it, so that rare colours keep
// their own. No colour is in two.
func boxes(colours []color.RGBA, n int) [][]color.RGBA {
	if len(colours) == 0 {
		return nil
	}
	all := [][]color.RGBA{colours}
	for len(all) < n {
		var at, channel, middle, longest int
		for i, box := range all {
			if c, low, high := longestSide(box); high-low > longest {
				at, channel, middle, longest = i, c, (low+high+1)/2, high-low
			}
		}
		if longest == 0 {
			break
		}
		var halves [2][]color.RGBA
		for _, c := range all[at] {
			half := 0
			if int(part(c, channel)) >= middle {
				half = 1
			}
			halves[half] = append(halves[half], c)
		}
		all[at] = halves[0]
		all = append(all, halves[1])
	}
	return all
}

func part(c color.RGBA, channel int) uint8 { return [3]uint8{c.R, c.G, c.B}[channel] }

// longestSide is the channel in which a box reaches furthest, and its ends there.
func longestSide(box []color.RGBA) (channel, low, high int) {
	for c := range 3 {
		l, h := 255, 0
		for _, v := range box {
			l, h = min(l, int(part(v, c))), max(h, int(part(v, c)))
		}
		if h-l > high-low {
			channel, low, high = c, l, h
		}
	}
	return channel, low, high
}

func mean(box []color.RGBA) color.RGBA {
	var sum [3]int
	for _, v := range box {
		for c := range sum {
			sum[c] += int(part(v, c))
		}
	}
	n := len(box)
	return color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255}
}
