package raster_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"passdiff/raster"
)

// bent is a Projector of a made-up CRS: it turns and bends, so that rows of the grid are curves in the scene.
type bent struct{}

func (bent) Project(x, y []float64) error {
	for i := range x {
		u, v := (x[i]-300000)/50, (y[i]-4000000)/50
		x[i] = 300000 + 50*(0.98*u-0.11*v) + 0.8*math.Sin(v)
		y[i] = 4000000 + 50*(0.11*u+0.98*v) + 0.8*math.Sin(u)
		if u > 4.5 && v < -3.5 {
			x[i], y[i] = math.NaN(), math.NaN()
		}
	}
	return nil
}

func (bent) Close() {}

func bentProjector() (raster.Projector, error) { return bent{}, nil }

// rough is a scene of two bands of noise on the grid of utm(w, h), with gaps of different reasons.
func rough(w, h int) *raster.Memory {
	r := rand.New(rand.NewPCG(3, 4))
	data := make([]uint16, 2*w*h)
	for i := range data {
		data[i] = uint16(r.UintN(4000))
	}
	m := raster.NewMemory("scene", w, h, 2, data)
	m.Scene.Grid = utm(w, h)
	m.Scene.BlockW, m.Scene.BlockH = 64, 48
	m.Pixels.Valid, m.Pixels.Why = make([]uint8, w*h), make([]uint8, w*h)
	for i := range w * h {
		x, y := i%w, i/w
		m.Pixels.Valid[i] = 255
		switch {
		case x/19%5 == 1 && y/13%4 == 2:
			m.Pixels.Valid[i], m.Pixels.Why[i] = 0, raster.Missing
		case (x*7+y*13)%211 == 0:
			m.Pixels.Valid[i], m.Pixels.Why[i] = 0, raster.CloudMask
		case (x*5+y*17)%307 == 0:
			m.Pixels.Valid[i] = 0
		}
	}
	return m
}

func readAll(t testing.TB, s raster.Source, w raster.Window) *raster.Block {
	t.Helper()
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := new(raster.Block)
	b.Shape(w, s.Info().Bands, s.Info().Type)
	if err := r.Read(t.Context(), w, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestResampleByAnyWindow: a pixel is the same in whatever window it is read, by readers that read other windows before.
func TestResampleByAnyWindow(t *testing.T) {
	for _, method := range []string{raster.Nearest, raster.Bilinear, raster.Cubic} {
		for _, size := range []float64{0.5, 1.7} { // of the grid's pixels; the scene's are 0.5
			onto := utm(700, 640)
			onto.Affine[0] -= 20
			onto.Affine[1], onto.Affine[5] = size, -size
			onto.Width, onto.Height = int(350/size), int(320/size)
			s, err := raster.Resample(rough(620, 570), onto, raster.ResampleOptions{Method: method, Projector: bentProjector})
			if err != nil {
				t.Fatal(err)
			}
			all := readAll(t, s, onto.Window())
			measured := 0
			for _, v := range all.Valid {
				measured += int(v) / 255
			}
			if n := len(all.Valid); measured < n/3 || measured > n*9/10 {
				t.Fatalf("%d of %d pixels are measured", measured, n)
			}
			reader, err := s.Reader()
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(5, 6))
			var b raster.Block
			for range 40 {
				w := raster.Window{X: rng.IntN(onto.Width), Y: rng.IntN(onto.Height), W: 1 + rng.IntN(120), H: 1 + rng.IntN(120)}.Intersect(onto.Window())
				b.Shape(w, 2, raster.Uint16)
				if err := reader.Read(t.Context(), w, &b); err != nil {
					t.Fatal(err)
				}
				sameAs(t, &b, all)
			}
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sameAs wants the pixels of b as they are in all.
func sameAs(t *testing.T, b, all *raster.Block) {
	t.Helper()
	code := func(b *raster.Block, i int) int {
		switch {
		case b.Valid == nil || b.Valid[i] != 0:
			return -1
		case b.Why == nil:
			return int(raster.NoData)
		}
		return int(b.Why[i])
	}
	for y := range b.Window.H {
		for x := range b.Window.W {
			i, k := y*b.Window.W+x, (y+b.Window.Y-all.Window.Y)*all.Window.W+x+b.Window.X-all.Window.X
			if g, w := code(b, i), code(all, k); g != w {
				t.Fatalf("pixel %d,%d of %v: validity %d, want %d", x, y, b.Window, g, w)
			} else if g >= 0 {
				continue
			}
			for band := range b.Bands {
				g := b.Data.([]uint16)[band*int(b.Window.Pixels())+i]
				if w := all.Data.([]uint16)[band*int(all.Window.Pixels())+k]; g != w {
					t.Fatalf("pixel %d,%d of %v band %d: %d, want %d", x, y, b.Window, band, g, w)
				}
			}
		}
	}
}

// TestResamplePolynomials: bilinear interpolation is exact on planes, cubic convolution on parabolas (Keys 1981), widened kernels on planes, too.
func TestResamplePolynomials(t *testing.T) {
	plane := func(x, y float64) float64 { return 3 + 0.7*x - 0.4*y + 0.01*x*y }
	parabola := func(x, y float64) float64 { return plane(x, y) + 0.02*x*x - 0.03*y*y }
	const w, h = 80, 60
	for _, c := range []struct {
		method string
		f      func(x, y float64) float64
		size   float64
		rim    float64
	}{{raster.Bilinear, plane, 0.5, 1}, {raster.Bilinear, plane, 0.21, 1}, {raster.Bilinear, plane, 1.5, 4}, {raster.Cubic, parabola, 0.47, 2}} {
		data := make([]float64, w*h)
		for i := range data {
			data[i] = c.f(float64(i%w)+0.5, float64(i/w)+0.5)
		}
		m := raster.NewMemory("scene", w, h, 1, data)
		m.Scene.Grid = utm(w, h)
		onto := moved(utm(w, h), 3.3, 2.8)
		onto.Affine[1], onto.Affine[5] = c.size, -c.size
		onto.Width, onto.Height = int(30/c.size), int(20/c.size)
		s, err := raster.Resample(m, onto, raster.ResampleOptions{Method: c.method})
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, s, onto.Window())
		checked := 0
		for i, v := range got.Data.([]float64) {
			x, y := 3.3+(float64(i%onto.Width)+0.5)*c.size/0.5, 2.8+(float64(i/onto.Width)+0.5)*c.size/0.5
			if x < c.rim+1 || y < c.rim+1 || x > w-c.rim-1 || y > h-c.rim-1 {
				continue
			}
			checked++
			// A widened kernel samples a triangle at whole pixels, whose first moment is not exactly 0.
			tolerance := 1e-9
			if c.size > 0.5 {
				tolerance = 0.05
			}
			if want := c.f(x, y); math.Abs(v-want) > tolerance {
				t.Fatalf("%s by %g at %g,%g: %v, want %v", c.method, c.size, x, y, v, want)
			}
		}
		if checked < 200 {
			t.Errorf("%d pixels checked", checked)
		}
	}
}

// TestResampleOntoItself: the scene's own grid gives the scene, by every method.
func TestResampleOntoItself(t *testing.T) {
	m := rough(130, 120)
	for _, method := range []string{raster.Nearest, raster.Bilinear, raster.Cubic} {
		s, err := raster.Resample(m, m.Scene.Grid, raster.ResampleOptions{Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if x, y := s.Step(); x != 1 || y != 1 {
			t.Errorf("steps %g, %g", x, y)
		}
		sameAs(t, readAll(t, s, m.Scene.Grid.Window()), &m.Pixels)
	}
}

// TestResampleNothingBleeds: a value of a pixel that is not measured shows nowhere, however large.
func TestResampleNothingBleeds(t *testing.T) {
	m := rough(130, 120)
	data := m.Pixels.Data.([]uint16)
	for i, v := range m.Pixels.Valid {
		data[i], data[i+len(m.Pixels.Valid)] = 100, 100
		if v == 0 {
			data[i] = 65535
		}
	}
	for _, method := range []string{raster.Nearest, raster.Bilinear, raster.Cubic} {
		for _, size := range []float64{0.4, 0.5, 1.3} {
			onto := moved(utm(130, 120), 0.37, 0.81)
			onto.Affine[1], onto.Affine[5] = size, -size
			s, err := raster.Resample(m, onto, raster.ResampleOptions{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			b := readAll(t, s, onto.Window())
			for i, v := range b.Valid {
				if got := b.Data.([]uint16)[i]; v != 0 && got != 100 {
					t.Fatalf("%s by %g: pixel %d is %d, want 100", method, size, i, got)
				}
			}
		}
	}
}

// TestResampleComesRound: a scene across the antimeridian, from 170° to 190°, under a grid from −180° on.
func TestResampleComesRound(t *testing.T) {
	m := raster.NewMemory("scene", 20, 4, 1, make([]uint8, 80))
	for i := range 80 {
		m.Pixels.Data.([]uint8)[i] = uint8(i % 20)
	}
	m.Scene.Grid = raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{170, 1, 0, 2, 0, -1}, Width: 20, Height: 4}
	onto := raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{-180, 1, 0, 2, 0, -1}, Width: 12, Height: 4}
	s, err := raster.Resample(m, onto, raster.ResampleOptions{Method: raster.Nearest, Turn: 360})
	if err != nil {
		t.Fatal(err)
	}
	b := readAll(t, s, onto.Window())
	for x := range 12 {
		if got, want := b.Data.([]uint8)[x], uint8(10+x); x < 10 && (got != want || b.Valid[x] == 0) || x >= 10 && b.Valid[x] != 0 {
			t.Errorf("column %d is %d (%d)", x, got, b.Valid[x])
		}
	}
}

func TestResampleRefuses(t *testing.T) {
	m := rough(130, 120)
	far := moved(utm(130, 120), 400, 0)
	for _, c := range []struct {
		onto   raster.Grid
		method string
		want   string
	}{
		{utm(130, 120), "lanczos", `"lanczos" is no way to resample; nearest, bilinear and cubic are`},
		{raster.Grid{Width: 3, Height: 3}, raster.Nearest, "no georeference"},
		{far, raster.Nearest, "scene lies outside the grid"},
	} {
		if _, err := raster.Resample(m, c.onto, raster.ResampleOptions{Method: c.method}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	s, err := raster.Resample(m, utm(130, 120), raster.ResampleOptions{Method: raster.Nearest})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b raster.Block
	b.Shape(raster.Window{W: 2, H: 2}, 2, raster.Uint16)
	if err := r.Read(ctx, b.Window, &b); err == nil {
		t.Error("a cancelled read succeeded")
	}
}
