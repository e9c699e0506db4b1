package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// image is a whole scene in doubles, band-planar, to be changed and written again.
type image struct {
	grid  raster.Grid
	typ   raster.DataType
	bands int
	v     []float64
	valid []uint8 // nil when all pixels are measured
}

// look reads a file.
func look(t testing.TB, path string) *image {
	t.Helper()
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return imageOf(t, s)
}

// imageOf reads a source.
func imageOf(t testing.TB, s raster.Source) *image {
	t.Helper()
	i := s.Info()
	m := &image{grid: i.Grid, typ: i.Type, bands: i.Bands, v: make([]float64, i.Grid.Width*i.Grid.Height*i.Bands)}
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b raster.Block
	b.Shape(i.Grid.Window(), i.Bands, i.Type)
	if err := r.Read(context.Background(), b.Window, &b); err != nil {
		t.Fatal(err)
	}
	switch d := b.Data.(type) {
	case []uint8:
		copyFloats(m.v, d)
	case []uint16:
		copyFloats(m.v, d)
	case []float32:
		copyFloats(m.v, d)
	default:
		t.Fatalf("pixels of type %v", i.Type)
	}
	m.valid = b.Valid
	return m
}

func copyFloats[T raster.Number](dst []float64, src []T) {
	for i, v := range src {
		dst[i] = float64(v)
	}
}

// pixels is the number of pixels.
func (m *image) pixels() int { return m.grid.Width * m.grid.Height }

// band is one band of the image.
func (m *image) band(b int) []float64 { return m.v[b*m.pixels():][:m.pixels()] }

// each is a copy in which every value has been put through f.
func (m *image) each(f func(band, x, y int, v float64) float64) *image {
	n := *m
	n.v = make([]float64, len(m.v))
	for b := range m.bands {
		src, dst := m.band(b), n.band(b)
		for i, v := range src {
			dst[i] = f(b, i%m.grid.Width, i/m.grid.Width, v)
		}
	}
	return &n
}

// write stores the image, integers rounded and clipped to their range, from 1 where 0 says that nothing was measured.
func (m *image) write(t testing.TB, path string, o gdal.CreateOptions) string {
	t.Helper()
	o.Bands, o.Type = m.bands, m.typ
	low, high := math.Inf(-1), math.Inf(1)
	switch m.typ {
	case raster.Uint8:
		low, high = 0, math.MaxUint8
	case raster.Uint16:
		low, high = 0, math.MaxUint16
	}
	if m.valid != nil {
		if o.NoData = new(float64); m.typ == raster.Float32 {
			*o.NoData = -9999
		} else {
			low = 1
		}
	}
	err := create(path, m.grid, o, func(w raster.Window, b *raster.Block) {
		if m.valid != nil {
			copy(b.MaskStorage(), m.valid[w.Y*m.grid.Width:])
		}
		for band := range m.bands {
			for i, v := range m.band(band)[w.Y*m.grid.Width:][:w.W*w.H] {
				if m.typ != raster.Float32 {
					v = math.Floor(min(max(v, low), high) + 0.5)
				}
				setValue(b.Data, band*w.W*w.H+i, v)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// spread is the standard deviation of a band over its measured pixels.
func (m *image) spread(band int) float64 {
	var n, s, q float64
	for i, v := range m.band(band) {
		if m.valid == nil || m.valid[i] != 0 {
			n, s, q = n+1, s+v, q+v*v
		}
	}
	return math.Sqrt(max(q/n-s*s/n/n, 0))
}

// seenAgain is the pass as another day shows it: in each band another gain and offset, noise of 5 % of the standard deviation, and haze, a
// plane that rises by half a standard deviation from corner to corner.
func (m *image) seenAgain(seed uint64) *image {
	r := rand.New(rand.NewPCG(seed, 5))
	gains := []float64{0.85, 0.8, 0.9, 0.75}
	n := *m
	n.v = nil
	for b := range m.bands {
		gain, sd := gains[b%len(gains)], m.spread(b)
		for i, v := range m.band(b) {
			along := float64(i%m.grid.Width)/float64(2*m.grid.Width) + float64(i/m.grid.Width)/float64(2*m.grid.Height)
			n.v = append(n.v, gain*(v+sd*(0.1+0.5*along))+0.05*sd*r.NormFloat64())
		}
	}
	return &n
}

// speckled is the amplitude with fresh speckle of so many looks and a gain.
func (m *image) speckled(seed uint64, looks int, gain float64) *image {
	r := rand.New(rand.NewPCG(seed, 9))
	return m.each(func(_, _, _ int, v float64) float64 {
		sum := 0.0
		for range looks {
			sum += r.ExpFloat64()
		}
		return gain * v * math.Sqrt(sum/float64(looks))
	})
}

// intensity is the square of amplitudes, decibels their logarithm.
func (m *image) intensity() *image {
	return m.each(func(_, _, _ int, v float64) float64 { return v * v })
}

func (m *image) decibels() *image {
	return m.each(func(_, _, _ int, v float64) float64 { return 20 * math.Log10(max(v, 1e-6)) })
}

// found is what a run of detect says of itself in its record and by its mask.
type found struct {
	dir string
	// kind is what auto took the pair for.
	kind string
	// moved is by how much AFTER was moved; nil for not at all.
	moved              *shift
	observed, kept     int64
	features           int64
	threshold          float64
	warnings           []string
	facts              map[string]json.RawMessage
	mask               []uint8
	recordName, output string
}

// shift is by how much AFTER was moved, in pixels.
type shift struct {
	DX float64 `json:"dx_px"`
	DY float64 `json:"dy_px"`
}

// String is the shift, or that there was none.
func (s *shift) String() string {
	if s == nil {
		return "nothing"
	}
	return fmt.Sprintf("(%.2f, %.2f)", s.DX, s.DY)
}

// share is that of the observed pixels that were flagged.
func (f found) share() float64 { return float64(f.kept) / float64(max(f.observed, 1)) }

// find runs detect with further options.
func find(t testing.TB, before, after string, options ...string) found {
	t.Helper()
	f := found{dir: t.TempDir()}
	f.output = filepath.Join(f.dir, "out.geojson")
	mask := filepath.Join(f.dir, "mask.tif")
	call{}.succeed(t, slices.Concat([]string{"run", before, after, f.output, "--mask-out", mask, "-q"}, options)...)
	f.recordName = f.output + ".run.json"
	data, err := os.ReadFile(f.recordName)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Registration struct {
			Shift *shift
		}
		Model struct {
			Threshold float64
			Facts     map[string]json.RawMessage
		}
		Coverage []struct {
			Class  string
			Pixels int64
		}
		Counts struct {
			Features int64
			KeptPx   int64 `json:"kept_px"`
		}
		Warnings []string
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	var nature struct{ Kind string }
	if n := r.Model.Facts["nature"]; n != nil {
		if err := json.Unmarshal(n, &nature); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range r.Coverage {
		if c.Class == "observed" {
			f.observed = c.Pixels
		}
	}
	b, err := readAll(mask)
	if err != nil {
		t.Fatal(err)
	}
	f.kind, f.moved, f.kept, f.features = nature.Kind, r.Registration.Shift, r.Counts.KeptPx, r.Counts.Features
	f.threshold, f.warnings, f.facts, f.mask = r.Model.Threshold, r.Warnings, r.Model.Facts, b.Data.([]uint8)
	return f
}
