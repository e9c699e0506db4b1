package godal_test

import (
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/airbusgeo/godal"
)

// twoBands holds 1 2 3 4 in its first band, 10 20 30 40 in its second.
func twoBands(t testing.TB) *godal.Dataset {
	ds := memory(t, 2, godal.Byte, 2, 2)
	check(t, ds.Bands()[0].Write(0, 0, []byte{1, 2, 3, 4}, 2, 2))
	check(t, ds.Bands()[1].Write(0, 0, []byte{10, 20, 30, 40}, 2, 2))
	return ds
}

func TestInterleavingAndBandOrder(t *testing.T) {
	ds := twoBands(t)
	for _, c := range []struct {
		name string
		opts []godal.DatasetIOOption
		want []byte
	}{
		{"default is by pixel", nil, []byte{1, 10, 2, 20, 3, 30, 4, 40}},
		{"by band", []godal.DatasetIOOption{godal.BandInterleaved()}, []byte{1, 2, 3, 4, 10, 20, 30, 40}},
		{"bands count from 0", []godal.DatasetIOOption{godal.Bands(0, 1)}, []byte{1, 10, 2, 20, 3, 30, 4, 40}},
		{"in the order given", []godal.DatasetIOOption{godal.Bands(1, 0), godal.BandInterleaved()}, []byte{10, 20, 30, 40, 1, 2, 3, 4}},
		{"one band", []godal.DatasetIOOption{godal.Bands(1)}, []byte{10, 20, 30, 40}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make([]byte, len(c.want))
			check(t, ds.Read(0, 0, got, 2, 2, c.opts...))
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			other := memory(t, 2, godal.Byte, 2, 2)
			check(t, other.Write(0, 0, got, 2, 2, c.opts...))
			again := make([]byte, len(c.want))
			check(t, other.Read(0, 0, again, 2, 2, c.opts...))
			if !slices.Equal(again, c.want) {
				t.Errorf("written and read again %v, want %v", again, c.want)
			}
		})
	}
	if err := ds.Read(0, 0, make([]byte, 4), 2, 2, godal.Bands(2)); err == nil {
		t.Error("read a third band of two")
	}
	if err := memory(t, 0, godal.Byte, 2, 2).Read(0, 0, make([]byte, 4), 2, 2); err == nil {
		t.Error("read from a dataset without bands")
	}
}

func TestBufferPanics(t *testing.T) {
	ds := twoBands(t)
	b := ds.Bands()[0]
	wantPanic(t, "short for a band", func() { _ = b.Read(0, 0, make([]byte, 3), 2, 2) })
	wantPanic(t, "short for a write", func() { _ = b.Write(0, 0, make([]byte, 3), 2, 2) })
	wantPanic(t, "short for a dataset", func() { _ = ds.Read(0, 0, make([]byte, 7), 2, 2) })
	wantPanic(t, "short by band", func() { _ = ds.Read(0, 0, make([]byte, 7), 2, 2, godal.BandInterleaved()) })
	wantPanic(t, "nil slice", func() { _ = b.Read(0, 0, []byte(nil), 2, 2) })
	wantPanic(t, "untyped nil", func() { _ = b.Read(0, 0, nil, 2, 2) })
	wantPanic(t, "ints", func() { _ = b.Read(0, 0, make([]int, 4), 2, 2) })
	wantPanic(t, "array", func() { _ = b.Read(0, 0, [4]byte{}, 2, 2) })
	wantPanic(t, "pointer to slice", func() { _ = b.Read(0, 0, &[]byte{1, 2, 3, 4}, 2, 2) })
	check(t, b.Read(0, 0, make([]byte, 5), 2, 2)) // longer is fine
}

func TestWindowOutsideIsError(t *testing.T) {
	b := twoBands(t).Bands()[0]
	if err := b.Read(1, 1, make([]byte, 4), 2, 2); err == nil {
		t.Error("read past the lower right corner")
	}
	if err := b.Read(-1, 0, make([]byte, 1), 1, 1); err == nil {
		t.Error("read left of the first column")
	}
}

func TestBufferTypes(t *testing.T) {
	for _, c := range []struct {
		dtype godal.DataType
		in    any
	}{
		{godal.Byte, []byte{0, 255}},
		{godal.UInt16, []uint16{0, 65535}},
		{godal.Int16, []int16{-32768, 32767}},
		{godal.UInt32, []uint32{0, math.MaxUint32}},
		{godal.Int32, []int32{math.MinInt32, math.MaxInt32}},
		{godal.Float32, []float32{-0.5, math.MaxFloat32}},
		{godal.Float64, []float64{-0.1, math.MaxFloat64}},
	} {
		t.Run(c.dtype.String(), func(t *testing.T) {
			ds := memory(t, 1, c.dtype, 2, 1)
			check(t, ds.Write(0, 0, c.in, 2, 1))
			out := reflect.MakeSlice(reflect.TypeOf(c.in), 2, 2).Interface()
			check(t, ds.Read(0, 0, out, 2, 1))
			if !reflect.DeepEqual(out, c.in) {
				t.Errorf("got %v, want %v", out, c.in)
			}
		})
	}
}

func TestInt8NeedsGDAL37(t *testing.T) {
	if v := godal.Version(); v.Major() > 3 || v.Minor() >= 7 {
		ds := memory(t, 1, godal.Int8, 2, 1)
		check(t, ds.Write(0, 0, []int8{-128, 127}, 2, 1))
		return
	}
	if _, err := godal.Create(mem, "", 1, godal.Int8, 2, 1); err == nil {
		t.Error("created a type this GDAL does not know")
	}
	if err := memory(t, 1, godal.Byte, 2, 1).Read(0, 0, make([]int8, 2), 2, 1); err == nil {
		t.Error("read into a type this GDAL does not know")
	}
}

func TestConversionRoundsAndClamps(t *testing.T) {
	ds := memory(t, 1, godal.Float32, 4, 1)
	check(t, ds.Write(0, 0, []float32{-3, 0.6, 254.5, 300}, 4, 1))
	got := make([]byte, 4)
	check(t, ds.Read(0, 0, got, 4, 1))
	if want := []byte{0, 1, 255, 255}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestConfigOptionOnRead(t *testing.T) {
	ds := twoBands(t)
	buf := make([]byte, 8)
	check(t, ds.Read(0, 0, buf, 2, 2, godal.ConfigOption("GDAL_NUM_THREADS=1")))
	check(t, ds.Bands()[0].Read(0, 0, buf, 2, 2, godal.ConfigOption("GDAL_NUM_THREADS=1")))
}

func TestReadAllocatesLittle(t *testing.T) {
	ds := memory(t, 1, godal.Byte, 256, 256)
	buf := make([]byte, 256*256)
	var iface any = buf
	// The options, and what cgo passes by pointer; nothing that grows with the
	// buffer.
	if n := testing.AllocsPerRun(100, func() {
		if err := ds.Read(0, 0, iface, 256, 256); err != nil {
			t.Error(err)
		}
	}); n > 4 {
		t.Errorf("%v allocations in a read", n)
	}
}

func TestOneDatasetPerGoroutine(t *testing.T) {
	path := writeTIFF(t, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				ds, err := godal.Open(path, godal.ErrLogger(func(_ godal.ErrorCategory, _ int, msg string) error {
					t.Error(msg)
					return nil
				}))
				if err != nil {
					t.Error(err)
					return
				}
				buf := make([]byte, 16)
				if err := ds.Read(0, 0, buf, 4, 4); err != nil || buf[15] != 7 {
					t.Errorf("%v, %v", buf, err)
				}
				if err := ds.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"pixels=1", 1}, {"pixels=65536", 256}} {
		b.Run(c.name, func(b *testing.B) {
			ds := memory(b, 1, godal.Byte, 256, 256)
			buf := make([]byte, c.size*c.size)
			b.SetBytes(int64(2 * len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				if err := ds.Read(0, 0, buf, c.size, c.size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
