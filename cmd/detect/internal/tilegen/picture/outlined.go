package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"

	"passdiff/raster"
)

const (
	zoom = 2   // picture pixels a scene pixel
	crop = 300 // scene pixels shown, from the upper left
)

// outlined shows a pair of bands blue, green, red, with the outlines of the candidates: before, after, and after with red appeared, blue
// disappeared, orange altered. The GeoJSON is one in pixel space (detect run --no-georef).
func outlined(ctx context.Context, p pair, found string) (image.Image, error) {
	b, err := load(ctx, p.before, raster.Window{W: crop, H: crop})
	if err != nil {
		return nil, err
	}
	a, err := load(ctx, p.after, raster.Window{W: crop, H: crop})
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, 3*crop*zoom+2*gutter, crop*zoom))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	for i, s := range []*scene{b, a, a} {
		s.paint(img, i*(crop*zoom+gutter))
	}
	return img, outline(img, 2*(crop*zoom+gutter), found)
}

// paint draws the scene with its left edge at column left; values are brightened by half.
func (s *scene) paint(img *image.RGBA, left int) {
	at := func(band, x, y int) uint8 { return uint8(min(255, 3*int(s.at(band, x, y))/2)) }
	for y := range s.h * zoom {
		for x := range s.w * zoom {
			px, py := x/zoom, y/zoom
			img.SetRGBA(left+x, y, color.RGBA{at(2, px, py), at(1, px, py), at(0, px, py), 255})
		}
	}
}

var colours = map[string]color.RGBA{
	"appeared": {255, 40, 40, 255}, "disappeared": {60, 160, 255, 255}, "altered": {255, 160, 0, 255},
}

// outline draws the rings of a GeoJSON file in pixel space, whose edges run along pixel sides.
func outline(img *image.RGBA, left int, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var fc struct {
		Features []struct {
			Geometry   struct{ Coordinates [][][2]float64 }
			Properties struct {
				ObjDesc string `json:"obj_desc"`
			}
		}
	}
	if err := json.Unmarshal(data, &fc); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, f := range fc.Features {
		for _, ring := range f.Geometry.Coordinates {
			for i := 1; i < len(ring); i++ {
				edge(img, left, ring[i-1], ring[i], colours[f.Properties.ObjDesc])
			}
		}
	}
	return nil
}

// edge draws an edge along a row or a column, two pixels wide.
func edge(img *image.RGBA, left int, a, b [2]float64, c color.RGBA) {
	x0, x1 := int(min(a[0], b[0]))*zoom, int(max(a[0], b[0]))*zoom
	y0, y1 := int(min(-a[1], -b[1]))*zoom, int(max(-a[1], -b[1]))*zoom
	for y := y0 - 1; y <= y1; y++ {
		for x := x0 - 1; x <= x1; x++ {
			if x >= 0 && x < crop*zoom {
				img.SetRGBA(left+x, y, c)
			}
		}
	}
}
