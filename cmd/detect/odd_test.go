package main

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// patched is the image with squares of 12 to 40 pixels a side of other ground until they cover a share of it, and which pixels those are. mend
// makes of what one image shows, and the other ground, what the square shows.
func (m *image) patched(seed uint64, share float64, mend func(own, other float64) float64) (*image, []bool) {
	r := rand.New(rand.NewPCG(seed, 11))
	w, h := m.grid.Width, m.grid.Height
	truth := make([]bool, m.pixels())
	for n := 0; float64(n) < share*float64(len(truth)); {
		side := 12 + r.IntN(29)
		x0, y0 := r.IntN(w-side), r.IntN(h-side)
		for y := y0; y < y0+side; y++ {
			for x := x0; x < x0+side; x++ {
				if i := y*w + x; !truth[i] {
					truth[i] = true
					n++
				}
			}
		}
	}
	return m.each(func(band, x, y int, v float64) float64 {
		if !truth[y*w+x] {
			return v
		}
		return mend(v, m.band(band)[(h-1-y)*w+(x+w/3)%w])
	}), truth
}

// agree is the share of the changed pixels that f found and of those it found that changed.
func (f found) agree(truth []bool) (recall, precision float64) {
	var hit, marked, real float64
	for i, v := range truth {
		if v {
			real++
		}
		if f.mask[i] == 1 {
			marked++
			if v {
				hit++
			}
		}
	}
	return hit / max(real, 1), hit / max(marked, 1)
}

// warned reports whether a warning holds a text.
func (f found) warned(text string) bool {
	return strings.Contains(strings.Join(f.warnings, "\n"), text)
}

// try writes two images and compares them by auto.
func try(t *testing.T, before, after *image, options ...string) found {
	t.Helper()
	dir := t.TempDir()
	return find(t, before.write(t, filepath.Join(dir, "before.tif"), gdal.CreateOptions{}), after.write(t, filepath.Join(dir, "after.tif"), gdal.CreateOptions{}), append(options, "--method", "auto")...)
}

// TestStoredRadar: change of 6 dB is found in radar however it is stored.
func TestStoredRadar(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many runs of auto are left out with -short")
	}
	for i, s := range sights {
		if s.kind != "sar" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := s.draw(t, uint64(80+i))
			after, truth := m.patched(1, 0.08, func(own, other float64) float64 {
				if other > own {
					return 2 * own
				}
				return own / 2
			})
			f := try(t, s.dress(m, 1), s.dress(after, 2))
			recall, precision := f.agree(truth)
			t.Logf("recall %.2f, precision %.2f", recall, precision)
			least := 0.5
			if s.name == "radar, magnitudes" {
				least = 0.25 // floats are taken for intensities: a root too many halves the change
			}
			if f.kind != "sar" || recall < least || precision < 0.8 {
				t.Errorf("taken for %s: recall %.2f, precision %.2f, threshold %v", f.kind, recall, precision, f.threshold)
			}
		})
	}
}

// TestOddBands: bands that are clipped in one pass or both, constant bands and a constant pass are told of; the change that shows is found.
func TestOddBands(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many runs of auto are left out with -short")
	}
	m := sights[0].draw(t, 90)
	m.typ = raster.Uint8
	var top [4]float64
	for b := range top {
		top[b] = m.quantile(b, 1)
	}
	m = m.each(func(band, _, _ int, v float64) float64 { return v / top[band] * 200 })
	changed, truth := m.patched(2, 0.08, func(own, other float64) float64 { return other/2 + 100 })
	changed = changed.seenAgain(6)
	clip := func(m *image, share float64) *image {
		top := [2]float64{m.quantile(0, 1-share), m.quantile(1, 1-share)}
		return m.each(func(band, _, _ int, v float64) float64 {
			if band > 1 {
				return v
			}
			return min(v/top[band]*255, 255)
		})
	}
	flat := func(m *image, bands int) *image {
		return m.each(func(band, _, _ int, v float64) float64 {
			if band < bands {
				return 77
			}
			return v
		})
	}
	for _, c := range []struct {
		name          string
		before, after *image
		warning       string
		recall, sure  float64 // least recall and precision
	}{
		{"as it is", m, changed, "", 0.5, 0.6},
		{"after clipped, 5 %", m, clip(changed, 0.05), "band 1 of after is saturated: 5 % of its pixels", 0.5, 0.6},
		{"after clipped, 30 %", m, clip(changed, 0.3), "band 2 of after is saturated: 30 % of its pixels", 0.3, 0.4}, // what is brighter than the limit looks changed
		{"both clipped, 20 %", clip(m, 0.2), clip(changed, 0.2), "band 1 of before is saturated: 20 % of its pixels", 0.3, 0.6},
		{"a constant band", m, flat(changed, 1), "band 1 is constant in one pass or both and is left out", 0.5, 0.6},
		{"three constant bands", flat(m, 3), changed, "band 3 is constant in one pass or both and is left out", 0.2, 0.6},
		{"a constant pass", m, flat(changed, 4), "no band can be compared; nothing can be found", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := try(t, c.before, c.after)
			recall, precision := f.agree(truth)
			t.Logf("recall %.2f, precision %.2f, warnings %q", recall, precision, f.warnings)
			if !f.warned(c.warning) {
				t.Errorf("warnings %q, want %q", f.warnings, c.warning)
			}
			if recall < c.recall || f.kept > 0 && precision < c.sure || c.recall == 0 && f.kept > 0 {
				t.Errorf("recall %.2f, precision %.2f", recall, precision)
			}
		})
	}
}

// quantile is the value below which a share of a band's values lies.
func (m *image) quantile(band int, share float64) float64 {
	v := make([]float32, m.pixels())
	for i, x := range m.band(band) {
		v[i] = float32(x)
	}
	return raster.Quantiles(func(f func([]float32)) { f(v) }, int64(len(v)), share)[0]
}

// TestMostChanged: where 60 % of the ground changed that is told, where 10 % did it is not.
func TestMostChanged(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many runs of auto are left out with -short")
	}
	for _, i := range []int{0, 2, 5} {
		s := sights[i]
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := s.draw(t, uint64(95+i))
			for _, share := range []float64{0.1, 0.6} {
				after, truth := m.patched(3, share, func(own, other float64) float64 {
					if s.dress != nil {
						return own * math.Exp2(math.Copysign(1, other-own))
					}
					return other
				})
				before := m
				if s.dress != nil {
					before, after = s.dress(m, 1), s.dress(after, 2)
				} else {
					after = after.seenAgain(7)
				}
				f := try(t, before, after)
				recall, precision := f.agree(truth)
				t.Logf("%v changed: %.2f found, recall %.2f, precision %.2f", share, f.share(), recall, precision)
				if want := share > 0.5; f.warned("perhaps most of the scene changed") != want {
					t.Errorf("%v of the ground changed, %.2f found: warnings %q", share, f.share(), f.warnings)
				}
			}
		})
	}
}
