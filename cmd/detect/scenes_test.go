package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// tiles is the folder of the pairs with known truth.
var tiles = absolute("../../testdata/tiles")

func absolute(path string) string {
	p, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return p
}

// pair is two files.
type pair struct{ before, after string }

// name is how the names of the pair's files begin.
func (p pair) name() string {
	name, _, _ := strings.Cut(filepath.Base(p.before), "_")
	return name
}

// flags are what detect needs to find more in a pair than its clouds, with the method that is cheapest on small tiles.
func (p pair) flags() []string {
	if p.name() == "farmland" {
		return []string{"--method", "cva", "--threshold", "fixed:2"}
	}
	return []string{"--method", "cva"}
}

// tile is a pair of testdata/tiles.
func tile(name string) pair {
	return pair{filepath.Join(tiles, name+"_before.tif"), filepath.Join(tiles, name+"_after.tif")}
}

// restored is the pair with the same pixels, grids, times and names, stored another way. The passes of testdata/tiles have no nodata value
// but 0 and no mask.
func (p pair) restored(t testing.TB, o gdal.CreateOptions) pair {
	t.Helper()
	dir := t.TempDir()
	q := pair{filepath.Join(dir, filepath.Base(p.before)), filepath.Join(dir, filepath.Base(p.after))}
	for from, to := range map[string]string{p.before: q.before, p.after: q.after} {
		if err := restore(t, from, to, o); err != nil {
			t.Fatal(err)
		}
	}
	return q
}

func restore(t testing.TB, from, to string, o gdal.CreateOptions) error {
	t.Helper()
	p, err := load(from)
	if err != nil {
		return err
	}
	return p.store(to, o)
}

// pixels are all of a file of uint8 or uint16 that has no nodata value but 0 and no mask.
type pixels struct {
	grid     raster.Grid
	typ      raster.DataType
	acquired string
	block    *raster.Block
}

func load(path string) (p pixels, err error) {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		return p, err
	}
	defer s.Close()
	p = pixels{grid: s.Info().Grid, typ: s.Info().Type, acquired: s.Facts().Acquired}
	p.block, err = readAll(path)
	return p, err
}

func (p pixels) store(path string, o gdal.CreateOptions) error {
	o.Bands, o.Type, o.Acquired = p.block.Bands, p.typ, p.acquired
	if p.block.Valid != nil {
		o.NoData = new(float64)
	}
	return create(path, p.grid, o, func(_ raster.Window, strip *raster.Block) { cut(strip, p.block) })
}

// cut fills dst from src, which holds its window.
func cut(dst, src *raster.Block) {
	w := dst.Window
	for band := range dst.Bands {
		for y := range w.H {
			to := (band*w.H + y) * w.W
			at := (band*src.Window.H+w.Y+y-src.Window.Y)*src.Window.W + w.X - src.Window.X
			switch d := dst.Data.(type) {
			case []uint8:
				copy(d[to:to+w.W], src.Data.([]uint8)[at:])
			case []uint16:
				copy(d[to:to+w.W], src.Data.([]uint16)[at:])
			default:
				panic("cut: type")
			}
		}
	}
	if src.Valid != nil {
		valid := dst.MaskStorage()
		for y := range w.H {
			copy(valid[y*w.W:(y+1)*w.W], src.Valid[(w.Y+y-src.Window.Y)*src.Window.W+w.X-src.Window.X:])
		}
	}
}

// create writes a file from strips that fill fills.
func create(path string, g raster.Grid, o gdal.CreateOptions, fill func(raster.Window, *raster.Block)) error {
	sink, err := gdal.Create(path, g, o)
	if err != nil {
		return err
	}
	var b raster.Block
	for y := 0; y < g.Height && err == nil; y += 256 {
		w := raster.Window{Y: y, W: g.Width, H: 256}.Intersect(g.Window())
		b.Shape(w, max(1, o.Bands), o.Type)
		fill(w, &b)
		err = sink.WriteBlock(w, &b)
	}
	if closed := sink.Close(); err == nil {
		err = closed
	}
	return err
}

// The large scene is a generated one of largeSide² pixels, with a collar, a cloud and an after pass that lies elsewhere, repeated
// largeTimes × largeTimes. Both passes cover (4·1051 − 37)·(4·1051 − 21) = 17.4 Mpx of one band, 34.9 million values: more than the 2²⁵ up
// to which a scene is read whole for the fit.
const (
	largeSide  = 1051 // no multiple of a tile or block
	largeTimes = 4
)

// large makes the large scene once for all tests that want it, stored in tiles.
func large(t testing.TB) pair {
	t.Helper()
	largeScene.once.Do(func() { largeScene.err = makeLarge() })
	if largeScene.err != nil {
		t.Fatal(largeScene.err)
	}
	return largeScene.pair
}

var largeScene struct {
	once sync.Once
	dir  string
	pair
	err error
}

// removeLarge is called when all tests are done.
func removeLarge() {
	if largeScene.dir != "" {
		os.RemoveAll(largeScene.dir)
	}
}

func makeLarge() error {
	s, err := tilegen.New(tilegen.Spec{
		Seed: 44, Land: tilegen.Plain, Width: largeSide, Height: largeSide, Bands: 1, Type: raster.Uint8,
		Texture: 4, Noise: 6, Objects: 12, Contrast: 420, Collar: 20, Clouds: 1, CloudRadius: 60,
		BeforeTime: "2024-06-03T07:55:12Z", AfterTime: "2024-06-13T07:55:09Z",
	})
	if err != nil {
		return err
	}
	if largeScene.dir, err = os.MkdirTemp("", "detect-large"); err != nil {
		return err
	}
	largeScene.pair = pair{filepath.Join(largeScene.dir, "large_before.tif"), filepath.Join(largeScene.dir, "large_after.tif")}
	for i, src := range []raster.Source{s.Before(), s.After()} {
		if err := repeat(src, [2]string{largeScene.before, largeScene.after}[i], i*37, i*21); err != nil {
			return err
		}
	}
	return nil
}

// repeat writes largeTimes × largeTimes copies of a scene, from (dx, dy) on.
func repeat(src raster.Source, path string, dx, dy int) error {
	r, err := src.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	var one raster.Block
	one.Shape(src.Info().Grid.Window(), 1, raster.Uint8)
	if err := r.Read(context.Background(), one.Window, &one); err != nil {
		return err
	}
	g := src.Info().Grid
	g.Width, g.Height = g.Width*largeTimes, g.Height*largeTimes
	g.Affine[0], g.Affine[3] = g.Affine.Apply(float64(dx), float64(dy))
	o := gdal.CreateOptions{Type: raster.Uint8, Tile: 256, Compression: "ZSTD", NoData: new(float64), Acquired: acquiredOf(path)}
	return create(path, g, o, func(w raster.Window, b *raster.Block) {
		data, valid := b.Data.([]uint8), b.MaskStorage()
		for y := range w.H {
			from := (w.Y + y + dy) % largeSide * largeSide
			for x := range w.W {
				k := from + (x+dx)%largeSide
				data[y*w.W+x] = one.Data.([]uint8)[k]
				valid[y*w.W+x] = 255
				if one.Valid != nil {
					valid[y*w.W+x] = one.Valid[k]
				}
			}
		}
	})
}

func acquiredOf(path string) string {
	if strings.HasSuffix(path, "_before.tif") {
		return "2024-06-03T07:55:12Z"
	}
	return "2024-06-13T07:55:09Z"
}
