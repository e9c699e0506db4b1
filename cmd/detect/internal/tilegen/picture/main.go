// Command picture draws a pair and what detect found in it, side by side: before, after, and after with the outlines of the candidates,
// red appeared, blue disappeared, orange altered. The GeoJSON is one in pixel space (detect run --no-georef).
//
//	go run ./cmd/detect/internal/tilegen/picture BEFORE.tif AFTER.tif FOUND.geojson OUT.png
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

const (
	zoom   = 2   // picture pixels a scene pixel
	crop   = 300 // scene pixels shown, from the upper left
	gutter = 8   // picture pixels between panels
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: picture BEFORE.tif AFTER.tif FOUND.geojson OUT.png")
		os.Exit(2)
	}
	if err := draw(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func draw(before, after, found, out string) error {
	b, err := load(before)
	if err != nil {
		return err
	}
	a, err := load(after)
	if err != nil {
		return err
	}
	img := image.NewRGBA(image.Rect(0, 0, 3*crop*zoom+2*gutter, crop*zoom))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for i, s := range []*scene{b, a, a} {
		s.paint(img, i*(crop*zoom+gutter))
	}
	if err := outline(img, 2*(crop*zoom+gutter), found); err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}

// scene is the upper left part of a file with bands blue, green, red.
type scene struct {
	values []uint8
	w, h   int
}

func load(path string) (*scene, error) {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	i := s.Info()
	if i.Type != raster.Uint8 || i.Bands != 3 {
		return nil, fmt.Errorf("%s has not three bands of bytes", path)
	}
	r, err := s.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	w := raster.Window{W: min(crop, i.Grid.Width), H: min(crop, i.Grid.Height)}
	var blk raster.Block
	blk.Shape(w, i.Bands, i.Type)
	if err := r.Read(context.Background(), w, &blk); err != nil {
		return nil, err
	}
	return &scene{blk.Data.([]uint8), w.W, w.H}, nil
}

// paint draws the scene with its left edge at column left; values are brightened by half.
func (s *scene) paint(img *image.RGBA, left int) {
	at := func(band, x, y int) uint8 { return uint8(min(255, 3*int(s.values[(band*s.h+y)*s.w+x])/2)) }
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
				line(img, left, ring[i-1], ring[i], colours[f.Properties.ObjDesc])
			}
		}
	}
	return nil
}

// line draws an edge along a row or a column, two pixels wide.
func line(img *image.RGBA, left int, a, b [2]float64, c color.RGBA) {
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
