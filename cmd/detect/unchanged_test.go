package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"passdiff/change"
	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// most is the share of the pixels of a pair without change that may be flagged.
const most = 0.001

// sight is a kind of imagery, as it is drawn and as auto must take it.
type sight struct {
	name, kind string
	spec       tilegen.Spec
	// dress makes of the drawn ground what a sensor of that kind stores; seed is that of its noise.
	dress func(m *image, seed uint64) *image
}

// sights are all kinds of imagery that auto tells apart, and the ways to store radar.
var sights = []sight{
	{"optical", "optical", tilegen.Spec{Bands: 4, PixelSize: 10}, nil},
	{"optical of 6 bands", "optical", tilegen.Spec{Bands: 6, PixelSize: 30, Type: raster.Uint8, Land: tilegen.Coast}, nil},
	{"RGB", "vhr", tilegen.Spec{Bands: 3, Type: raster.Uint8, PixelSize: 0.5}, nil},
	{"VHR of 4 bands", "vhr", tilegen.Spec{Bands: 4, PixelSize: 0.5}, nil},
	{"panchromatic", "vhr", tilegen.Spec{Bands: 1, PixelSize: 0.5}, nil},
	{"radar, 8 bits", "sar", tilegen.Spec{Bands: 1, Type: raster.Uint8}, func(m *image, seed uint64) *image { return m.speckled(seed, 4, 0.8) }},
	{"radar, intensities", "sar", tilegen.Spec{Bands: 1, Type: raster.Float32}, func(m *image, seed uint64) *image { return m.speckled(seed, 4, 1.3).intensity() }},
	{"radar, magnitudes", "sar", tilegen.Spec{Bands: 1, Type: raster.Float32}, func(m *image, seed uint64) *image { return m.speckled(seed, 1, 200) }},
	{"radar, decibels", "sar", tilegen.Spec{Bands: 1, Type: raster.Float32}, func(m *image, seed uint64) *image { return m.speckled(seed, 4, 1.3).decibels() }},
	{"radar, two polarisations", "sar", tilegen.Spec{Bands: 2, Type: raster.Float32}, func(m *image, seed uint64) *image { return m.speckled(seed, 9, 0.7).intensity() }},
}

// draw writes the before pass of a sight without noise of the sensor but with all its ground, and gives it to change.
func (s sight) draw(t testing.TB, seed uint64) *image {
	t.Helper()
	spec := s.spec
	spec.Seed, spec.Texture, spec.Noise = seed, 30, 10
	if spec.Width == 0 {
		spec.Width, spec.Height = 288, 256
	}
	scene, err := tilegen.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return imageOf(t, scene.Before())
}

// TestNothingChanged: of a pair whose passes show the same ground with fresh noise, or speckle, another gain and offset in each band, and
// haze, auto flags a thousandth at most, whatever the kind of imagery; and so of a pass against itself resampled by 0.3 pixel.
func TestNothingChanged(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many runs of auto are left out with -short")
	}
	for i, s := range sights {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := s.draw(t, uint64(60+i))
			if s.dress != nil {
				nothing(t, s.dress(m, 1), s.dress(m, 2), gdal.CreateOptions{}, s.kind)
				return
			}
			nothing(t, m, m.seenAgain(3), gdal.CreateOptions{}, s.kind)
			nothing(t, m, m.resampled(t, [2]float64{0.3, 0}), gdal.CreateOptions{}, s.kind)
			if os.Getenv("PASSDIFF_LONG") != "" {
				nothing(t, m, m.resampled(t, [2]float64{-0.2, 0.2}), gdal.CreateOptions{}, s.kind)
			}
		})
	}
}

// TestNothingChangedOnTiles: the same in scenes of many tiles, stored in strips, of passes that overlap in part, and of such a size that
// the fit sees a sample.
func TestNothingChangedOnTiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many runs of auto are left out with -short")
	}
	side := 1100
	if os.Getenv("PASSDIFF_LONG") != "" {
		side = 3000
	}
	for _, i := range []int{0, 2, 6} {
		s := sights[i]
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.spec.Width, s.spec.Height = side, side*2/3
			m := s.draw(t, uint64(70+i))
			a, b := m, m
			if s.dress != nil {
				a, b = s.dress(m, 1), s.dress(m, 2)
			} else {
				b = m.seenAgain(4)
			}
			nothing(t, a, b.cropped(raster.Window{X: 131, Y: -77, W: side, H: side * 2 / 3}), gdal.CreateOptions{StripRows: 8}, s.kind)
		})
	}
}

// TestNothingChangedReal does it with the before passes of a few small real pairs, or with PASSDIFF_LONG of all.
func TestNothingChangedReal(t *testing.T) {
	t.Parallel()
	names := []string{"landsat_taizhou", "dsifn_1_1", "whu_crop_1_103", "sar_ottawa"}
	if os.Getenv("PASSDIFF_LONG") != "" {
		all, err := filepath.Glob(filepath.Join(pairsFolder(), "*", "before.tif"))
		if err != nil {
			t.Fatal(err)
		}
		names = nil
		for _, before := range all {
			names = append(names, filepath.Base(filepath.Dir(before)))
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			m := look(t, realPair(t, name).before)
			if m.bands == 1 && name != "notruth_otb_spot" { // which is panchromatic, and all others radar
				nothing(t, m, m.speckled(5, 4, 0.8), gdal.CreateOptions{}, "sar")
				return
			}
			nothing(t, m, m.seenAgain(5), gdal.CreateOptions{}, "")
			nothing(t, m, m.resampled(t, [2]float64{0.3, 0}), gdal.CreateOptions{}, "")
		})
	}
}

// nothing wants nothing flagged between two images, taken for a kind; "" for any. The record of optical ones holds how each band was normalised.
func nothing(t *testing.T, before, after *image, o gdal.CreateOptions, kind string) {
	t.Helper()
	dir := t.TempDir()
	options := []string{"--method", "auto"}
	if !before.grid.Georeferenced() {
		options = append(options, "--no-georef")
	}
	f := find(t, before.write(t, filepath.Join(dir, "before.tif"), o), after.write(t, filepath.Join(dir, "after.tif"), o), options...)
	t.Logf("%s: %.4f %% of %d pixels, moved by %v", f.kind, 100*f.share(), f.observed, f.moved)
	var lines []change.Line
	if f.kind != string(change.SAR) {
		if err := json.Unmarshal(f.facts["normalisation"], &lines); err != nil || len(lines) != before.bands {
			t.Errorf("the record has a normalisation of %d bands, not %d: %v", len(lines), before.bands, err)
		}
	}
	for b, l := range lines {
		if !l.Used || !(l.Gain > 0 && l.Residual > 0 && l.After > 0) {
			t.Errorf("band %d is normalised by %+v", b+1, l)
		}
	}
	if f.share() > most || f.observed < int64(before.pixels()/2) || kind != "" && f.kind != kind {
		t.Errorf("taken for %s: %d of %d pixels flagged, moved by %v, threshold %v", f.kind, f.kept, f.observed, f.moved, f.threshold)
	}
}

// resampled is the image with its content moved by a part of a pixel, cubic; what comes from beyond it is not measured.
func (m *image) resampled(t testing.TB, by [2]float64) *image {
	t.Helper()
	data := make([]float32, len(m.v))
	for i, v := range m.v {
		data[i] = float32(v)
	}
	src := raster.NewMemory("before", m.grid.Width, m.grid.Height, m.bands, data)
	src.Pixels.Valid = m.valid
	n := imageOf(t, raster.Shift(src, by[0], by[1], raster.Cubic))
	n.grid, n.typ = m.grid, m.typ
	return n
}

// cropped is the part of the image in a window, which may reach beyond it: there the image goes on mirrored.
func (m *image) cropped(w raster.Window) *image {
	n := *m
	n.grid.Affine[0], n.grid.Affine[3] = m.grid.Affine.Apply(float64(w.X), float64(w.Y))
	n.grid.Width, n.grid.Height = w.W, w.H
	n.v = make([]float64, 0, m.bands*w.W*w.H)
	mirror := func(i, n int) int {
		if i < 0 {
			return -1 - i
		}
		if i >= n {
			return 2*n - 1 - i
		}
		return i
	}
	for b := range m.bands {
		band := m.band(b)
		for y := w.Y; y < w.MaxY(); y++ {
			for x := w.X; x < w.MaxX(); x++ {
				n.v = append(n.v, band[mirror(y, m.grid.Height)*m.grid.Width+mirror(x, m.grid.Width)])
			}
		}
	}
	return &n
}
