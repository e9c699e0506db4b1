package raster_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"unsafe"

	"passdiff/raster"
)

// tileOf streams a scene as one tile and returns its first band without padding, and its mask.
func tileOf(t *testing.T, p *raster.Pair) (values []float32, valid []uint8) {
	t.Helper()
	work := func() func(*raster.TilePair) (int, error) {
		return func(p *raster.TilePair) (int, error) {
			p.EachRow(p.Out, func(_, at, n int) {
				values = append(values, p.Before.Band(0)[at:at+n]...)
				if p.Valid != nil {
					valid = append(valid, p.Valid[at:at+n]...)
				}
			})
			return 0, nil
		}
	}
	o := raster.StreamOptions{Windows: []raster.Window{p.Window}}
	if err := raster.Stream(t.Context(), p, o, work, func(int, int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return values, valid
}

// checkType streams values of one type. Their float32 is what IEEE 754 conversion gives; want lists it by hand.
func checkType[T raster.Number](t *testing.T, typ raster.DataType, size int, in []T, want []float32) {
	t.Run(typ.String(), func(t *testing.T) {
		m := raster.NewMemory("m", len(in), 1, 1, in)
		if m.Scene.Type != typ || typ.Size() != size || typ.String() != fmt.Sprintf("%T", in[0]) {
			t.Errorf("type %v of %d bytes, want %T of %d", m.Scene.Type, typ.Size(), in[0], size)
		}
		p := whole(m, m)
		if got, valid := tileOf(t, p); !slices.Equal(got, want) || valid != nil {
			t.Errorf("got %v, mask %v, want %v", got, valid, want)
		}
		// With an offset of 3 the difference is rounded once, from float64.
		p.Offset[0] = []float64{3}
		for i, v := range in {
			want[i] = float32(max(min(float64(v)-3, math.MaxFloat32), -math.MaxFloat32))
		}
		if got, _ := tileOf(t, p); !slices.Equal(got, want) {
			t.Errorf("offset: got %v, want %v", got, want)
		}
	})
}

func TestConversion(t *testing.T) {
	checkType(t, raster.Uint8, 1, []uint8{0, 1, 255}, []float32{0, 1, 255})
	checkType(t, raster.Int8, 1, []int8{-128, -1, 127}, []float32{-128, -1, 127})
	checkType(t, raster.Uint16, 2, []uint16{0, 1, 65535}, []float32{0, 1, 65535})
	checkType(t, raster.Int16, 2, []int16{-32768, -1, 32767}, []float32{-32768, -1, 32767})
	checkType(t, raster.Uint32, 4, []uint32{0, 1<<24 + 1, 1<<32 - 1}, []float32{0, 1 << 24, 1 << 32})
	checkType(t, raster.Int32, 4, []int32{-1 << 31, -1<<24 - 1, 1<<31 - 1}, []float32{-1 << 31, -1 << 24, 1 << 31})
	checkType(t, raster.Float32, 4, []float32{-math.MaxFloat32, -1.5, 3e-40, math.MaxFloat32}, []float32{-math.MaxFloat32, -1.5, 3e-40, math.MaxFloat32})
	// Doubles beyond float32, such as the least double that some tools write for nodata, become its largest numbers, not infinities.
	checkType(t, raster.Float64, 8, []float64{-math.MaxFloat64, 0.1, 1e-50, 3.5e38}, []float32{-math.MaxFloat32, 0.1, 0, math.MaxFloat32})
}

func TestDataType(t *testing.T) {
	for _, bad := range []raster.DataType{0, raster.Float64 + 1, 255} {
		if bad.Size() != 0 || bad.String() != fmt.Sprintf("DataType(%d)", uint8(bad)) {
			t.Errorf("%v has %d bytes", bad, bad.Size())
		}
	}
}

// TestInvalidIsZero: what is not measured is 0 in the tile, whatever the source left there, also NaN.
func TestInvalidIsZero(t *testing.T) {
	m := raster.NewMemory("m", 3, 1, 1, []float32{5, float32(math.NaN()), 7})
	m.Pixels.Valid = []uint8{255, 0, 0}
	values, valid := tileOf(t, whole(m, raster.NewMemory("n", 3, 1, 1, []float32{1, 2, 3})))
	if !slices.Equal(values, []float32{5, 0, 0}) || !slices.Equal(valid, []uint8{255, 0, 0}) {
		t.Errorf("values %v, mask %v", values, valid)
	}
}

// TestBlockShape: storage is reused within a type when it suffices, masks are kept apart, sizes are right.
func TestBlockShape(t *testing.T) {
	var b raster.Block
	big, small := raster.Window{X: 7, Y: 8, W: 40, H: 30}, raster.Window{X: 1, W: 5, H: 4}
	b.Shape(big, 3, raster.Uint16)
	first := b.Data.([]uint16)
	if len(first) != 3*40*30 || b.Window != big || b.Bands != 3 || b.Valid != nil {
		t.Fatalf("%d values of %v, %d bands", len(first), b.Window, b.Bands)
	}
	mask := b.MaskStorage()
	if len(mask) != 40*30 || &mask[0] != &b.Valid[0] {
		t.Fatalf("mask of %d", len(mask))
	}
	b.Shape(small, 2, raster.Uint16)
	if s := b.Data.([]uint16); len(s) != 2*5*4 || &s[0] != &first[0] || b.Valid != nil {
		t.Errorf("storage of %d values was not reused, or the mask %v stayed", len(s), b.Valid)
	}
	if m := b.MaskStorage(); len(m) != 20 || &m[0] != &mask[0] {
		t.Errorf("mask storage of %d was not reused", len(m))
	}
	b.Shape(big, 3, raster.Uint16)
	if s := b.Data.([]uint16); &s[0] != &first[0] {
		t.Error("storage was not reused for the larger size")
	}
	b.Shape(small, 1, raster.Float64)
	if s, ok := b.Data.([]float64); !ok || len(s) != 20 {
		t.Errorf("data is %T of %d", b.Data, len(s))
	}
	same := testing.AllocsPerRun(10, func() { b.Shape(small, 1, raster.Float64) })
	if same != 0 {
		t.Errorf("%v allocations for the same shape", same)
	}
}

func TestMemoryPanics(t *testing.T) {
	m := raster.NewMemory("m", 4, 3, 1, make([]uint8, 12))
	r, err := m.Reader()
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(){
		"length":       func() { raster.NewMemory("m", 4, 3, 2, make([]uint8, 12)) },
		"outside":      func() { _ = r.Read(t.Context(), raster.Window{X: 1, W: 4, H: 3}, &raster.Block{}) },
		"invalid type": func() { new(raster.Block).Shape(raster.Window{W: 1, H: 1}, 1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

// TestMemoryRead: a part of the scene, all bands, with its mask.
func TestMemoryRead(t *testing.T) {
	data := []int16{1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6} // two bands of 3×2
	m := raster.NewMemory("m", 3, 2, 2, data)
	m.Pixels.Valid = []uint8{255, 0, 255, 255, 255, 0}
	r, err := m.Reader()
	if err != nil {
		t.Fatal(err)
	}
	var b raster.Block
	w := raster.Window{X: 1, Y: 0, W: 2, H: 2}
	b.Shape(w, 2, raster.Int16)
	if err := r.Read(t.Context(), w, &b); err != nil {
		t.Fatal(err)
	}
	if got := b.Data.([]int16); !slices.Equal(got, []int16{2, 3, 5, 6, -2, -3, -5, -6}) || !slices.Equal(b.Valid, []uint8{0, 255, 255, 0}) {
		t.Errorf("got %v, mask %v", got, b.Valid)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestTileLayout: rows start on 64-byte boundaries, and storage is reused.
func TestTileLayout(t *testing.T) {
	var tile raster.Tile
	tile.Shape(raster.Window{W: 100, H: 7}, 3)
	if tile.Stride != 112 || len(tile.Data) != 3*7*112 || len(tile.Band(2)) != 7*112 || &tile.Band(2)[0] != &tile.Data[2*7*112] {
		t.Errorf("stride %d, %d values", tile.Stride, len(tile.Data)) // 112 = 7·16, the next multiple of 64 bytes
	}
	data := &tile.Data[0]
	tile.Shape(raster.Window{W: 16, H: 7}, 1)
	if tile.Stride != 16 || &tile.Data[0] != data {
		t.Errorf("stride %d, or storage not reused", tile.Stride)
	}
	for n := range 40 {
		if s := raster.Aligned(nil, n+1); addressOf(s)%64 != 0 || len(s) != n+1 {
			t.Errorf("%d values at %x", len(s), addressOf(s))
		}
	}
}

func addressOf(s []float32) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }
