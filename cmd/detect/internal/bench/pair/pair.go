// Package pair writes the synthetic pairs that benchmarks run on: 4 uint16 bands in EPSG:32636 at 3 m, with a slanted nodata collar,
// sensor noise, a gain, an offset and a slow drift between the passes, and changed objects that are known.
//
// The same bench.Pair gives the same pixels on every machine. Both passes are made at once, a row of 512 lines at a time: memory
// is two such rows and the objects, about 300 bytes each.
package pair

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"passdiff/cmd/detect/internal/bench"
	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// Variants are the ways to store a pass, by name. All keep the bands of a pixel together; the compressed ones have predictor 2.
var Variants = map[string]gdal.CreateOptions{
	"none":    {Tile: 512, Compression: "NONE"},
	"deflate": {Tile: 512, Compression: "DEFLATE"},
	"zstd":    {Tile: 512, Compression: "ZSTD"},
	"strip":   {StripRows: 8, Compression: "DEFLATE"},
}

// meanArea is the mean area of the scattered objects, whose areas are log-uniform from 5 to 400, in pixels.
const meanArea = 91.4

// dense is the changed share from which objects stand on a lattice; those dealt at random find no place any more at 0.1.
const dense = 0.05

// spec is the scene of a pair. Noise and texture are chosen so that deflate with predictor 2 leaves about 60 % of the raw size.
func spec(p bench.Pair) tilegen.Spec {
	s := tilegen.Spec{
		Seed: 10240, Land: tilegen.Farmland, Width: p.Size.Width, Height: p.Size.Height, Bands: 4, Type: raster.Uint16,
		CRS: "EPSG:32636", PixelSize: 3, OriginX: 300000, OriginY: 5600000,
		Texture: 22, Noise: 16, Haze: 30, Collar: min(p.Size.Width, p.Size.Height) / 80,
		Gain: []float64{1.05, 0.96, 1.03, 0.94}, Offset: []float64{60, -45, 30, -70},
		BeforeTime: "2025-05-03T08:12:40Z", AfterTime: "2025-06-11T08:20:05Z",
	}
	if p.Changed < dense {
		s.Objects = int(math.Round(p.Changed * float64(p.Size.Pixels()) / meanArea))
	} else {
		s.Density = p.Changed
	}
	return s
}

// Write makes the files of the pair in each of the variants, and its truth raster, in p.Dir. Files that are there already stay as
// they are. A file appears whole or not at all. GDAL's block cache (GDAL_CACHEMAX) must hold a row of blocks of all files, or writing fails:
// blocks of bands that are stored together leave a smaller one in parts.
func Write(ctx context.Context, p bench.Pair, variants []string) error {
	for _, v := range variants {
		if _, ok := Variants[v]; !ok {
			return fmt.Errorf("no variant %q; none, deflate, zstd and strip are", v)
		}
	}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return err
	}
	scene, err := tilegen.New(spec(p))
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name(), err)
	}
	var w writer
	g, passes := errgroup.WithContext(ctx)
	g.Go(func() error { return w.pass(passes, scene.Before(), variants, p.Before, scene.Spec().BeforeTime) })
	g.Go(func() error { return w.pass(passes, scene.After(), variants, p.After, scene.Spec().AfterTime) })
	if err := g.Wait(); err != nil {
		return err
	}
	truth := map[string]gdal.CreateOptions{p.Truth(): {Compression: "ZSTD", NoPredictor: true}}
	return w.store(ctx, scene.TruthRaster(), truth)
}

// writer lets one goroutine at a time write, while others compute. GDAL's block cache is one for all files: to make room for a block of
// one it writes a block of another even when only some of its bands are there yet, and later again at another place.
type writer struct{ mu sync.Mutex }

// pass stores a pass in each of the variants.
func (w *writer) pass(ctx context.Context, src raster.Source, variants []string, path func(variant string) string, acquired string) error {
	files := map[string]gdal.CreateOptions{}
	for _, v := range variants {
		o := Variants[v]
		o.Bands, o.Type, o.NoData, o.Acquired = src.Info().Bands, src.Info().Type, new(float64), acquired
		files[path(v)] = o
	}
	return w.store(ctx, src, files)
}

// rows is the height of the windows in which a pass is made, in pixels; it is that of tiles, so that a window completes them.
const rows = 512

// store computes a source once and writes it to those of the files, by path, that are missing.
func (w *writer) store(ctx context.Context, src raster.Source, files map[string]gdal.CreateOptions) error {
	sinks := map[string]*gdal.Sink{}
	err := w.begin(sinks, src.Info().Grid, files)
	if err == nil && len(sinks) > 0 {
		err = w.fill(ctx, src, sinks)
	}
	return w.end(sinks, err)
}

// begin opens a sink for each of the files that is missing.
func (w *writer) begin(sinks map[string]*gdal.Sink, g raster.Grid, files map[string]gdal.CreateOptions) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path, o := range files {
		_, err := os.Stat(path)
		if err == nil {
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		s, err := gdal.Create(part(path), g, o)
		if err != nil {
			return err
		}
		sinks[path] = s
	}
	return nil
}

// fill computes the source and writes it to the sinks.
func (w *writer) fill(ctx context.Context, src raster.Source, sinks map[string]*gdal.Sink) error {
	r, err := src.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	info := src.Info()
	var b raster.Block
	for y := 0; y < info.Grid.Height; y += rows {
		win := raster.Window{Y: y, W: info.Grid.Width, H: min(rows, info.Grid.Height-y)}
		b.Shape(win, info.Bands, info.Type)
		if err := r.Read(ctx, win, &b); err != nil {
			return err
		}
		w.mu.Lock()
		for _, s := range sinks {
			if err = s.WriteBlock(win, &b); err != nil {
				break
			}
		}
		w.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// end closes the sinks and gives their files their names or, after an error, removes them. It returns that error or one of its own.
func (w *writer) end(sinks map[string]*gdal.Sink, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path, s := range sinks {
		if closed := s.Close(); err == nil {
			err = closed
		}
		if err == nil {
			err = os.Rename(part(path), path)
		} else {
			os.Remove(part(path))
		}
	}
	return err
}

// part is the name of a file while it is written.
func part(path string) string { return path + ".part" }
