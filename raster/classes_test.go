package raster_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"passdiff/raster"
)

// classes is a class raster on a grid: values 0 to 11 in patches, with blocks of 16×8.
func classes(g raster.Grid) *raster.Memory {
	data := make([]uint8, g.Width*g.Height)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		if data[i] = uint8(i % g.Width / 5 * 7 % 12); r.IntN(20) == 0 {
			data[i] = uint8(r.IntN(12))
		}
	}
	m := raster.NewMemory("classes", g.Width, g.Height, 1, data)
	m.Scene.Grid, m.Scene.BlockW, m.Scene.BlockH = g, 16, 8
	return m
}

// slowMask is the definition: the class of the class pixel in which the centre lies, then every pixel within the buffer looked at.
func slowMask(c *raster.Memory, g raster.Grid, out func(v uint8) bool, buffer int) []uint8 {
	ruled := func(x, y int) (out0, covered bool) {
		inv, _ := c.Scene.Grid.Affine.Inverse()
		u, v := inv.Apply(g.Affine.Apply(float64(x)+0.5, float64(y)+0.5))
		col, row := int(math.Floor(u+1e-6)), int(math.Floor(v+1e-6))
		if col < 0 || row < 0 || col >= c.Scene.Grid.Width || row >= c.Scene.Grid.Height {
			return false, false
		}
		return out(c.Pixels.Data.([]uint8)[row*c.Scene.Grid.Width+col]), true
	}
	mask := make([]uint8, g.Width*g.Height)
	for y := range g.Height {
		for x := range g.Width {
			_, covered := ruled(x, y)
			ok := covered
			for dy := -buffer; dy <= buffer && ok; dy++ {
				for dx := -buffer; dx <= buffer && ok; dx++ {
					if dx*dx+dy*dy <= buffer*buffer {
						near, _ := ruled(x+dx, y+dy)
						ok = !near
					}
				}
			}
			if ok {
				mask[y*g.Width+x] = 255
			}
		}
	}
	return mask
}

// sized is a north-up grid of pixels of size s whose corner is pixel (col, row) of utm.
func sized(s, col, row float64, w, h int) raster.Grid {
	g := moved(utm(w, h), col, row)
	g.Affine[1], g.Affine[5] = s, -s
	return g
}

func tilted(g raster.Grid) raster.Grid {
	g.Affine[1], g.Affine[2], g.Affine[4], g.Affine[5] = 0.4, 0.3, 0.3, -0.4
	return g
}

// TestClassMask compares masks read by random windows with the definition, on coarser, finer, shifted, turned and partly covering class rasters.
func TestClassMask(t *testing.T) {
	g := utm(90, 70)
	for _, c := range []struct {
		name      string
		classes   raster.Grid
		uncovered bool
	}{
		{"same grid", utm(90, 70), false},
		{"twice the size", sized(1, 0, 0, 45, 35), false},
		{"twice the size, shifted by one pixel", sized(1, -1, -1, 46, 36), false},
		{"ties", sized(1, -0.5, -0.5, 46, 36), false},
		{"six times the size, part covered", sized(3, 7, -11, 11, 9), true},
		{"a third of the size", sized(0.5/3, -3, -3, 290, 230), false},
		{"turned", tilted(sized(1, -20, 30, 120, 100)), true},
		{"upside down", raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{300000 - 3, 1, 0, 4000000 - 36, 0, 1}, Width: 52, Height: 40}, false},
	} {
		for _, buffer := range []int{0, 1, 2, 5, 13} {
			m := classes(c.classes)
			cm, err := raster.NewClassMask(m, g, raster.ClassOptions{Values: []int64{3, 8, 9}, Buffer: buffer})
			if err != nil {
				t.Fatal(c.name, err)
			}
			want := slowMask(m, g, func(v uint8) bool { return v == 3 || v == 8 || v == 9 }, buffer)
			r, err := cm.Reader()
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(7, 8))
			windows := []raster.Window{g.Window()}
			for range 25 {
				windows = append(windows, raster.Window{X: rng.IntN(90), Y: rng.IntN(70), W: 1 + rng.IntN(40), H: 1 + rng.IntN(40)}.Intersect(g.Window()))
			}
			for _, w := range windows {
				mask := make([]uint8, w.Pixels())
				if err := r.Read(t.Context(), w, mask); err != nil {
					t.Fatal(err)
				}
				for i, v := range mask {
					x, y := w.X+i%w.W, w.Y+i/w.W
					if v != want[y*90+x] {
						t.Fatalf("%s, buffer %d: pixel %d,%d in %v is %d, want %d", c.name, buffer, x, y, w, v, want[y*90+x])
					}
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			if buffer > 0 {
				continue
			}
			none, err := raster.NewClassMask(m, g, raster.ClassOptions{Values: []int64{99}})
			if err != nil {
				t.Fatal(err)
			}
			outside := int64(0)
			for _, v := range slowMask(m, g, func(uint8) bool { return false }, 0) {
				if v == 0 {
					outside++
				}
			}
			if got := none.Uncovered(g.Window()); got != outside || (got > 0) != c.uncovered {
				t.Errorf("%s: %d pixels uncovered, want %d", c.name, got, outside)
			}
		}
	}
}

// TestClassMaskBits: Landsat's QA_PIXEL has cloud in bit 3 and shadow in bit 4; 21824 is clear land, 22280 cloud, 23888 shadow
// (Landsat Collection 2 Level-1, table of QA_PIXEL values). Signed types count as two's complement.
func TestClassMaskBits(t *testing.T) {
	check := func(c raster.Source, o raster.ClassOptions, want ...uint8) {
		t.Helper()
		m, err := raster.NewClassMask(c, raster.Grid{Width: len(want), Height: 1}, o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Reader()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]uint8, len(want))
		if err := r.Read(t.Context(), raster.Window{W: len(want), H: 1}, got); err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%+v: %v, want %v", o, got, want)
		}
	}
	check(raster.NewMemory("qa", 3, 1, 1, []uint16{21824, 22280, 23888}), raster.ClassOptions{Bits: []int{3, 4}}, 255, 0, 0)
	check(raster.NewMemory("qa", 3, 1, 1, []uint16{21824, 22280, 23888}), raster.ClassOptions{Bits: []int{3}}, 255, 0, 255)
	check(raster.NewMemory("qa", 3, 1, 1, []int8{-128, 64, 3}), raster.ClassOptions{Bits: []int{7}}, 0, 255, 255)
	check(raster.NewMemory("qa", 3, 1, 1, []int16{-1, 4, 3}), raster.ClassOptions{Values: []int64{-1, 3}}, 0, 255, 0)
	check(raster.NewMemory("qa", 3, 1, 1, []uint32{1 << 31, 4, 3}), raster.ClassOptions{Values: []int64{1 << 31}}, 0, 255, 255)
	check(raster.NewMemory("qa", 4, 1, 1, []float32{3, 3.5, 8, float32(math.NaN())}), raster.ClassOptions{Values: []int64{3}}, 0, 255, 255, 255)
}

// TestClassMaskUnknown: class pixels that are not measured rule out, without growing.
func TestClassMaskUnknown(t *testing.T) {
	c := raster.NewMemory("scl", 5, 1, 1, []uint8{4, 4, 4, 4, 9})
	c.Pixels.Valid = []uint8{255, 0, 255, 255, 255}
	m, err := raster.NewClassMask(c, raster.Grid{Width: 5, Height: 1}, raster.ClassOptions{Values: []int64{9}, Buffer: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Reader()
	if err != nil {
		t.Fatal(err)
	}
	got := make([]uint8, 5)
	if err := r.Read(t.Context(), raster.Window{W: 5, H: 1}, got); err != nil {
		t.Fatal(err)
	}
	if want := string([]byte{255, 0, 255, 0, 0}); string(got) != want {
		t.Errorf("%v", got)
	}
}

// TestMasked: what the classes rule out is not measured with the reason CloudMask, and keeps an earlier reason; only the class blocks
// under what is read are decoded, once.
func TestMasked(t *testing.T) {
	src := scene("scene", 256, 256, 1, 64, 64, 0, 0, func(x, y int) bool { return x < 10 })
	src.Scene.Grid = utm(256, 256)
	c := scene("classes", 128, 128, 1, 32, 32, 0, 0, nil)
	c.Scene.Grid = sized(1, 0, 0, 128, 128)
	for i, data := 0, c.Pixels.Data.([]uint16); i < len(data); i++ {
		data[i] = uint16(i % 128 % 2) // columns in turn
	}
	m, err := raster.NewClassMask(c, src.Scene.Grid, raster.ClassOptions{Values: []int64{1}})
	if err != nil {
		t.Fatal(err)
	}
	masked := raster.Masked(src, m)
	r, err := masked.Reader()
	if err != nil {
		t.Fatal(err)
	}
	var b raster.Block
	for range 2 {
		for y := 64; y < 192; y += 64 {
			b.Shape(raster.Window{X: 0, Y: y, W: 64, H: 64}, 1, raster.Uint16)
			if err := r.Read(t.Context(), b.Window, &b); err != nil {
				t.Fatal(err)
			}
			for i := range b.Valid {
				x := i % 64
				valid, why := uint8(255), raster.NoData
				switch {
				case x < 10:
					valid = 0
				case x/2%2 == 1:
					valid, why = 0, raster.CloudMask
				}
				if b.Valid[i] != valid || valid == 0 && b.Why[i] != why {
					t.Fatalf("column %d: %d, %d", x, b.Valid[i], b.Why[i])
				}
			}
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// rows 64 to 192 of 256 under columns 0 to 64: class blocks (0, 1) and (0, 2) of 32×32
	if got := c.decoded.Load(); got != 2*32*32 {
		t.Errorf("%d class pixels decoded, want %d", got, 2*32*32)
	}
}

func TestClassMaskRefuses(t *testing.T) {
	g := utm(90, 70)
	other := utm(90, 70)
	other.CRS = "EPSG:32632"
	floats := raster.NewMemory("f", 90, 70, 1, make([]float32, 6300))
	floats.Scene.Grid = g
	for _, c := range []struct {
		c    raster.Source
		g    raster.Grid
		o    raster.ClassOptions
		want string
	}{
		{classes(g), g, raster.ClassOptions{}, "either the values or the bits"},
		{classes(g), g, raster.ClassOptions{Values: []int64{1}, Bits: []int{1}}, "either the values or the bits"},
		{classes(g), g, raster.ClassOptions{Bits: []int{32}}, "bit 32: 0 to 31"},
		{classes(g), g, raster.ClassOptions{Bits: []int{8}}, "uint8, which has no bit 8"},
		{classes(g), g, raster.ClassOptions{Values: []int64{1}, Buffer: -1}, "a buffer of -1 pixels"},
		{floats, g, raster.ClassOptions{Bits: []int{1}}, "which has no bits"},
		{on("c", g, 2), g, raster.ClassOptions{Values: []int64{1}}, "c has 2 bands"},
		{classes(other), g, raster.ClassOptions{Values: []int64{1}}, "classes is EPSG:32632, the scene EPSG:32631"},
		{classes(moved(g, 90, 0)), g, raster.ClassOptions{Values: []int64{1}}, "does not cover the scene anywhere"},
		{classes(raster.Grid{Width: 90, Height: 70}), g, raster.ClassOptions{Values: []int64{1}}, "classes has no georeference"},
		{classes(raster.Grid{Width: 90, Height: 70}), raster.Grid{Width: 90, Height: 71}, raster.ClassOptions{Values: []int64{1}}, "must have the same size"},
	} {
		if _, err := raster.NewClassMask(c.c, c.g, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	same := func(a, b string) bool { return true }
	if _, err := raster.NewClassMask(classes(other), g, raster.ClassOptions{Values: []int64{1}, SameCRS: same}); err != nil {
		t.Error(err)
	}
}
