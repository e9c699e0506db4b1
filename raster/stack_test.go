package raster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"passdiff/raster"
)

// TestStackIsOneScene streams a stack of three sources with blocks of their own against a scene that holds the same bands, and counts what
// each decodes: every block once.
func TestStackIsOneScene(t *testing.T) {
	const w, h = 640, 530
	holes := func(x, y int) bool { return (x/97+y/61)%5 == 0 }
	layouts := []layout{{"tiled128", 128, 128}, {"tiled256", 256, 256}, {"strip8", w, 8}, {"strip1", w, 1}}
	for i := range layouts {
		for k := range layouts {
			t.Run(fmt.Sprintf("%s/%s", layouts[i].name, layouts[k].name), func(t *testing.T) {
				var parts []raster.Source
				var counts []*counting
				for band, l := range []layout{layouts[i], layouts[k]} {
					one := scene(fmt.Sprint("b", band), w, h, 1, l.bw, l.bh, 0, 0, map[int]func(x, y int) bool{1: holes}[band])
					for p, data := 0, one.Pixels.Data.([]uint16); p < w*h; p++ {
						data[p] = value(band, p%w, p/w)
					}
					parts, counts = append(parts, one), append(counts, one)
				}
				s, err := raster.Stack("stacked", parts...)
				if err != nil {
					t.Fatal(err)
				}
				if info := s.Info(); info.Name != "stacked" || info.Bands != 2 || info.Type != raster.Uint16 {
					t.Fatalf("%+v", info)
				}
				after := scene("after", w, h, 2, 256, 256, 0, 0, nil)
				win := after.Info().Grid.Window()
				p := &raster.Pair{Before: s, After: after, Window: win}
				work := func() func(*raster.TilePair) (int, error) {
					return func(p *raster.TilePair) (int, error) { return 0, checkTile(p, win, holes) }
				}
				err = raster.Stream(t.Context(), p, raster.StreamOptions{Windows: raster.Tiles(win, 200, 200, 9), Halo: 9, Workers: 2}, work, func(int, int) error { return nil })
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range counts {
					if c.decoded.Load() != w*h {
						t.Errorf("%s decoded %d of %d pixels", c.Info().Name, c.decoded.Load(), w*h)
					}
				}
			})
		}
	}
}

// TestStackValidity: measured is what every part measured; of two reasons Missing counts before NoData before CloudMask.
func TestStackValidity(t *testing.T) {
	const none = 255
	codes := []uint8{none, raster.NoData, raster.CloudMask, raster.Missing}
	part := func(name string, code func(i int) uint8) *raster.Memory {
		m := raster.NewMemory(name, 16, 1, 1, make([]uint8, 16))
		m.Pixels.Valid, m.Pixels.Why = make([]uint8, 16), make([]uint8, 16)
		for i := range 16 {
			if c := code(i); c == none {
				m.Pixels.Valid[i] = 255
			} else {
				m.Pixels.Why[i] = c
			}
		}
		return m
	}
	a, b := part("a", func(i int) uint8 { return codes[i%4] }), part("b", func(i int) uint8 { return codes[i/4] })
	full := raster.NewMemory("full", 16, 1, 1, make([]uint8, 16))
	s, err := raster.Stack("s", full, a, b)
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, s, raster.Window{W: 16, H: 1})
	// rows: b measured, nodata, cloud, missing; columns: a likewise
	want := [16]uint8{
		none, raster.NoData, raster.CloudMask, raster.Missing,
		raster.NoData, raster.NoData, raster.NoData, raster.Missing,
		raster.CloudMask, raster.NoData, raster.CloudMask, raster.Missing,
		raster.Missing, raster.Missing, raster.Missing, raster.Missing,
	}
	for i, w := range want {
		if valid := got.Valid[i] != 0; valid != (w == none) || !valid && got.Why[i] != w {
			t.Errorf("pixel %d: valid %d, why %d, want %d", i, got.Valid[i], got.Why[i], w)
		}
	}
}

func TestStackRefuses(t *testing.T) {
	typed := raster.NewMemory("b", 100, 80, 1, make([]uint16, 8000))
	typed.Scene.Grid = utm(100, 80)
	coarse := utm(100, 80)
	coarse.Affine[1] = 0.6
	other := utm(100, 80)
	other.CRS = "EPSG:32632"
	for _, c := range []struct {
		b    raster.Source
		want string
	}{
		{on("b", utm(100, 81), 1), "100×80 pixels and 100×81"},
		{typed, "uint8 and uint16; convert"},
		{on("b", other, 1), "EPSG:32631 and EPSG:32632"},
		{on("b", coarse, 1), "corner 100,0 of the second lies at pixel 120.000,0.000 of the first"},
		{on("b", moved(utm(100, 80), 0.03, 0), 1), "corner 0,0 of the second lies at pixel 0.030,0.000"},
		{on("b", raster.Grid{Width: 100, Height: 80}, 1), "only one has a georeference; use --no-georef"},
	} {
		_, err := raster.Stack("s", on("a", utm(100, 80), 1), c.b)
		if err == nil || !strings.HasPrefix(err.Error(), "a and b cannot be bands of one scene: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	if _, err := raster.Stack("s"); err == nil {
		t.Error("a stack of nothing")
	}
	if _, err := raster.Stack("s", on("a", utm(100, 80), 1), on("b", moved(utm(100, 80), 0.01, 0), 2)); err != nil {
		t.Errorf("within the tolerance: %v", err)
	}
}

// TestStackFails: a failure of one part is the stack's.
func TestStackFails(t *testing.T) {
	a, b := scene("a", 64, 64, 1, 64, 64, 0, 0, nil), scene("b", 64, 64, 1, 64, 64, 0, 0, nil)
	b.fail = 1
	b.reads.Store(1)
	s, err := raster.Stack("s", a, b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	var block raster.Block
	block.Shape(raster.Window{W: 64, H: 64}, 2, raster.Uint16)
	if err := r.Read(t.Context(), block.Window, &block); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
