package godal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/airbusgeo/godal"
)

// The tests use exported names only, so that the same file checks the original.

const mem = godal.DriverName("MEM") // datasets in memory

func TestMain(m *testing.M) {
	if err := godal.RegisterRaster(godal.GTiff, mem, godal.DriverName("VRT")); err != nil {
		panic(err)
	}
	if err := godal.RegisterVector(godal.DriverName("GeoJSON")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// must lets a call with two results be checked in one line: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantPanic runs f, which must panic.
func wantPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

// memory makes a dataset in memory that is closed with the test.
func memory(t testing.TB, bands int, dtype godal.DataType, w, h int) *godal.Dataset {
	t.Helper()
	ds, err := godal.Create(mem, "", bands, dtype, w, h)
	check(t, err)
	t.Cleanup(func() { _ = ds.Close() })
	return ds
}

// writeTIFF makes a file of one Byte band, 4 × 4 pixels of value 7, with what
// edit adds.
func writeTIFF(t testing.TB, edit func(*godal.Dataset), opts ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scene.tif")
	ds, err := godal.Create(godal.GTiff, path, 1, godal.Byte, 4, 4, godal.CreationOption(opts...))
	check(t, err)
	check(t, ds.Write(0, 0, []byte{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}, 4, 4))
	if edit != nil {
		edit(ds)
	}
	check(t, ds.Close())
	return path
}
