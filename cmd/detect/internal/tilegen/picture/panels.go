package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
)

// Sizes in picture pixels.
const (
	gutter    = 8 // between panels
	panelW    = 160
	panelH    = 200
	line      = 16 // of text
	baseline  = 12 // from the top of a line
	charWidth = 7
	bar       = 8 // height of the ramp under the scores, side of a swatch
)

// What masks look like beside the truth: dark, and vermilion and sky blue of Okabe and Ito's palette, which differ for every eye, and in print.
var (
	ink        = color.RGBA{0, 0, 0, 255}
	paper      = color.RGBA{255, 255, 255, 255}
	same       = color.RGBA{236, 236, 236, 255}
	unobserved = color.RGBA{150, 150, 150, 255}
	rightly    = color.RGBA{40, 40, 40, 255}
	falsely    = color.RGBA{213, 94, 0, 255}
	missed     = color.RGBA{86, 180, 233, 255}
)

// result are the files that detect wrote.
type result struct{ score, mask, record string }

// threshold reads where change begins.
func (r result) threshold() (float64, error) {
	data, err := os.ReadFile(r.record)
	if err != nil {
		return 0, err
	}
	var record struct{ Model struct{ Threshold float64 } }
	if err := json.Unmarshal(data, &record); err != nil {
		return 0, fmt.Errorf("%s: %w", r.record, err)
	}
	return record.Model.Threshold, nil
}

// draw makes the figure: before, after, score, and the mask beside the truth.
func (f figure) draw(ctx context.Context, p pair, r result) (image.Image, error) {
	threshold, err := r.threshold()
	if err != nil {
		return nil, err
	}
	w := raster.Window{X: f.x, Y: f.y, W: panelW / f.zoom, H: panelH / f.zoom}
	var parts [5]*scene
	for i, path := range []string{p.before, p.after, r.score, r.mask, p.truth} {
		if parts[i], err = load(ctx, path, w); err != nil {
			return nil, err
		}
	}
	quality, err := compared(ctx, r.mask, p.truth)
	if err != nil {
		return nil, err
	}
	before, after, score, mask, truth := parts[0], parts[1], parts[2], parts[3], parts[4]
	c := canvas{image.NewRGBA(image.Rect(0, 0, 4*panelW+3*gutter, panelH+3*line+bar)), f.zoom}
	draw.Draw(c, c.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	light := composite(f.bands, before, after)
	c.panel(0, "before", func(x, y int) color.RGBA { return light(before, x, y) })
	c.panel(1, "after", func(x, y int) color.RGBA { return light(after, x, y) })
	c.panel(2, "score", func(x, y int) color.RGBA { return rampAt(score.at(0, x, y) / (2 * threshold)) })
	c.panel(3, "mask and truth", func(x, y int) color.RGBA { return verdict(mask.at(0, x, y), truth.at(0, x, y)) })
	c.text(left(0), line+panelH+bar/2, fmt.Sprintf("%s, %d x %d px", f.tile, w.W, w.H))
	c.text(left(1), line+panelH+bar/2, f.shown)
	c.text(left(0), 2*line+panelH+bar, quality)
	c.scale(left(2), fmt.Sprintf("T = %.3g", threshold))
	c.legend(left(3))
	exact := append(slices.Clone(ramp), ink, paper, same, unobserved, rightly, falsely, missed)
	return quantise(c.RGBA, exact), nil
}

// compared says how much of the change of a whole pair was found, where it was observed.
func compared(ctx context.Context, mask, truth string) (string, error) {
	m, err := load(ctx, mask, raster.Window{})
	if err != nil {
		return "", err
	}
	t, err := load(ctx, truth, raster.Window{})
	if err != nil {
		return "", err
	}
	counts := map[color.RGBA]int{}
	for i, v := range m.values {
		counts[verdict(v, t.values[i])]++
	}
	percent := func(part, rest int) float64 { return 100 * float64(part) / float64(part+rest) }
	return fmt.Sprintf("whole pair: %.0f %% of the change found,", percent(counts[rightly], counts[missed])) +
		fmt.Sprintf(" %.0f %% of what was flagged right", percent(counts[rightly], counts[falsely])), nil
}

// verdict is the colour of a pixel that detect and the truth speak about; in masks what was not observed is nodata.
func verdict(mask, truth float64) color.RGBA {
	found, changed := mask == tilegen.Changed, truth == tilegen.Changed
	switch {
	case math.IsNaN(mask) || truth == tilegen.NotObservable:
		return unobserved
	case found && changed:
		return rightly
	case found:
		return falsely
	case changed:
		return missed
	}
	return same
}

// composite gives the colours of pixels: the root of the values, each band stretched between its 1 and 99 % quantiles over both passes.
func composite(bands [3]int, passes ...*scene) func(s *scene, x, y int) color.RGBA {
	var low, scale [3]float64
	for i, band := range bands {
		var all []float64
		for _, s := range passes {
			all = append(all, s.values[band*s.w*s.h:][:s.w*s.h]...)
		}
		all = slices.DeleteFunc(all, math.IsNaN)
		slices.Sort(all)
		low[i] = all[len(all)/100]
		scale[i] = 1 / max(all[len(all)*99/100]-low[i], 1)
	}
	return func(s *scene, x, y int) color.RGBA {
		var v [3]uint8
		for i, band := range bands {
			light := s.at(band, x, y)
			if math.IsNaN(light) {
				return unobserved
			}
			v[i] = uint8(255 * math.Sqrt(min(max(float64((light-low[i])*scale[i]), 0), 1)))
		}
		return color.RGBA{v[0], v[1], v[2], 255}
	}
}

// canvas is a figure that is drawn on; a pixel of the scene takes zoom pixels each way.
type canvas struct {
	*image.RGBA
	zoom int
}

// left is the left edge of a panel.
func left(panel int) int { return panel * (panelW + gutter) }

// panel paints a panel under its title.
func (c canvas) panel(i int, title string, at func(x, y int) color.RGBA) {
	c.text(left(i), 0, title)
	for y := range panelH {
		for x := range panelW {
			c.SetRGBA(left(i)+x, line+y, at(x/c.zoom, y/c.zoom))
		}
	}
}

func (c canvas) text(x, y int, s string) {
	d := font.Drawer{Dst: c, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(x, y+baseline)}
	d.DrawString(s)
}

// scale explains the colours of scores: a ramp from 0 to twice the threshold, which a stroke marks.
func (c canvas) scale(x int, threshold string) {
	top := line + panelH + 2
	for i := range panelW {
		for y := range bar {
			c.SetRGBA(x+i, top+y, rampAt(float64(i)/panelW))
		}
	}
	for y := -2; y < bar+2; y++ {
		c.SetRGBA(x+panelW/2, top+y, ink)
	}
	c.text(x, top+bar, "0")
	c.text(x+(panelW-len(threshold)*charWidth)/2, top+bar, threshold)
	c.text(x+panelW-3*charWidth, top+bar, ">2T")
}

// legend explains the colours of the mask.
func (c canvas) legend(x int) {
	for _, l := range []struct {
		name string
		col  color.RGBA
	}{{"found", rightly}, {"false", falsely}, {"missed", missed}} {
		y := line + panelH + bar/2
		draw.Draw(c, image.Rect(x, y+4, x+bar, y+4+bar), image.NewUniform(l.col), image.Point{}, draw.Src)
		c.text(x+bar+2, y, l.name)
		x += bar + 2 + len(l.name)*charWidth + 5
	}
}
